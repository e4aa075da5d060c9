"""The frame around sign-in and set-up: what the product is on one side, the way in on the other."""

from collections.abc import Iterator
from contextlib import contextmanager
from html import escape

import streamlit as st

from components.text import t

_ALONE = '<style>[data-testid="stSidebar"] { display: none; }</style>'  # the menu has nothing to show
_POINTS = ("process", "forecast", "promises", "reports")


@contextmanager
def entrance(title: str, lead: str) -> Iterator[None]:
    """Draw the two sides; the block's content stands below the heading of the right one.

    Args:
        title, lead: catalogue keys.
    """
    with st.container(key="entrance"):
        st.html(_ALONE)
        brand, card = st.columns([5, 6], gap=None)
        with brand:
            st.html(_brand())
        with card, st.container(key="sign_in_card"):
            st.header(t(title), anchor=False)
            st.caption(t(lead))
            yield


def _brand() -> str:
    name, line = escape(t("terms.product")), escape(t("terms.tagline"))
    points = "".join(f"<li>{escape(t(f'signin.point_{point}'))}</li>" for point in _POINTS)
    heading = f'<p class="brand-name">{name}</p><p class="brand-line">{line}</p>'
    return f'<div class="brand">{heading}<ul>{points}</ul></div>'
