"""What does the customer need, and by when is it answered?"""

from collections.abc import Callable
from functools import partial

from components import address
from components.demand_answer import answer_block, answer_draft, to_answer
from components.demand_files import files_block
from components.demand_form import begin_with, current, done, fill_in
from components.demand_outcome import answered, asked_back, go_on, take_back_block
from components.demands import alike, chosen_show, filters, head, listed, promised, searched
from components.frame import page
from components.freeze import freeze_line
from core.access import Permission, decide
from data.commands.command import Command
from data.commands.demand_files import attach_upload
from data.commands.demands import resume_demand
from data.files import read_file
from data.queries.demand_desk import demand_desk, demand_start, similar_demands
from data.queries.demand_file import demand_file, feature_choices
from data.queries.demand_files import demand_attachments, demand_file_of
from data.queries.demands import PAGE, demand_list, next_waiting
from data.queries.promises import promises_of

ATTACH: Callable[..., int] = attach_upload
DOES: dict[str, Command[..., int]] = {
    "resume": resume_demand,
}

with page("demands.title", needs=Permission.SEE_PROMISES) as view:
    freeze_line(view)
    answers = decide(view.who, Permission.ANSWER_DEMANDS).allowed
    if draft := current(view):
        if draft.sent:
            done(view.read(demand_file, draft.sent["demand"], view.now), view)
        else:
            fill_in(view, draft, view.read(demand_desk, draft.values["customer"], view.now))
    elif number := address.number("demand"):
        file = view.read(demand_file, number, view.now)
        head(file, view)
        asked_back(file, view)
        files_block(
            view.read(demand_attachments, number),
            number,
            partial(view.do, ATTACH),
            lambda attached: read_file(view.store, view.read(demand_file_of, attached))[0],
            view,
        )
        answered(file, view)
        does = {way: partial(view.do, command) for way, command in DOES.items()}
        if answers:
            kept = answer_draft(file, view) if to_answer(file) else None
            row = file.row
            likes = view.read(
                similar_demands, row.words, view.now, number, metric=row.metric, customer=row.customer_id
            )
            first = kept is not None and row.answered_at is None
            if first:
                alike(likes, view)  # before anything is typed: it may be planned already
            answer_block(file, view.read(feature_choices, view.now), kept, does, view)
            if kept is None or file.row.paused_since is not None:
                go_on(*view.read(next_waiting, view.now, number))
            if not first:
                alike(likes, view)
        promised(file, view.read(promises_of, number, view.now), view)
        take_back_block(file, view)
    else:
        if decide(view.who, Permission.FILE_DEMANDS).allowed:
            begin_with(view.read(demand_start), view)
        show = chosen_show()
        found = view.read(
            demand_list,
            show,
            view.now,
            customer=address.number("customer"),
            search=searched(),
            shown=address.number("shown") or PAGE,
        )
        filters(found)
        listed(found, show, view)
