"""Time at work on a reporting page: the browser counts it, idle time left out, and tells once a minute."""

from pathlib import Path
from typing import Any

import streamlit as st

from core.access import Who
from core.milestones.usage import BEAT_SECONDS, IDLE_SECONDS, REPORTING
from core.terms import Role
from data.routes import USAGE

_JS = (Path(__file__).parent / "assets" / "usage.js").read_text()


def measure(who: Who, page: str) -> None:
    """Count a rep's time on this page, if it is one that reports; its place is always there."""
    with st.container(key="usage_measure", height=1, border=False):
        if who.role is Role.REP and page in REPORTING:
            component: Any = st.components.v2.component("firebreak_usage", js=_JS)
            component(key="usage", data={"path": USAGE, "beat": BEAT_SECONDS, "idle": IDLE_SECONDS})
