"""The page inside the shell: a click on it runs the page alone, without menu and sign-in around it.

Such a run asks first what the shell asks, who is there; for nobody, somebody else or another language
everything is drawn again. Another count in the menu is only written there: a new run of everything would
begin without the click.
"""

from copy import copy
from dataclasses import dataclass

import streamlit as st

from components import session
from components.menu import navigate
from components.outage import gate
from components.text import language, speak
from core.access import Who
from data.queries.inbox import unread
from data.runtime import this_store

_WITH_SHELL = "page_with_shell"
_COUNTED = "menu_counted"


@dataclass(frozen=True, slots=True)
class Drawn:
    """What the shell shows that may change meanwhile.

    Attributes:
        waiting: messages that this person has not read.
    """

    who: Who | None
    language: str
    waiting: int


def drawn(who: Who | None) -> Drawn:
    """What the shell shows if it is drawn now."""
    waiting = 0
    if who is not None:
        with this_store().reading(fresh=True) as reading:
            waiting = unread(reading, who)
    return Drawn(who, language(), waiting)


def body(page: st.Page, shell: Drawn) -> None:
    """Draw a page in the run that drew the shell like this."""
    st.session_state[_WITH_SHELL] = True
    st.session_state[_COUNTED] = shell.waiting
    _body(page, shell)


@st.fragment
def _body(page: st.Page, shell: Drawn) -> None:
    alone = not st.session_state.pop(_WITH_SHELL, False)
    with st.container():  # always there: what follows keeps its place
        if alone:
            _look_again(shell)
    copy(page).run()


def _look_again(shell: Drawn) -> None:
    speak()
    now = drawn(session.remember(gate(session.recognise, "outage_page")))
    if (now.who, now.language) != (shell.who, shell.language):
        st.rerun()
    if now.waiting != st.session_state[_COUNTED]:
        navigate(now.who, now.waiting)
        st.session_state[_COUNTED] = now.waiting
