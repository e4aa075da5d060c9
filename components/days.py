"""A day to choose with one click."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import streamlit as st

from components.frame import View
from components.text import t

DAYS = {"today": 0, "tomorrow": 1, "three_days": 3, "week": 7}
_EVENING = time(18)


def evening(label: str, key: str, choices: tuple[str, ...], view: View) -> datetime | None:
    """One of `DAYS`, as its evening in the person's time zone; None when nothing is chosen."""
    words = {choice: t(f"alerts_page.day.{choice}") for choice in choices}
    chosen = st.pills(label, list(words), format_func=words.__getitem__, default="tomorrow", key=key)
    if chosen is None:
        return None
    zone = ZoneInfo(view.who.timezone)
    day = view.now.astimezone(zone).date() + timedelta(days=DAYS[chosen])
    return datetime.combine(day, _EVENING, zone)
