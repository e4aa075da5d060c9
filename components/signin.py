"""The sign-in card: password form, single sign-on where it is configured, one-click demo accounts."""

from typing import Any

import bcrypt
import streamlit as st
import streamlit_authenticator as stauth
from streamlit_authenticator.controllers import AuthenticationController

from components.blocks import plain
from components.entrance import entrance
from components.session import address, enter
from components.sso import single_sign_on
from components.text import say, t, term
from components.tour import OFFERED
from core.messages import Unavailable
from data.commands.tries import Try, count_try
from data.queries.policies import setting
from data.queries.sessions import demo_accounts
from data.runtime import this_store

_NOBODY = bcrypt.hashpw(bcrypt.gensalt(), bcrypt.gensalt(12)).decode()  # unknown names take as long
_LIBRARY_STATE = ("authentication_status", "username", "name", "email", "roles", "logout")


def sign_in_card() -> None:
    """Draw the card and sign the visitor in; the address stays as it is."""
    with entrance("signin.welcome", "signin.lead"):
        single_sign_on()
        _password_form()
        _demo_accounts()


def _password_form() -> None:
    form = _Form()
    labels = {key: t(f"signin.{key.lower()}") for key in ("Username", "Password", "Login")}
    try:
        form.login(fields={"Form name": t("signin.with_password"), **labels}, key="sign_in")
    except Unavailable as error:
        st.error(say(error), icon=":material/hourglass_top:")
        return
    finally:
        for key in _LIBRARY_STATE:
            st.session_state.pop(key, None)
    if form.proven:
        _enter(form.proven)
    elif form.problem:
        st.error(t(form.problem), icon=":material/error:")


class _NoCookie:
    """The library's cookie could be read by scripts and not be revoked; ours is in components.session."""

    def get_cookie(self) -> None: ...

    def set_cookie(self) -> None: ...


class _Form(stauth.Authenticate):  # type: ignore[misc]  # the library has no types
    """streamlit-authenticator's form and password check, over the one account that is named.

    Its own constructor is left out: it would draw its cookie manager.

    Attributes:
        proven: the try whose password was right, in the run in which the form was sent.
        problem: catalogue key of what to say otherwise; "" when the form was not sent.
    """

    def __init__(self) -> None:
        self.proven: Try | None = None
        self.problem = ""
        self.path, self.attrs, self.cookie_controller = None, {"login_sleep_time": 0}, _NoCookie()
        self.authentication_controller = AuthenticationController({"usernames": {}}, auto_hash=False)
        self._check = self.authentication_controller.login
        self.authentication_controller.login = self._counted_check

    def _counted_check(self, username: str = "", password: str = "", *_: Any, **__: Any) -> bool:
        if not username.strip() or not password.strip():
            self.problem = "signin.missing"
            return False
        counted = count_try(this_store(), username, address())
        users = {username.strip().lower(): {"password": counted.password_hash or _NOBODY, "name": ""}}
        self.authentication_controller.authentication_model.credentials = {"usernames": users}
        passed = bool(self._check(username, password)) and counted.person_id is not None
        self.proven = counted if passed else None
        self.problem = "" if passed else "signin.wrong"
        return passed


def _enter(proven: Try, **finds: object) -> None:
    assert proven.person_id is not None
    enter(proven.person_id, proven.attempt_id, **finds)


def _demo_accounts() -> None:
    store = this_store()
    with store.reading() as session:
        accounts, password = demo_accounts(session), setting(session, "demo_password")
    if not accounts:
        return
    st.markdown(f"**{t('signin.demo')}**")
    st.caption(t("signin.demo_lead", password=password))
    with st.grid(2, min_column_width=150, gap="small", key="demo_accounts"):
        for username, name, role in accounts:
            label = f"**{term('role', role)}**  \n{plain(name)}"
            if st.button(label, key=f"demo_{username}", width="stretch"):
                _enter_demo(username, password)


def _enter_demo(username: str, password: str) -> None:
    try:
        proven = count_try(this_store(), username, address())
    except Unavailable as error:
        st.error(say(error), icon=":material/hourglass_top:")
        return
    if proven.password_hash and bcrypt.checkpw(password.encode(), proven.password_hash.encode()):
        _enter(proven, **{OFFERED: True})
    st.error(t("signin.wrong"), icon=":material/error:")
