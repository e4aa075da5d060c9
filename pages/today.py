"""What must I do now?"""

from components import today as drawing
from components.frame import page
from components.navigation import open_page
from components.survey import survey_block
from core.access import Permission
from core.home import SURVEY
from data.queries.inbox import unread
from data.queries.today import home

with page("today.title", needs=Permission.TODAY) as view:
    found = view.read(home, view.now, whole=drawing.whole())
    drawing.summary(found)
    drawing.unread_line(view.read_now(unread))
    if chosen := drawing.todos(found, view):
        name, query = chosen
        open_page(name, **query)
    drawing.aside(found)
    if drawing.has(found, SURVEY):
        survey_block(view)
