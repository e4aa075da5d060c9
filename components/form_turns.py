"""A form that can be sent once: each time it is drawn empty again, its widgets have a new key."""

import secrets

import streamlit as st


def turn_of(name: str) -> str:
    """A key of the form as it stands, of this browser's session alone; another one after `next_turn`."""
    kept: dict[str, str] = st.session_state.setdefault("form-turns", {})
    return f"{name}-{kept.setdefault(name, secrets.token_hex(4))}"


def next_turn(name: str) -> None:
    """The form was sent: start it empty, under a new key."""
    st.session_state["form-turns"].pop(name, None)
