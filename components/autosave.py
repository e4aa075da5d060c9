"""Save text while it is still being typed, and keep what never reached the server across a reload.

Streamlit sends a text area only when it is left, or on Ctrl+Enter. This watcher presses the keys for the
person after a short quiet, without touching focus or cursor. Every keystroke also goes to the tab's
sessionStorage; it is taken away from there once the server reports the same text as saved.
"""

from collections.abc import Mapping
from pathlib import Path

import streamlit as st

_JS = (Path(__file__).parent / "assets" / "autosave.js").read_text()

_watcher = st.components.v2.component("firebreak_autosave", js=_JS)


def autosave(
    prefix: str, saved: Mapping[str, str], *, quiet_ms: int = 700, send: str = "", lines: str = ""
) -> None:
    """Watch typed widgets; call it after they are drawn.

    Args:
        prefix: of the form; names the watcher.
        saved: each widget's key (letters, digits, `_` and `-` only) with the text that the store holds now.
            Only these are kept writable while the connection is down.
        quiet_ms: milliseconds without a keystroke after which the text is sent.
        send: key of the button that Ctrl+Enter in one of the widgets presses; "" for none.
        lines: key of a container in whose fields of one line Enter presses it too; "" for none.
    """
    with st.container(key=f"{prefix}autosave", height=1, border=False):
        _watcher(
            key=f"{prefix}watch",
            data={"prefix": prefix, "saved": dict(saved), "quiet": quiet_ms, "send": send, "lines": lines},
            on_resend_change=lambda: None,
        )
