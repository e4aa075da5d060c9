"""Weeks as a team counts them: from Monday, midnight, in its own time zone (A3, A5)."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

TREND_WEEKS = 12  # so many weeks does the board look back


def week_starts(now: datetime, zone: str, weeks: int = TREND_WEEKS) -> tuple[datetime, ...]:
    """The instants at which the last weeks began, oldest first; the last one is of the running week.

    Args:
        now: UTC.
        zone: name of a time zone; a week of a change of clocks is an hour shorter or longer.

    >>> from datetime import UTC
    >>> sunday = datetime(2026, 3, 8, 17, tzinfo=UTC)  # already Monday there
    >>> [f"{start:%d %H:%M}" for start in week_starts(sunday, "Asia/Shanghai", 2)]
    ['01 16:00', '08 16:00']
    """
    here = now.astimezone(ZoneInfo(zone))
    monday = here.date() - timedelta(days=here.weekday())
    days = (monday - timedelta(weeks=n) for n in reversed(range(weeks)))
    return tuple(datetime.combine(day, time(), here.tzinfo).astimezone(now.tzinfo) for day in days)
