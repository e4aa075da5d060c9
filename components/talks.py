"""One-to-one talks, drawn: what was agreed and whether records show it, the form of the talk, past ones."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

import streamlit as st

from components.another_day import another_day
from components.blocks import plain, section
from components.commitments import TONES, give_up, take_up
from components.days import evening_in, offered
from components.draft_begin import note_form, sheets
from components.draft_end import send_here, tell_sent
from components.forms import Marks
from components.frame import View
from components.text import t
from core.reports.commitments import BY_HAND, Checked, Kept, Proof
from core.reports.talks import is_over
from data.brief_words import time_words
from data.commands.form_drafts import STEP_DROPPED
from data.commands.note_drafts import STEP, TALK
from data.minutes_words import proof_words
from data.queries.talks import Held, Rep

Does = Mapping[str, Callable[..., Any]]
_OPEN = (Kept.OPEN, Kept.MISSED)


def agreed(rep: Rep, talks: Sequence[Held], does: Does, view: View) -> None:
    """What the last talk that is over and a running one agreed on, and what of others is still not done,
    missed ones first.

    Args:
        does: `settle(step)`; for who leads the rep `take_up(step)` and `move(step, due_at)`.
    """
    section(t("one_to_one.agreed"), icon=":material/handshake:", help=t("one_to_one.agreed_help"))
    found = sorted(_asked(talks, view.now), key=lambda c: (list(Kept).index(c.state), c.commitment.due_at))
    if not found:
        st.caption(t("one_to_one.none_agreed"))
    dropped = sheets(view, STEP_DROPPED)
    for checked in found:
        with st.container(border=True, gap="xsmall", key=f"step-{checked.commitment.id}"):
            st.markdown(_line(checked, view))
            with st.container(horizontal=True, vertical_alignment="center"):
                if checked.commitment.customer_id is None and checked.state in _OPEN:
                    _settle(checked, does, view)
                if rep.led and checked.state in _OPEN:
                    _again(checked, rep, does["move"], view)
                if rep.led and checked.state in _OPEN:
                    give_up(dropped, checked.commitment.id, view)
                if rep.led and _by_hand(checked):
                    take_up(checked.commitment.id, does["take_up"], view)


def _asked(talks: Sequence[Held], now: datetime) -> Iterator[Checked]:
    last = next((talk for talk in talks if is_over(talk.held_at, now)), None)
    for talk in talks:
        whole = talk is last or not is_over(talk.held_at, now)
        yield from (step for step in talk.steps if whole or step.state in _OPEN)


def _by_hand(checked: Checked) -> bool:
    """Whether somebody ended it by a press: gave it up, or said that it is done."""
    by_word = checked.commitment.customer_id is None and checked.state not in _OPEN
    return by_word or checked.state is Kept.DROPPED


def _line(checked: Checked, view: View) -> str:
    c, zone = checked.commitment, view.who.timezone
    mark = f":{TONES[checked.state]}-badge[{t(f'morning.state.{checked.state}')}]"
    by = f"{t('morning.by_when')} {time_words(view.language, c.due_at, zone)}"
    told = c.customer_id or checked.state is Kept.DROPPED
    shown = proof_words(view.language, checked, zone) if told else t("one_to_one.by_word")
    detail = " · ".join(part for part in (c.customer, by, shown) if part)
    return f"{mark} **{plain(c.what)}**  \n:small[:gray[{plain(detail)}]]"


def _settle(checked: Checked, does: Does, view: View) -> None:
    of, marks = checked.commitment.id, Marks(view)
    pressed = st.button(t("one_to_one.settle"), key=f"settle-{of}", icon=":material/check:", type="tertiary")
    if pressed and marks.sent(lambda: does["settle"](of)):
        st.rerun()


def _again(checked: Checked, rep: Rep, move: Callable[..., Any], view: View) -> None:
    """A new day for what is not done, in the words that stand."""
    c, zone = checked.commitment, view.who.timezone
    days = offered(view, rep.team_id, without=("today",))
    label = t("morning.assign_again") if checked.state is Kept.MISSED else ""

    def said(by: str) -> str:
        return t("one_to_one.step_moved", by=by)

    another_day(str(c.id), c.due_at, days, zone, partial(move, c.id), said, view, label)


def hold(rep: Rep, talks: Sequence[Held], customers: Mapping[int, str], view: View) -> None:
    """For who leads the rep: keep the talk's note, then agree on next steps as long as it is open."""
    with st.container(key="hold-talk"):
        if not rep.led:
            return
        tell_sent(view)
        section(t("one_to_one.hold"), icon=":material/edit_note:")
        if talks and not is_over(talks[0].held_at, view.now):
            _agree(rep, talks[0], customers, view)
        else:
            _record(rep, view)


def _record(rep: Rep, view: View) -> None:
    with st.container(border=True):
        form = note_form(view, TALK, rep.id)
        form.long_text("note", t("one_to_one.note"), placeholder=t("one_to_one.note_hint"))
        st.caption(t("one_to_one.steps_follow"))
        send_here(
            view, form, t("one_to_one.record"), TALK.submit,
            said=t("one_to_one.recorded"), icon=":material/save:",
        )  # fmt: skip
    form.finish()


def _agree(rep: Rep, talk: Held, customers: Mapping[int, str], view: View) -> None:
    st.caption(t("one_to_one.open_talk", at=view.instant(talk.held_at)))
    proofs = {str(proof): t(f"morning.proof.{proof}") for proof in BY_HAND}
    with st.container(border=True):
        form = note_form(view, STEP, talk.id)
        form.long_text("what", t("morning.what"), height=80)
        form.select(
            "customer", t("one_to_one.customer"), list(customers), customers.__getitem__,
            placeholder=t("one_to_one.no_customer"),
        )  # fmt: skip
        form.select(
            "expects", t("one_to_one.expects"), list(proofs), proofs.__getitem__, default=str(Proof.ACTION)
        )
        evenings, usual = evening_in(
            form, "due_at", t("morning.due"), view, team=rep.team_id, without=("today",), default="week"
        )
        agrees = partial(STEP.submit, evenings=evenings, usual=usual)
        send_here(
            view, form, t("one_to_one.agree"), agrees,
            said=t("one_to_one.step_agreed"), icon=":material/add_task:",
        )  # fmt: skip
    form.finish()


def earlier(talks: Sequence[Held], view: View) -> None:
    """The notes of talks, the newest first, each with its steps."""
    section(t("one_to_one.earlier"), icon=":material/history:")
    if not talks:
        st.caption(t("one_to_one.no_talks"))
    for place, talk in enumerate(talks):
        by = talk.by or t("one_to_one.by_nobody")
        with st.expander(f"{view.instant(talk.held_at)} · {plain(by)}", expanded=place == 0):
            st.text(talk.note)
            for step in talk.steps:
                st.markdown(_line(step, view))
