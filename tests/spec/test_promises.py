"""The clock of a demand, working time, and a promise beside the plan: PRODUCT.md C1, C3, P5."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.calendar import WorkCalendar
from core.policies import DEFAULTS
from core.promises.demands import DemandInput, Effect, check_demand
from core.promises.sla import clock
from data.calendars import china

CHINA = china()
BERLIN = WorkCalendar("Europe/Berlin")


def at(said: str, zone: str = "Asia/Shanghai") -> datetime:
    return datetime.strptime(said, "%Y-%m-%d %H:%M").replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


# fmt: off
DUE = [
    # urgency  filed               due                  what lies between
    ("P0",     "2026-02-16 23:30", "2026-02-17 01:30"),  # round the clock, in the Spring Festival
    ("P1",     "2026-03-04 09:00", "2026-03-05 09:30"),  # a working day has 7.5 hours
    ("P1",     "2026-03-04 12:30", "2026-03-05 14:00"),  # filed at lunch: begins at 13:30
    ("P1",     "2026-03-06 17:00", "2026-03-09 17:30"),  # over a weekend
    ("P1",     "2026-02-13 17:00", "2026-02-14 17:30"),  # the Saturday before the festival is worked
    ("P1",     "2026-02-14 17:00", "2026-02-24 17:30"),  # then nine free days
    ("P2",     "2026-01-30 09:00", "2026-02-04 10:30"),  # over the end of a month
]
# fmt: on


@pytest.mark.parametrize(("urgency", "filed", "due"), DUE)
def test_when_an_answer_is_due(urgency, filed, due):
    seen = clock(urgency, at(filed), None, (), CHINA, DEFAULTS, at(filed))
    assert seen.due_at == at(due)
    on_time = clock(urgency, at(filed), at(due), (), CHINA, DEFAULTS, at("2026-12-01 09:00"))
    assert not on_time.breached
    assert on_time.used_hours == pytest.approx(on_time.allowed_hours)
    too_late = at(due) + timedelta(minutes=1)
    assert clock(urgency, at(filed), too_late, (), CHINA, DEFAULTS, at("2026-12-01 09:00")).breached


def test_pauses_stop_the_clock_and_overlaps_count_once():
    filed, day = at("2026-03-04 09:00"), "2026-03-04"
    pauses = [
        (at(f"{day} 10:00"), at(f"{day} 11:00")),
        (at(f"{day} 10:30"), at(f"{day} 11:30")),
        (at(f"{day} 19:00"), at(f"{day} 21:00")),  # nobody works then: stops nothing
    ]
    seen = clock("P1", filed, None, pauses, CHINA, DEFAULTS, at(f"{day} 18:00"))
    assert (seen.paused_hours, seen.used_hours) == (1.5, 6.0)
    assert seen.due_at == at("2026-03-05 11:00")
    assert not seen.breached


def test_a_pause_that_runs_keeps_the_answer_from_being_late():
    filed = at("2026-03-04 09:00")
    seen = clock("P1", filed, None, [(at("2026-03-04 10:00"), None)], CHINA, DEFAULTS, at("2026-03-20 09:00"))
    assert (seen.used_hours, seen.breached) == (1.0, False)


def test_working_hours_follow_daylight_saving():
    before, after = at("2026-03-27 17:00", "Europe/Berlin"), at("2026-03-30 10:00", "Europe/Berlin")
    assert BERLIN.worked(before, after) == timedelta(hours=2)
    assert BERLIN.after(before, timedelta(hours=2)) == after


def test_a_year_without_holidays_is_told_and_still_works():
    filed = at("2031-10-01 09:00")
    seen = clock("P1", filed, None, (), CHINA, DEFAULTS, filed)
    assert seen.unknown_years == (2031,)
    assert seen.due_at == at("2031-10-02 09:30")


MINUTE = timedelta(minutes=1)
instants = st.integers(0, 1_500_000).map(lambda n: datetime(2024, 1, 1, tzinfo=UTC) + n * MINUTE)


@given(instants, st.integers(1, 60 * 60))
def test_after_and_worked_are_each_others_inverse(start, minutes):
    work = timedelta(minutes=minutes)
    assert CHINA.worked(start, CHINA.after(start, work)) == work


def minute_by_minute(opened, pauses, minutes, round_the_clock):
    """The plain reference: which minutes counted, from the opening on."""
    zone = ZoneInfo("Asia/Shanghai")
    for n in range(minutes):
        start = opened + n * MINUTE
        local = start.astimezone(zone)
        office = CHINA.works_on(local.date()) and any(a <= local.time() < b for a, b in CHINA.hours)
        paused = any(a <= start < b for a, b in pauses)
        yield start + MINUTE, (office or round_the_clock), paused


@settings(max_examples=40)
@given(
    instants,
    st.lists(st.tuples(st.integers(0, 3_000), st.integers(1, 1_500)), max_size=4),
    st.integers(0, 8_000),
    st.sampled_from(["P0", "P1"]),
)
def test_the_clock_equals_counting_minute_by_minute(opened, drawn, minutes, urgency):
    pauses = [(opened + a * MINUTE, opened + (a + n) * MINUTE) for a, n in drawn]
    seen = clock(urgency, opened, None, pauses, CHINA, DEFAULTS, opened + minutes * MINUTE)
    counted = list(minute_by_minute(opened, pauses, minutes, urgency == "P0"))
    used = [end for end, counts, paused in counted if counts and not paused]
    assert seen.used_hours == pytest.approx(len(used) / 60)
    assert seen.paused_hours == pytest.approx(sum(c and p for _, c, p in counted) / 60)
    allowed = int(seen.allowed_hours * 60)
    assert seen.breached == (len(used) > allowed)
    if len(used) >= allowed:
        assert seen.due_at == used[allowed - 1]


def demand(**changes) -> DemandInput:
    effect = Effect("Changeover time", Decimal(45), Decimal(changes.pop("after", 25)), "minutes")
    given_ = {"words": "Too slow", "pain": "efficiency", "effect": effect, "urgency": "P1"} | changes
    return DemandInput(**given_)


@pytest.mark.parametrize(
    ("changes", "problems"),
    [
        ({}, []),
        ({"after": 45}, [("effect.after", "changes_nothing")]),
        ({"words": " "}, [("words", "required")]),
        ({"pain": "boredom", "urgency": "P9"}, [("pain", "unknown_choice"), ("urgency", "unknown_choice")]),
        ({"pain": "", "urgency": ""}, [("pain", "required"), ("urgency", "required")]),
        ({"opened_at": datetime(2027, 1, 1, tzinfo=UTC)}, [("opened_at", "in_future")]),
    ],
)
def test_what_a_demand_needs(changes, problems):
    found = check_demand(demand(**changes), datetime(2026, 3, 4, tzinfo=UTC))
    assert [(p.field, p.code) for p in found] == problems


def test_the_calendar_is_the_published_one():
    assert not CHINA.works_on(date(2026, 2, 17))
    assert CHINA.works_on(date(2026, 2, 28))  # a Saturday that makes up for the festival
