"""The periods that a report may cover, each with the one of equal length before it (D1)."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

DAYS = {"week": 7, "weeks4": 28, "weeks13": 91, "weeks52": 364}
MONTHS = {"month": 1, "quarter": 3}
SPANS = (*DAYS, *MONTHS)
"""Names: the last so many days up to now, or the last month or quarter that is over."""
USUAL = "weeks13"
PIECES = 12  # into which a period is cut to show its course


@dataclass(frozen=True, slots=True)
class Span:
    """A period: from `since` on, up to and without `until`, UTC."""

    since: datetime
    until: datetime

    @property
    def before(self) -> "Span":
        """The period of equal length that ends where this one begins."""
        return Span(self.since - (self.until - self.since), self.since)


def span(name: str, now: datetime, zone: str) -> Span:
    """A period by its name.

    Args:
        zone: the company's time zone, in which months begin.

    >>> from datetime import UTC
    >>> noon = datetime(2026, 3, 4, 4, tzinfo=UTC)
    >>> week, quarter = span("week", noon, "UTC"), span("quarter", noon, "Asia/Shanghai")
    >>> f"{week.since:%m-%d %H}", f"{week.before.since:%m-%d %H}"
    ('02-25 04', '02-18 04')
    >>> f"{quarter.since:%m-%d %H}", f"{quarter.until:%m-%d %H}"
    ('09-30 16', '12-31 16')
    """
    if name in DAYS:
        return Span(now - timedelta(days=DAYS[name]), now)
    here = now.astimezone(ZoneInfo(zone))
    months = MONTHS[name]
    first = here.year * 12 + (here.month - 1) // months * months
    return Span(*(_month(n, here).astimezone(now.tzinfo) for n in (first - months, first)))


def _month(number: int, here: datetime) -> datetime:
    """The first instant of a month, counted from the year 0."""
    return datetime.combine(
        here.date().replace(year=number // 12, month=number % 12 + 1, day=1), time(), here.tzinfo
    )
