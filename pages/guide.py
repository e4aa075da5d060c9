"""How do I do my work here?"""

from components import guide as drawing
from components.frame import page
from core.access import Permission

with page("guide.title", needs=Permission.OWN_ACCOUNT) as view:
    drawing.text(drawing.choose(view), view.language)
