"""The sheet between a draft and an action: nothing that was written is lost or changed on the way."""

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from core.fields import Kind, check
from core.process.actions import FIELDS, ActionInput
from core.process.evidence import NextStep
from core.process.sheet import Step, concerns, instant, opening, quick_days, read_sheet, write_sheet
from core.process.stages import STAGES
from core.terms import ActionStatus, Outcome

ZONES = ("Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC")
WORDS = st.text(min_size=1, max_size=30)
VALUES = {
    Kind.TEXT: WORDS,
    Kind.LONG_TEXT: WORDS,
    Kind.DATE: st.dates(date(2000, 1, 1), date(2100, 1, 1)),
    Kind.MONEY: st.fixed_dictionaries(
        {
            "amount": st.decimals(0, 10**12, places=2, allow_nan=False),
            "currency": st.sampled_from(["CNY", "USD"]),
        }
    ),
}


@st.composite
def instants(draw, zone: str):
    """Minutes whose wall clock names them alone: not the second showing of an autumn hour."""
    at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=draw(st.integers(0, 365 * 24 * 60)))
    assume(at.astimezone(ZoneInfo(zone)).fold == 0)
    return at


def value_of(draw, field):
    if field.kind is Kind.CHOICE:
        return draw(st.sampled_from(field.choices))
    if field.kind is Kind.PEOPLE:
        names = draw(st.lists(WORDS, min_size=1, max_size=3, unique=True))
        return [{"name": n, "role": draw(st.sampled_from(field.choices))} for n in names]
    return draw(VALUES[field.kind])


@st.composite
def actions(draw, zone: str):
    type_ = draw(st.sampled_from(STAGES))
    start = draw(instants(zone))
    end = start + timedelta(minutes=draw(st.integers(1, 300)))
    local = [at.astimezone(ZoneInfo(zone)) for at in (start, end)]
    assume(
        local[0].date() == local[1].date() and local[0].replace(tzinfo=None) < local[1].replace(tzinfo=None)
    )
    assume(local[1].fold == 0)
    outcome = draw(st.sampled_from(Outcome))
    recording = draw(st.none() | st.just("ab" * 32))
    step = NextStep(draw(st.sampled_from(STAGES)), draw(instants(zone)), draw(st.text(max_size=20)))
    return ActionInput(
        type=type_,
        status=ActionStatus.COMPLETED,
        started_at=start,
        ended_at=end,
        summary=draw(st.text(max_size=50)),
        recording=recording,
        transcript=draw(st.none() | WORDS) if recording else None,
        follows=draw(st.none() | st.integers(1, 9)),
        completes=draw(st.none() | st.integers(1, 9)),
        next_step=step if outcome is Outcome.OPEN else None,
        outcome=outcome,
        fields={f.key: value_of(draw, f) for f in FIELDS[type_]},
    )


@given(st.data())
def test_an_action_comes_back_from_its_sheet_as_it_was(data):
    zone = data.draw(st.sampled_from(ZONES))
    action = data.draw(actions(zone))
    kept = json.loads(json.dumps(write_sheet(action, zone)))  # as a draft keeps it
    assert read_sheet(kept, zone) == action
    assert write_sheet(read_sheet(kept, zone), zone) == kept


@given(st.data())
def test_a_plan_comes_back_too(data):
    zone = data.draw(st.sampled_from(ZONES))
    plan = ActionInput(
        "solution_demo", ActionStatus.PLANNED, started_at=data.draw(instants(zone)), note=data.draw(WORDS)
    )
    assert read_sheet(write_sheet(plan, zone), zone) == plan


@pytest.mark.parametrize(
    ("day", "clock", "zone", "expected"),
    [
        ("2026-03-04", "12:00", "Asia/Shanghai", "2026-03-04T04:00"),
        ("2026-03-29", "01:59", "Europe/Berlin", "2026-03-29T00:59"),
        ("2026-03-29", "02:30", "Europe/Berlin", "2026-03-29T01:30"),  # skipped: read as 03:30
        ("2026-03-29", "03:00", "Europe/Berlin", "2026-03-29T01:00"),
        ("2026-10-25", "02:30", "Europe/Berlin", "2026-10-25T00:30"),  # shown twice: the first
        ("2026-02-30", "12:00", "UTC", None),
        (None, "12:00", "UTC", None),
        ("2026-03-04", None, "UTC", None),
        ("0001-01-01", "00:00", "Asia/Shanghai", None),
    ],
)
def test_wall_clock_and_instant(day, clock, zone, expected):
    found = instant(day, clock, zone)
    assert (f"{found:%Y-%m-%dT%H:%M}" if found else None) == expected


def test_an_hour_over_the_change_of_clocks_is_an_hour():
    sheet = {"type": "appointment", "day": "2026-10-25", "start": "02:30"}
    for ending in ({"minutes": 60}, {"minutes": 0, "until": "02:30"}):
        action = read_sheet(sheet | ending, "Europe/Berlin")
        assert action.ended_at - action.started_at == timedelta(hours=1)


NOW = datetime(2026, 3, 4, 4, 10, tzinfo=UTC)  # 12:10 in Shanghai


@pytest.mark.parametrize(
    ("planned_before", "start", "minutes"),
    [
        (None, "11:00", 60),
        (timedelta(hours=3), "09:10", 60),
        (timedelta(minutes=40), "11:30", 30),
        (timedelta(minutes=10), "11:00", 60),  # cannot be over yet
        (-timedelta(hours=2), "11:00", 60),  # was held earlier than planned
    ],
)
def test_a_fresh_sheet_knows_when_it_was(planned_before, start, minutes):
    step = None if planned_before is None else Step(9, 1, "solution_demo", NOW - planned_before)
    sheet = opening(NOW, "Asia/Shanghai", step=step)
    assert (sheet["start"], sheet["minutes"]) == (start, minutes)
    assert sheet.get("completes") == (9 if step else None)
    assert read_sheet(sheet, "Asia/Shanghai").ended_at <= NOW


@pytest.mark.parametrize(
    ("taken", "start", "minutes"),
    [
        ([("11:00", "12:00")], "10:30", 30),
        ([("11:00", "11:30")], "11:30", 30),
        ([("10:00", "10:45")], "11:00", 60),
        ([("10:30", "12:30")], "10:00", 30),  # half an hour before and after a visit from 11 to 12
        ([("11:00", "12:00"), ("09:30", "10:30")], "10:30", 30),
        ([("00:00", "12:10")], "11:00", 60),  # nothing is free: as it is
    ],
)
def test_a_fresh_sheet_offers_no_time_that_is_taken(taken, start, minutes):
    spans = [tuple(instant("2026-03-04", clock, "Asia/Shanghai") for clock in span) for span in taken]
    sheet = opening(NOW, "Asia/Shanghai", taken=spans)
    assert (sheet["start"], sheet["minutes"]) == (start, minutes)


@pytest.mark.parametrize(
    ("problem", "changed", "gone"),
    [
        ("fields.pain", "fields-pain", True),
        ("fields.quote", "fields-quote-currency", True),
        ("fields.pain", "fields-budget", False),
        ("fields.pain", "type", True),
        ("started_at", "day", True),
        ("ended_at", "minutes", True),
        ("started_at", "plan-day", True),
        ("next_step", "next_step-type", True),
        ("next_step.planned_for", "outcome", True),
        ("summary", "next_step-note", False),
        ("opportunity.name", "opportunity-name", True),
        ("summary", "state", True),
    ],
)
def test_a_problem_goes_when_its_field_changes(problem, changed, gone):
    assert concerns(problem, changed) is gone


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)))
def test_days_at_a_touch_are_ahead_and_no_weekend(today):
    assert all(d > today and d.weekday() < 5 for d in quick_days(today).values())


def test_a_cleared_amount_or_unreadable_day_is_nothing():
    quote = {"type": "quote_confirmation", "fields-quote": "", "fields-valid_until": "soon"}
    fields = read_sheet(quote, "UTC").fields
    assert (fields["quote"]["amount"], fields["valid_until"]) == (None, None)
    good = read_sheet(quote | {"fields-quote": "1200.50", "fields-quote-currency": "CNY"}, "UTC")
    assert good.fields["quote"] == {"amount": Decimal("1200.50"), "currency": "CNY"}


# An amount as it was typed beside a currency; how it is read, else why it is not.
# fmt: off
AMOUNTS = [
    ("420000",    "CNY", 420_000),
    ("420,000.5", "CNY", Decimal("420000.5")),
    ("42万",      "CNY", 420_000),
    ("３百万",     "CNY", 3_000_000),
    ("60k",       "CNY", 60_000),
    ("¥1.2M",     "CNY", 1_200_000),
    ("$60k",      "USD", 60_000),
    ("-5",        "CNY", "negative_amount"),
    ("1,5",       "CNY", "unread_amount"),
    ("4 2x",      "CNY", "unread_amount"),
    ("nan",       "CNY", "unread_amount"),
    ("much",      "CNY", "unread_amount"),
    ("$60k",      "CNY", "amount_names_currency"),
    ("¥42万",     "USD", "amount_names_currency"),
    ("9" * 20,    "CNY", "number_too_large"),
]
# fmt: on


@pytest.mark.parametrize(("typed", "currency", "read"), AMOUNTS)
def test_an_amount_is_read_as_it_is_written_or_refused(typed, currency, read):
    quote = {"type": "quote_confirmation", "fields-quote": typed, "fields-quote-currency": currency}
    action = read_sheet(quote, "UTC")
    field = next(f for f in FIELDS["quote_confirmation"] if f.key == "quote")
    problems = check(field, action.fields["quote"])
    if isinstance(read, str):
        assert [p.code for p in problems] == [read]
    else:
        assert (action.fields["quote"]["amount"], problems) == (read, ())
