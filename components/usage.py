"""Time at work on a reporting page: the browser counts it, idle time left out, and tells once a minute."""

from pathlib import Path
from typing import Any

import streamlit as st

from components.blocks import Card, cards, section
from components.format import number, short_day
from components.frame import View
from components.text import t
from core.access import Who
from core.milestones.usage import BEAT_SECONDS, IDLE_SECONDS, REPORTING
from core.terms import Role
from data.queries.milestone_time import own_minutes
from data.routes import USAGE

_JS = (Path(__file__).parent / "assets" / "usage.js").read_text()


def measure(who: Who, page: str) -> None:
    """Count a rep's time on this page, if it is one that reports; its place is always there."""
    with st.container(key="browser_work_usage"):
        if who.role is Role.REP and page in REPORTING:
            component: Any = st.components.v2.component("firebreak_usage", js=_JS)
            component(key="usage", data={"path": USAGE, "beat": BEAT_SECONDS, "idle": IDLE_SECONDS})


def own_usage(view: View) -> None:
    """What was measured of a rep's own time, and that it is all that is kept."""
    if view.who.role is not Role.REP:
        return
    section(t("account.usage"), icon=":material/timer:")
    st.caption(t("account.usage_note", idle=IDLE_SECONDS))
    found = view.read(own_minutes, view.now)
    if not found:
        st.caption(t("account.usage_none"))
        return
    cards(
        Card(short_day(day, view.language), t("milestones.minutes", n=number(minutes, view.language)))
        for day, minutes in found.items()
    )
