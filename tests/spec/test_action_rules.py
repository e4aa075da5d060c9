"""What an action needs, as a table: PRODUCT.md A1, A2 and A6.

Each row changes one thing of a correct action and names the problem that follows.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.policies import DEFAULTS
from core.process.actions import FIELDS, ActionContext, ActionInput, check
from core.process.evidence import NextStep
from core.process.stages import STAGES
from core.terms import ActionStatus, Outcome

SOON, CLOSE = "too_soon_after_previous", "too_close_to_following"
TWICE, WITH = "two_meetings_at_once", "two_meetings_with"
NOW = datetime(2026, 3, 4, 10, 0, tzinfo=UTC)


def at(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 3, 4, hour, minute, tzinfo=UTC)


CONTEXT = ActionContext(known_at=NOW, now=NOW, earlier_records=frozenset({7}))

GOOD = ActionInput(
    type="needs_diagnosis",
    status=ActionStatus.COMPLETED,
    started_at=at(8),
    ended_at=at(9),
    summary="They plan on paper and lose a day a week.",
    follows=7,
    next_step=NextStep("solution_demo", NOW + timedelta(days=1)),
    fields={"pain": "slow", "current_process": "paper", "budget": "500k", "decision_chain": "CEO"},
)

FIELDS_BY_TYPE = {
    "appointment": {"purpose": "talk", "attendees": [{"name": "Wu", "role": "buyer"}], "place": "here"},
    "needs_diagnosis": GOOD.fields,
    "solution_demo": {"shown": "MES", "watchers": [{"name": "Wu", "role": "user"}], "reaction": "interested"},
    "objection_handling": {"objection": "too dear", "response": "pays back", "resolution": "open"},
    "quote_confirmation": {
        "quote": {"amount": Decimal(9), "currency": "CNY"}, "valid_until": date(2026, 4, 1), "terms": "net",
    },
}  # fmt: skip


def codes(action: ActionInput, context: ActionContext = CONTEXT, policy=DEFAULTS) -> set[tuple[str, str]]:
    return {(p.field, p.code) for p in check(action, context, policy)}


@pytest.mark.parametrize("type_", STAGES)
def test_a_correct_action_of_each_type_passes(type_):
    assert codes(replace(GOOD, type=type_, fields=FIELDS_BY_TYPE[type_])) == set()


@pytest.mark.parametrize("type_", STAGES)
def test_each_type_asks_for_its_own_fields(type_):
    missing = {(f"fields.{f.key}", "required") for f in FIELDS[type_] if f.required}
    assert codes(replace(GOOD, type=type_, fields={})) == missing


# fmt: off
EVIDENCE = [
    # what is changed                                 field                     problem
    ({"summary": "   "},                              "summary",                "summary_required"),
    ({"summary": "ok"},                               "summary",                "summary_too_short"),
    ({"follows": None},                               "follows",                "link_required"),
    ({"follows": 8},                                  "follows",                "link_unknown"),
    ({"next_step": None},                             "next_step",              "next_step_required"),
    ({"next_step": NextStep("solution_demo", None)},  "next_step.planned_for",  "required"),
    ({"next_step": NextStep("solution_demo", NOW)},   "next_step.planned_for",  "not_in_future"),
    ({"next_step": NextStep("lunch", at(23))},        "next_step.type",         "unknown_choice"),
    ({"outcome": Outcome.WON},                        "next_step",              "next_step_after_close"),
    ({"next_step": NextStep("", at(23))},             "next_step.type",         "required"),
    ({"type": "lunch"},                               "type",                   "unknown_choice"),
    ({"type": ""},                                    "type",                   "required"),
    ({"summary": "x" * 20_001},                       "summary",                "too_long"),
    ({"started_at": None},                            "started_at",             "required"),
    ({"ended_at": None},                              "ended_at",               "required"),
    ({"ended_at": at(8)},                             "ended_at",               "end_before_start"),
    ({"ended_at": at(10, 1)},                         "ended_at",               "in_future"),
    ({"started_at": at(11), "ended_at": at(12)},      "started_at",             "starts_in_future"),
    ({"started_at": at(8) - timedelta(hours=12)},     "ended_at",               "too_long_action"),
]

AROUND = [
    # previous ends   following starts   the rep is busy             problems
    (None,            None,              (),                         set()),
    (at(7, 30),       None,              (),                         set()),
    (at(7, 31),       None,              (),                         {("started_at", SOON)}),
    (None,            at(9, 30),         (),                         set()),
    (None,            at(9, 29),         (),                         {("ended_at", CLOSE)}),
    (None,            None,              ((at(7), at(8), ""),),      set()),
    (None,            None,              ((at(7), at(8, 1), ""),),   {("started_at", TWICE)}),
    (None,            None,              ((at(9), at(10), ""),),     set()),
    (None,            None,              ((at(8, 10), at(8, 20), ""),), {("started_at", TWICE)}),
    (None,            None,              ((at(7), at(9), "Haihe"),), {("started_at", WITH)}),
]
# fmt: on


@pytest.mark.parametrize(("change", "field", "code"), EVIDENCE)
def test_one_thing_wrong_gives_one_problem_at_its_field(change, field, code):
    assert codes(replace(GOOD, **change)) == {(field, code)}


@pytest.mark.parametrize(("previous", "following", "busy", "expected"), AROUND)
def test_time_around_an_action(previous, following, busy, expected):
    context = replace(CONTEXT, previous_end=previous, following_start=following, busy=busy)
    assert codes(GOOD, context) == expected


def test_the_first_action_of_a_customer_has_no_link():
    assert codes(replace(GOOD, follows=None), replace(CONTEXT, earlier_records=frozenset())) == set()


# fmt: off
LAST_DAYS = [
    # company's days in   the quote ends at (UTC)    its last day        expired when made
    ("Asia/Shanghai",     datetime(2026, 3, 3, 15, 59, tzinfo=UTC),  date(2026, 3, 3),   False),
    ("Asia/Shanghai",     datetime(2026, 3, 3, 16, 1, tzinfo=UTC),   date(2026, 3, 3),   True),
    ("America/New_York",  datetime(2026, 3, 4, 4, 59, tzinfo=UTC),   date(2026, 3, 3),   False),
    ("America/New_York",  datetime(2026, 3, 4, 5, 1, tzinfo=UTC),    date(2026, 3, 3),   True),
]
# fmt: on


@pytest.mark.parametrize(("zone", "ended_at", "last_day", "expired"), LAST_DAYS)
def test_a_quote_lasts_until_the_end_of_the_companys_day(zone, ended_at, last_day, expired):
    fields = FIELDS_BY_TYPE["quote_confirmation"] | {"valid_until": last_day}
    quote = replace(
        GOOD, type="quote_confirmation", fields=fields, started_at=ended_at - timedelta(hours=1),
        ended_at=ended_at,
    )  # fmt: skip
    found = codes(quote, replace(CONTEXT, zone=ZoneInfo(zone)))
    assert (("fields.valid_until", "expired_when_made") in found) is expired


def test_a_second_quote_says_what_changed():
    quote = replace(GOOD, type="quote_confirmation", fields=FIELDS_BY_TYPE["quote_confirmation"])
    again = replace(CONTEXT, earlier_quote=True)
    assert codes(quote, again) == {("fields.changes", "changes_required")}
    assert codes(replace(quote, fields={**quote.fields, "changes": "5% less"}), again) == set()


def test_both_texts_of_an_objection_are_mandatory():
    objection = replace(GOOD, type="objection_handling", fields={"objection": " ", "resolution": "resolved"})
    assert codes(objection) == {("fields.objection", "required"), ("fields.response", "required")}


def test_a_company_may_ask_for_a_recording():
    strict = replace(DEFAULTS, recording_required=True)
    assert codes(GOOD, policy=strict) == {("recording", "recording_required")}
    assert codes(replace(GOOD, recording="ab" * 32), policy=strict) == set()


@pytest.mark.parametrize(
    ("planned_for", "expected"),
    [
        (NOW + timedelta(minutes=1), set()),
        (NOW, {("started_at", "not_in_future")}),
        (None, {("started_at", "required")}),
    ],
)
def test_a_planned_action_needs_a_future_time_and_no_evidence(planned_for, expected):
    planned = ActionInput(type="solution_demo", status=ActionStatus.PLANNED, started_at=planned_for)
    assert codes(planned) == expected


@given(gap=st.integers(0, 120), length=st.integers(1, 300), limit=st.integers(0, 90))
def test_the_gap_is_exactly_the_policy(gap, length, limit):
    start = NOW - timedelta(minutes=length)
    action = replace(GOOD, started_at=start, ended_at=NOW)
    context = replace(CONTEXT, previous_end=start - timedelta(minutes=gap))
    found = codes(action, context, replace(DEFAULTS, min_gap_minutes=limit))
    assert (("started_at", SOON) in found) == (gap < limit)


@given(st.text(max_size=40), st.text(max_size=40))
def test_no_text_makes_the_check_fail_otherwise_than_by_a_problem(summary, pain):
    action = replace(GOOD, summary=summary, fields={**GOOD.fields, "pain": pain})
    assert codes(action) <= {
        ("summary", "summary_required"), ("summary", "summary_too_short"), ("fields.pain", "required"),
    }  # fmt: skip
