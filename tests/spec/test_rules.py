"""Which of the policy's numbers the studio changes, within which bounds, and what it refuses (F2)."""

from __future__ import annotations

from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.policies import DEFAULTS, Policy, override
from core.rules import GROUPS, NOT_HERE, RULES, Unit, check_values, value_of, with_values
from data.text import LANGUAGES, catalogue


def test_every_attribute_of_the_policy_can_be_changed_or_says_why_not():
    changed = {rule.attribute for rule in RULES.values()}
    assert changed | set(NOT_HERE) == {f.name for f in fields(Policy)}
    assert not changed & set(NOT_HERE)


def test_what_is_shipped_is_within_its_own_bounds():
    shipped = {name: value_of(DEFAULTS, rule) for name, rule in RULES.items()}
    assert check_values({}, shipped) == []
    assert with_values({}, shipped) == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_rule_is_named_and_explained(language):
    words = catalogue(language)
    wanted = {f"rules.{part}.{n.replace('.', '_')}" for part in ("name", "help") for n in RULES}
    wanted |= {f"rules.groups.{group}" for group in GROUPS}
    wanted |= {f"rules.unit.{u}" for u in Unit if u not in (Unit.SWITCH, Unit.SOME, Unit.COUNT)}
    assert wanted - set(words) == set()


# fmt: off
WRONG = [
    # rules                                                  at                        problem
    ({"min_gap_minutes": -1},                                "min_gap_minutes",        "below_bound"),
    ({"max_action_hours": 25},                               "max_action_hours",       "above_bound"),
    ({"min_gap_minutes": 10.5},                              "min_gap_minutes",        "not_whole"),
    ({"min_gap_minutes": None},                              "min_gap_minutes",        "not_number"),
    ({"min_gap_minutes": True},                              "min_gap_minutes",        "not_number"),
    ({"hourly_share": float("nan")},                         "hourly_share",           "below_bound"),
    ({"hourly_share": 1.2},                                  "hourly_share",           "above_bound"),
    ({"recording_required": 1},                              "recording_required",     "required"),
    ({"alerts_off": ("lunch",)},                             "alerts_off",             "unknown_choice"),
    ({"lunch_minutes": 30},                                  "lunch_minutes",          "unknown_choice"),
    ({"sla_hours.0": 9},                                     "sla_hours.0",            "rules_crossed"),
    ({"sla_hours.1": 1.0},                                   "sla_hours.1",            "rules_crossed"),
    ({"acceptance_remind_days": 20},                         "acceptance_remind_days", "rules_crossed"),
    ({"commit_chance": 0.2},                                 "commit_chance",          "rules_crossed"),
    ({"commit_chance": 0.2, "best_case_chance": 0.1},        None,                     None),
    ({"sla_hours.0": 9, "sla_hours.1": 10},                  None,                     None),
]
# fmt: on


@pytest.mark.parametrize(("values", "field", "code"), WRONG)
def test_nonsense_is_refused_at_its_rule(values, field, code):
    found = [(p.field, p.code) for p in check_values({}, values)]
    assert found == ([] if code is None else [(field, code)])


def numbers():
    one = st.sampled_from([r for r in RULES.values() if r.unit not in (Unit.SWITCH, Unit.SOME)])
    return one.flatmap(lambda r: st.tuples(st.just(r.name), st.integers(int(r.low), int(r.high))))


@given(st.lists(numbers(), max_size=6, unique_by=lambda pair: pair[0]).map(dict))
def test_a_policy_says_what_it_was_set_to(values):
    changes = with_values({}, values)
    policy = override(changes, 3)
    assert {name: value_of(policy, RULES[name]) for name in values} == values
    for name in changes:
        assert changes[name] != getattr(DEFAULTS, name)
