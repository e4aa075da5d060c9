"""When a message leaves the house: at once, after somebody's quiet hours, or gathered with others (P8).

Whatever waits stands in the inbox meanwhile; nothing is lost and nothing is dropped.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from core.messages import Problem

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a person wants of messages outside the product.

    Attributes:
        off: names of channels that they do not want.
        quiet_from, quiet_to: no message leaves between these times of day; None for no quiet hours. The
            span may go over midnight.
        digest_at: messages are gathered and leave once a day at this time; None for each by itself.
    """

    off: frozenset[str] = frozenset()
    quiet_from: time | None = None
    quiet_to: time | None = None
    digest_at: time | None = None


EVERYTHING = Wishes()


def check_wishes(wishes: Wishes, channels: Collection[str]) -> tuple[Problem, ...]:
    """Problems of a person's wishes: half a span of quiet hours, one without length, unknown channels."""
    problems = [Problem("off", "unknown_choice", {"value": name}) for name in wishes.off - set(channels)]
    if (wishes.quiet_from is None) != (wishes.quiet_to is None):
        problems.append(Problem("quiet", "quiet_half"))
    elif wishes.quiet_from is not None and wishes.quiet_from == wishes.quiet_to:
        problems.append(Problem("quiet", "quiet_all_day"))
    return tuple(problems)


def leaves_at(now: datetime, wishes: Wishes, zone: str) -> datetime:
    """The instant at which a message of now leaves, by the clock of a person's time zone.

    >>> evening = datetime(2026, 3, 4, 15, 30, tzinfo=UTC)  # 23:30 in Shanghai
    >>> str(leaves_at(evening, Wishes(quiet_from=time(22), quiet_to=time(7)), "Asia/Shanghai"))
    '2026-03-04 23:00:00+00:00'
    >>> str(leaves_at(evening, Wishes(digest_at=time(9)), "Asia/Shanghai"))
    '2026-03-05 01:00:00+00:00'
    """
    at = now if wishes.digest_at is None else _next(wishes.digest_at, now, zone)
    return _after_quiet(at, wishes, zone)


def _next(at: time, now: datetime, zone: str) -> datetime:
    """The first time after `now` at which the clock shows `at`."""
    today = now.astimezone(ZoneInfo(zone)).date()
    coming = (datetime.combine(today + DAY * n, at, ZoneInfo(zone)).astimezone(UTC) for n in range(3))
    return next(due for due in coming if due > now)


def _after_quiet(at: datetime, wishes: Wishes, zone: str) -> datetime:
    start, end = wishes.quiet_from, wishes.quiet_to
    if start is None or end is None:
        return at
    clock = at.astimezone(ZoneInfo(zone)).time()
    quiet = start <= clock < end if start < end else clock >= start or clock < end
    return _next(end, at, zone) if quiet else at
