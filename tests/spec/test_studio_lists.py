"""Tags, names of action types and grade rules: which stand, and what grades propose (F1, F2)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from core.grades import GradeRule, check_rules, is_due, proposed
from core.policies import DEFAULTS, override
from core.process.actions import check
from core.process.evidence import NextStep
from core.process.stages import STAGES
from core.studio import Area, differences, part_of, rebase
from core.vocabulary import (
    ActionType,
    Tag,
    all_types,
    check_tags,
    check_types,
    is_offered,
    offered,
    own_terms,
)
from data.queries.studio_lists import shipped_stages
from data.text import translate
from tests.spec.test_action_rules import CONTEXT, GOOD
from tests.spec.test_own_records import ERP

NOW = datetime(2026, 3, 4, tzinfo=UTC)
BIG = Tag("own_big", {"en": "Big", "zh": "大"}, high_value=True)
RULES = (GradeRule("A", "amount_open >= 100 and tags contains 'budget'"), GradeRule("C", "own_erp is filled"))


# fmt: off
TAGS = [
    ([BIG],                                                      []),
    ([BIG, Tag("a", {"en": "", "zh": "甲"})],                    [("a.name_en", "required")]),
    ([BIG, Tag("a", {"en": "x" * 61, "zh": "甲"})],              [("a.name_en", "too_long")]),
    ([BIG, Tag("a", {"en": "big", "zh": "甲"})],                 [("a.name_en", "name_taken")]),
    ([BIG, Tag("a", {"en": "big", "zh": "大"}, retired=True)],   []),
    ([Tag(str(n), {"en": str(n), "zh": str(n)}) for n in range(101)], [("", "too_many_tags")]),
]
# fmt: on


@pytest.mark.parametrize(("tags", "found"), TAGS)
def test_tags(tags, found):
    assert [(p.field, p.code) for p in check_tags(tags)] == found


def test_action_types():
    shipped = shipped_stages()
    first = ActionType("appointment", {"en": "First visit", "zh": "首访"})
    assert check_types([first], shipped) == []
    taken = [ActionType("appointment", {}), ActionType("solution_demo", {"en": "Appointment", "zh": "演示"})]
    assert [(p.field, p.code) for p in check_types(taken, shipped)] == [
        ("solution_demo.name_en", "name_taken")
    ]
    assert {p.code for p in check_types([ActionType("own_trial", {})], shipped)} == {"required"}
    off = [replace(one, off=True) for one in all_types(())]
    assert [p.code for p in check_types(off, shipped)] == ["no_type_left"]


def test_a_type_that_is_off_was_there_before():
    trial = ActionType("own_trial", {"en": "Trial", "zh": "试用"}, off=True, off_since=NOW)
    policy = replace(DEFAULTS, stages=(trial,))
    assert offered(policy.stages) == STAGES
    then, now = NOW - timedelta(days=1), NOW + timedelta(days=1)
    assert (is_offered("own_trial", policy.stages, then), is_offered("own_trial", policy.stages, now)) == (
        True,
        False,
    )
    step = NextStep("own_trial", CONTEXT.known_at + timedelta(days=2))
    action = replace(GOOD, type="own_trial", next_step=step, fields={})
    late = replace(policy, stages=(replace(trial, off_since=CONTEXT.known_at + timedelta(days=1)),))
    early = replace(policy, stages=(replace(trial, off_since=CONTEXT.known_at),))
    assert check(action, CONTEXT, late) == ()
    assert [(p.field, p.code) for p in check(action, CONTEXT, early)] == [
        ("type", "type_off"), ("next_step.type", "unknown_choice"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("facts", "grade"),
    [
        ({"amount_open": Decimal(100), "tags": ["budget_approved"]}, "A"),
        ({"amount_open": Decimal(100), "tags": []}, None),
        ({"amount_open": Decimal(0), "own_erp": "weak"}, "C"),
        ({"amount_open": Decimal(500), "tags": ["budget_approved"], "own_erp": "weak"}, "A"),
        ({}, None),
    ],
)
def test_the_best_grade_whose_condition_holds_is_proposed(facts, grade):
    assert proposed(RULES, facts) == grade


@pytest.mark.parametrize(
    ("proposal", "grade", "days_ago", "due"),
    [
        ("A", "B", 31, True),
        ("A", "B", 29, False),
        ("A", "A", 90, False),
        ("A", None, None, True),
        (None, "B", 90, False),
    ],
)
def test_who_graded_lately_has_decided(proposal, grade, days_ago, due):
    graded = None if days_ago is None else NOW - timedelta(days=days_ago)
    assert is_due(proposal, grade, graded, NOW, 30) is due


def test_a_rule_reads_only_what_there_is():
    assert check_rules(RULES, [ERP]) == []
    wrong = [GradeRule("A", "amount_open >="), GradeRule("B", "budget > 1"), GradeRule("E", "tags is filled")]
    assert [(p.field, p.code) for p in check_rules([*wrong, RULES[1]], [])] == [
        ("A", "condition_unfinished"), ("B", "condition_unknown_name"), ("E", "unknown_choice"),
        ("C", "condition_unknown_name"),
    ]  # fmt: skip


def test_each_list_is_a_part_of_its_own():
    changes = {
        "tags": [{"key": "own_big", "label": BIG.label, "high_value": True}],
        "stages": [{"key": "appointment", "label": {"en": "First visit", "zh": "首访"}}],
        "grade_rules": [{"grade": "A", "condition": "amount_open > 1"}],
        "silent_days": 20,
    }
    assert {area: list(part_of(area, changes)) for area in Area} == {
        Area.FIELDS: [], Area.RULES: ["silent_days"], Area.TAGS: ["tags"],
        Area.GRADES: ["grade_rules"], Area.STAGES: ["stages"], Area.REPORTS: [], Area.HOME: [],
        Area.NOTICES: [],
    }  # fmt: skip
    policy = override(changes, 3)
    assert (policy.tags, policy.grade_rules[0].grade) == ((BIG,), "A")
    assert set(own_terms(policy.tags, policy.stages)) == {"terms.tag.own_big", "terms.stage.appointment"}
    mine = {"grade_rules": [{"grade": "B", "condition": "amount_open > 0"}]}
    both = rebase(Area.GRADES, {}, mine, part_of(Area.GRADES, changes))
    assert [rule["grade"] for rule in both["grade_rules"]] == ["A", "B"]
    assert [d.item for d in differences(Area.GRADES, {}, both)] == ["A", "B"]


@pytest.mark.parametrize(("language", "field"), [("en", "field"), ("zh", "字段")])
def test_a_taken_name_is_told_alike_of_tags_types_and_fields(language, field):
    said = translate(language, "problems.name_taken")
    assert said != "problems.name_taken"
    assert field not in said
