"""Why an opportunity missed its month's forecast: the class that the records speak for (B5).

The class of a deviation is proposed by rules over records, each with its evidence; a person decides. A
deviation beside which nothing is on record is called chance and nothing else.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

import numpy as np

from core.forecast.calibration import REJECTED
from core.forecast.luck import RARE, luck
from core.forecast.month_attribution import Part
from core.forecast.months import Line

SURPRISE = 0.25  # what happened had at most this probability: the model was far off
USUAL_ENDS = (0.05, 0.95)  # a factor between these quantiles of the run's opportunities is normal
LEAST_FACTORS = 3  # known factors from which "all normal" means something
TOGETHER_CUSTOMERS = 4  # of one industry, whose sum moved beyond chance
_LEAST_WEIGHT = 2
_ZERO = Decimal()


class Cause(StrEnum):
    """Why an opportunity missed its forecast, in the order in which ties are settled."""

    SHOCK = "shock"
    EMBELLISHED = "embellished"
    MISSING = "missing_factor"
    CHANCE = "chance"


@dataclass(frozen=True, slots=True)
class Facts:
    """What the records say of an opportunity around its month's forecast.

    Attributes:
        pushes: times its expected close was moved beyond the month after the run.
        signs: of its actions, those that stand out among their person's records (A6).
        unseen: events from before the run that were entered only after it.
        backdated: events of the 60 days before the run that were entered two days late or later.
        demands: demands of the customer that waited for an answer when the run was taken.
        events: names of the calendar's events that touch the month and its industry.
        industry: the customer's, where it is known.
    """

    pushes: int = 0
    signs: int = 0
    unseen: int = 0
    backdated: int = 0
    demands: int = 0
    events: tuple[str, ...] = ()
    industry: str | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """One thing on record that speaks for a class, in words `attribution.evidence.<code>`."""

    cause: Cause
    code: str
    weight: int
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Proposal:
    """The class that the evidence speaks for, the strongest first."""

    cause: Cause
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What all lines of the run say together.

    Attributes:
        ends: by factor, the values between which most opportunities lie.
        moved: industries that moved beyond chance: their common gap, and how many customers share its sign.
    """

    ends: Mapping[str, tuple[float, float]]
    moved: Mapping[str, tuple[Decimal, int]]


def surroundings(
    lines: Sequence[Line],
    factors: Mapping[int, Mapping[str, float]],
    industry: Mapping[int, tuple[str | None, str | None]],
) -> Surroundings:
    """What is usual in a run, and what moved together.

    Args:
        factors: factor values by line.
        industry: each opportunity's industry and customer.
    """
    names = {name for values in factors.values() for name in values}
    ends = {}
    for name in names:
        known = [values[name] for values in factors.values() if name in values]
        low, high = np.quantile(known, USUAL_ENDS)
        ends[name] = (float(low), float(high))
    large = _by_industry(lines, industry)
    moved = {name: gap for name, mine in large.items() if (gap := _together(mine, industry, len(large)))}
    return Surroundings(ends, moved)


def _by_industry(
    lines: Sequence[Line], industry: Mapping[int, tuple[str | None, str | None]]
) -> dict[str, list[Line]]:
    """The lines of industries with enough customers to move together."""
    found: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        if name := industry.get(line.opportunity, (None, None))[0]:
            found[name].append(line)
    customers = {name: {industry[line.opportunity][1] for line in mine} for name, mine in found.items()}
    return {name: found[name] for name, who in customers.items() if len(who - {None}) >= TOGETHER_CUSTOMERS}


def _together(
    lines: Sequence[Line], industry: Mapping[int, tuple[str | None, str | None]], looks: int
) -> tuple[Decimal, int] | None:
    """The common gap of an industry's lines and how many customers share it, if luck does not explain it.

    Luck goes so far in one month of twenty in any of the `looks` industries (Bonferroni).
    """
    gaps: dict[str | None, Decimal] = defaultdict(Decimal)
    for line in lines:
        gaps[industry[line.opportunity][1]] += line.actual - line.value
    gap = sum(gaps.values(), _ZERO)
    same = sum(customer is not None and own * gap > 0 for customer, own in gaps.items())
    chance = luck([line.chance for line in lines], [float(line.amount) for line in lines])
    far = chance is not None and abs(float(gap)) > chance.miss(1 - (1 - RARE) / looks)
    return (gap, same) if same >= TOGETHER_CUSTOMERS and far else None


def propose(
    line: Line, part: Part, facts: Facts, factors: Mapping[str, float], around: Surroundings
) -> Proposal:
    """The class that the records speak for: the one with the most weight, from two on; else chance."""
    found = [*_shock(part, facts, around), *_embellished(line, part, facts)]
    found += _missing(line, part, facts, factors, around)
    weights = {cause: sum(e.weight for e in found if e.cause is cause) for cause in Cause}
    best = max(Cause, key=lambda cause: weights[cause])  # the first of equals
    cause = best if weights[best] >= _LEAST_WEIGHT else Cause.CHANCE
    odds = Evidence(Cause.CHANCE, "odds_won" if line.won else "odds_open", 0, {"chance": line.chance})
    ordered = sorted(found, key=lambda e: (e.cause is not cause, -e.weight))
    return Proposal(cause, (*ordered, odds))


def _shock(part: Part, facts: Facts, around: Surroundings) -> list[Evidence]:
    found = [Evidence(Cause.SHOCK, "event", 3, {"name": name}) for name in facts.events]
    moved = around.moved.get(facts.industry or "")
    if moved and (moved[0] > 0) == (part.gap > 0):
        about = {"industry": facts.industry, "customers": moved[1]}
        found.append(Evidence(Cause.SHOCK, "industry", 3, about))
    return found


def _embellished(line: Line, part: Part, facts: Facts) -> list[Evidence]:
    """Only where less came than was said."""
    if part.gap >= 0:
        return []
    found = []
    if line.decision == REJECTED and line.value < line.scorecard:
        found.append(Evidence(Cause.EMBELLISHED, "rejected_lower", 3))
    counted = (("signs", facts.signs, 2), ("pushes", facts.pushes, min(facts.pushes, 2)))
    found += [Evidence(Cause.EMBELLISHED, code, w, {"n": n}) for code, n, w in counted if n]
    if facts.backdated or facts.unseen:
        about = {"n": facts.backdated + facts.unseen}
        found.append(Evidence(Cause.EMBELLISHED, "backdated", 1, about))
    return found


def _missing(
    line: Line, part: Part, facts: Facts, factors: Mapping[str, float], around: Surroundings
) -> list[Evidence]:
    found = []
    if facts.demands:
        found.append(Evidence(Cause.MISSING, "demands", 2, {"n": facts.demands}))  # no factor reads them
    if facts.unseen and part.gap > 0:
        found.append(Evidence(Cause.MISSING, "unseen", 2, {"n": facts.unseen}))
    if _far_off(line) and _all_normal(factors, around):
        found.append(Evidence(Cause.MISSING, "all_normal", 2, {"n": len(factors)}))
    if line.won and abs(line.actual - line.amount) > line.amount / 2:
        found.append(Evidence(Cause.MISSING, "amount", 1))
    return found


def _far_off(line: Line) -> bool:
    return (line.chance if line.won else 1 - line.chance) <= SURPRISE


def _all_normal(factors: Mapping[str, float], around: Surroundings) -> bool:
    known = [name for name in factors if name in around.ends]
    within = all(around.ends[name][0] <= factors[name] <= around.ends[name][1] for name in known)
    return len(known) >= LEAST_FACTORS and within


def touches(first: date, last: date, month: date, ends: date) -> bool:
    """Whether days, both ends included, touch a month.

    >>> touches(date(2026, 1, 31), date(2026, 2, 3), date(2026, 2, 1), date(2026, 3, 1))
    True
    >>> touches(date(2026, 3, 1), date(2026, 3, 2), date(2026, 2, 1), date(2026, 3, 1))
    False
    """
    return first < ends and last >= month
