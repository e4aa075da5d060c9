"""Bringing a part of the page into view, once; another page or another record begins at its head.

The menu's entry of the page that is open leads to the page without its record and filters, as from elsewhere;
Streamlit itself keeps the address of a page that is open. The way to another page is one step back.
"""

import secrets
from pathlib import Path

import streamlit as st

_ASSETS = Path(__file__).parent / "assets"
_scroller = st.components.v2.component("firebreak_scroll", js=(_ASSETS / "scroll.js").read_text())
_header = st.components.v2.component("firebreak_head", js=(_ASSETS / "head.js").read_text())
_LED = "led_to"  # the part that the last press led to, and which press it was
_TURNS = "turns_to_a_head"


def into_view(part: str, once: str, *, key: str) -> None:
    """Scroll to the container with the key `part`.

    Args:
        once: what the scrolling is for; the same again, one after the other, moves nothing.
        key: of the scroller itself, unique on the page.
    """
    with st.container(key=f"browser_work_{key}"):  # takes no room
        _scroller(key=key, data={"key": part, "once": once})


def lead_to(part: str) -> None:
    """Something was pressed whose answer stands in `part`: it comes into view where it calls `arrive`."""
    st.session_state[_LED] = part, secrets.token_hex(4)


def led_to(part: str) -> str:
    """The last press, where it led to `part`: another word for each; "" where it led elsewhere."""
    led = st.session_state.get(_LED)
    return led[1] if led and led[0] == part else ""


def arrive(part: str) -> None:
    """Bring the container with the key `part` into view, once after each press that led to it."""
    if press := led_to(part):
        into_view(part, press, key=f"{part}_into_view")


def begin_at_head(page: str) -> None:
    """Scroll to the head of the page when it is another than before, or when `turn_to_head` was called."""
    with st.container(key="browser_work_head"):
        _header(
            key="head",
            data={"place": f"{page} {st.session_state.get(_TURNS, 0)}"},
            on_back_change=_begin_anew,
        )


def turn_to_head() -> None:
    """Begin at the head in the next run of the shell: the page shows another record."""
    st.session_state[_TURNS] = st.session_state.get(_TURNS, 0) + 1


def _begin_anew() -> None:
    st.query_params.clear()
    turn_to_head()
