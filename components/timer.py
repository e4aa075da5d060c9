"""A clock that counts a meeting's minutes down in the browser; reruns and reloads do not reset it."""

from datetime import datetime, timedelta
from pathlib import Path

import streamlit as st

from components.text import t

_FOLDER = Path(__file__).parent / "assets"
_timer = st.components.v2.component(
    "firebreak_timer",
    html='<div class="timer" role="timer" data-pace="calm"><b></b><i></i></div>',
    css=(_FOLDER / "timer.css").read_text(),
    js=(_FOLDER / "timer.js").read_text(),
)
LENGTH = timedelta(minutes=15)


def timer(started_at: datetime, now: datetime, *, large: bool) -> None:
    """Minutes left of fifteen since an instant, then minutes over.

    Args:
        large: for a wall screen.
    """
    ends = started_at + LENGTH
    _timer(
        key="meeting-timer",
        data={
            "ends": ends.timestamp() * 1000,
            "now": now.timestamp() * 1000,
            "large": large,
            "left": t("morning.timer"),
            "over": t("morning.over"),
        },
    )
