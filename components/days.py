"""A day to choose with one click."""

from collections.abc import Collection, Mapping
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import streamlit as st

from components import format
from components.frame import View
from components.text import t
from data.queries.calendars import near_days

EVENING = time(18)


def evening(
    label: str,
    key: str,
    view: View,
    *,
    team: int | None,
    without: Collection[str] = (),
    default: str = "tomorrow",
) -> datetime:
    """One of `core.calendar.days_ahead`, as its evening in the person's time zone.

    Args:
        team: whose calendar says what is a working day; None for the company's.
        without: days that are not offered.
    """
    ahead = view.read(near_days, team, view.today)
    days = {name: on for name, on in ahead.items() if name not in without}
    return datetime.combine(
        pick_day(label, key, days, default, view.language), EVENING, ZoneInfo(view.who.timezone)
    )


def pick_day(label: str, key: str, days: Mapping[str, date], default: str, language: str) -> date:
    """One of a few days, each but today with its date; the last one where the default is not among them."""
    words = {
        name: t("alerts_page.day.today")
        if name == "today"
        else f"{t(f'alerts_page.day.{name}')} · {format.near_day(on, language)}"
        for name, on in days.items()
    }
    first = default if default in days else list(days)[-1]
    chosen = st.pills(
        label, list(words), format_func=words.__getitem__, default=first, key=key, required=True
    )
    return days[chosen or first]
