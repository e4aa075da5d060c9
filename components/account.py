"""The account page's parts: one's own name, password and sessions."""

from collections.abc import Sequence

import streamlit as st

from components.blocks import Row, Tone, plain, rows
from components.forms import Marks
from components.frame import SESSION, View
from components.text import t, term
from core.messages import Invalid, Problem
from data.commands.account import change_own_name, change_own_password
from data.commands.sessions import end_other_sessions, revoke_session
from data.queries.sessions import Account, OwnSession

_BROWSERS = (("Edg/", "Edge"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


def profile_card(view: View, account: Account) -> None:
    """Who one is here, and the name that others see."""
    with st.container(border=True):
        st.subheader(t("account.profile"), anchor=False)
        known = (account.username, term("role", view.who.role), account.team, account.email)
        st.caption(" · ".join(plain(word) for word in known if word))
        marks = Marks(view)
        with st.form("profile", border=False):
            with marks.field("name"):
                name = st.text_input(t("account.name"), account.name, autocomplete="name")
            sent = st.form_submit_button(t("account.save"))
        if sent and marks.sent(lambda: view.do(change_own_name, name, account.version)):
            st.toast(t("account.saved"), icon=":material/check_circle:")
            st.rerun()


def password_card(view: View, *, programs: bool) -> None:
    """Change one's own password; the old one is asked.

    Args:
        programs: whether tokens speak for oneself: then it is asked whether they end too.
    """
    with st.container(border=True):
        st.subheader(t("account.password_heading"), anchor=False)
        marks = Marks(view)
        with st.form("password", border=False, clear_on_submit=False):
            values = {}
            for name, hint in (("old", "current"), ("password", "new"), ("repeat", "new")):
                with marks.field(name):
                    values[name] = st.text_input(
                        t(f"account.{name}"), type="password", autocomplete=f"{hint}-password"
                    )
            ends = programs and st.checkbox(t("account.end_programs"), value=True)
            sent = st.form_submit_button(t("account.change_password"))
        if sent and marks.sent(lambda: _change(view, ends, **values)):
            st.success(t("account.password_changed"), icon=":material/check_circle:")


def _change(view: View, end_programs: bool, old: str, password: str, repeat: str) -> None:
    if password != repeat:
        raise Invalid([Problem("repeat", "passwords_differ")])
    here = st.session_state.get(SESSION)
    view.do(change_own_password, old, password, here, end_programs=end_programs)


def own_sessions_card(view: View, sessions: Sequence[OwnSession]) -> None:
    """Where one is signed in, and a way out of each and of all but this."""
    with st.container(border=True):
        st.subheader(t("account.sessions"), anchor=False)
        here = st.session_state.get(SESSION)
        if ended := rows([_session_row(view, s, s.session_id == here) for s in sessions], "sessions"):
            view.do(revoke_session, int(ended))
            st.rerun()
        if len(sessions) > 1 and st.button(t("account.end_others"), icon=":material/logout:"):
            view.do(end_other_sessions, here)
            st.rerun()


def _session_row(view: View, session: OwnSession, here: bool) -> Row:
    place = t("account.this_computer") if session.address == "local" else session.address
    since, until = view.instant(session.created_at), view.instant(session.expires_at)
    return Row(
        key=str(session.session_id),
        title=device(session.agent),
        detail=t("account.session_detail", since=since, until=until, place=place),
        mark=t("account.here") if here else "",
        tone=Tone.GREEN if here else Tone.QUIET,
        action="" if here else t("account.end"),
        at_once=True,
    )


def device(agent: str) -> str:
    """The browser and the system that a request's `User-Agent` tells of, in words."""
    return t("account.browser_on", browser=_first(_BROWSERS, agent), system=_first(_SYSTEMS, agent))


def _first(names: Sequence[tuple[str, str]], agent: str) -> str:
    return next((name for sign, name in names if sign in agent), t("account.unknown"))
