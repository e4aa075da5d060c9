"""Another day for what was agreed on, in the words that stand."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

import streamlit as st

from components.blocks import plain
from components.days import day_words
from components.forms import Marks
from components.frame import View
from components.text import t
from data.brief_words import time_words


def another_day(
    key: str,
    due_at: datetime,
    days: Mapping[str, date],
    zone: str,
    move: Callable[[datetime], object],
    said: Callable[[str], str],
    view: View,
    label: str = "",
) -> None:
    """A button with days behind it; a press on one moves what stands to it, the time of day stays.

    Args:
        due_at: when it is due now.
        days: those that are offered; none whose instant is past, nor the one that stands.
        zone: whose days they are.
        move: gives it the instant.
        said: what is said once that is done, by the words of the new time.
        label: of the button, where it is not called *Another day*.
    """
    due = due_at.astimezone(ZoneInfo(zone))
    at = {name: datetime.combine(on, due.time(), due.tzinfo) for name, on in days.items()}
    words = day_words(days, view.language)
    others = [name for name in words if at[name] > view.now and at[name] != due]
    if not others:
        return
    marks = Marks(view)
    chosen = st.menu_button(
        label or t("morning.other_day"), others, format_func=words.__getitem__, key=f"day-{key}",
        type="tertiary", icon=":material/edit_calendar:",
    )  # fmt: skip
    if chosen and marks.sent(lambda: move(at[chosen])):
        st.toast(plain(said(time_words(view.language, at[chosen], zone))))
        st.rerun()
