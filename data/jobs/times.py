"""When scheduled jobs are due: by the clock of a time zone, caught up after a stop."""

from collections.abc import Callable, Collection, Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

EVERY_DAY = frozenset(range(7))


def latest_due(
    at: time, zone: str, now: datetime, *, weekdays: Collection[int] = EVERY_DAY, catch_up: int = 1
) -> list[datetime]:
    """The latest instants up to `now` at which the clock of `zone` showed `at`, oldest first.

    A time that daylight saving skips counts at the moment of the jump; one that it repeats counts once.

    Args:
        weekdays: 0 is Monday.
        catch_up: how many missed ones are still worth running after a stop.

    >>> now = datetime(2026, 3, 9, 1, 0, tzinfo=UTC)  # a Monday, 9:00 in Shanghai
    >>> [str(d) for d in latest_due(time(7), "Asia/Shanghai", now, weekdays={0}, catch_up=2)]
    ['2026-03-01 23:00:00+00:00', '2026-03-08 23:00:00+00:00']
    """
    return list(islice(_back(at, zone, now, weekdays), catch_up))[::-1]


def next_due(
    at: time, zone: str, now: datetime, works: Callable[[date], bool] = lambda day: True
) -> datetime:
    """The first instant after `now` at which the clock of `zone` shows `at`, on a day that counts.

    Args:
        works: which days count; one of the next hundred must.

    >>> now = datetime(2026, 3, 6, 1, 0, tzinfo=UTC)  # a Friday, 9:00 in Shanghai
    >>> str(next_due(time(7), "Asia/Shanghai", now, lambda day: day.weekday() < 5))
    '2026-03-08 23:00:00+00:00'
    """
    there = ZoneInfo(zone)
    today = now.astimezone(there).date()
    days = (today + timedelta(days=n) for n in range(100))
    coming = (datetime.combine(day, at, there).astimezone(UTC) for day in days if works(day))
    return next(due for due in coming if due > now)


def _back(at: time, zone: str, now: datetime, weekdays: Collection[int]) -> Iterator[datetime]:
    there = ZoneInfo(zone)
    day: date = now.astimezone(there).date()
    while True:
        due = datetime.combine(day, at, there).astimezone(UTC)
        if day.weekday() in weekdays and due <= now:
            yield due
        day -= timedelta(days=1)
