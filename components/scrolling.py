"""Bringing a part of the page into view, once."""

from pathlib import Path

import streamlit as st

_SCRIPT = (Path(__file__).parent / "assets" / "scroll.js").read_text()
_scroller = st.components.v2.component("firebreak_scroll", js=_SCRIPT)


def into_view(part: str, once: str, *, key: str) -> None:
    """Scroll to the container with the key `part`.

    Args:
        once: what the scrolling is for; the same again, one after the other, moves nothing.
        key: of the scroller itself, unique on the page.
    """
    with st.container(key=f"browser_work_{key}"):  # takes no room
        _scroller(key=key, data={"key": part, "once": once})
