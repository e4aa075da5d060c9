"""A day to choose with one click."""

from collections.abc import Callable, Collection, Mapping
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
    days = offered(view, team, without)
    words, first = _evenings(days, view), _first(days, default)
    chosen = st.pills(
        label, list(words), format_func=words.__getitem__, default=first, key=key, required=True
    )
    return _evening(days[chosen or first], view)


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
    days = offered(view, team, without)
    words, first = _evenings(days, view), _first(days, default)
    form.switch(field, label, list(words), words.__getitem__, first)
    evenings = {name: _evening(on, view) for name, on in days.items()}
    return evenings, evenings[first]


def day_in(
    form: DraftForm, field: str, label: str, days: Mapping[str, date], default: str, language: str
) -> str:
    """One of a few days in a draft, which keeps its name; the name of the one meant where none is kept."""
    words, first = day_words(days, language), _first(days, default)
    form.switch(field, label, list(words), words.__getitem__, first)
    return first


def day_words(days: Mapping[str, date], language: str) -> dict[str, str]:
    """What each of a few days is called, by its name."""
    return _words(days, lambda on: format.near_day(on, language))


def offered(view: View, team: int | None, without: Collection[str] = ()) -> dict[str, date]:
    """The days to choose from, by name; `team`: whose calendar says what is a working day."""
    ahead = view.read(near_days, team, view.today)
    return {name: on for name, on in ahead.items() if name not in without}


def _evening(on: date, view: View) -> datetime:
    return datetime.combine(on, EVENING, ZoneInfo(view.who.timezone))


def _words(days: Mapping[str, date], say: Callable[[date], str]) -> dict[str, str]:
    """Each of a few days, all but today with its date."""
    return {
        name: t("alerts_page.day.today") if name == "today" else f"{t(f'alerts_page.day.{name}')} · {say(on)}"
        for name, on in days.items()
    }


def _evenings(days: Mapping[str, date], view: View) -> dict[str, str]:
    """The same with the time of day, of today as well."""
    words = _words(days, lambda on: format.deadline(_evening(on, view), view.language, view.who.timezone))
    return {name: f"{said} · {EVENING:%H:%M}" if name == "today" else said for name, said in words.items()}


def _first(days: Mapping[str, date], default: str) -> str:
    return default if default in days else list(days)[-1]
