"""The channels page's parts: what the operator configured, the teams' chat groups, and adding one."""

import streamlit as st

from components.blocks import empty, plain, section
from components.form_turns import next_turn, turn_of
from components.forms import Marks
from components.frame import View
from components.text import t
from data.channels import KINDS
from data.commands.channels import add_robot, remove_robot, send_test, switch_robot
from data.commands.sessions import fingerprint
from data.queries.channels import Channels, RobotCard
from data.text import LANGUAGES

_MET = "channel-test-met"  # what the last test in this session met, by robot


def company(found: Channels) -> None:
    """What reaches every person by themselves."""
    section(t("channels.company"), icon=":material/person:")
    if not found.company:
        st.caption(t("channels.company_none"))
    for name in found.company:
        st.markdown(f"- {plain(t('channels.company_line', name=t(f'channels.kinds.{name}')))}")


def groups(found: Channels, view: View) -> None:
    """The teams' groups: whether they get through, a test, on and off."""
    section(t("channels.groups"), icon=":material/groups:", help=t("channels.groups_help"))
    if not found.robots:
        empty(t("channels.none"), t("channels.none_hint"), icon=":material/forum:")
    for robot in found.robots:
        _group(robot, view)


def _group(robot: RobotCard, view: View) -> None:
    with st.container(border=True, gap="xsmall"):
        tone = "green" if robot.active else "gray"
        state = t("channels.on" if robot.active else "channels.off")
        kind = t(f"channels.kinds.{robot.kind}")
        st.markdown(f":{tone}-badge[{state}] **{plain(robot.team)}** · {plain(kind)}")
        signed = t("channels.signed" if robot.signed else "channels.unsigned")
        where = t("channels.line", host=robot.host, end=robot.end)
        st.caption(plain(" · ".join((where, signed, LANGUAGES[robot.language], _tested(robot, view)))))
        with st.container(horizontal=True):
            if st.button(t("channels.test"), icon=":material/send:", key=f"test-{robot.id}"):
                st.session_state[_MET] = robot.id, send_test(view.store, view.who, robot.id)
                st.rerun()
            switch = t("channels.switch_off" if robot.active else "channels.switch_on")
            if st.button(switch, key=f"switch-{robot.id}", type="tertiary"):
                view.do(switch_robot, robot.id, not robot.active)
                st.rerun()
            if st.button(t("channels.remove"), key=f"remove-{robot.id}", type="tertiary"):
                view.do(remove_robot, robot.id)
                st.toast(t("channels.removed"))
                st.rerun()
        _met(robot)


def _tested(robot: RobotCard, view: View) -> str:
    if robot.tested_at is None:
        return t("channels.untested")
    at = view.instant(robot.tested_at)
    return (
        t("channels.failed", at=at, error=robot.test_error)
        if robot.test_error
        else t("channels.tested", at=at)
    )


def _met(robot: RobotCard) -> None:
    """What the test that was just sent met; said once."""
    of, error = st.session_state.get(_MET, (None, None))
    if of != robot.id:
        return
    st.session_state.pop(_MET)
    if error:
        st.error(plain(t("channels.test_bad", error=error)), icon=":material/error:")
    else:
        st.success(t("channels.test_ok"), icon=":material/check_circle:")


def new_group(found: Channels, view: View) -> None:
    """Give a team's group its messages."""
    if not found.teams:
        return
    turn = turn_of("channel")
    with st.expander(t("channels.add"), icon=":material/add:", expanded=not found.robots):
        marks = Marks(view)
        with st.form(f"channel-{turn}", border=False, enter_to_submit=False):
            given = _group_fields(found, turn, marks, view)
            sent = st.form_submit_button(t("channels.add_do"), type="primary")
        key = f"{turn}-{fingerprint('|'.join(map(str, given)))}"
        if sent and marks.sent(lambda: view.do(add_robot.once, key, *given)):
            next_turn("channel")
            st.toast(t("channels.added"))
            st.rerun()


def _group_fields(found: Channels, turn: str, marks: Marks, view: View) -> tuple[int, str, str, str, str]:
    """Team, kind of robot, its address and secret, and the language in which it is written to."""
    kinds = {kind: t(f"channels.kinds.{kind}") for kind in KINDS}
    with marks.field("team"):
        team = st.selectbox(
            t("channels.team"),
            list(found.teams),
            format_func=found.teams.__getitem__,
            key=f"team-{turn}",
        )
    with marks.field("kind"):
        kind = st.selectbox(
            t("channels.kind"), list(kinds), format_func=kinds.__getitem__, key=f"kind-{turn}"
        )
    with marks.field("url"):
        url = st.text_input(t("channels.url"), help=t("channels.url_help"), key=f"url-{turn}")
    secret = st.text_input(
        t("channels.secret"), type="password", help=t("channels.secret_help"), key=f"secret-{turn}",
        autocomplete="off",
    )  # fmt: skip
    with marks.field("language"):
        language = st.selectbox(
            t("channels.language"), list(LANGUAGES), list(LANGUAGES).index(view.language),
            format_func=LANGUAGES.__getitem__, key=f"language-{turn}",
        )  # fmt: skip
    return team or 0, kind or "", url or "", secret or "", language or view.language
