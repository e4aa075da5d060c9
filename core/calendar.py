"""Working time: office hours, days off, make-up days, in one time zone (PRODUCT.md P5)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_DAY = timedelta(days=1)
_AHEAD = {"tomorrow": 1, "three_days": 3, "week": 7}
_FARTHEST_DAYS = 3_660  # ten years: a calendar without working days is a mistake, not an endless loop

OFFICE_HOURS = ((time(9), time(12)), (time(13, 30), time(18)))


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """When somebody works.

    Attributes:
        timezone: IANA name; office hours are by its clock, so they follow daylight saving.
        hours: spans of a working day, in order, not overlapping.
        days_off: weekdays on which nobody works (holidays).
        work_days: days of a weekend that are worked (make-up days 调休).
        known_years: years whose holidays are in `days_off`; other years count Monday to Friday.
    """

    timezone: str = "Asia/Shanghai"
    hours: tuple[tuple[time, time], ...] = OFFICE_HOURS
    days_off: frozenset[date] = frozenset()
    work_days: frozenset[date] = frozenset()
    known_years: frozenset[int] = frozenset()

    @property
    def zone(self) -> ZoneInfo:
        """Its time zone."""
        return ZoneInfo(self.timezone)

    def works_on(self, day: date) -> bool:
        """Whether a day is worked.

        >>> tuesday, saturday = date(2026, 2, 17), date(2026, 2, 14)
        >>> spring = WorkCalendar(days_off=frozenset({tuesday}), work_days=frozenset({saturday}))
        >>> spring.works_on(tuesday), spring.works_on(saturday)
        (False, True)
        """
        return day in self.work_days or (day.weekday() < 5 and day not in self.days_off)

    def spans(self, day: date) -> Iterator[tuple[datetime, datetime]]:
        """The worked spans of a day as instants, UTC, in order; none on a free day."""
        if self.works_on(day):
            zone = ZoneInfo(self.timezone)
            for opens, closes in self.hours:
                yield (
                    datetime.combine(day, opens, zone).astimezone(UTC),
                    datetime.combine(day, closes, zone).astimezone(UTC),
                )

    def worked(self, start: datetime, end: datetime) -> timedelta:
        """Working time between two instants; zero when `end` is not after `start`."""
        total, day = timedelta(), self._day(start)
        while start < end and day <= self._day(end):
            for opens, closes in self.spans(day):
                total += max(timedelta(), min(closes, end) - max(opens, start))
            day += _DAY
        return total

    def after(self, start: datetime, work: timedelta) -> datetime:
        """The instant at which `work` has been worked since `start`.

        Raises:
            ValueError: the calendar has too little working time ahead.
        """
        left, day = work, self._day(start)
        for _ in range(_FARTHEST_DAYS):
            for opens, closes in self.spans(day):
                begin = max(opens, start)
                if begin < closes and left <= closes - begin:
                    return begin + left
                left -= max(timedelta(), closes - begin)
            day += _DAY
        raise ValueError("no working time ahead in this calendar")

    def unknown_years(self, start: datetime, end: datetime) -> tuple[int, ...]:
        """Years touched by a span whose holidays the calendar does not know."""
        years = range(self._day(start).year, self._day(end).year + 1)
        return tuple(y for y in years if y not in self.known_years)

    def _day(self, at: datetime) -> date:
        return at.astimezone(ZoneInfo(self.timezone)).date()


def next_workday(calendar: WorkCalendar, day: date) -> date:
    """The first working day after a day; the next day where a year has none."""
    coming = (day + timedelta(days=n) for n in range(1, 367))
    return next((one for one in coming if calendar.works_on(one)), day + _DAY)


def days_ahead(calendar: WorkCalendar, today: date) -> dict[str, date]:
    """Days offered at a touch: a free one gives way to the next that is worked, none is offered twice.

    >>> {name: str(on) for name, on in days_ahead(WorkCalendar(), date(2026, 3, 6)).items()}  # a Friday
    {'today': '2026-03-06', 'tomorrow': '2026-03-09', 'week': '2026-03-13'}
    """
    found = {"today": today}
    for name, days in _AHEAD.items():
        on = next_workday(calendar, today + timedelta(days=days - 1))
        found |= {} if on in found.values() else {name: on}
    return found
