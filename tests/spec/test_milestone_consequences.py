"""What hangs on a milestone: the bonus's factor, the freeze, and when either is in force."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from core.milestones.assess import State
from core.milestones.consequences import Consequence, Force, check_words, consequence, final, force
from core.policies import DEFAULTS

DUE = date(2026, 11, 11)
NOVEMBER, JANUARY, APRIL = date(2026, 11, 1), date(2027, 1, 1), date(2027, 4, 1)
LOOSE = replace(DEFAULTS, freeze_milestones=(), bonus_factors=(1.0, 1.5, 1.0, 1.0))
EVERY = replace(DEFAULTS, freeze_milestones=("60", "90"), bonus_factors=(1.05, 1.2, 1.0, 1.1))

# fmt: off
BRINGS = [
    # day  counts as      company  policy     what it brings
    (60,  State.MET,     True,    DEFAULTS,  Consequence(NOVEMBER, 1.2)),
    (60,  State.MET,     False,   DEFAULTS,  Consequence(NOVEMBER, 1.2)),
    (60,  State.MISSED,  True,    DEFAULTS,  Consequence(NOVEMBER, 1.0, JANUARY, APRIL)),
    (60,  State.MISSED,  False,   DEFAULTS,  Consequence(NOVEMBER, 1.0)),  # a team freezes nobody's features
    (60,  State.LITTLE,  True,    DEFAULTS,  Consequence(NOVEMBER, 1.0)),  # moves nothing
    (60,  State.MISSED,  True,    LOOSE,     Consequence(NOVEMBER, 1.0)),
    (60,  State.MET,     True,    LOOSE,     Consequence(NOVEMBER, 1.5)),
    (30,  State.MET,     True,    DEFAULTS,  None),
    (90,  State.MISSED,  True,    DEFAULTS,  None),
    (30,  State.MET,     True,    EVERY,     Consequence(NOVEMBER, 1.05)),
    (30,  State.MISSED,  True,    EVERY,     Consequence(NOVEMBER, 1.0)),  # freezes nothing
    (90,  State.MET,     False,   EVERY,     Consequence(NOVEMBER, 1.0)),
    (90,  State.MISSED,  True,    EVERY,     Consequence(NOVEMBER, 1.0, JANUARY, APRIL)),
    (120, State.MET,     True,    EVERY,     Consequence(NOVEMBER, 1.1)),
]
# fmt: on


@pytest.mark.parametrize(("day", "counts_as", "company", "policy", "expected"), BRINGS)
def test_what_a_milestone_brings(day, counts_as, company, policy, expected):
    assert consequence(day, DUE, counts_as, whole_company=company, policy=policy) == expected


# fmt: off
FORCES = [
    # signed  appeals          standing
    (False,  [],              Force.UNSIGNED),
    (True,   [],              Force.IN_FORCE),
    (True,   [None],          Force.APPEALED),   # a signature waits too
    (False,  [None, False],   Force.APPEALED),
    (True,   [False],         Force.IN_FORCE),
    (False,  [True],          Force.UNSIGNED),
]
# fmt: on


@pytest.mark.parametrize(("signed", "appeals", "expected"), FORCES)
def test_when_it_is_in_force(signed, appeals, expected):
    assert force(signed, appeals) is expected


def test_an_appeal_that_is_upheld_makes_it_count_as_met():
    assert [final(verdict, True) for verdict in State] == [State.MET] * 3
    assert [final(verdict, False) for verdict in State] == list(State)


# fmt: off
DAYS = [
    (date(2026, 12, 31), False), (JANUARY, True), (date(2027, 3, 31), True), (APRIL, False), (None, False),
]
# fmt: on


@pytest.mark.parametrize(("planned_on", "frozen"), DAYS)
def test_the_freeze_holds_its_quarter(planned_on, frozen):
    assert Consequence(NOVEMBER, 1.0, JANUARY, APRIL).freezes(planned_on) is frozen
    assert not Consequence(NOVEMBER, 1.0).freezes(planned_on)


def test_an_appeal_and_its_answer_need_words():
    assert [p.code for p in check_words("words", "  ")] == ["reason_required"]
    assert [p.code for p in check_words("words", "x" * 2001)] == ["too_long"]
    assert list(check_words("words", "Two months were booked late")) == []
