"""Working time across festivals, make-up days, daylight saving, month ends, lunch and pauses: P5, C1."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from core.calendar import WorkCalendar, days_ahead
from core.calendars import (
    CalendarChanges,
    DayKind,
    Place,
    check_days,
    check_hours,
    lay_over,
    missing_years,
    spans,
    with_days,
    with_place,
    with_year,
)
from core.policies import DEFAULTS
from core.promises.sla import clock
from data.calendar_json import changes_from, changes_json
from data.calendars import calendar_at, china, shipped

CHINA = china()


def at(said: str, zone: str = "Asia/Shanghai") -> datetime:
    return datetime.strptime(said, "%Y-%m-%d %H:%M").replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


# fmt: off
DUE = [
    # urgency  filed               waits for the customer         due                 paused
    ("P1",     "2026-02-13 17:00", "02-14 09:00", "02-24 10:00",  "2026-02-25 09:30", 8.5),  # the festival
    ("P1",     "2026-02-14 17:00", None, None,                    "2026-02-24 17:30", 0.0),  # nine free days
    ("P2",     "2026-02-27 09:00", None, None,                    "2026-03-03 10:30", 0.0),  # Saturday worked
    ("P1",     "2026-02-20 11:00", None, None,                    "2026-02-25 09:30", 0.0),  # while all rest
    ("P1",     "2025-09-30 16:00", None, None,                    "2025-10-09 16:30", 0.0),  # National Day
    ("P1",     "2024-12-31 16:00", None, None,                    "2025-01-02 16:30", 0.0),  # New Year
    ("P1",     "2024-02-28 17:00", None, None,                    "2024-02-29 17:30", 0.0),  # a leap day
    ("P1",     "2026-04-30 17:30", None, None,                    "2026-05-06 18:00", 0.0),  # to the minute
    ("P1",     "2026-03-04 11:00", "03-04 11:30", "03-04 14:00",  "2026-03-05 14:00", 1.0),  # over lunch
    ("P1",     "2026-03-04 09:00", "03-04 18:00", "03-05 09:00",  "2026-03-05 09:30", 0.0),  # over night
    ("P0",     "2026-02-16 23:30", "02-17 00:00", "02-17 06:00",  "2026-02-17 07:30", 6.0),  # day and night
]
# fmt: on


@pytest.mark.parametrize(("urgency", "filed", "waits", "goes_on", "due", "paused"), DUE)
def test_when_an_answer_is_due(urgency, filed, waits, goes_on, due, paused):
    year = filed[:5]
    pauses = [(at(year + waits), at(year + goes_on))] if waits else []
    seen = clock(urgency, at(filed), None, pauses, CHINA, DEFAULTS, at(due))
    assert seen.due_at == at(due)
    assert seen.paused_hours == paused
    assert not seen.breached
    assert seen.used_hours == pytest.approx(seen.allowed_hours)


# fmt: off
WORKED = [
    # zone               from                to                  hours  what lies between
    ("America/New_York", "2026-03-06 17:00", "2026-03-09 10:00", 2.0),   # clocks go forward on Sunday
    ("America/New_York", "2026-10-30 17:00", "2026-11-02 10:00", 2.0),   # clocks go back on Sunday
    ("Europe/Berlin",    "2026-10-23 17:00", "2026-10-26 10:00", 2.0),
    ("Europe/London",    "2026-03-27 09:00", "2026-03-30 18:00", 15.0),  # two whole days
    ("Asia/Shanghai",    "2026-03-06 17:00", "2026-03-09 10:00", 2.0),   # no daylight saving at all
]
# fmt: on


@pytest.mark.parametrize(("zone", "start", "end", "hours"), WORKED)
def test_working_hours_follow_the_clock_on_the_wall(zone, start, end, hours):
    calendar = WorkCalendar(zone)
    assert calendar.worked(at(start, zone), at(end, zone)) == timedelta(hours=hours)
    assert calendar.after(at(start, zone), timedelta(hours=hours)) == at(end, zone)


@pytest.mark.parametrize(("day", "hours"), [("2026-03-29", 5), ("2026-10-25", 7), ("2026-11-01", 6)])
def test_a_shift_in_which_the_clock_changes_lasts_as_long_as_it_lasts(day, hours):
    sunday = date.fromisoformat(day)
    night = WorkCalendar("Europe/Berlin", ((time(0), time(6)),), work_days=frozenset({sunday}))
    start, end = at(f"{day} 00:00", "Europe/Berlin"), at(f"{day} 12:00", "Europe/Berlin")
    assert night.worked(start, end) == timedelta(hours=hours)


def test_round_the_clock_two_hours_are_two_hours_when_the_clock_goes_back():
    filed = at("2026-11-01 00:30", "America/New_York")
    seen = clock("P0", filed, None, (), WorkCalendar("America/New_York"), DEFAULTS, filed)
    assert seen.due_at == filed + timedelta(hours=2)
    assert f"{seen.due_at.astimezone(ZoneInfo('America/New_York')):%H:%M}" == "01:30"


SAT, TUE = date(2027, 2, 6), date(2027, 2, 9)


def test_a_company_enters_a_year_that_nobody_published():
    changes = with_days(CalendarChanges(), "CN", SAT, SAT, DayKind.WORK)
    changes = with_days(changes, "CN", TUE, TUE + timedelta(days=3), DayKind.OFF)
    before = calendar_at(changes, Place(), "Asia/Shanghai")
    assert (before.works_on(SAT), before.works_on(TUE), before.works_on(date(2027, 2, 15))) == (
        True,
        False,
        True,
    )
    assert before.unknown_years(at("2027-02-01 09:00"), at("2027-02-02 09:00")) == (2027,)
    told = calendar_at(with_year(changes, "CN", 2027, complete=True), Place(), "Asia/Shanghai")
    assert told.unknown_years(at("2027-02-01 09:00"), at("2027-02-02 09:00")) == ()
    seen = clock("P1", at("2027-02-05 17:00"), None, (), told, DEFAULTS, at("2027-02-05 17:00"))
    assert seen.due_at == at("2027-02-06 17:30")


# fmt: off
LAID = [
    # day          as shipped  made             then
    ("2026-02-17", False,      DayKind.WORK,    True),   # a holiday is worked
    ("2026-02-14", True,       DayKind.OFF,     False),  # a make-up Saturday is free
    ("2026-03-07", False,      DayKind.WORK,    True),   # an ordinary Saturday is worked
    ("2026-03-04", True,       DayKind.OFF,     False),  # the company's own anniversary
    ("2026-02-17", False,      DayKind.SHIPPED, False),
]
# fmt: on


@pytest.mark.parametrize(("day", "before", "kind", "after"), LAID)
def test_a_day_is_what_the_company_makes_it(day, before, kind, after):
    day = date.fromisoformat(day)
    assert CHINA.works_on(day) is before
    changes = with_days(CalendarChanges(), "CN", day, day, kind)
    assert lay_over(CHINA, changes, Place()).works_on(day) is after
    back = with_days(changes, "CN", day, day, DayKind.SHIPPED)
    assert lay_over(CHINA, back, Place()) == CHINA
    assert lay_over(CHINA, changes, Place("DE")).works_on(day) is before  # another country's days


def test_a_team_has_its_own_hours_and_country():
    early = Place("DE", spans(time(7), (None, None), time(15)))
    changes = with_place(CalendarChanges(), 7, early)
    assert changes.place(7) == early
    assert changes.place(8) == changes.place(None) == Place()
    berlin = calendar_at(changes, changes.place(7), "Europe/Berlin")
    assert not berlin.works_on(date(2026, 5, 14))  # Ascension Day
    assert berlin.worked(
        at("2026-03-04 00:00", "Europe/Berlin"), at("2026-03-05 00:00", "Europe/Berlin")
    ) == (timedelta(hours=8))
    assert with_place(changes, 7, None).place(7) == Place()
    assert changes_from(changes_json(changes), changes.version) == changes


NINE, NOON, ONE, SIX = time(9), time(12), time(13), time(18)


@pytest.mark.parametrize(
    ("start", "lunch", "end", "problems"),
    [
        (NINE, (NOON, ONE), SIX, []),
        (NINE, (None, None), SIX, []),
        (None, (None, None), None, [("start", "required"), ("end", "required")]),
        (SIX, (None, None), NINE, [("end", "ends_before_start")]),
        (NINE, (NOON, None), SIX, [("lunch", "lunch_both")]),
        (NINE, (ONE, NOON), SIX, [("lunch", "lunch_outside")]),
        (NINE, (time(8), ONE), SIX, [("lunch", "lunch_outside")]),
    ],
)
def test_a_working_day_is_one(start, lunch, end, problems):
    assert [(p.field, p.code) for p in check_hours("CN", start, lunch, end)] == problems


@pytest.mark.parametrize(
    ("country", "first", "last", "kind", "problems"),
    [
        ("CN", SAT, None, "off", []),
        ("XX", SAT, None, "rest", [("country", "unknown_choice"), ("kind", "unknown_choice")]),
        ("CN", None, None, "off", [("first", "required")]),
        ("CN", TUE, SAT, "off", [("last", "ends_before_start")]),
        ("CN", SAT, date(2027, 12, 1), "off", [("last", "too_many_days")]),
        ("CN", date(1026, 2, 6), None, "off", [("first", "bad_date")]),
    ],
)
def test_changed_days_are_a_range(country, first, last, kind, problems):
    assert [(p.field, p.code) for p in check_days(country, first, last, kind)] == problems


@pytest.mark.parametrize(
    ("today", "missing"),
    [("2026-03-04", ()), ("2026-10-31", ()), ("2026-11-01", (2027,)), ("2031-12-01", (2031, 2032))],
)
def test_a_year_is_missed_in_time(today, missing):
    assert missing_years(CHINA, date.fromisoformat(today)) == missing


def test_other_countries_come_with_their_public_holidays():
    assert not shipped("US", "America/New_York").works_on(date(2026, 7, 3))  # the 4th is a Saturday
    assert shipped("DE", "Europe/Berlin").works_on(date(2026, 7, 3))


# fmt: off
AHEAD = [
    # today       offered after it
    ("2026-03-04", ["03-05", "03-09", "03-11"]),  # a Wednesday: in three days it is Saturday
    ("2026-03-06", ["03-09", "03-13"]),           # a Friday: in three days it is Monday as well
    ("2026-02-13", ["02-14", "02-24"]),           # before the festival, the Saturday is worked
    ("2026-02-14", ["02-24"]),                    # nine free days: all are the first after them
]
# fmt: on


@pytest.mark.parametrize(("today", "offered"), AHEAD)
def test_days_offered_at_a_touch_are_worked_and_each_is_offered_once(today, offered):
    found = days_ahead(CHINA, date.fromisoformat(today))
    assert [str(on)[5:] for on in found.values()] == [today[5:], *offered]
