"""When an alert speaks: PRODUCT.md A3."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from core.policies import DEFAULTS
from core.process.alerts import RULES, findings
from core.process.alerts.demos_without_quote import evaluate
from core.process.alerts.facts import OpportunityFacts
from core.terms import Severity
from data.text import LANGUAGES, has

SINCE = datetime(2026, 3, 4, tzinfo=UTC)

# fmt: off
DEMOS = [
    # stage now              events in its run   policy   red?
    ("solution_demo",        2,                  3,       False),
    ("solution_demo",        3,                  3,       True),
    ("solution_demo",        4,                  3,       True),
    ("solution_demo",        4,                  5,       False),
    ("quote_confirmation",   3,                  3,       False),
    ("needs_diagnosis",      9,                  3,       False),
]
# fmt: on


@pytest.mark.parametrize(("stage", "run", "limit", "red"), DEMOS)
def test_demos_in_a_row_without_a_quote(stage, run, limit, red):
    facts = OpportunityFacts(1, stage, SINCE, run, run_started_by=10)
    finding = evaluate(facts, replace(DEFAULTS, demos_without_quote=limit))
    assert (finding is not None) == red
    assert finding is None or finding.severity is Severity.RED


def test_a_fourth_demo_is_the_same_cause_and_a_new_run_is_a_new_one():
    third, fourth, later = (
        evaluate(OpportunityFacts(1, "solution_demo", SINCE, run, start), DEFAULTS)
        for run, start in ((3, 10), (4, 10), (3, 25))
    )
    assert third.key == fourth.key != later.key


def test_every_rule_can_explain_itself_in_both_languages():
    keys = [f"alerts.{rule}.{part}" for rule in RULES for part in ("name", "why", "action")]
    assert [(language, k) for language in LANGUAGES for k in keys if not has(language, k)] == []


def test_all_rules_are_asked():
    facts = OpportunityFacts(1, "solution_demo", SINCE, 3, 10)
    assert [f.rule for f in findings(facts, DEFAULTS)] == ["demos_without_quote"]
