"""A secret that is shown once, to whoever just made it: a token, a webhook's key."""

from collections.abc import Callable

import streamlit as st

from components.blocks import plain
from components.text import t


def make_once(area: str, turn: str, fresh: Callable[[], str], send: Callable[[str], object]) -> None:
    """Make something with a fresh secret. Pressed twice in one turn, it is made once, with that secret."""
    secret = st.session_state.setdefault(f"secret-{turn}", fresh())
    send(secret)
    st.session_state[_key(area)] = st.session_state.pop(f"secret-{turn}")


def shown_once(area: str) -> None:
    """The new secret, until its person has it.

    Args:
        area: catalogue area with `made` and `have_it`.
    """
    if not (secret := st.session_state.get(_key(area))):
        return
    st.success(plain(t(f"{area}.made")), icon=":material/key:")
    st.code(secret, language=None, wrap_lines=True)
    if st.button(t(f"{area}.have_it"), icon=":material/check:", key=f"{area}-have"):
        st.session_state.pop(_key(area))
        st.rerun()


def _key(area: str) -> str:
    return f"{area}-secret"
