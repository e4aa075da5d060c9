"""The browser's side of a session: the cookie is fetched and dropped by the browser itself."""

import secrets
from typing import Any

import streamlit as st

from components.frame import SESSION, WHO
from components.outage import gently, pressed
from components.text import LANGUAGE, speak
from core.access import Who
from data.commands.sessions import end_session, fingerprint, open_session, session_used
from data.origin import COOKIE
from data.queries.sessions import Recognised, by_id, by_token
from data.runtime import this_store
from data.settings import settings
from data.text import LANGUAGES, language_of
from data.visitor import visitor

TICKET = "ticket"
LEFT = "left"
_LEAVING = "leaving"  # until the page that stood open is left, too
SEEN = "session_seen"  # by the gate of this run
CHOSEN = "language_chosen"  # in this tab, whoever is signed in in it
LANGUAGE_COOKIE = "firebreak_language"
WATCH_SECONDS = 20

# A module keeps `sent` while the tab lives: drawing the page again asks the server nothing again.
_FETCH = """
const sent = new Set();

// Who leaves through the menu of a phone leaves it open; it would lie over the page of whoever comes next.
function fold(tries) {
  const button = document.querySelector('[data-testid="stSidebarCollapseButton"] button');
  if (button) { if (button.ariaExpanded === 'true') button.click(); }
  else if (tries) setTimeout(fold, 100, tries - 1);
}

export default function ({ data }) {
  if (sent.has(data.once)) return;
  if (data.path === "/session/exchange" && sent.size && innerWidth < 768) fold(20);
  sent.add(data.once);
  if (data.cookie) document.cookie = data.cookie;
  if (data.path === "/session/end") indexedDB.deleteDatabase("firebreak-known");  // of the offline page
  if (data.path) fetch(data.path, { method: "POST", body: data.body, credentials: "same-origin" });
}
"""


def _browser(once: str, **data: str) -> None:
    """Let the browser do something once; draws nothing."""
    work = data.get("path", "cookie").strip("/").replace("/", "_")
    with st.container(key=f"browser_work_{work}"):
        component: Any = st.components.v2.component("firebreak_browser", js=_FETCH)
        component(data={"once": once, **data}, key=f"browser_{work}")


def recognise() -> Recognised | None:
    """The person of this run: of the session that this tab opened, else of the browser's cookie."""
    store = this_store()
    with store.reading(fresh=True) as session:
        own = st.session_state.get(SESSION)
        if own is not None:
            return by_id(session, own, store.clock())
        token = st.context.cookies.get(COOKIE)
        if not token or st.session_state.get(LEFT):
            return None
        return by_token(session, fingerprint(token), store.clock())


def remember(found: Recognised | None) -> Who | None:
    """Let the pages of this run know who looks; forget everything of a person who is gone."""
    if found is None:
        if st.session_state.get(SESSION) is not None:
            _forget()
        return None
    st.session_state[WHO], st.session_state[SESSION] = found.who, found.session_id
    st.session_state[SEEN] = True
    speak(found.language)
    if found.kept:
        st.session_state.pop(TICKET, None)
    session_used(this_store(), found.session_id, found.seen_at)
    return found.who


def enter(person_id: int, attempt_id: int | None = None, **finds: object) -> None:
    """Open a session for a person who proved who they are, and draw the page again as theirs.

    Args:
        finds: what they find in this tab's state.
    """
    opened = open_session(
        this_store(),
        person_id,
        settings().session_hours,
        address(),
        st.context.headers.get("User-Agent", ""),
        attempt_id,
    )
    _forget()
    st.session_state.pop(LEFT, None)
    st.session_state.pop(LANGUAGE, None)
    st.session_state[SESSION], st.session_state[TICKET] = opened.session_id, opened.ticket
    st.session_state.update(finds)
    st.rerun()


def leave() -> None:
    """Sign out: the session ends in the store, this tab forgets the person."""
    pressed(_leave)


def _leave() -> None:
    if (own := st.session_state.get(SESSION)) is not None:
        end_session(this_store(), own)
    _forget()
    st.session_state[_LEAVING] = True
    if settings().single_sign_on and st.user.is_logged_in:
        st.logout()


def leaving() -> bool:
    """Whether somebody has just signed out: the next person is not led to where they were."""
    return bool(st.session_state.pop(_LEAVING, False))


def _forget() -> None:
    """Drop all that this tab holds: the next person in it must not find the last one's things."""
    kept = {key: said for key in (LANGUAGE, CHOSEN) if (said := st.session_state.get(key))}
    st.session_state.clear()
    st.session_state[LEFT] = secrets.token_hex(4)  # another one each time: the browser lets go each time
    st.session_state.update(kept)


def hand_over_cookie() -> None:
    """After signing in or out, let the browser fetch or drop its cookie."""
    if ticket := st.session_state.get(TICKET):
        _browser(ticket, path="/session/exchange", body=ticket)
    elif left := st.session_state.get(LEFT):
        _browser(left, path="/session/end", body="")


@st.fragment(run_every=WATCH_SECONDS)
@gently
def watch() -> None:
    """Look again now and then, so that a tab nobody touches closes too once its session has ended."""
    if st.session_state.pop(SEEN, False):  # drawn with the whole page, whose gate has just looked
        return
    if recognise() is None:
        st.rerun()


def first_language() -> str:
    """The language of a visitor: chosen before in this tab or browser, else the browser's own."""
    chosen = st.session_state.get(CHOSEN) or st.context.cookies.get(LANGUAGE_COOKIE)
    return chosen if chosen in LANGUAGES else language_of(st.context.locale)


def keep_language() -> None:
    """Let the browser remember a language that was chosen in this tab."""
    if chosen := st.session_state.get(CHOSEN):
        _browser(
            f"language {chosen}",
            cookie=f"{LANGUAGE_COOKIE}={chosen}; path=/; max-age=31536000; SameSite=Lax",
        )


def address() -> str:
    """The visitor's address, as far as the server knows it."""
    return visitor(st.context.headers.get("X-Forwarded-For", ""), st.context.ip_address)
