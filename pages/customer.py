"""What happened with this customer, and what is next?"""

from collections.abc import Callable
from functools import partial

from components import address
from components.audit import recent_change, saved, undone
from components.customer import customer_head, customer_record
from components.customer_desk import Desk, customer_dialog
from components.frame import page
from components.rooms import together
from components.signal_forms import signal_dialog
from components.timeline import timeline_block, timeline_filters
from core.access import Permission, decide
from data.commands import customers, opportunities, signals
from data.commands.record import undo_change
from data.commands.rooms import open_room
from data.files import read_file
from data.queries.customer_changes import last_editor, latest_change
from data.queries.customer_file import customer_file
from data.queries.customers import assignable, choices
from data.queries.own_fields import company_fields
from data.queries.promise_board import Show, promise_board
from data.queries.room_members import room_offer
from data.queries.timeline import PAGE, timeline

SAVES: dict[str, Callable[..., int]] = {
    "edit": customers.edit_customer,
    "grade": customers.grade_customer,
    "tags": customers.tag_customer,
    "owner": customers.assign_customer,
    "contact.add": customers.add_contact,
    "contact": customers.edit_contact,
    "opportunity.open": opportunities.open_opportunity,
    "opportunity": opportunities.edit_opportunity,
    "close": opportunities.close_opportunity,
    "assign": opportunities.assign_opportunity,
    "withdraw": signals.withdraw_signal,
}

with page("customer.title", needs=Permission.SEE_CUSTOMERS) as view:
    file = view.read(customer_file, address.number("customer") or 0)
    change = view.read(latest_change, file.head.id, view.now)
    saved(change)
    if back := recent_change(change, view):
        undone(partial(view.do, undo_change, back))
    customer_head(file, view)
    together(
        view.read(room_offer, file.head.id),
        lambda offer: view.do(open_room.once, f"{file.head.id}-{offer.turn}", file.head.id),
    )
    board = None
    if decide(view.who, Permission.SEE_PROMISES).allowed:
        board = view.read(promise_board, Show.AHEAD, view.now, file.head.id)
    customer_record(file, board, view)
    kind, about = timeline_filters({card.id: card.name for card in file.opportunities}, view)
    events = view.read(
        timeline,
        file.head.id,
        kind=kind,
        opportunity=about,
        shown=address.number("shown") or PAGE,
        jump_to=address.number("action"),
    )
    timeline_block(events, view, lambda recording: read_file(view.store, recording))
    desk = Desk(
        file,
        view,
        options=partial(view.read, choices),
        people=partial(view.read, assignable),
        company=partial(view.read, company_fields),
        editor=lambda entity, record_id: view.read(last_editor, entity, record_id),
        save=lambda form, *values, **named: view.do(SAVES[form], *values, **named),
    )
    customer_dialog(address.said("do"), address.number("id"), desk)
    signal_dialog(address.said("do"), address.number("id"), desk)
