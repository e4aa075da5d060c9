"""When the demo company works: Chinese working days, office hours, and who is busy when."""

from collections import defaultdict
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import chinese_calendar

SHANGHAI = ZoneInfo("Asia/Shanghai")
HALVES = ((time(9), time(12)), (time(13, 30), time(18)))
_QUARTER = timedelta(minutes=15)


@lru_cache(maxsize=4096)
def is_workday(day: date) -> bool:
    """Whether China works on that day; years the calendar does not know yet count Monday to Friday."""
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:  # how chinese-calendar says that a year is not published yet
        return day.weekday() < 5


@lru_cache(maxsize=4096)
def near_spring_festival(day: date) -> bool:
    """Whether a day of the festival lies within nine days: little is begun then."""
    try:
        details = [chinese_calendar.get_holiday_detail(day + timedelta(days=n))[1] for n in range(-9, 10)]
    except NotImplementedError:  # how chinese-calendar says that a year is not published yet
        return False
    return "Spring Festival" in details


def local(day: date, hour: int, minute: int = 0) -> datetime:
    """An instant of a day by the clock in Shanghai."""
    return datetime.combine(day, time(hour, minute), SHANGHAI)


def workday(now: datetime, offset: int) -> date:
    """The day `offset` working days from today; today itself for 0, working or not."""
    day = now.astimezone(SHANGHAI).date()
    step = timedelta(days=1 if offset > 0 else -1)
    for _ in range(abs(offset)):
        day += step
        while not is_workday(day):
            day += step
    return day


class Diary:
    """One person's taken times, so that nobody is in two meetings at once."""

    def __init__(self) -> None:
        self._taken: dict[date, list[tuple[datetime, datetime]]] = defaultdict(list)

    def free(self, after: datetime, length: timedelta) -> datetime:
        """The first start, on a quarter of an hour of office time, at which nothing else is."""
        day = after.astimezone(SHANGHAI).date()
        while True:
            if is_workday(day) and (start := self._on(day, after, length)):
                return start
            day += timedelta(days=1)

    def take(self, start: datetime, length: timedelta) -> None:
        """Keep a time."""
        self._taken[start.astimezone(SHANGHAI).date()].append((start, start + length))

    def _on(self, day: date, after: datetime, length: timedelta) -> datetime | None:
        taken = self._taken[day]
        for opens, closes in HALVES:
            start = datetime.combine(day, opens, SHANGHAI)
            if start < after:
                start += -(-(after - start) // _QUARTER) * _QUARTER
            end = datetime.combine(day, closes, SHANGHAI)
            while start + length <= end:
                if not any(a < start + length and start < b for a, b in taken):
                    return start
                start += _QUARTER
        return None
