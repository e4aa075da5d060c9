"""Why an opportunity missed its month's forecast: the class that the records speak for (B5).

The class of a deviation is proposed by rules over records, each with its evidence; a person decides. A
deviation beside which nothing is on record is called chance and nothing else.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from core.forecast.calibration import REJECTED
from core.forecast.month_attribution import Part
from core.forecast.month_surroundings import Surroundings
from core.forecast.months import Line
from core.terms import Outcome

SURPRISE = 0.25  # what happened had at most this probability: the model was far off
LEAST_FACTORS = 3  # known factors from which "all normal" means something
SOON_DAYS = 14  # after the month's end; a win by then came late, it was not made up
_LEAST_WEIGHT = 2


class Cause(StrEnum):
    """Why an opportunity missed its forecast, in the order in which ties are settled."""

    SHOCK = "shock"
    TIMING = "timing"
    EMBELLISHED = "embellished"
    MISSING = "missing_factor"
    CHANCE = "chance"


@dataclass(frozen=True, slots=True)
class Since:
    """What the books say today of an opportunity that was not won in its month.

    Attributes:
        on: the company's day on which it was closed; the expected close of an open one.
        days: from the month's last day to `on`.
        value: what it brought; None unless it was won and that is known.
        owner: who has it now, where that is somebody else than in the forecast.
    """

    outcome: Outcome
    on: date | None = None
    days: int | None = None
    value: Decimal | None = None
    owner: str | None = None


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
        since: what became of it, where it was not won in the month.
    """

    pushes: int = 0
    signs: int = 0
    unseen: int = 0
    backdated: int = 0
    demands: int = 0
    events: tuple[str, ...] = ()
    industry: str | None = None
    since: Since | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """One thing on record that speaks for a class, in words `attribution.evidence.<code>`.

    With a weight of 0 it is worth knowing and speaks for none.
    """

    cause: Cause
    code: str
    weight: int
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Proposal:
    """The class that the evidence speaks for, the strongest first."""

    cause: Cause
    evidence: tuple[Evidence, ...]


def propose(
    line: Line, part: Part, facts: Facts, factors: Mapping[str, float], around: Surroundings
) -> Proposal:
    """The class that the records speak for: the one with the most weight, from two on; else chance."""
    soon = _soon(line, facts.since)
    found = [*_shock(part, facts, around), *_embellished(line, part, facts, soon=soon)]
    found += _missing(line, part, facts, factors, around, soon=soon)
    if facts.since:
        found += _since(facts.since, soon=soon)
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


def _soon(line: Line, since: Since | None) -> bool:
    """Whether it was won shortly after the month, for half of what was expected of it at least."""
    if since is None or since.outcome is not Outcome.WON or since.value is None or since.days is None:
        return False
    return 0 < since.days <= SOON_DAYS and since.value >= line.amount / 2


def _since(since: Since, *, soon: bool) -> list[Evidence]:
    about = {"on": since.on, "value": since.value}
    if soon:
        found = [Evidence(Cause.TIMING, "won_soon", 3, about | {"n": since.days})]
    else:
        ended = "won_unpriced" if since.outcome is Outcome.WON and since.value is None else since.outcome
        code = "open_undated" if since.on is None else f"{ended}_since"
        found = [Evidence(Cause.TIMING, code, 0, {name: x for name, x in about.items() if x is not None})]
    if since.owner:
        found.append(Evidence(Cause.TIMING, "handed_over", 0, {"name": since.owner}))
    return found


def _embellished(line: Line, part: Part, facts: Facts, *, soon: bool) -> list[Evidence]:
    """Only where less came than was said; where it came soon after, it is said and counts nothing."""
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
    return [replace(e, weight=0) for e in found] if soon else found


def _missing(
    line: Line,
    part: Part,
    facts: Facts,
    factors: Mapping[str, float],
    around: Surroundings,
    *,
    soon: bool,
) -> list[Evidence]:
    found = []
    if facts.demands:
        found.append(Evidence(Cause.MISSING, "demands", 2, {"n": facts.demands}))  # no factor reads them
    if facts.unseen and part.gap > 0:
        found.append(Evidence(Cause.MISSING, "unseen", 2, {"n": facts.unseen}))
    if not soon and _far_off(line) and _all_normal(factors, around):
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
