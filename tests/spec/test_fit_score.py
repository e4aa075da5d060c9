"""The product's fit score from drawn use."""

from __future__ import annotations

from datetime import date

import pytest

from core.milestones.evidence import Evidence
from core.milestones.fit import CAPABILITIES, Fit, used_of
from data.commands.command import COMMANDS
from tests.data import test_refusals  # noqa: F401 - imports every command

ALL = {name: 1 for name in CAPABILITIES}
# areas of commands that keep the house in order and are no capability of the product
UPKEEP = {
    "account", "backup", "ballot", "currency", "home", "job", "outbox", "person", "privacy", "report",
    "session", "team", "undo",
}  # fmt: skip
HALF = {name: n % 2 for n, name in enumerate(CAPABILITIES)}


def steps(drawn: str) -> list[Evidence]:
    return [Evidence(n, date(2026, 3, 1), "Li", "", float(mark == "+")) for n, mark in enumerate(drawn)]


# fmt: off
SCORES = [
    # used   steps         setup   coverage           daily   effort   score
    (ALL,   "+++++",       0.2,    1.0,               1.0,    1.0,     1.0),
    (ALL,   "++++-----+",  1.0,    1.0,               0.5,    1.0,     0.5),
    (ALL,   "+++++",       4.0,    1.0,               1.0,    4.0,     0.25),
    (HALF,  "+++++",       0.0,    sum(HALF.values()) / len(HALF), 1.0, 1.0, sum(HALF.values()) / len(HALF)),
    (ALL,   "++++",        1.0,    1.0,               None,   1.0,     None),   # four steps say too little
    (ALL,   "+++++",       None,   1.0,               1.0,    None,    None),   # nobody has recorded yet
]
# fmt: on


@pytest.mark.parametrize(("used", "drawn", "setup", "coverage", "daily", "effort", "score"), SCORES)
def test_coverage_times_fit_over_effort(used, drawn, setup, coverage, daily, effort, score):
    fit = Fit(used, steps(drawn), setup)
    assert (fit.coverage, fit.daily, fit.effort, fit.score) == (coverage, daily, effort, score)


def test_every_capability_names_commands_that_exist():
    assert {c for commands in CAPABILITIES.values() for c in commands} <= set(COMMANDS)
    assert used_of({})["record"] == 0


def test_every_other_area_of_commands_belongs_to_a_capability():
    area = {command.partition(".")[0] for commands in CAPABILITIES.values() for command in commands}
    assert {command.partition(".")[0] for command in COMMANDS} - area == UPKEEP
