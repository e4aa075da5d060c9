"""What headquarters says to stores: the answer that stands, those before it, and the forms for one."""

from collections.abc import Callable
from datetime import date

import streamlit as st

from components import format
from components.blocks import plain, section
from components.draft_begin import form_over, note_draft, note_form, unfolded
from components.draft_end import send_here
from components.drafts import DraftForm
from components.frame import View
from components.text import t
from core.promises.store_requests import OUTCOMES, PLANNED
from data.commands.note_drafts import STORE_ANEW, STORE_ANSWER, save_note
from data.queries.store_requests import Request


def planned_for(on: date | None, view: View) -> str:
    """The day that is planned, if there is one."""
    return t("promises.planned_for", on=format.day(on, view.language)) if on else ""


def answer_given(one: Request, view: View) -> None:
    """The answer that stands, and below it those that stood before, newest first."""
    section(t("store_requests.answer"), icon=":material/reply:")
    parts = [one.answered_by or "", view.instant(one.answered_at), planned_for(one.planned_on, view)]
    with st.container(border=True, gap="xsmall"):
        st.caption(plain(" · ".join(p for p in parts if p)))
        st.text(one.reply)
    for was in reversed(one.earlier):
        what = planned_for(was.planned_on, view) or t(f"store_requests.outcome.{was.outcome}")
        by, at = was.by or t("demands.somebody"), view.instant(was.at)
        told = t("demands.until", at=at, what=what, by=by, reason=was.reply)
        st.caption(f":material/history: {plain(told)}")


def answer_form(one: Request, likes: Callable[[DraftForm], None], view: View) -> None:
    """The first answer.

    Args:
        likes: draws above it what the answer can take in.
    """
    above = st.container()
    section(t("store_requests.answer"), icon=":material/reply:")
    with st.container(border=True):
        form = note_form(view, STORE_ANSWER, one.id)
        with above:
            likes(form)
        _fields(form)
        answered = t("store_requests.answered")
        send_here(view, form, t("store_requests.send_answer"), STORE_ANSWER.submit, said=answered)
    form.finish()


def anew_form(one: Request, view: View) -> None:
    """An answer that replaces the one that stands, which it begins with."""
    number = f"{one.id}-{len(one.earlier) + 1}"
    day = one.planned_on.isoformat() if one.planned_on else None
    kept = note_draft(
        view, STORE_ANEW, number, {"outcome": one.outcome, "planned_on": day, "reply": one.reply}
    )
    with st.expander(
        t("demands.anew"), icon=":material/undo:", expanded=unfolded(kept), key=f"answer-anew-{number}"
    ):
        form = form_over(view, kept, save_note, f"{STORE_ANEW.kind}-{number}")
        _fields(form)
        said = t("store_requests.answered")
        send_here(view, form, t("store_requests.send_answer"), STORE_ANEW.submit, said=said, quiet=True)
        form.finish()


def _fields(form: DraftForm) -> None:
    outcome = t("store_requests.outcome_label")
    chosen = form.switch("outcome", outcome, OUTCOMES, lambda o: t(f"store_requests.outcome.{o}"), PLANNED)
    if chosen == PLANNED:
        form.day("planned_on", t("store_requests.planned_on"))
    form.long_text("reply", t("store_requests.reply"), height=90)
