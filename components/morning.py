"""The morning meeting: whose, which day, and what the page shows before, while and after it is held."""

import secrets
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import streamlit as st

from components import address
from components.agree_more import agree_more
from components.blocks import empty, plain, section
from components.commitments import commitments
from components.draft_begin import note_form
from components.draft_end import send_here, tell_sent
from components.frame import View
from components.left_over import left_over
from components.minutes import minutes
from components.morning_alerts import alerts
from components.morning_items import further, items
from components.scrolling import into_view
from components.text import t
from components.timer import timer
from core.access import Permission, decide
from data.brief_words import day_words
from data.commands.briefs import issue_brief
from data.commands.form_drafts import AGREEMENT
from data.commands.morning import start_meeting
from data.commands.note_drafts import MINUTES
from data.queries.morning import Meeting, Morning, MorningDay, MorningDays
from data.text import zone_words

STEPS = ("followed", "top", "alerts", "made", "finish")
_CLOCK = "morning_clock"
_AT = "morning-at"  # by meeting, the step that was shown last
_TURNED = "morning-turned"  # the last turn to another part of the meeting
_WALL = Path(__file__).parent / "assets" / "wall.css"
_DESK = "<style></style>"  # in the wall's place: a style sheet that is sent no more would stay


def choose_team(teams: Mapping[int, str]) -> int:
    """Whose meeting is shown, kept in the address; without a team the page ends here."""
    if not teams:
        empty(t("morning.no_team"), t("morning.no_team_hint"), icon=":material/group_off:")
        st.stop()
    options = {str(i): name for i, name in teams.items()}
    first = next(iter(options))
    if len(options) == 1:
        return int(first)
    drops = ("day", "step")
    return int(
        address.choose(st.selectbox, t("morning.team"), "team", options, first, drops=drops, width=240)
    )


def choose_day(days: MorningDays, view: View) -> date:
    """Today, or an earlier day whose brief or minutes are read again."""
    held = {d.day: d for d in days.days}
    listed = sorted({*held, days.today}, reverse=True)
    options = {d.isoformat(): _day_label(d, held, days.today, view.language) for d in listed}
    chosen = address.choose(
        st.selectbox, t("morning.day"), "day", options, days.today.isoformat(), drops=("step",), width=240
    )
    return date.fromisoformat(chosen)


def _day_label(day: date, held: Mapping[date, MorningDay], today: date, language: str) -> str:
    words = day_words(language, day)
    known = held.get(day)
    if known is not None and known.finished:
        return t("morning.day_held", day=words)
    return words if known is None or day == today else t("morning.day_open", day=words)


def on_wall() -> bool:
    """Whether the meeting stands on a wall screen, kept in the address."""
    return address.switch(t("morning.wall"), "wall")


def frame(wall: bool) -> Any:
    """The place of the meeting, large and alone on a wall screen; one, so that what is open stays so."""
    st.html(_WALL if wall else _DESK)
    return st.container(key="morning_meeting")


def without(days: MorningDays, team: int, day: date, view: View) -> None:
    """There is no brief of this day: why, and what comes next."""
    following = day_words(view.language, days.following)
    if day != days.today:
        empty(t("morning.none_that_day"), t("morning.none_that_day_hint"), icon=":material/event_busy:")
    elif not days.works:
        hint = t("morning.free_day_hint", day=following)
        empty(t("morning.free_day"), hint, icon=":material/weekend:")
    else:
        hint = t("morning.none_today_hint", zone=zone_words(view.language, days.timezone))
        empty(t("morning.none_today"), hint, icon=":material/schedule:")
        may = decide(view.who, Permission.RUN_MORNING).allowed
        if may and st.button(t("morning.issue"), icon=":material/play_arrow:", type="primary"):
            view.do(issue_brief, team)
            st.toast(t("morning.was_issued"))
            st.rerun()


def meeting(told: Morning, view: View, today: date, wall: bool) -> None:
    """The meeting as far as it is: before it, running, or its minutes."""
    held, sent = told.meeting, tell_sent(view)
    if held and held.minutes:
        left_over(view, MINUTES, AGREEMENT, number=held.id)
        minutes(told, held, held.minutes, view)
    elif held and told.day == today:
        _running(told, held, view, wall, goes_on=bool(sent and sent.kind == AGREEMENT.kind))
    else:
        _before(told, view, today)


def runs(told: Morning | None, today: date) -> bool:
    """Whether the meeting is going on: nothing else asks for attention then."""
    return bool(told and told.day == today and told.meeting and not told.meeting.minutes)


def _before(told: Morning, view: View, today: date) -> None:
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.caption(t("morning.issued", at=view.instant(told.issued_at)))
        if told.day == today and told.may_run:
            if st.button(t("morning.start"), icon=":material/play_circle:", type="primary"):
                view.do(start_meeting, told.id)
                st.rerun()
        else:
            st.caption(t("morning.waiting" if told.day == today else "morning.not_held"))
    items(told, view)
    further(told, view)
    commitments("followed", told.followed, told, view)


def _running(told: Morning, held: Meeting, view: View, wall: bool, *, goes_on: bool) -> None:
    with st.container(
        horizontal=True, vertical_alignment="center", horizontal_alignment="distribute", key=_CLOCK
    ):
        timer(held.started_at, view.now, large=wall)
        by = held.started_by or t("morning.somebody")
        st.caption(t("morning.running", at=view.instant(held.started_at), by=by), width="content")
    labels = {step: t(f"morning.step.{step}") for step in STEPS}
    kept: dict[int, str] = st.session_state.setdefault(_AT, {})
    stood = address.read("step", STEPS, kept.get(held.id, STEPS[0]))  # the menu names none
    address.write(step=stood if stood != STEPS[0] else None)
    step = kept[held.id] = address.choose(
        st.segmented_control, t("morning.title"), "step", labels, stood, label_visibility="collapsed",
        required=True, width="stretch",
    )  # fmt: skip
    with st.container(key=f"morning-step-{step}"):
        _step(step, told, held, view, goes_on=goes_on)
    _turn(step)


def _step(step: str, told: Morning, held: Meeting, view: View, *, goes_on: bool) -> None:
    match step:
        case "followed":
            commitments("followed", told.followed, told, view)
        case "top":
            items(told, view)
            further(told, view)
        case "alerts":
            alerts(told, view)
        case "made":
            commitments("made", told.made, told, view)
            agree_more(told, held, view, goes_on=goes_on)
        case _:
            _finish(told, held, view)


def _turn(step: str) -> None:
    """On to the next part of the meeting, or back; it begins at its head."""
    at = STEPS.index(step)
    turned = None
    with st.container(horizontal=True, horizontal_alignment="right"):
        if at and st.button(t("morning.back"), icon=":material/arrow_back:", type="tertiary"):
            turned = STEPS[at - 1]
        if at + 1 < len(STEPS) and st.button(t("morning.next"), icon=":material/arrow_forward:"):
            turned = STEPS[at + 1]
    if turned:
        address.write(step=turned)
        st.session_state[_TURNED] = secrets.token_hex(4)
        st.rerun()
    if last := st.session_state.get(_TURNED):
        into_view(_CLOCK, last, key="morning_into_view")


def _finish(told: Morning, held: Meeting, view: View) -> None:
    section(t("morning.step.finish"))
    st.markdown(plain(t("morning.red_alerts_now", n=told.red)))
    commitments("made", told.made, told, view)
    if not told.may_run:
        return
    form = note_form(view, MINUTES, held.id)
    form.long_text("note", t("morning.finish_note"), height=90)
    send_here(
        view, form, t("morning.finish"), MINUTES.submit,
        said=t("morning.finished"), icon=":material/task_alt:",
    )  # fmt: skip
    form.finish()
