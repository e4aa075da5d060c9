"""What happened with the customer, and what is next?"""

from components.frame import page
from components.record import begin_with, current, facts_of
from components.record_form import fill_in
from components.record_story import done
from core.access import Permission
from data.queries.record_begin import begin

with page("record.title", needs=Permission.RECORD_ACTIONS) as view:
    draft = current(view)
    if draft is None:
        begin_with(view, view.read(begin, view.now))
    elif facts := facts_of(view, draft):
        if draft.sent:
            done(view, draft, facts)
        else:
            fill_in(view, draft, facts)
