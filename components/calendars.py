"""Calendars drawn: what is missing, a year's special days, working hours, and earlier versions."""

from collections.abc import Callable, Mapping, Sequence
from datetime import time
from functools import partial
from typing import Any
from zoneinfo import available_timezones

import streamlit as st
from babel.dates import format_date

from components import address, format
from components.blocks import plain, section
from components.forms import Marks
from components.frame import View
from components.text import listed, t
from core.calendars import COUNTRIES, NO_HOLIDAYS, YEARS, DayKind, Spans
from data.queries.calendars import CalendarDesk, TeamPlace, Version
from data.text import LOCALES, zone_words

Does = Mapping[str, Callable[..., Any]]


def chosen(view: View) -> tuple[str | None, int]:
    """Country and year that the address asks for."""
    year = address.number("year") or 0
    country = address.read("country", COUNTRIES, "") or None
    return country, year if year in YEARS else view.today.year


def warnings(desk: CalendarDesk) -> None:
    """Years that should be known by now; always there, so that nothing below moves."""
    with st.container(key="calendar-warnings"):
        for country, years in desk.missing.items():
            words = t("calendars.missing", years=listed(map(str, years)), country=country_name(country))
            st.warning(words, icon=":material/event_busy:")


def country_name(country: str) -> str:
    """A country in words."""
    return t(f"calendars.countries.{country}")


def choices() -> dict[str, str]:
    """Whose holidays can be kept, in words."""
    return {country: country_name(country) for country in COUNTRIES}


def days_block(desk: CalendarDesk, does: Does, view: View) -> None:
    """A year's free and make-up days, and the form that changes them."""
    section(t("calendars.days"), icon=":material/event:")
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        st.selectbox(
            t("calendars.country"),
            COUNTRIES,
            index=COUNTRIES.index(desk.country),
            format_func=choices().__getitem__,
            key="calendar-country",
            on_change=lambda: address.write(country=st.session_state["calendar-country"]),
            width=220,
        )
        st.number_input(
            t("calendars.year"),
            YEARS[0],
            YEARS[-1],
            desk.year,
            key="calendar-year",
            on_change=lambda: address.write(year=int(st.session_state["calendar-year"])),
            width=140,
        )
    state = "known" if desk.known else "unknown"
    words = t(f"calendars.{'own_days' if desk.country == NO_HOLIDAYS else state}", year=desk.year)
    st.caption(f":material/{'event_available' if desk.known else 'event_busy'}: {words}")
    left, right = st.columns([3, 2], gap="large")
    with left:
        _days(desk, view.language)
    with right:
        _change(desk, does, view)


def _days(desk: CalendarDesk, language: str) -> None:
    if not desk.days:
        st.caption(t("calendars.no_days"))
        return
    table = {
        t("calendars.day"): [format.day(one.day, language) for one in desk.days],
        t("calendars.weekday"): [format_date(one.day, "EEEE", LOCALES[language]) for one in desk.days],
        t("calendars.is"): [t(f"calendars.way.{'work' if one.works else 'off'}") for one in desk.days],
        t("calendars.source"): [t(f"calendars.{'own' if one.changed else 'shipped'}") for one in desk.days],
    }
    st.dataframe(table, hide_index=True, height=420)


def _change(desk: CalendarDesk, does: Does, view: View) -> None:
    with st.form(f"calendar-days-{desk.country}-{desk.year}"):
        marks = Marks(view)
        st.markdown(f"**{t('calendars.change')}**")
        with marks.field("first"):
            first = st.date_input(t("calendars.first"), value=None, format="YYYY-MM-DD")
        with marks.field("last"):
            last = st.date_input(t("calendars.last"), value=None, format="YYYY-MM-DD")
        ways = {str(kind): t(f"calendars.way.{kind}") for kind in DayKind}
        with marks.field("kind"):
            kind = st.radio(t("calendars.kind"), list(ways), format_func=ways.__getitem__, horizontal=True)
        sent = st.form_submit_button(t("calendars.change_them"), type="primary")
    if sent and marks.sent(partial(does["days"], desk.country, first, last, kind)):
        st.toast(t("calendars.changed"))
        st.rerun()
    with st.container(key="calendar-year-state"):
        _state(desk, does, view)


def _state(desk: CalendarDesk, does: Does, view: View) -> None:
    """Declare the year complete, or take that back; what was published needs neither."""
    if desk.known and not desk.declared:
        return
    name = "incomplete" if desk.declared else "complete"
    help_words = None if desk.declared else t("calendars.complete_help", year=desk.year)
    work = partial(does["year"], desk.country, desk.year, not desk.declared)
    if st.button(t(f"calendars.{name}", year=desk.year), help=help_words) and Marks(view).sent(work):
        st.rerun()


def places_block(desk: CalendarDesk, does: Does, view: View) -> None:
    """Where and when the company and its teams work."""
    section(t("calendars.places"), icon=":material/schedule:")
    st.caption(t("calendars.note"))
    table = {
        t("calendars.place"): [_name(place) for place in desk.places],
        t("calendars.hours"): [_hours(p) if p.own else t("calendars.like_company") for p in desk.places],
        t("calendars.country"): [country_name(p.place.country) for p in desk.places],
        t("calendars.timezone"): [zone_words(view.language, place.timezone) for place in desk.places],
    }
    st.dataframe(table, hide_index=True)
    names = {place.team_id or 0: _name(place) for place in desk.places}
    picked = st.selectbox(
        t("calendars.place"), list(names), format_func=names.__getitem__, key="calendar-place"
    )
    place = next(p for p in desk.places if (p.team_id or 0) == picked)
    _hours_form(place, does, view)


def _name(place: TeamPlace) -> str:
    return place.name if place.team_id else t("calendars.company")


def _hours(place: TeamPlace) -> str:
    return listed(f"{opens:%H:%M}–{closes:%H:%M}" for opens, closes in place.place.hours)


def _hours_form(place: TeamPlace, does: Does, view: View) -> None:
    zones = sorted(available_timezones())
    key = f"hours-{place.team_id}"
    start, leaves, returns, end = _four(place.place.hours)
    with st.form(key):
        marks = Marks(view)
        with st.grid(min_column_width=150, gap="small"):
            given = [
                _time(marks, name, label, value, f"{key}-{label}")
                for name, label, value in (
                    ("start", "start", start),
                    ("lunch", "lunch_from", leaves),
                    ("lunch_to", "lunch_to", returns),
                    ("end", "end", end),
                )
            ]
        country = st.selectbox(
            t("calendars.country"),
            COUNTRIES,
            index=COUNTRIES.index(place.place.country),
            format_func=choices().__getitem__,
            key=f"{key}-country",
        )
        zone = st.selectbox(
            t("calendars.timezone"), zones, index=zones.index(place.timezone), key=f"{key}-zone"
        )
        sent = st.form_submit_button(t("calendars.save"), type="primary")
    begin, leaves, returns, close = given
    work = partial(does["hours"], place.team_id, zone, country, begin, (leaves, returns), close)
    if sent and marks.sent(work):
        st.toast(t("calendars.changed"))
        st.rerun()


def _four(hours: Spans) -> tuple[time, time | None, time | None, time]:
    """Begin, lunch, end of a working day; without lunch it is one span."""
    first, last = hours[0], hours[-1]
    return (first[0], first[1], last[0], last[1]) if len(hours) > 1 else (first[0], None, None, first[1])


def _time(marks: Marks, name: str, label: str, value: time | None, key: str) -> time | None:
    with marks.field(name):
        given: time | None = st.time_input(t(f"calendars.{label}"), value=value, key=key)
    return given


def versions_block(found: Sequence[Version], restore: Callable[[int], Any], view: View) -> None:
    """Earlier versions, each to be restored."""
    if not found:
        return
    section(t("calendars.versions"), icon=":material/history:")
    for one in found:
        by = one.by or t("audit.operator")
        words = t("calendars.version", version=one.version, at=view.instant(one.at), by=by,
                  days=one.days, teams=one.teams)  # fmt: skip
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(plain(words), width="content")
            if one is not found[0]:
                _restore(one.version, t("calendars.restore"), restore, view)
    _restore(0, t("calendars.restore_shipped"), restore, view)


def _restore(version: int, label: str, restore: Callable[[int], Any], view: View) -> None:
    if st.button(label, type="tertiary", key=f"calendar-restore-{version}") and Marks(view).sent(
        partial(restore, version)
    ):
        st.rerun()
