"""Who does what until when: what was agreed, held against records, and the form that agrees on more."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import streamlit as st

from components.another_day import another_day
from components.blocks import Tone, empty, plain, section
from components.days import EVENING, day_in
from components.draft_begin import Sheets, sheets
from components.draft_end import send_here
from components.forms import Marks
from components.frame import View
from components.navigation import open_page
from components.text import t
from core.access import Permission, decide
from core.reports.commitments import BY_HAND, Checked, Commitment, Kept, Proof, agreed_again, renewed
from data.brief_words import time_words
from data.commands.form_drafts import ASSIGNMENT, GIVEN_UP
from data.commands.morning import CommitmentInput, move_commitment, take_up_commitment
from data.minutes_words import again_words, anew_words, proof_words
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
    """A list of commitments; while the meeting runs, what is not done has ways on.

    Args:
        name: `followed` or `made`.
    """
    section(t(f"morning.step.{name}"), icon=":material/handshake:", help=t("morning.followed_help"))
    if not found:
        empty(t(f"morning.none_{name}"), t(f"morning.none_{name}_hint"), icon=":material/handshake:")
    given, dropped = sheets(view, ASSIGNMENT), sheets(view, GIVEN_UP)
    again = agreed_again(told.followed, told.made)
    for checked in found:
        with st.container(border=True, gap="xsmall"):
            anew = anew_words(view.language, name, checked, again) if name == "made" else ""
            st.markdown(commitment_line(checked, told.timezone, view.language, anew))
            c = checked.commitment
            if name == "followed":
                own = partial(_same_matter, c)
                given_away(f"again-{c.id}", c.customer_id, c.opportunity_id, told, view, own)
            if told.running and told.may_run and checked.state in (Kept.MISSED, Kept.OPEN):
                with st.container(horizontal=True, vertical_alignment="center"):
                    if name == "followed" and c.id in again:
                        st.badge(t("morning.renewed"), icon=":material/event_repeat:", color="blue")
                    else:
                        _waits(name, checked, given, dropped, told, view)
                    _open_customer(checked, view)
            elif told.running and told.may_run and checked.state is Kept.DROPPED:
                take_up(c.id, lambda of: view.do(take_up_commitment, of), view)


def _waits(name: str, checked: Checked, given: Sheets, dropped: Sheets, told: Morning, view: View) -> None:
    """The ways on with what is not done."""
    if checked.state is Kept.MISSED:
        _assign_again(checked, given, told, view)
    if name == "made":
        _other_day(name, checked, told, view)
    give_up(dropped, checked.commitment.id, view)


def _same_matter(earlier: Commitment, made: Commitment) -> bool:
    """Whether it is about the same; given up since, it still is."""
    return bool(renewed((earlier,), (replace(made, dropped_at=None),)))


def commitment_line(checked: Checked, zone: str, language: str, anew: str = "") -> str:
    """One commitment as Markdown: its state, who and what, and the record that shows it.

    Args:
        anew: that it was agreed on again.
    """
    c = checked.commitment
    mark = f":{TONES[checked.state]}-badge[{_ICONS[checked.state]} {t(f'morning.state.{checked.state}')}]"
    by = time_words(language, c.due_at, zone)
    proof = proof_words(language, checked, zone)
    parts = (c.customer, f"{t('morning.by_when')} {by}", again_words(language, checked), anew, proof)
    detail = " · ".join(part for part in parts if part)
    return f"{mark} **{plain(c.owner)}** · {plain(c.what)}  \n:small[:gray[{plain(detail)}]]"


def _assign_again(checked: Checked, given: Sheets, told: Morning, view: View) -> None:
    c = checked.commitment
    start = Prefilled(
        f"again-{c.id}", c.what, c.owner_id, c.customer_id, c.opportunity_id, c.expects, c.about
    )
    assign_popover(start, given, told, view, t("morning.assign_again"), ":material/event_repeat:")


def give_up(leaves: Sheets, of: int, view: View) -> None:
    """The way to give up what was agreed on, with a reason.

    Args:
        leaves: one's drafts of giving up such things.
    """
    with st.popover(t("morning.drop"), icon=":material/block:", key=f"drop-{of}"):
        form = leaves.form(of)
        form.text("reason", t("morning.drop_reason"))
        drops, said = leaves.note.submit, t("morning.was_dropped")
        send_here(view, form, t("morning.drop_do"), drops, said=said, quiet=True)
        form.finish()


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
    start: Prefilled,
    given: Sheets,
    told: Morning,
    view: View,
    label: str = "",
    icon: str = ":material/assignment_ind:",
) -> None:
    """A form behind a button, filled with what it is about; once it is sent it closes.

    Args:
        given: one's drafts of such forms.
    """
    place = f"{told.meeting.id if told.meeting else 0}-{start.key}"
    with st.popover(label or t("morning.assign"), icon=icon, key=f"assign-{given.named(place)}"):
        _form(start, given, place, told, view)


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
            _other_day(of, checked, told, view)


def _other_day(of: str, checked: Checked, told: Morning, view: View) -> None:
    """It moves where it stands: nobody gives it up for a slip of the day."""
    c = checked.commitment
    if not (told.running and told.may_run and checked.state in (Kept.MISSED, Kept.OPEN)):
        return
    own = c.owner_id == view.who.person_id

    def said(by: str) -> str:
        return t("morning.moved_own", by=by) if own else t("morning.moved", by=by, who=c.owner)

    def move(due_at: datetime) -> int:
        return view.do(move_commitment, c.id, due_at)

    another_day(f"{of}-{c.id}", c.due_at, told.ahead, told.timezone, move, said, view)


def _form(start: Prefilled, given: Sheets, place: str, told: Morning, view: View) -> None:
    people, customers, free = told.members, told.customers, not (start.customer_id or start.opportunity_id)
    owner = start.owner_id if start.owner_id in people else None
    form = given.form(place, {"what": start.what, "owner": owner})
    form.long_text("what", t("morning.what"), height=68)
    chosen = form.select("owner", t("morning.assign_to"), list(people), people.__getitem__, placeholder="")
    if free:
        form.select("customer", t("morning.customer"), list(customers), customers.__getitem__, placeholder="")
    usual = first_day(told, view)
    day_in(form, "due_at", t("morning.due"), told.ahead, usual, view.language)
    with st.container(horizontal=True, gap="small"):
        form.clock("at", t("morning.at_time"), EVENING, step=1800, width=110)
        proofs = {str(p): t(f"morning.proof.{p}") for p in dict.fromkeys((*BY_HAND, start.expects))}
        form.select(
            "expects", t("morning.expects"), list(proofs), proofs.__getitem__, default=str(start.expects)
        )
    proposed = CommitmentInput(
        start.what, owner or 0, datetime.combine(told.ahead[usual], EVENING, ZoneInfo(told.timezone)),
        start.customer_id, start.opportunity_id, start.expects, start.about,
    )  # fmt: skip
    sends = partial(
        ASSIGNMENT.submit, meeting=told.meeting.id if told.meeting else 0,
        start=proposed, days=told.ahead, usual=usual, zone=told.timezone,
    )  # fmt: skip
    send_here(view, form, t("morning.add"), sends, said=agreed_words(chosen, people, view))
    form.finish()


def first_day(told: Morning, view: View) -> str:
    """The day that is meant until another is chosen."""
    here = view.now.astimezone(ZoneInfo(told.timezone)).time()
    return "today" if here < EVENING else "tomorrow"


def agreed_words(owner: int | None, people: Mapping[int, str], view: View) -> str:
    """What is said once it is agreed on; nobody is told of what they take over themselves."""
    own = owner == view.who.person_id
    return t("morning.agreed_own") if own else t("morning.agreed", who=people.get(owner or 0, ""))
