"""Working calendars with the holidays that a maintained library knows (PRODUCT.md P5)."""

from datetime import date
from functools import lru_cache

import chinese_calendar

from core.calendar import WorkCalendar

_YEARS = range(2004, 2100)


@lru_cache
def china(timezone: str = "Asia/Shanghai") -> WorkCalendar:
    """Mainland China's working days: holidays and make-up days of every year that was published."""
    holidays, workdays = chinese_calendar.holidays, chinese_calendar.workdays
    return WorkCalendar(
        timezone,
        days_off=frozenset(day for day in holidays if day.weekday() < 5),
        work_days=frozenset(day for day in workdays if day.weekday() >= 5),
        known_years=frozenset(year for year in _YEARS if date(year, 1, 1) in holidays),
    )
