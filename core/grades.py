"""Rules that propose a customer's grade: conditions over what is known of it (PRODUCT.md F1, F2).

A proposal is never written by itself: it is a to-do, and a person grades with a reason.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from core.conditions import Fault, holds, names, read
from core.definitions import CUSTOMER
from core.fields import Field, Kind
from core.messages import Problem
from core.terms import SEGMENTS, Grade

FACTS: tuple[Field, ...] = (
    Field("amount_open", Kind.NUMBER),
    Field("open_opportunities", Kind.NUMBER),
    Field("won_year", Kind.NUMBER),
    Field("days_since_won", Kind.NUMBER),
    Field("days_since_contact", Kind.NUMBER),
    Field("high_value_tags", Kind.NUMBER),
    Field("tags", Kind.TEXT),
    Field("segment", Kind.CHOICE, choices=SEGMENTS),
    Field("industry", Kind.TEXT),
    Field("region", Kind.TEXT),
)  # what a rule may read, besides own fields of customers; amounts in the company's currency


@dataclass(frozen=True, slots=True)
class GradeRule:
    """The condition under which a grade is proposed; A before B before C before D."""

    grade: str
    condition: str


def rule_from(document: Mapping[str, Any]) -> GradeRule:
    """A rule from its document."""
    return GradeRule(document["grade"], document["condition"])


def readable(own: Iterable[Field]) -> tuple[Field, ...]:
    """Fields that a rule may read.

    Args:
        own: the company's own fields; those of customers count.
    """
    return (*FACTS, *(f for f in own if CUSTOMER in f.types and not f.retired))


def check_rules(rules: Sequence[GradeRule], own: Iterable[Field]) -> list[Problem]:
    """What is wrong with rules, each at its grade."""
    known = {field.key for field in readable(own)}
    problems = []
    for rule in rules:
        condition = read(rule.condition)
        if rule.grade not in tuple(Grade):
            problems.append(Problem(rule.grade, "unknown_choice", {"value": rule.grade}))
        elif isinstance(condition, Fault):
            problems.append(Problem(rule.grade, condition.code, {"value": condition.value}))
        else:
            unknown = sorted(names(condition) - known)
            problems += [Problem(rule.grade, "condition_unknown_name", {"value": n}) for n in unknown]
    return problems


def proposed(rules: Iterable[GradeRule], facts: Mapping[str, Any]) -> str | None:
    """The best grade whose condition holds; None where none does.

    >>> rules = [GradeRule("B", "amount_open >= 10"), GradeRule("A", "amount_open >= 100")]
    >>> [proposed(rules, {"amount_open": n}) for n in (500, 50, 5)]
    ['A', 'B', None]
    """
    for rule in sorted(rules, key=lambda one: one.grade):
        condition = read(rule.condition)
        if not isinstance(condition, Fault) and holds(condition, facts):
            return rule.grade
    return None


def is_due(
    proposal: str | None, grade: str | None, graded_at: datetime | None, now: datetime, rest_days: int
) -> bool:
    """Whether a proposal is a to-do: it differs, and nobody has graded in the last `rest_days` days.

    Who graded otherwise has decided: the rules are silent until that is old.
    """
    if proposal is None or proposal == grade:
        return False
    return graded_at is None or graded_at < now - timedelta(days=rest_days)
