"""A room's tasks: what is to be done, by whom, until when."""

from collections.abc import Sequence
from functools import partial

import streamlit as st

from components.blocks import empty, plain, section
from components.days import evening_in
from components.draft_begin import sheets, unfolded
from components.draft_end import send_here
from components.frame import View
from components.room_desk import Desk, press
from components.text import t, term
from data.commands.form_drafts import ROOM_TASK
from data.queries.room_file import TaskCard
from data.queries.timeline_events import Event


def tasks(desk: Desk, events: Sequence[Event]) -> None:
    """What is to be done, by whom, until when; what is done, with its evidence."""
    section(t("room.tasks"), icon=":material/checklist:")
    if not desk.file.tasks:
        empty(t("room.no_tasks"), t("room.no_tasks_hint"), icon=":material/checklist:")
    for task in (task for task in desk.file.tasks if not task.settled):
        _open_task(task, desk, events)
    if settled := [task for task in desk.file.tasks if task.settled]:
        with st.expander(t("room.settled", n=len(settled)), expanded=not desk.file.open):
            for task in settled:
                st.markdown(_settled(task, desk.view))
                if desk.writes:
                    press(desk, t("room.reopen"), f"reopen-{task.id}", "reopen", task.id, tertiary=True)
    if desk.writes:
        _new_task(desk)


def _open_task(task: TaskCard, desk: Desk, events: Sequence[Event]) -> None:
    view = desk.view
    with st.container(border=True, gap="xsmall"):
        late = task.due_at < view.now
        mark = f" :red-badge[:material/schedule: {t('rooms.overdue')}]" if late else ""
        due = t("rooms.due", at=view.instant(task.due_at))
        st.markdown(f"{plain(task.text)}{mark}  \n:small[:gray[{plain(f'{task.owner} · {due}')}]]")
        if desk.writes:
            with st.container(horizontal=True, gap="small"):
                with st.popover(t("room.done"), icon=":material/check:", key=f"done-{task.id}"):
                    action = _evidence(task, events, view)
                    press(desk, t("room.confirm_done"), f"confirm-{task.id}", "done", task.id, action)
                press(desk, t("room.drop"), f"drop-{task.id}", "drop", task.id)


def _evidence(task: TaskCard, events: Sequence[Event], view: View) -> int | None:
    """Which action proves it, if any."""
    recorded = {e.id: e for e in events if e.kind == "action" and e.status == "completed" and not e.voided}
    return st.selectbox(
        t("room.evidence"),
        list(recorded),
        index=None,
        format_func=lambda i: f"{term('stage', recorded[i].type)} · {view.instant(recorded[i].at)}",
        placeholder=t("room.no_evidence"),
        key=f"evidence-{task.id}",
    )


def _settled(task: TaskCard, view: View) -> str:
    if task.dropped_at:
        detail = t("room.dropped", at=view.instant(task.dropped_at))
        return f"~~{plain(task.text)}~~  \n:small[:gray[{plain(f'{task.owner} · {detail}')}]]"
    detail = t("room.done_by", by=task.done_by or t("audit.operator"), at=view.instant(task.done_at))
    if task.evidence:
        _, type_, at = task.evidence
        detail += " · " + t("room.proof", what=term("stage", type_), at=view.instant(at))
    return f":green[:material/check_circle:] {plain(task.text)}  \n:small[:gray[{plain(detail)}]]"


def _new_task(desk: Desk) -> None:
    file, view = desk.file, desk.view
    names = {m.id: m.name for m in file.members}
    leaves = sheets(view, ROOM_TASK)
    kept = leaves.kept(file.id)
    with st.expander(t("room.add_task"), expanded=unfolded(kept), icon=":material/add_task:"):
        form = leaves.form(file.id)
        form.text("text", t("room.task_text"))
        first = next(iter(names), 0)
        form.select("owner", t("room.task_owner"), list(names), names.__getitem__, default=first)
        evenings, usual = evening_in(form, "due_at", t("room.task_due"), view, team=view.who.team_id)
        gives = partial(ROOM_TASK.submit, evenings=evenings, usual=usual, first=first)
        send_here(view, form, t("room.add_task"), gives)
        form.finish()
