"""A button that prints the page as it stands; menus and forms stay off the paper."""

import secrets
from typing import Any

import streamlit as st

from components.assets import PRINT
from components.text import t

_PRINT = """
let last;
export default function ({ data }) {
  if (data.once === last) return;
  last = data.once;
  if (data.once) window.print();
}
"""
_printer: Any = st.components.v2.component("firebreak_printer", js=_PRINT)


def print_button() -> None:
    """Draw it; the browser's own dialog does the rest, also as a PDF."""
    st.html(PRINT)
    if st.button(t("one_to_one.print"), icon=":material/print:", type="tertiary", key="print-it"):
        st.session_state["print-once"] = secrets.token_hex(4)
    with st.container(key="printer"):
        _printer(data={"once": st.session_state.get("print-once", "")}, key="printer-works")
