"""Working calendars with the holidays that maintained libraries know (PRODUCT.md P5)."""

from datetime import date
from functools import lru_cache
from zoneinfo import ZoneInfo

import chinese_calendar
import holidays

from core.calendar import WorkCalendar
from core.calendars import NO_HOLIDAYS, YEARS, CalendarChanges, Place, lay_over

_YEARS = range(2004, 2100)
_COMPUTED = range(2015, 2041)  # of countries whose holidays follow from rules


@lru_cache
def china(timezone: str = "Asia/Shanghai") -> WorkCalendar:
    """Mainland China's working days: holidays and make-up days of every year that was published."""
    days, workdays = chinese_calendar.holidays, chinese_calendar.workdays
    return WorkCalendar(
        timezone,
        days_off=frozenset(day for day in days if day.weekday() < 5),
        work_days=frozenset(day for day in workdays if day.weekday() >= 5),
        known_years=frozenset(year for year in _YEARS if date(year, 1, 1) in days),
    )


@lru_cache
def shipped(country: str, timezone: str) -> WorkCalendar:
    """A country's public holidays as shipped, by the clock of a time zone."""
    if country == "CN":
        return china(timezone)
    if country == NO_HOLIDAYS:
        return WorkCalendar(timezone, known_years=frozenset(YEARS))
    days = holidays.country_holidays(country, years=_COMPUTED)
    off = frozenset(day for day in days if day.weekday() < 5)
    return WorkCalendar(timezone, days_off=off, known_years=frozenset(_COMPUTED))


def calendar_at(changes: CalendarChanges, place: Place, timezone: str) -> WorkCalendar:
    """A place's calendar as the company has it."""
    ZoneInfo(timezone)
    return lay_over(shipped(place.country, timezone), changes, place)
