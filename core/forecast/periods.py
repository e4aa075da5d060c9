"""Periods that forecasts are made for: months, quarters, or so many days; each begins at local midnight."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MONTHS = {"month": 1, "quarter": 3}
_CYCLES = {"month": (3, 12), "quarter": (4,)}


@dataclass(frozen=True, slots=True)
class Horizon:
    """How long a period is: `month`, `quarter`, or days as in `7d`.

    Raises:
        ValueError: anything else.
    """

    name: str

    def __post_init__(self) -> None:
        days = self.name.removesuffix("d")
        if self.name not in _MONTHS and not (self.name != days and days.isdigit() and 0 < int(days) <= 366):
            raise ValueError(self.name)

    @property
    def cycles(self) -> tuple[int, ...]:
        """After how many periods a season comes round: a quarter and a year of months, a year of quarters.

        Weeks and four weeks have none shorter than their year.
        """
        return _CYCLES.get(self.name, ())

    def start(self, day: date) -> date:
        """The first beginning of such a period on `day` or later; any day for periods of days.

        >>> Horizon("quarter").start(date(2026, 2, 3)), Horizon("7d").start(date(2026, 2, 3))
        (datetime.date(2026, 4, 1), datetime.date(2026, 2, 3))
        """
        size = _MONTHS.get(self.name)
        if size is None:
            return day
        months = day.year * 12 + day.month - 1 + (day.day > 1)
        return _first_of(-(-months // size) * size)

    def running(self, day: date) -> date:
        """The beginning of the period that `day` lies in; the day itself for periods of days.

        >>> Horizon("quarter").running(date(2026, 3, 31)), Horizon("month").running(date(2026, 4, 1))
        (datetime.date(2026, 1, 1), datetime.date(2026, 4, 1))
        """
        return day if self.name not in _MONTHS else self.step(self.start(day + timedelta(days=1)), -1)

    def step(self, day: date, periods: int = 1) -> date:
        """So many periods later, or earlier when negative; on the month's last day where the day is missing.

        >>> Horizon("month").step(date(2026, 1, 1), -2), Horizon("28d").step(date(2026, 1, 1))
        (datetime.date(2025, 11, 1), datetime.date(2026, 1, 29))
        >>> Horizon("month").step(date(2026, 1, 31))
        datetime.date(2026, 2, 28)
        """
        size = _MONTHS.get(self.name)
        if size is None:
            return day + timedelta(days=periods * int(self.name.removesuffix("d")))
        months = day.year * 12 + day.month - 1 + periods * size
        last = (_first_of(months + 1) - timedelta(days=1)).day
        return _first_of(months).replace(day=min(day.day, last))


def _first_of(months: int) -> date:
    return date(months // 12, months % 12 + 1, 1)


def instant(day: date, zone: ZoneInfo) -> float:
    """A day's local midnight, in days since 1970-01-01 UTC."""
    at = datetime(day.year, day.month, day.day, tzinfo=zone)
    return (at - _EPOCH) / timedelta(days=1)


def day_of(t: float, zone: ZoneInfo) -> date:
    """The local day of an instant in days since 1970-01-01 UTC.

    >>> day_of(instant(date(2026, 3, 1), ZoneInfo("Asia/Shanghai")), ZoneInfo("Asia/Shanghai"))
    datetime.date(2026, 3, 1)
    """
    return (_EPOCH + timedelta(days=t)).astimezone(zone).date()
