"""A day to choose with one click."""

from collections.abc import Collection, Mapping
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import streamlit as st

from components import format
from components.drafts import DraftForm
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
    days = _offered(view, team, without)
    return _evening(pick_day(label, key, days, default, view.language), view)


def evening_in(
    form: DraftForm,
    field: str,
    label: str,
    view: View,
    *,
    team: int | None,
    without: Collection[str] = (),
    default: str = "tomorrow",
) -> tuple[dict[str, datetime], datetime]:
    """The same in a draft, which keeps the day's name: the evening of each name, and that of none kept."""
    days = _offered(view, team, without)
    first = day_in(form, field, label, days, default, view.language)
    evenings = {name: _evening(on, view) for name, on in days.items()}
    return evenings, evenings[first]


def day_in(
    form: DraftForm, field: str, label: str, days: Mapping[str, date], default: str, language: str
) -> str:
    """One of a few days in a draft, which keeps its name; the name of the one meant where none is kept."""
    words, first = _words(days, language), _first(days, default)
    form.switch(field, label, list(words), words.__getitem__, first)
    return first


def _offered(view: View, team: int | None, without: Collection[str]) -> dict[str, date]:
    ahead = view.read(near_days, team, view.today)
    return {name: on for name, on in ahead.items() if name not in without}


def _evening(on: date, view: View) -> datetime:
    return datetime.combine(on, EVENING, ZoneInfo(view.who.timezone))


def pick_day(label: str, key: str, days: Mapping[str, date], default: str, language: str) -> date:
    """One of a few days, each but today with its date; the last one where the default is not among them."""
    words, first = _words(days, language), _first(days, default)
    chosen = st.pills(
        label, list(words), format_func=words.__getitem__, default=first, key=key, required=True
    )
    return days[chosen or first]


def _words(days: Mapping[str, date], language: str) -> dict[str, str]:
    return {
        name: t("alerts_page.day.today")
        if name == "today"
        else f"{t(f'alerts_page.day.{name}')} · {format.near_day(on, language)}"
        for name, on in days.items()
    }


def _first(days: Mapping[str, date], default: str) -> str:
    return default if default in days else list(days)[-1]
