"""Who does what until when: what was agreed, held against records, and the form that agrees on more."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import streamlit as st

from components.blocks import Tone, empty, plain, section
from components.days import EVENING, pick_day
from components.form_turns import next_turn, turn_of
from components.forms import Marks
from components.frame import View
from components.navigation import open_page
from components.text import t
from core.access import Permission, decide
from core.reports.commitments import BY_HAND, Checked, Commitment, Kept, Proof, about_still, renewed
from data.brief_words import time_words
from data.commands.morning import CommitmentInput, assign, drop_commitment, take_up_commitment
from data.minutes_words import again_words, proof_words
from data.queries.morning import Morning

TONES = {
    Kept.MISSED: Tone.RED,
    Kept.OPEN: Tone.BLUE,
    Kept.LATE: Tone.AMBER,
    Kept.KEPT: Tone.GREEN,
    Kept.DROPPED: Tone.QUIET,
}
_ICONS = {
    Kept.MISSED: ":material/error:",
    Kept.OPEN: ":material/schedule:",
    Kept.LATE: ":material/warning:",
    Kept.KEPT: ":material/check_circle:",
    Kept.DROPPED: ":material/block:",
}


@dataclass(frozen=True, slots=True)
class Prefilled:
    """What a form for a commitment begins with; `customer_id` None lets the person choose one."""

    key: str
    what: str = ""
    owner_id: int | None = None
    customer_id: int | None = None
    opportunity_id: int | None = None
    expects: Proof = Proof.ACTION
    about: int | None = None


def commitments(name: str, found: Sequence[Checked], told: Morning, view: View) -> None:
    """A list of commitments; while the meeting runs, what is not done can be agreed on again or given up.

    Args:
        name: `followed` or `made`.
    """
    section(t(f"morning.step.{name}"), icon=":material/handshake:", help=t("morning.followed_help"))
    if not found:
        empty(t(f"morning.none_{name}"), t(f"morning.none_{name}_hint"), icon=":material/handshake:")
    again = renewed((c.commitment for c in found), (c.commitment for c in told.made))
    for checked in found:
        with st.container(border=True, gap="xsmall"):
            st.markdown(commitment_line(checked, told.timezone, view.language))
            c = checked.commitment
            if name == "followed":
                given_away(f"again-{c.id}", c.customer_id, c.opportunity_id, told, view)
            if told.running and told.may_run and checked.state in (Kept.MISSED, Kept.OPEN):
                with st.container(horizontal=True, vertical_alignment="center"):
                    if name == "followed" and c.id in again:
                        st.badge(t("morning.renewed"), icon=":material/event_repeat:", color="blue")
                    else:
                        if checked.state is Kept.MISSED:
                            _assign_again(checked, told, view)
                        give_up(c.id, lambda of, why: view.do(drop_commitment, of, why), view)
                    _open_customer(checked, view)
            elif told.running and told.may_run and checked.state is Kept.DROPPED:
                take_up(c.id, lambda of: view.do(take_up_commitment, of), view)


def commitment_line(checked: Checked, zone: str, language: str) -> str:
    """One commitment as Markdown: its state, who and what, and the record that shows it."""
    c = checked.commitment
    mark = f":{TONES[checked.state]}-badge[{_ICONS[checked.state]} {t(f'morning.state.{checked.state}')}]"
    by = time_words(language, c.due_at, zone)
    proof = proof_words(language, checked, zone)
    parts = (c.customer, f"{t('morning.by_when')} {by}", again_words(language, checked), proof)
    detail = " · ".join(part for part in parts if part)
    return f"{mark} **{plain(c.owner)}** · {plain(c.what)}  \n:small[:gray[{plain(detail)}]]"


def _assign_again(checked: Checked, told: Morning, view: View) -> None:
    c = checked.commitment
    start = Prefilled(
        f"again-{c.id}", c.what, c.owner_id, c.customer_id, c.opportunity_id, c.expects, c.about
    )
    assign_popover(start, told, view, t("morning.assign_again"), ":material/event_repeat:")


def give_up(of: int, drop: Callable[[int, str], Any], view: View) -> None:
    """The way to give up what was agreed on, with a reason.

    Args:
        drop: `drop(of, reason)`.
    """
    with st.popover(t("morning.drop"), icon=":material/block:", key=f"drop-{of}"):
        marks = Marks(view)
        with st.form(f"drop-form-{of}", border=False):
            with marks.field("reason"):
                reason = st.text_input(t("morning.drop_reason"), key=f"drop-reason-{of}")
            sent = st.form_submit_button(t("morning.drop_do"))
        if sent and marks.sent(lambda: drop(of, reason or "")):
            st.toast(t("morning.was_dropped"))
            st.rerun()


def take_up(of: int, take: Callable[[int], Any], view: View) -> None:
    """The way back for whoever gave up the wrong line.

    Args:
        take: `take(of)`.
    """
    marks = Marks(view)
    pressed = st.button(t("morning.take_up"), key=f"take-up-{of}", icon=":material/undo:", type="tertiary")
    if pressed and marks.sent(lambda: take(of)):
        st.toast(t("morning.was_taken_up"))
        st.rerun()


def _open_customer(checked: Checked, view: View) -> None:
    of, customer = checked.commitment.id, checked.commitment.customer_id
    sees = decide(view.who, Permission.SEE_CUSTOMERS).allowed and customer
    key = f"commitment-customer-{of}"
    if sees and st.button(t("morning.open_customer"), type="tertiary", icon=":material/domain:", key=key):
        open_page("customer", customer=customer or 0)


def assign_popover(
    start: Prefilled, told: Morning, view: View, label: str = "", icon: str = ":material/assignment_ind:"
) -> None:
    """A form behind a button, filled with what it is about; once it is sent it closes."""
    turn = turn_of(_named(start, told))
    with st.popover(label or t("morning.assign"), icon=icon, key=f"assign-{turn}"):
        _form(start, told, view)


def given_away(
    of: str,
    customer_id: int | None,
    opportunity_id: int | None,
    told: Morning,
    view: View,
    own: Callable[[Commitment], bool] = lambda _: True,
) -> None:
    """What this meeting agreed on about a customer, or an opportunity without one, at the place `of`.

    Args:
        own: whether it was agreed on about what stands there; the rest comes after, and says so.
    """
    found = [
        checked
        for checked in told.made
        for c in (checked.commitment,)
        if (customer_id and c.customer_id == customer_id)
        or (opportunity_id and c.opportunity_id == opportunity_id)
    ]
    mine = [checked for checked in found if own(checked.commitment)]
    others = [checked for checked in found if checked not in mine]
    with st.container(gap="xsmall", key=f"given-{of}"):  # always there: what follows keeps its place
        for checked in (*mine, *others):
            if others and checked is others[0]:
                st.caption(t("morning.about_else"))
            st.markdown(commitment_line(checked, told.timezone, view.language))


def _form(start: Prefilled, told: Morning, view: View) -> None:
    held = told.meeting.id if told.meeting else 0
    turn = turn_of(_named(start, told))
    marks = Marks(view)
    with st.form(f"commit-{turn}", border=False, enter_to_submit=False):
        with marks.field("what"):
            what = st.text_area(t("morning.what"), start.what, key=f"what-{turn}", height=68)
        owner = _owner(start, told, turn, marks)
        customer = _customer(start, told, turn, marks)
        with marks.field("due_at"):
            on = _day(turn, told, view)
        with st.container(horizontal=True, gap="small"):
            at = st.time_input(t("morning.at_time"), EVENING, key=f"time-{turn}", step=1800, width=110)
            expects = _expects(start, turn, marks)
        sent = st.form_submit_button(t("morning.add"), type="primary")
    about = about_still(start.about, start.expects, expects)
    due_at = datetime.combine(on, at or EVENING, ZoneInfo(told.timezone))
    given = CommitmentInput(what or "", owner or 0, due_at, customer, start.opportunity_id, expects, about)
    if sent and marks.sent(lambda: view.do(assign.once, turn, held, given)):
        next_turn(_named(start, told))
        st.toast(t("morning.agreed", who=told.members.get(given.owner_id, "")))
        st.rerun()


def _named(start: Prefilled, told: Morning) -> str:
    return f"commit-{told.meeting.id if told.meeting else 0}-{start.key}"


def _owner(start: Prefilled, told: Morning, turn: str, marks: Marks) -> int | None:
    names = list(told.members)
    with marks.field("owner"):
        return st.selectbox(
            t("morning.assign_to"),
            names,
            names.index(start.owner_id) if start.owner_id in names else None,
            format_func=told.members.__getitem__,
            placeholder="",
            key=f"owner-{turn}",
        )


def _customer(start: Prefilled, told: Morning, turn: str, marks: Marks) -> int | None:
    if start.customer_id or start.opportunity_id:
        return start.customer_id
    with marks.field("customer"):
        return st.selectbox(
            t("morning.customer"),
            list(told.customers),
            index=None,
            format_func=told.customers.__getitem__,
            placeholder="",
            key=f"customer-{turn}",
        )


def _day(turn: str, told: Morning, view: View) -> date:
    """A day with one click, by the team's clock."""
    first = first_day(told, view)
    return pick_day(t("morning.due"), f"day-{turn}", told.ahead, first, view.language)


def first_day(told: Morning, view: View) -> str:
    """The day that is meant until another is chosen."""
    here = view.now.astimezone(ZoneInfo(told.timezone)).time()
    return "today" if here < EVENING else "tomorrow"


def _expects(start: Prefilled, turn: str, marks: Marks) -> Proof:
    proofs = {p: t(f"morning.proof.{p}") for p in dict.fromkeys((*BY_HAND, start.expects))}
    with marks.field("expects"):
        chosen = st.selectbox(
            t("morning.expects"), list(proofs), list(proofs).index(start.expects),
            format_func=proofs.__getitem__, key=f"expects-{turn}",
        )  # fmt: skip
    return chosen or start.expects
