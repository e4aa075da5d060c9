"""The browser's side of a session: the cookie is fetched and dropped by the browser itself."""

import hashlib
from typing import Any

import streamlit as st

from components.frame import WHO
from components.text import LANGUAGE
from core.access import Who
from data.commands.sessions import end_session, open_session
from data.queries.sessions import Recognised, by_id, by_token
from data.routes import COOKIE
from data.runtime import this_store
from data.settings import settings

SESSION = "session_id"
TICKET = "ticket"
LEFT = "left"

_FETCH = """
export default function ({ data }) {
  fetch(data.path, { method: "POST", body: data.body, credentials: "same-origin" });
}
"""


def _component() -> Any:
    return st.components.v2.component("firebreak_session", js=_FETCH)


def recognise() -> Recognised | None:
    """The person of this run: of the session that this tab opened, else of the browser's cookie."""
    store = this_store()
    with store.reading() as session:
        own = st.session_state.get(SESSION)
        if own is not None:
            return by_id(session, own, store.clock())
        token = st.context.cookies.get(COOKIE)
        if not token or st.session_state.get(LEFT):
            return None
        return by_token(session, hashlib.sha256(token.encode()).hexdigest(), store.clock())


def remember(found: Recognised | None) -> Who | None:
    """Let the pages of this run know who looks; forget everything of a person who is gone."""
    if found is None:
        for key in (WHO, SESSION):
            st.session_state.pop(key, None)
        return None
    st.session_state[WHO], st.session_state[SESSION] = found.who, found.session_id
    if found.language:
        st.session_state.setdefault(LANGUAGE, found.language)
    return found.who


def enter(person_id: int) -> None:
    """Open a session for a person who proved who they are, and draw the page again as theirs."""
    opened = open_session(
        this_store(),
        person_id,
        settings().session_hours,
        address(),
        st.context.headers.get("User-Agent", ""),
    )
    st.session_state[SESSION], st.session_state[TICKET] = opened.session_id, opened.ticket
    st.session_state.pop(LEFT, None)
    st.session_state.pop(LANGUAGE, None)
    st.rerun()


def leave() -> None:
    """Sign out: the session ends in the store, this tab forgets the person."""
    if (own := st.session_state.get(SESSION)) is not None:
        end_session(this_store(), own)
    chosen = st.session_state.get(LANGUAGE)
    st.session_state.clear()
    st.session_state[LEFT] = True
    if chosen:
        st.session_state[LANGUAGE] = chosen


def hand_over_cookie() -> None:
    """After signing in or out, let the browser fetch or drop its cookie; draws nothing."""
    if ticket := st.session_state.get(TICKET):
        _component()(data={"path": "/session/exchange", "body": ticket}, key="session_exchange")
    elif st.session_state.get(LEFT):
        _component()(data={"path": "/session/end", "body": ""}, key="session_end")


def address() -> str:
    """The visitor's address, as far as the server knows it."""
    proxies = settings().trusted_proxies
    hops = [h.strip() for h in st.context.headers.get("X-Forwarded-For", "").split(",") if h.strip()]
    if proxies and len(hops) >= proxies:
        return hops[-proxies]
    return st.context.ip_address or "local"
