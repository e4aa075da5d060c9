"""A milestone's result drawn: what hangs on it, whether it is in force, signing, appealing, deciding."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import streamlit as st

from components import address
from components.blocks import Tone, badge, plain, section
from components.draft_begin import note_form, sheets, unfolded
from components.draft_end import send_here, submit_here, tell_sent
from components.frame import View
from components.left_over import left_over
from components.navigation import open_page
from components.tables import clickable
from components.text import pair, t
from core.access import Permission, decide
from core.milestones.assess import State
from core.milestones.consequences import Force, may_decide_anew, may_unsign
from data.commands.form_drafts import SIGNING, UNSIGNING
from data.commands.note_drafts import APPEAL, APPEAL_ANEW, APPEAL_ANSWER
from data.milestone_words import brings_words
from data.queries.milestone_results import Appeal, Result

_TONES = {State.MET: Tone.GREEN, State.MISSED: Tone.RED, State.LITTLE: Tone.QUIET}
_FORCES = {Force.IN_FORCE: Tone.GREEN, Force.APPEALED: Tone.AMBER, Force.UNSIGNED: Tone.QUIET}


def results_block(found: Sequence[Result], view: View) -> None:
    """The place's own result, and for a team the company's too, with what one may do about them."""
    tell_sent(view)
    section(t("milestones.result"), icon=":material/gavel:")
    for result in found:
        with st.container(border=True, key=f"result-{result.id}"):
            _result(result, view)
            for appeal in result.appeals:
                _appeal(appeal, result, view)
            _sign(result, view)
            _appealing(result, view)


def go_on(shown: Sequence[Result], waiting: Sequence[Result]) -> None:
    """From the results shown on to the next that waits for a signature or a decision."""
    here = {result.id for result in shown}
    others = [result for result in waiting if result.id not in here]
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="milestone-next"):
        if not others:
            return
        first = others[0]
        place = plain(first.team or t("milestones.result_company"))
        words = t("milestones.go_on", place=place, day=first.day)
        if st.button(words, icon=":material/arrow_forward:"):
            open_page("milestones", **_at(first))
        st.caption(t("milestones.still_waiting", n=len(others)), width="content")


def _at(result: Result) -> dict[str, int]:
    """What the address says of a result's place and day."""
    return {"day": result.day} | ({"team": result.team_id} if result.team_id else {})


def _result(result: Result, view: View) -> None:
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        st.markdown(f"**{plain(result.team or t('milestones.result_company'))}**", width="content")
        holds = result.counts_as is result.verdict  # what an appeal put right is not shown in red
        badge(t(f"milestones.state.{result.verdict}"), _TONES[result.verdict] if holds else Tone.QUIET)
        badge(t(f"milestones.force.{result.force}"), _FORCES[result.force])
    st.markdown(plain(brings_words(view.language, result)))
    if result.counts_as is not result.verdict:
        st.caption(t("milestones.counts_met"))
    by = result.signed_by or t("milestones.nobody")
    force = t(f"milestones.force_{result.force}", at=view.instant(result.signed_at), by=by)
    st.caption(plain(f"{force} {result.note}".strip()))


def _appeal(appeal: Appeal, result: Result, view: View) -> None:
    state = {None: "waiting", True: "upheld", False: "rejected"}[appeal.upheld]
    by = t("milestones.appeal_line", by=appeal.made_by or "", at=view.instant(appeal.made_at))
    state_words = t(f"milestones.appeal_state_{state}")
    st.markdown(f":material/campaign: {plain(by)} · **{state_words}**  \n{plain(appeal.words)}")
    _decided_before(appeal, view)
    decides = decide(view.who, Permission.SIGN_MILESTONES).allowed
    if appeal.upheld is not None:
        by = t("milestones.appeal_line", by=appeal.decided_by or "", at=view.instant(appeal.decided_at))
        st.caption(plain(pair(by, appeal.answer)))
        left_over(view, APPEAL_ANSWER, number=appeal.id)
        if decides and may_decide_anew(appeal.decided_at, result.signed_at):
            _deciding_anew(appeal, view)
        else:
            left_over(view, APPEAL_ANEW, number=appeal.id)
    elif decides:
        _deciding(appeal, view)


def _decided_before(appeal: Appeal, view: View) -> None:
    """Decisions that gave way to the other one, newest first."""
    for one in reversed(appeal.earlier):
        what = t(f"milestones.appeal_state_{'upheld' if one.upheld else 'rejected'}")
        by, at = one.by or t("demands.somebody"), view.instant(one.ended_at)
        said = t("demands.until", at=at, what=what, by=by, reason=one.answer)
        st.caption(f":material/history: {plain(said)}")


def _deciding_anew(appeal: Appeal, view: View) -> None:
    """The way out of a decision by the wrong button: the other one, in other words."""
    leaves = sheets(view, APPEAL_ANEW)
    with st.expander(
        t("milestones.decided_wrongly"),
        expanded=unfolded(leaves.kept(appeal.id)),
        icon=":material/undo:",
        key=f"appeal-anew-{appeal.id}",
    ):
        form = leaves.form(appeal.id)
        st.caption(t("milestones.decide_anew_help"))
        form.long_text("answer", t("milestones.answer"))
        label = t(f"milestones.{'reject' if appeal.upheld else 'uphold'}")
        other = partial(APPEAL_ANEW.submit, upheld=not appeal.upheld)
        send_here(view, form, label, other, said=t("milestones.decided"), icon=":material/undo:", quiet=True)
        form.finish()


def _deciding(appeal: Appeal, view: View) -> None:
    form = note_form(view, APPEAL_ANSWER, appeal.id)
    form.long_text("answer", t("milestones.answer"))
    st.caption(t("milestones.decide_help"))
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        for upheld, name in ((True, "uphold"), (False, "reject")):
            decides = partial(APPEAL_ANSWER.submit, upheld=upheld)
            st.button(
                t(f"milestones.{name}"),
                key=f"{form.prefix}{name}",
                on_click=submit_here,
                args=(view, form.draft.id, decides, t("milestones.decided")),
            )
        st.caption(t("demands.saved_as_draft"), width="content")
    form.finish()


def _sign(result: Result, view: View) -> None:
    may = decide(view.who, Permission.SIGN_MILESTONES).allowed
    if not may or result.force is not Force.UNSIGNED:
        if result.signed_at is not None:
            left_over(view, SIGNING, number=result.id)
            if may and may_unsign(result.signed_at, view.now):
                _unsign(result, view)
        return
    left_over(view, UNSIGNING, number=result.id)
    form = note_form(view, SIGNING, result.id)
    form.text("note", t("milestones.sign_note"))
    send_here(
        view, form, t("milestones.sign"), SIGNING.submit,
        said=t("milestones.signed"), icon=":material/signature:",
    )  # fmt: skip
    form.finish()


def _unsign(result: Result, view: View) -> None:
    """The way back from a signature by mistake."""
    leaves = sheets(view, UNSIGNING)
    with st.expander(
        t("milestones.signed_wrongly"),
        expanded=unfolded(leaves.kept(result.id)),
        icon=":material/undo:",
        key=f"unsign-{result.id}",
    ):
        form = leaves.form(result.id)
        st.caption(t("milestones.unsign_help"))
        form.text("reason", t("milestones.unsign_reason"))
        said = t("milestones.unsigned_done")
        label = t("milestones.unsign")
        send_here(view, form, label, UNSIGNING.submit, said=said, icon=":material/undo:", quiet=True)
        form.finish()


def _appealing(result: Result, view: View) -> None:
    """A form for a manager, while it makes sense; what is refused meanwhile is said by the command."""
    mine = any(a.made_by_id == view.who.person_id or a.upheld is None for a in result.appeals)
    met = result.counts_as is State.MET
    if mine or met or not decide(view.who, Permission.APPEAL_MILESTONES).allowed:
        return
    until = view.instant(result.appeal_until)
    if view.now > result.appeal_until:
        st.caption(t("milestones.appeal_over", until=until))
        return
    form = note_form(view, APPEAL, result.id)
    form.long_text("words", t("milestones.appeal_words"))
    st.caption(t("milestones.appeal_hint", until=until))
    send_here(
        view, form, t("milestones.appeal"), APPEAL.submit,
        said=t("milestones.appealed"), icon=":material/campaign:",
    )  # fmt: skip
    form.finish()


def bonus_table(found: Sequence[Result], view: View) -> None:
    """Every team's factor of a milestone to which the policy ties the bonus."""
    tied = [r for r in found if r.brings is not None and r.team_id is not None]
    if not tied:
        return
    section(t("milestones.bonus_table"), icon=":material/payments:")
    columns: dict[str, Sequence[Any]] = {
        t("milestones.bonus_team"): [r.team for r in tied],
        t("milestones.bonus_verdict"): [t(f"milestones.state.{r.counts_as}") for r in tied],
        t("milestones.bonus_factor"): [f"× {r.brings.factor:g}" for r in tied if r.brings],
        t("milestones.bonus_force"): [t(f"milestones.force.{r.force}") for r in tied],
    }
    teams = [str(r.team_id) for r in tied]
    if clicked := clickable(columns, teams, "bonus-table", config={}, alt=t("milestones.alt_bonus")):
        address.leave_for(team=int(clicked), day=tied[0].day)
