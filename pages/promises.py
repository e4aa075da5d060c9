"""Does what we promise outside fit what we plan inside?"""

from functools import partial

from components import address
from components.feature_correction import correct_block
from components.frame import page
from components.freeze import freeze_line
from components.promise_file import delivered, histories, promise_head, take_back_block
from components.promise_forms import feature_form, resolve_block
from components.promise_make import begin_with, current, done, fill_in, said_in
from components.promises import board_cards, board_filters, board_list, chosen_show
from components.schedule import feature_head, movable, promised_on, schedule_block
from core.access import Permission, decide
from data.commands.command import Command
from data.commands.features import correct_feature
from data.commands.promises import plan_promise
from data.queries.deliveries import deliveries_of
from data.queries.demand_file import feature_choices
from data.queries.promise_board import promise_board, promises_on
from data.queries.promise_file import promise_desk, promise_file, promise_start
from data.queries.promise_origins import origin_of, origins
from data.queries.schedule import feature_file, schedule

LINK: Command[..., int] = plan_promise
CORRECT: Command[..., int] = correct_feature

with page("promises.title", needs=Permission.SEE_PROMISES) as view:
    freeze_line(view)
    if draft := current(view):
        if draft.sent:
            done(draft.sent, view)
        else:
            customer = draft.values["customer"]
            desk = view.read(promise_desk, customer)
            fill_in(draft, desk, view.read(origins, customer, draft.values.get("action")), view)
    elif number := address.number("promise"):
        file = view.read(promise_file, number, view.now)
        promise_head(file, view)
        said_in(view.read(origin_of, number), view)
        if file.taken_back is None:
            resolve_block(
                file,
                view.read(feature_choices, view.now),
                lambda feature: view.read(promises_on, feature, view.now),
                partial(view.do, LINK),
                view,
            )
            delivered(view.read(deliveries_of, file.row.promise, view.now), view)
        histories(file, view)
        take_back_block(file, view)
    elif number := address.number("feature"):
        feature = view.read(feature_file, number, view.now)
        feature_head(feature, view)
        on_it = view.read(promises_on, number, view.now)
        promised_on(on_it, view)
        if movable(feature.planned, view):
            feature_form(number, on_it, view)
            correct_block(feature.planned, partial(view.do, CORRECT), view)
    else:
        if decide(view.who, Permission.MAKE_PROMISES).allowed:
            begin_with(view.read(promise_start), view)
        show = chosen_show()
        board = view.read(promise_board, show, view.now, address.number("customer"))
        board_cards(board, view)
        board_filters(board, view)
        board_list(board, show, view)
        schedule_block(view.read(schedule, view.now, earlier=address.said("earlier") == "1"), view)
