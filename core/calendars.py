"""What a company changes about shipped working calendars: free and make-up days, hours, lunch (P5)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, time, timedelta
from enum import StrEnum

from babel.core import get_global

from core.calendar import OFFICE_HOURS, WorkCalendar
from core.messages import Problem

NO_HOLIDAYS = "none"  # of a country whose public holidays are not shipped
COUNTRIES = ("CN", "HK", "SG", "JP", "KR", "DE", "FR", "GB", "US", NO_HOLIDAYS)
LONGEST_RANGE = 60  # days that are changed at once
YEARS = range(2000, 2100)
WARN_FROM_MONTH = 11  # from here on the next year's holidays should be known

Spans = tuple[tuple[time, time], ...]


def country_of(timezone: str) -> str:
    """The country of COUNTRIES that a time zone lies in; `NO_HOLIDAYS` where it is another.

    >>> [country_of(zone) for zone in ("Asia/Shanghai", "Europe/Berlin", "Asia/Kolkata", "UTC")]
    ['CN', 'DE', 'none', 'none']
    """
    country = land_of(timezone)
    return country if country in COUNTRIES else NO_HOLIDAYS


def holidays_of(country: str, timezone: str) -> str:
    """Whose holidays a company keeps: those chosen, else those of its time zone's country.

    >>> [holidays_of(chosen, "Europe/London") for chosen in ("", "CN")], holidays_of("", "Asia/Kolkata")
    (['GB', 'CN'], 'none')
    """
    return country or country_of(timezone)


def land_of(timezone: str) -> str:
    """The country that a time zone lies in; ZZ of one like UTC.

    >>> land_of("Asia/Kolkata"), land_of("Asia/Calcutta"), land_of("UTC")
    ('IN', 'IN', 'ZZ')
    """
    name = get_global("zone_aliases").get(timezone, timezone)
    land: str = get_global("zone_territories").get(name, "ZZ")
    return land


class DayKind(StrEnum):
    """What a day is made: free, worked, or again what the shipped calendar says."""

    OFF = "off"
    WORK = "work"
    SHIPPED = "shipped"


@dataclass(frozen=True, slots=True)
class Place:
    """Where and when a team works.

    Attributes:
        country: whose holidays, one of COUNTRIES.
        hours: spans of a working day by its clock, lunch being the gap between two.
    """

    country: str = "CN"
    hours: Spans = OFFICE_HOURS


@dataclass(frozen=True, slots=True)
class CalendarChanges:
    """One published version of a company's calendars.

    Attributes:
        version: 0 where nothing was ever changed.
        company: for everybody whose team has no place of its own.
        teams: places by team id.
        days: per country, days that are made free or worked.
        years: per country, years that somebody declared complete.
    """

    version: int = 0
    company: Place = Place()
    teams: Mapping[int, Place] = field(default_factory=dict)
    days: Mapping[str, Mapping[date, DayKind]] = field(default_factory=dict)
    years: Mapping[str, frozenset[int]] = field(default_factory=dict)

    def place(self, team_id: int | None) -> Place:
        """Where a team works; the company's place for a team without its own."""
        return self.teams.get(team_id or 0, self.company)


def lay_over(shipped: WorkCalendar, changes: CalendarChanges, place: Place) -> WorkCalendar:
    """A country's shipped calendar with the company's days and a place's hours.

    >>> monday = date(2026, 3, 2)
    >>> changes = CalendarChanges(days={"CN": {monday: DayKind.OFF}})
    >>> lay_over(WorkCalendar(), changes, Place()).works_on(monday)
    False
    """
    days = changes.days.get(place.country, {})
    off = {day for day, kind in days.items() if kind is DayKind.OFF}
    work = {day for day, kind in days.items() if kind is DayKind.WORK}
    return replace(
        shipped,
        hours=place.hours,
        days_off=(shipped.days_off - work) | {day for day in off if day.weekday() < 5},
        work_days=(shipped.work_days - off) | {day for day in work if day.weekday() >= 5},
        known_years=shipped.known_years | changes.years.get(place.country, frozenset()),
    )


def with_days(
    changes: CalendarChanges, country: str, first: date, last: date, kind: DayKind
) -> CalendarChanges:
    """The changes with all days of a range made free, worked, or as shipped."""
    span = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    kept = {day: k for day, k in changes.days.get(country, {}).items() if day not in span}
    if kind is not DayKind.SHIPPED:
        kept |= dict.fromkeys(span, kind)
    return replace(changes, days={**changes.days, country: kept})


def with_year(changes: CalendarChanges, country: str, year: int, *, complete: bool) -> CalendarChanges:
    """The changes with a year declared complete, or not."""
    known = changes.years.get(country, frozenset()) - {year}
    return replace(changes, years={**changes.years, country: known | {year} if complete else known})


def with_place(changes: CalendarChanges, team_id: int | None, place: Place | None) -> CalendarChanges:
    """The changes with another place for a team or (None) the company; without one it has the company's."""
    if team_id is None:
        return replace(changes, company=place or Place())
    others = {i: p for i, p in changes.teams.items() if i != team_id}
    return replace(changes, teams=others | ({team_id: place} if place else {}))


def check_days(country: str, first: date | None, last: date | None, kind: str) -> tuple[Problem, ...]:
    """All problems of a change of days: a range that begins before it ends, and is no typing error."""
    problems = _known("country", country, COUNTRIES) + _known("kind", kind, tuple(DayKind))
    if first is None:
        return (*problems, Problem("first", "required"))
    end = last or first
    if end < first:
        problems.append(Problem("last", "ends_before_start"))
    elif (end - first).days >= LONGEST_RANGE:
        problems.append(Problem("last", "too_many_days", {"most": LONGEST_RANGE}))
    if first.year not in YEARS:
        problems.append(Problem("first", "bad_date"))
    return tuple(problems)


def check_hours(
    country: str, start: time | None, lunch: tuple[time | None, time | None], end: time | None
) -> tuple[Problem, ...]:
    """All problems of a working day: it ends after it starts, and lunch lies within it."""
    problems = _known("country", country, COUNTRIES)
    problems += [Problem(n, "required") for n, at in (("start", start), ("end", end)) if at is None]
    if start and end and end <= start:
        problems.append(Problem("end", "ends_before_start"))
    leaves, returns = lunch
    if (leaves is None) != (returns is None):
        problems.append(Problem("lunch", "lunch_both"))
    if start and end and leaves and returns and not start < leaves < returns < end:
        problems.append(Problem("lunch", "lunch_outside"))
    return tuple(problems)


def spans(start: time, lunch: tuple[time | None, time | None], end: time) -> Spans:
    """The worked spans of a day.

    >>> [f"{a:%H:%M}-{b:%H:%M}" for a, b in spans(time(9), (time(12), time(13)), time(18))]
    ['09:00-12:00', '13:00-18:00']
    """
    leaves, returns = lunch
    return ((start, leaves), (returns, end)) if leaves and returns else ((start, end),)


def missing_years(calendar: WorkCalendar, today: date) -> tuple[int, ...]:
    """Years whose holidays should be known by now: this one, and towards its end the next."""
    wanted = [today.year] + ([today.year + 1] if today.month >= WARN_FROM_MONTH else [])
    return tuple(year for year in wanted if year not in calendar.known_years)


def _known(name: str, value: str, choices: Sequence[str]) -> list[Problem]:
    return [] if value in choices else [Problem(name, "unknown_choice", {"value": value})]
