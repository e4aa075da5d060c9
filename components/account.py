"""The account page's parts: one's own password and one's own sessions."""

from collections.abc import Sequence

import streamlit as st

from components.forms import Marks
from components.frame import View
from components.session import SESSION
from components.text import t
from core.messages import Invalid, Problem
from data.commands.account import change_own_password
from data.commands.sessions import end_other_sessions
from data.queries.sessions import OwnSession


def password_card(view: View) -> None:
    """Change one's own password; the old one is asked."""
    with st.container(border=True):
        st.subheader(t("account.password_heading"), anchor=False)
        marks = Marks(view)
        with st.form("password", border=False, clear_on_submit=False):
            values = {}
            for name in ("old", "password", "repeat"):
                with marks.field(name):
                    values[name] = st.text_input(t(f"account.{name}"), type="password")
            sent = st.form_submit_button(t("account.change_password"), type="primary")
        if sent and marks.sent(lambda: _change(view, **values)):
            st.success(t("account.password_changed"), icon=":material/check_circle:")


def _change(view: View, old: str, password: str, repeat: str) -> None:
    if password != repeat:
        raise Invalid([Problem("repeat", "passwords_differ")])
    view.do(change_own_password, old, password, st.session_state.get(SESSION))


def own_sessions_card(view: View, sessions: Sequence[OwnSession]) -> None:
    """Where one is signed in, and a way out of all but this."""
    with st.container(border=True):
        st.subheader(t("account.sessions"), anchor=False)
        here = st.session_state.get(SESSION)
        table = [
            {
                t("account.since"): view.instant(s.created_at),
                t("account.until"): view.instant(s.expires_at),
                t("account.address"): s.address,
                t("account.browser"): s.agent,
                t("account.here"): s.session_id == here,
            }
            for s in sessions
        ]
        st.dataframe(table, hide_index=True)
        if len(sessions) > 1 and st.button(t("account.end_others"), icon=":material/logout:"):
            ended = view.do(end_other_sessions, here)
            st.success(t("account.ended", n=ended), icon=":material/check_circle:")
