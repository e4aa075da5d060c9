"""What must I do now?"""

from components import today as drawing
from components.frame import page
from components.navigation import open_page
from components.survey import survey_block
from core.access import Permission
from data.queries.today import today

with page("today.title", needs=Permission.TODAY) as view:
    groups = view.read(today, view.now, whole=drawing.whole())
    if groups:
        drawing.summary(groups)
        if chosen := drawing.todos(groups, view):
            name, query = chosen
            open_page(name, **query)
    else:
        drawing.nothing(view)
    survey_block(view)
