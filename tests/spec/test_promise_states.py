"""A demand's state, the reminder before its breach, and how a promise stands with the plan (C1, C3)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from core.policies import DEFAULTS
from core.promises.consistency import ahead, consistency
from core.promises.demands import check_demand, check_move
from core.promises.sheet import concerns, read_demand
from core.promises.sla import Clock, SlaState, soon, state

NOW = datetime(2026, 3, 4, 4, 0, tzinfo=UTC)
MARCH = [None, *(date(2026, 3, n) for n in range(1, 32))]


def clock(used: float, allowed: float = 8.0) -> Clock:
    return Clock(NOW, used, 0.0, allowed, breached=used > allowed)


# fmt: off
STATES = [
    # used  answered  paused  state       reminder due
    (1.0,   False,    False,  "running",  False),
    (5.9,   False,    False,  "running",  False),
    (6.0,   False,    False,  "running",  True),   # three quarters of eight hours
    (8.0,   False,    False,  "running",  True),   # on the minute is in time
    (8.1,   False,    False,  "breached", False),  # too late for a reminder
    (2.0,   False,    True,   "paused",   False),
    (9.0,   False,    True,   "breached", False),  # asking the customer late mends nothing
    (9.0,   True,     False,  "answered", False),
]

LIGHTS = [
    # promised  planned  light    why                gap
    (10,        11,      "red",   "before_plan",     1),
    (10,        10,      "amber", "little_slack",    0),
    (12,        10,      "amber", "little_slack",   -2),
    (13,        10,      "green", "fits",           -3),
    (10,        0,       "red",   "nothing_planned", None),
]

AHEAD = [
    # promised  planned  today  still ahead
    (10,        5,       10,    True),
    (10,        5,       11,    False),
    (5,         10,      8,     True),   # promised too early, and the plan is to come
    (5,         0,       31,    True),   # nothing planned: it never ends by itself
]
# fmt: on


@pytest.mark.parametrize(("used", "answered", "paused", "expected", "reminder"), STATES)
def test_a_demands_state(used, answered, paused, expected, reminder):
    assert state(clock(used), answered, paused) is SlaState(expected)
    assert soon(clock(used), DEFAULTS) is reminder


def test_a_refusal_in_time_or_late_is_one():
    assert {state(clock(used), True, False, declined=True) for used in (2.0, 9.0)} == {SlaState.DECLINED}


def test_what_was_taken_back_is_neither_late_nor_answered():
    assert {state(clock(used), False, True, taken_back=True) for used in (2.0, 9.0)} == {SlaState.TAKEN_BACK}


@pytest.mark.parametrize(("promised", "planned", "light", "why", "gap"), LIGHTS)
def test_how_a_promise_stands(promised, planned, light, why, gap):
    found = consistency(MARCH[promised], MARCH[planned], slack_days=3)
    assert (found.light.value, found.code, found.gap_days) == (light, why, gap)


@pytest.mark.parametrize(("promised", "planned", "today", "expected"), AHEAD)
def test_what_still_lies_ahead(promised, planned, today, expected):
    assert ahead(MARCH[promised], MARCH[planned], MARCH[today]) is expected


def sheet(**changes):
    filled = {
        "words": "  “太慢了”\n每天都要等  ",
        "pain": "efficiency",
        "effect-metric": "Changeover",
        "effect-before": "45",
        "effect-after": "25.5",
        "effect-unit": "min",
        "urgency": "P1",
        "contact": 3,
    }
    return filled | changes


def test_a_sheet_is_read_with_the_words_as_they_are():
    demand = read_demand(sheet())
    assert demand.words == "  “太慢了”\n每天都要等  "
    assert (demand.effect.before, demand.effect.after, demand.contact_id) == (Decimal(45), Decimal("25.5"), 3)
    assert check_demand(demand, NOW) == ()


@pytest.mark.parametrize(
    ("changes", "problems"),
    [
        ({"effect-after": "45.0"}, [("effect.after", "changes_nothing")]),
        ({"effect-after": "45.00001"}, [("effect.after", "changes_nothing")]),  # kept to four places
        ({"effect-after": "soon"}, [("effect.after", "required")]),
        ({"effect-after": "1e15"}, [("effect.after", "number_too_large")]),
        ({"effect-after": "NaN"}, [("effect.after", "not_number")]),
        (
            {"effect-metric": None, "effect-unit": " "},
            [("effect.metric", "required"), ("effect.unit", "required")],
        ),
        ({"effect-before": "-3", "effect-after": "0"}, []),
    ],
)
def test_what_a_sheet_lacks_is_said_at_its_field(changes, problems):
    found = check_demand(read_demand(sheet(**changes)), NOW)
    assert [(p.field, p.code) for p in found] == problems


def test_an_empty_sheet_names_everything():
    fields = {p.field for p in check_demand(read_demand({}), NOW)}
    assert fields == {
        "words",
        "pain",
        "urgency",
        "effect.metric",
        "effect.unit",
        "effect.before",
        "effect.after",
    }


@pytest.mark.parametrize(
    ("problem", "field", "expected"),
    [
        ("words", "words", True),
        ("effect.after", "effect-before", True),
        ("effect.metric", "effect-before", False),
        ("planned_on", "way", True),
        ("path", "way", True),
        ("path", "known", True),
        ("planned_on", "known", False),
        ("path", "resources", False),
    ],
)
def test_which_problem_a_change_may_settle(problem, field, expected):
    assert concerns(problem, field) is expected


@pytest.mark.parametrize(
    ("name", "after", "codes"),
    [
        ("promised_on", 2, []),
        ("promised_on", 1, ["same_date"]),
        ("promised_on", 0, ["required"]),
        ("planned_on", 0, []),  # taken off the plan
    ],
)
def test_a_move_is_to_another_day(name, after, codes):
    assert [p.code for p in check_move(name, MARCH[1], MARCH[after], "Agreed")] == codes
