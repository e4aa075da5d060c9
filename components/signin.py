"""The sign-in card: password form, one-click demo accounts, single sign-on where it is configured."""

import logging
from collections.abc import Mapping
from typing import Any

import bcrypt
import streamlit as st
import streamlit_authenticator as stauth
from streamlit_authenticator.utilities import LoginError

from components.session import address, enter
from components.text import t, term
from data.commands.sessions import note_attempt, wait_seconds
from data.queries.policies import setting
from data.queries.sessions import credentials, demo_accounts
from data.runtime import this_store

_log = logging.getLogger(__name__)
_NOBODY = bcrypt.hashpw(b"nobody", bcrypt.gensalt(12))  # unknown names take as long as known ones


class Throttled(LoginError):  # type: ignore[misc]  # the library has no types
    """Too many failures; `seconds` until the next try."""

    def __init__(self, seconds: int) -> None:
        super().__init__("throttled")
        self.seconds = seconds


def sign_in_card() -> None:
    """Draw the card and sign the visitor in; the address stays as it is."""
    with st.container(key="sign_in_card"):
        st.image("components/assets/mark.svg", width=44)
        st.header(t("signin.welcome"), anchor=False)
        st.caption(t("signin.lead"))
        _password_form()
        _demo_accounts()


def _password_form() -> None:
    with this_store().reading() as session:
        known = credentials(session)
    form = _authenticator(known)
    labels = {key: t(f"signin.{key.lower().replace(' ', '_')}") for key in ("Username", "Password", "Login")}
    try:
        form.login(fields={"Form name": t("signin.with_password"), **labels}, key="sign_in")
    except Throttled as wait:
        st.error(t("signin.wait", n=wait.seconds), icon=":material/hourglass_top:")
        return
    except (LoginError, KeyError, ValueError):
        st.error(t("signin.wrong"), icon=":material/error:")
        return
    status, username = st.session_state.get("authentication_status"), st.session_state.get("username", "")
    _forget_library_state()
    if status is True and username in known:
        enter(known[username][0])
    elif status is False:
        st.error(t("signin.wrong"), icon=":material/error:")


def _authenticator(known: Mapping[str, tuple[int, str, str]]) -> Any:
    """The library's form over our people, with our throttle around its password check."""
    users = {u: {"name": name, "password": hash_, "email": ""} for u, (_, name, hash_) in known.items()}
    form = stauth.Authenticate(
        {"usernames": users},
        "unused",
        "unused" * 8,
        cookie_expiry_days=0,
        auto_hash=False,
        login_sleep_time=0,
    )
    form.cookie_controller.get_cookie = lambda: (
        None
    )  # the library's cookie is not ours: see components.session
    check = form.authentication_controller.login

    def throttled(username: str = "", password: str = "", *args: Any, **kwargs: Any) -> Any:
        store, where, name = this_store(), address(), (username or "").strip().lower()
        if seconds := wait_seconds(store, name, where):
            raise Throttled(seconds)
        if name not in known:
            bcrypt.checkpw((password or "").encode()[:72], _NOBODY)
        passed = name in known and bool(check(name, password, *args, **kwargs))
        note_attempt(store, name, where, succeeded=passed)
        st.session_state["authentication_status"] = passed
        return passed

    form.authentication_controller.login = throttled
    return form


def _forget_library_state() -> None:
    for key in ("authentication_status", "username", "name", "email", "roles", "logout"):
        st.session_state.pop(key, None)


def _demo_accounts() -> None:
    store = this_store()
    with store.reading() as session:
        accounts, password = demo_accounts(session), setting(session, "demo_password")
        known = credentials(session)
    if not accounts:
        return
    st.divider()
    st.markdown(f"**{t('signin.demo')}**")
    st.caption(t("signin.demo_lead", password=password))
    columns = st.columns(2)
    for position, (username, name, role) in enumerate(accounts):
        label = f"{term('role', role)} · {name}"
        if columns[position % 2].button(label, key=f"demo_{username}", width="stretch"):
            enter(known[username][0])
