"""A talk's steps: by records where there is a customer, by word where there is none."""

from datetime import UTC, datetime, timedelta

import pytest

from core.reports.commitments import Commitment, Kept, Proof, Record
from core.reports.talks import Step, check_note, check_step, looks_back

NOW = datetime(2026, 3, 4, 4, tzinfo=UTC)


def days(n):
    return NOW + timedelta(days=n)


def step(customer, due, settled=None):
    agreed = Commitment(1, "Call", 7, "Rep", customer, "", None, Proof.ACTION, None, days(due), days(-7))
    return Step(agreed, None if settled is None else days(settled))


def record(customer, day):
    return Record(Proof.ACTION, 5, customer, None, days(day), "appointment", "Rep")


# fmt: off
STEPS = [
    # step                 records              state
    (step(3, due=1),       [],                  Kept.OPEN),
    (step(3, due=-1),      [],                  Kept.MISSED),
    (step(3, due=-1),      [record(3, -2)],     Kept.KEPT),
    (step(3, due=-3),      [record(3, -2)],     Kept.LATE),
    (step(3, due=1),       [record(4, -2)],     Kept.OPEN),      # another customer's
    (step(3, due=1),       [record(3, -8)],     Kept.OPEN),      # before the talk
    (step(3, -1, -2),      [],                  Kept.MISSED),    # with a customer no word counts
    (step(None, due=1),    [record(3, -2)],     Kept.OPEN),
    (step(None, due=-1),   [],                  Kept.MISSED),
    (step(None, 1, -1),    [],                  Kept.KEPT),
    (step(None, -2, -1),   [],                  Kept.LATE),
]
# fmt: on


@pytest.mark.parametrize(("agreed", "records", "state"), STEPS)
def test_a_step_stands(agreed, records, state):
    assert check_step(agreed, records, NOW).state is state


def test_a_talk_looks_back_to_the_last_one_or_four_weeks():
    assert looks_back([days(-9), days(-16)], NOW) == days(-9)
    assert looks_back([], NOW) == days(-28)


def test_a_talk_that_takes_steps_still_does_not_empty_its_own_sheet():
    assert looks_back([NOW, days(-7)], NOW) == days(-7)
    assert looks_back([days(-1), days(-7)], NOW) == days(-7)
    assert looks_back([NOW], NOW) == days(-28)


@pytest.mark.parametrize(("note", "codes"), [("", ["required"]), ("x" * 2001, ["too_long"]), ("Fine", [])])
def test_a_talk_leaves_a_note(note, codes):
    assert [p.code for p in check_note(note)] == codes
