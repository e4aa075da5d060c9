"""When it was, when it is planned for, and what is next: the time fields of the form."""

from collections.abc import Callable
from datetime import datetime

import streamlit as st

from components.blocks import plain
from components.drafts import DraftForm
from components.frame import View
from components.text import t, term
from core.process.sheet import LENGTHS, UNTIL, instant, quick_days
from core.terms import Outcome
from data.queries.record_begin import planned_around


def time_fields(form: DraftForm) -> None:
    """Day, start, and how long it took."""
    with form.at("started_at"), st.container(horizontal=True, gap="small"):
        form.day("day", t("record.day"), width=160)
        form.clock("start", t("record.start"), width=130)
    with form.at("ended_at"), st.container(horizontal=True, gap="small"):
        length = form.switch("minutes", t("record.length"), (*LENGTHS, UNTIL), _length, 60)
        if length == UNTIL:
            form.clock("until", t("record.until"), width=130)


def plan_fields(view: View, form: DraftForm) -> None:
    """When a planned action shall happen, and a word about it."""
    with form.at("started_at"):
        _when(view, form, "plan-day", "plan-time")
    form.text("note", t("record.note"), placeholder=t("record.note_hint"))


def next_step_fields(view: View, form: DraftForm, type_field: Callable[[], object]) -> None:
    """How it goes on: the next step with its time, or the end of the opportunity."""
    outcome = form.switch(
        "outcome", t("record.outcome"), [str(o) for o in Outcome], _outcome, str(Outcome.OPEN)
    )
    if outcome != Outcome.OPEN:
        form.problems("next_step")
        st.caption(t("record.closes"))
        return
    with form.at("next_step"):
        type_field()
    with form.at("next_step-planned_for"):
        _when(view, form, "next_step-day", "next_step-time")
    form.text("next_step-note", t("record.note"), placeholder=t("record.note_hint"))


def _when(view: View, form: DraftForm, day: str, clock: str) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        form.day(day, t("record.next_day"), width=160)
        form.clock(clock, t("record.next_time"), width=130)
    with st.container(horizontal=True, gap="small"):
        for name, offered in quick_days(view.today).items():
            st.button(
                t(f"record.quick.{name}"),
                key=f"{form.prefix}{day}-{name}",
                on_click=form.press,
                args=({day: offered.isoformat()},),
            )
    with st.container(key=f"{form.prefix}{day}-around", gap="xsmall"):  # always there: see `DraftForm`
        _around(view, form, instant(form.get(day), form.get(clock), view.who.timezone))


def _around(view: View, form: DraftForm, at: datetime | None) -> None:
    """What else is planned about then, of another opportunity."""
    opportunity = form.get("opportunity")
    known = opportunity if isinstance(opportunity, int) else None
    for step in view.read(planned_around, at, known) if at else ():
        said = {
            "type": term("stage", step.type),
            "customer": step.customer,
            "at": view.instant(step.planned_for),
        }
        st.caption(f":material/event_busy: {plain(t('record.also_planned', **said))}")


def _length(minutes: int) -> str:
    return t("record.until_time") if minutes == UNTIL else t("record.minutes", n=minutes)


def _outcome(outcome: str) -> str:
    return t(f"record.outcomes.{outcome}")
