"""From a number of the outlook or a replay to the rows behind it: what was clicked stands in the address."""

import secrets

import streamlit as st

from components import address
from components.scrolling import into_view
from core.forecast.rollup import CATEGORIES

DRILL = ("pick", "show")  # names in the address that narrow the rows behind
OPEN, WON, ALL = "open", "won", "all"
SHOWS = (OPEN, WON, ALL, *CATEGORIES)
BEHIND = "outlook_behind"
_WENT = "outlook-went"  # the last click that led to the rows


def drill(show: str, pick: str | None = None) -> None:
    """Put what was clicked into the address; its rows come into view in the same run."""
    address.write(show=None if show == OPEN else show, pick=pick)
    st.session_state[_WENT] = secrets.token_hex(4)


def arrive() -> None:
    """Bring the rows into view once after a click that led to them."""
    if went := st.session_state.get(_WENT):
        into_view(BEHIND, went, key="outlook_into_view")
