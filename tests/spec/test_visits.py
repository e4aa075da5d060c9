"""What is taken from a device's words: known fields of known kinds, and nothing that breaks a store."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.process.actions import FIELDS
from core.process.stages import STAGES
from core.process.visits import read_visit
from core.terms import Outcome

KEY = "0b7e4c9e-7f0c-4a7e-9a57-0c3f8a2b1d00"
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=3),
    max_leaves=6,
)


def visit(**sheet):
    told = {"key": KEY, "person": 3, "opportunity": 7, "sheet": {"type": "appointment", **sheet}}
    return read_visit(told).action("Asia/Shanghai")


# fmt: off
NO_VISITS = [
    None, [], "x", {}, {"key": KEY}, {"key": KEY, "person": True}, {"key": KEY, "person": "3"},
    {"key": KEY, "person": 0}, {"key": KEY, "person": 2**31}, {"key": "short", "person": 3},
    {"key": "x" * 65, "person": 3}, {"key": 5, "person": 3},
]
# fmt: on


@pytest.mark.parametrize("said", NO_VISITS)
def test_what_names_no_person_and_key_is_no_visit(said):
    assert read_visit(said) is None


def test_an_opportunity_that_is_no_id_is_none_at_all():
    for opportunity in (None, "7", -1, 2**40, 1.5):
        assert read_visit({"key": KEY, "person": 3, "opportunity": opportunity}).opportunity_id == 0


def test_times_are_read_in_the_persons_time_zone():
    action = visit(day="2026-03-04", start="10:00", minutes=60)
    assert (action.started_at, action.ended_at) == (
        datetime(2026, 3, 4, 2, tzinfo=UTC),
        datetime(2026, 3, 4, 3, tzinfo=UTC),
    )
    assert visit(day="2026-03-04", start="10:00", minutes=0, until="10:20").ended_at.minute == 20
    assert visit(day="soon", start="10:00", minutes=60).started_at is None


def test_fields_come_in_their_kind():
    people = [{"name": " Wu ", "role": "buyer"}, {"name": "", "role": "user"}, "Li", {"role": "user"}]
    assert visit(**{"fields-attendees": people}).fields["attendees"] == [{"name": "Wu", "role": "buyer"}]
    quote = {"type": "quote_confirmation", "fields-quote": {"amount": "1200.50", "currency": "CNY"}}
    assert visit(**quote).fields["quote"] == {"amount": Decimal("1200.50"), "currency": "CNY"}
    for amount in ("", None, 5):
        quote["fields-quote"] = {"amount": amount, "currency": "CNY"}
        assert visit(**quote).fields["quote"]["amount"] is None
    for amount in ("NaN", "1e999", "1,5"):  # stands as it was typed, to be refused at its field
        quote["fields-quote"] = {"amount": amount, "currency": "CNY"}
        assert visit(**quote).fields["quote"]["amount"] == amount
    assert visit(summary="a\x00b\ud800c").summary == "abc"


def test_a_device_names_no_recording_no_state_and_no_unknown_outcome():
    told = visit(state="cancelled", recording="a" * 64, completes=5, outcome="stolen", transcript="x")
    assert (told.status, told.recording, told.completes, told.outcome) == (
        "completed",
        None,
        None,
        Outcome.OPEN,
    )


@settings(max_examples=25)
@given(st.sampled_from(STAGES), st.lists(JSON, min_size=20, max_size=20))
def test_whatever_is_sent_becomes_an_action(type_, values):
    names = ["day", "start", "until", "summary", "outcome", "minutes", "follows"]
    names += ["next_step-type", "next_step-day", "next_step-time", "next_step-note"]
    names += [f"fields-{f.key}" for f in FIELDS[type_]]
    told = dict(zip(names, values, strict=False)) | {"type": type_}
    assert read_visit({"key": KEY, "person": 3, "sheet": told}).action("Asia/Shanghai").type == type_
