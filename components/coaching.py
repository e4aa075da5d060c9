"""Coaching tasks, drawn: why, in whose hands, what was said, and what may be done with them here."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any

import streamlit as st

from components import address, format
from components.blocks import Row, Tone, plain, rows, section
from components.draft_begin import has_words, note_form
from components.draft_end import send_here, tell_sent
from components.forecast_health import PLACE
from components.forecast_words import month_name, verdict_words
from components.form_turns import next_turn, turn_of
from components.forms import Marks
from components.frame import View
from components.left_over import left_over
from components.navigation import open_page
from components.scrolling import lead_to
from components.text import t
from core.forecast.health import Verdict
from data.commands.note_drafts import COACHING_NOTE, COACHING_OUTCOME
from data.queries.coaching import Coaching, Found

_SAYS = {"note": COACHING_NOTE, "close": COACHING_OUTCOME}
Hands = Callable[[], tuple[tuple[int, str], ...]]


def coaching(
    tasks: Sequence[Coaching], hands: Hands, does: Mapping[str, Callable[..., Any]], view: View
) -> None:
    """The tasks within reach, and the one that was taken up.

    Args:
        does: `assign(key, task, person, due_on)`.
    """
    with st.container(key="coaching"):
        if not tasks:
            return
        section(t("coaching.title"), icon=":material/school:", help=t("coaching.help"))
        chosen = address.number("task")
        task = next((x for x in tasks if x.id == chosen), None)
        if tell_sent(view) and task and task.closed_at:
            address.write(task=None)
            task = chosen = None
        if task:
            _taken_up(task, hands, does, view)
        if pressed := rows([_row(x, view) for x in tasks if x.id != chosen], "coaching-rows"):
            address.write(task=pressed)
            st.rerun()


def _row(task: Coaching, view: View) -> Row:
    if task.closed_at:
        mark, tone = t("coaching.ended"), Tone.GREEN
    elif task.due_on < view.today:
        mark, tone = t("coaching.late"), Tone.RED
    else:
        mark, tone = t("coaching.open"), Tone.AMBER
    return Row(str(task.id), task.rep, _why(task, view), mark=mark, tone=tone, action=t("coaching.look"))


def _why(task: Coaching, view: View) -> str:
    if task.closed_at:
        return f"{view.instant(task.closed_at)} · {task.outcome}"
    cause = _deviation(task.finding, view) if task.finding else t("coaching.months", n=len(task.figures))
    if task.figures:
        cause += f" · {_month(task.figures[-1], view)}"
    due = t("coaching.due", on=format.day(task.due_on, view.language))
    return " · ".join([cause, task.owner or t("coaching.nobody"), due])


def _deviation(found: Found, view: View) -> str:
    """The opportunity whose miss asks for coaching."""
    language = view.language
    return t(
        "coaching.from_finding",
        month=month_name(found.month, language),
        name=" · ".join(x for x in (found.customer, found.opportunity) if x),
        forecast=format.worth(found.forecast, found.currency, language, compact=True),
        actual=format.worth(found.actual, found.currency, language, compact=True),
    )


def _decided(found: Found, view: View) -> None:
    """What was decided of it, in whose words."""
    if not found.cause:
        return
    by = f"{found.by or t('coaching.operator')} · {view.instant(found.decided_at)}"
    said = f"{t(f'attribution.cause.{found.cause}')} · {by}"
    st.markdown(f"{plain(found.note)}  \n:small[:gray[{plain(said)}]]")


def _month(figures: Mapping[str, Any], view: View) -> str:
    """A month's deviation, with whether luck explains it."""
    return t(
        "coaching.month",
        month=month_name(date.fromisoformat(figures["month"]), view.language),
        deviation=format.percent(figures["deviation"], view.language),
        n=figures["lines"],
        verdict=verdict_words(Verdict(figures["verdict"]) if figures["verdict"] else None),
    )


def _taken_up(task: Coaching, hands: Hands, does: Mapping[str, Callable[..., Any]], view: View) -> None:
    with st.container(border=True, key=f"coaching-{task.id}"):
        st.markdown(f"**{plain(task.rep)}**  \n{plain(_why(task, view))}")
        _told(task, view)
        with st.container(horizontal=True):
            if st.button(t("coaching.figures"), icon=":material/monitoring:", key=f"figures-{task.id}"):
                address.write(group=f"rep-{task.rep_id}", month=None, bin=None, rows=None)
                lead_to(PLACE)
                st.rerun()
            if task.talks and st.button(
                t("one_to_one.title"), icon=":material/supervisor_account:", key=f"talk-{task.id}"
            ):
                open_page("one_to_one", rep=task.rep_id)
            if st.button(
                t("coaching.leave"), type="tertiary", icon=":material/close:", key=f"leave-{task.id}"
            ):
                address.write(task=None)
                st.rerun()
        if task.closed_at:
            left_over(view, COACHING_NOTE, COACHING_OUTCOME, number=task.id)
        if task.may_handle:
            _handle(task, hands, does, view)


def _told(task: Coaching, view: View) -> None:
    """What led to it, and what was said since."""
    if task.finding:
        _decided(task.finding, view)
    for month in task.figures:
        st.caption(plain(_month(month, view)))
    for note in task.notes:
        by = f"{note.person or t('coaching.operator')} · {view.instant(note.noted_at)}"
        st.markdown(f"{plain(note.note)}  \n:small[:gray[{plain(by)}]]")


def _handle(task: Coaching, hands: Hands, does: Mapping[str, Callable[..., Any]], view: View) -> None:
    ways = {way: t(f"coaching.do.{way}") for way in ("note", "assign", "close")}
    way = st.segmented_control(
        t("coaching.what"),
        list(ways),
        format_func=ways.__getitem__,
        default="close" if has_words(view, COACHING_OUTCOME, task.id) else "note",
        required=True,
        key=f"coach-way-{task.id}",
    )
    if way == "assign":
        _assign(task, hands(), does["assign"], ways[way], view)
    else:
        _say(str(way), task, ways[str(way)], view)


def _say(way: str, task: Coaching, label: str, view: View) -> None:
    note = _SAYS[way]
    form = note_form(view, note, task.id)
    form.long_text("note", t(f"coaching.say.{way}"), height=80)
    send_here(view, form, label, note.submit, said=t(f"coaching.done.{way}"))
    form.finish()


def _assign(
    task: Coaching, hands: Sequence[tuple[int, str]], assign: Callable[..., Any], label: str, view: View
) -> None:
    named = f"coach-assign-{task.id}"
    turn = turn_of(named)
    with st.form(turn, border=False):
        marks = Marks(view)
        work = partial(assign, turn, task.id, *_in_hands(task, hands, marks))
        if st.form_submit_button(label, type="primary") and marks.sent(work):
            next_turn(named)
            st.toast(t("coaching.done.assign"))
            st.rerun()


def _in_hands(task: Coaching, hands: Sequence[tuple[int, str]], marks: Marks) -> tuple[int, date]:
    names = dict(hands)
    with marks.field("person"):
        person = st.selectbox(
            t("coaching.person"),
            list(names),
            index=None,
            format_func=names.__getitem__,
            placeholder=t("coaching.choose"),
            key=f"coach-person-{task.id}",
        )
    with marks.field("due_on"):
        due = st.date_input(t("coaching.until"), task.due_on, format="YYYY-MM-DD", key=f"coach-due-{task.id}")
    return person or 0, due if isinstance(due, date) else task.due_on
