"""What became of a demand: product's answer, and the way on to the next one that waits."""

import streamlit as st

from components import address
from components.address import leave_for
from components.blocks import plain, section
from components.demand_answer import AFTER_ALL, after_all, anew, may_answer_anew, part_of
from components.draft_begin import sheets
from components.draft_end import send_here, tell_sent
from components.feature_words import came_words
from components.frame import View
from components.left_over import left_over
from components.navigation import open_page
from components.scrolling import lead_to
from components.taking_back import take_back_form, taken_back_note
from components.text import pair, t, term
from core.access import Permission, reach
from core.promises.sla import SlaState
from data.commands.form_drafts import DEMAND_BACK, TOLD_BACK
from data.queries.demand_file import DemandFile, Ended
from data.queries.demands import DemandRow
from data.queries.taken_back import TakenBack


def answered(file: DemandFile, view: View) -> None:
    """Product's answer, once there is one, also that it was declined before; or that it was taken back."""
    row = file.row
    if file.taken_back is not None:
        _mistaken(file, file.taken_back, view)
        return
    section(t("demands.answer"), icon=":material/engineering:")
    if row.answered_at is None:
        st.caption(t("demands.no_answer_yet"))
        return
    if row.declined_for:
        _declined(file, view)
    if row.state is not SlaState.DECLINED:
        _planned(file, view)
    _earlier(file, view)


def _planned(file: DemandFile, view: View) -> None:
    """The feature that answers it."""
    row = file.row
    with st.container(border=True, gap="xsmall"):
        came = came_words(row.planned_on, row.delivery, view, there=row.there)
        kind = term("deliverable", file.deliverable)
        st.markdown(f"**{plain(row.feature or '')}** · {plain(came)}")
        for name, said in (("path", file.path), ("resources", file.resources)):
            if said:
                st.markdown(f":gray[{t(f'demands.{name}')}] {plain(said)}")
        st.markdown(f":gray[{t('demands.deliverable')}] {plain(f'{kind} · {file.reference}')}")
        with st.container(horizontal=True, gap="small"):
            if row.feature_id and st.button(t("demands.to_schedule"), icon=":material/calendar_month:"):
                open_page("promises", feature=row.feature_id)
            _begin_anew(file, view, t("demands.anew"))


def _begin_anew(file: DemandFile, view: View, label: str, icon: str = ":material/undo:") -> None:
    """Product may answer it anew: the answer that stands goes into the history."""
    answers = reach(view.who, Permission.ANSWER_DEMANDS) is not None
    offered = answers and may_answer_anew(file) and anew(file) is None
    if offered and st.button(label, icon=icon):
        lead_to(part_of(file.row.id))
        address.write(do=None, anew=len(file.earlier) + 1)
        st.rerun()


def _earlier(file: DemandFile, view: View) -> None:
    """Answers that stand no more, newest first."""
    for ended in reversed(file.earlier):
        by, at = ended.by or t("demands.somebody"), view.instant(ended.at)
        said = t("demands.until", at=at, what=_was(ended, file), by=by, reason=ended.reason)
        st.caption(f":material/history: {plain(said)}")


def _was(ended: Ended, file: DemandFile) -> str:
    """What an earlier answer said, with what tells it from the one that stands."""
    if not ended.feature:
        parts = [term("decline", ended.declined_for), ended.reply if ended.reply != file.row.reply else ""]
        return " · ".join(part for part in parts if part)
    if ended.feature_id == file.row.feature_id:  # what was said of it has changed
        told = ("path", ended.path, file.path), ("resources", ended.resources, file.resources)
        changed = [pair(t(f"demands.{name}"), was) for name, was, now in told if was and was != now]
        return " · ".join([ended.feature, *changed])
    same = ended.feature == file.row.feature  # another one of the same name
    return f"{ended.feature} · {ended.reference}" if same else ended.feature


def _mistaken(file: DemandFile, found: TakenBack, view: View) -> None:
    taken_back_note(found, view)
    files = reach(view.who, Permission.FILE_DEMANDS) is not None
    if files and st.button(t("demands.correct"), icon=":material/redo:"):
        leave_for(customer=file.row.customer_id, again=file.row.id)


def _declined(file: DemandFile, view: View) -> None:
    row = file.row
    with st.container(border=True, gap="xsmall"):
        label = t("demands.show.declined" if row.state is SlaState.DECLINED else "demands.declined_before")
        st.markdown(f"**{plain(pair(label, term('decline', row.declined_for)))}**")
        st.text(row.reply or "")
        if row.state is SlaState.DECLINED:
            _after_a_decline(file, view)


def _after_a_decline(file: DemandFile, view: View) -> None:
    """Product may answer it after all, or put right what it said; sales ask again."""
    row = file.row
    answers = reach(view.who, Permission.ANSWER_DEMANDS) is not None
    if answers and not after_all() and anew(file) is None:
        with st.container(horizontal=True, gap="small"):
            if st.button(t("demands.after_all"), icon=":material/undo:"):
                lead_to(part_of(row.id))
                address.write(do=AFTER_ALL)
                st.rerun()
            _begin_anew(file, view, t("demands.declined_wrong"), ":material/edit:")
    if reach(view.who, Permission.FILE_DEMANDS) and st.button(t("demands.again"), icon=":material/redo:"):
        leave_for(customer=row.customer_id, again=row.id)


def asked_back(file: DemandFile, view: View) -> None:
    """Where product waits for the customer, whoever files demands passes on what they answered."""
    if reach(view.who, Permission.FILE_DEMANDS) is None:
        return
    if file.row.paused_since is None:
        left_over(view, TOLD_BACK, number=file.row.id)
        return
    with st.container(border=True, key=f"asked-back-{file.row.id}"):
        form = sheets(view, TOLD_BACK).form(file.row.id)
        st.markdown(f":material/forum: **{plain(t('demands.asked_back'))}**")
        st.text(file.pauses[-1].reason)
        form.long_text("answer", t("demands.customer_answer"), placeholder=t("demands.customer_answer_hint"))
        send_here(
            view, form, t("demands.pass_on"), TOLD_BACK.submit,
            said=t("demands.passed_on"), icon=":material/send:",
        )  # fmt: skip
        form.finish()


def take_back_block(file: DemandFile, view: View) -> None:
    """The way to take a demand back that was filed by mistake."""
    tell_sent(view)
    if file.may_take_back:
        take_back_form(DEMAND_BACK, file.row.id, "demand", view)
    else:
        left_over(view, DEMAND_BACK, number=file.row.id)


def go_on(following: DemandRow | None, waits: int) -> None:
    """From an answered demand on to the next that waits."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="demand-next"):
        if following is None:
            st.caption(t("demands.all_answered"))
            return
        name = plain(following.customer)
        if st.button(t("demands.next", customer=name), type="primary", icon=":material/arrow_forward:"):
            leave_for(demand=following.id)
        st.caption(t("demands.still_waiting", n=waits), width="content")
