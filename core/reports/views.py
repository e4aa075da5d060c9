"""Saved views of report pages, and when somebody who subscribes to one is told (D3, P8)."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from core.access import Permission
from core.messages import Problem

PAGES: Mapping[str, Permission] = {
    "board": Permission.SEE_BOARD,
    "health": Permission.SEE_HEALTH,
    "outlook": Permission.SEE_FORECAST,
    "reports": Permission.SEE_REPORTS,
    "forecast_health": Permission.SEE_FORECAST_HEALTH,
    "collaboration": Permission.SEE_COLLABORATION,
}
"""Pages whose address can be saved, with what each needs."""

AT = time(8)  # by the clock of the person's team
LONGEST_NAME, MOST_PARTS, LONGEST_PART = 60, 30, 200


class Every(StrEnum):
    """How often a subscription comes."""

    WEEK = "week"
    MONTH = "month"


def check_view(name: str, query: Mapping[str, str], page: str) -> list[Problem]:
    """A view has a short name, and an address of one of `PAGES` that no page ever wrote longer."""
    problems = []
    if not name.strip():
        problems.append(Problem("name", "required"))
    elif len(name.strip()) > LONGEST_NAME:
        problems.append(Problem("name", "too_long", {"limit": LONGEST_NAME}))
    parts = (*query, *query.values())
    if page not in PAGES or len(query) > MOST_PARTS or any(len(part) > LONGEST_PART for part in parts):
        problems.append(Problem("", "no_view"))
    return problems


def check_subscription(every: str, weekday: int) -> list[Problem]:
    """A rhythm that there is, on a day that there is (0 is Monday)."""
    problems = [] if every in list(Every) else [Problem("every", "unknown_choice", {"value": every})]
    if weekday not in range(7):
        problems.append(Problem("weekday", "unknown_choice", {"value": weekday}))
    return problems


def latest_turn(every: Every, weekday: int, zone: str, since: datetime, now: datetime) -> date | None:
    """The day of the latest turn up to `now`; None where none came after `since`.

    A turn is 8:00 by the clock of `zone`: on the weekday, or on the first day of a month.

    Args:
        since: the instant of subscribing, UTC.

    >>> since, now = datetime(2026, 3, 4, tzinfo=UTC), datetime(2026, 3, 9, 1, tzinfo=UTC)  # 9:00 in Shanghai
    >>> latest_turn(Every.WEEK, 0, "Asia/Shanghai", since, now)
    datetime.date(2026, 3, 9)
    """
    there = ZoneInfo(zone)
    day = now.astimezone(there).date()
    while True:
        turn = datetime.combine(day, AT, there).astimezone(UTC)
        if turn <= since:
            return None
        if turn <= now and (day.weekday() == weekday if every is Every.WEEK else day.day == 1):
            return day
        day -= timedelta(days=1)
