"""A criterion held against its rows: value, limit, met or not, trend, outlook (PRODUCT.md E)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from core.milestones.criteria import Criterion, Kind, Window
from core.milestones.evidence import Evidence, Week, between, commonest, mean, weeks, worst
from core.milestones.outlook import RECENT_DAYS, everybody_chance, mean_chance, share_chance
from core.policies import Policy

_ROUNDING = 1e-9


class State(StrEnum):
    """How a criterion or a milestone stands."""

    MET = "met"
    MISSED = "missed"
    LITTLE = "little"


class Trend(StrEnum):
    """Where a criterion goes: the last 28 days against the 28 before."""

    BETTER = "better"
    WORSE = "worse"
    STEADY = "steady"
    UNKNOWN = "unknown"


STEADY_WITHIN = 0.02  # of the limit; a smaller change is none


@dataclass(frozen=True, slots=True)
class Assessment:
    """How one criterion stands.

    Attributes:
        criterion: its name.
        value: the mean of the rows counted; None without any.
        n: how many rows that is; `missing` how many of them speak against it.
        limit: what it must reach.
        first, end: the days counted, the last one not.
        recent, before: the last 28 days' value, and that of the 28 before; None without rows.
        weeks: values by week.
        chance: that it is reached by its day, 0–1; None where nothing can be said.
        worst: whose rows stand worst, "" where it does not matter or nobody is known.
        causes: the commonest codes of the rows that speak against it.
    """

    criterion: str
    value: float | None
    n: int
    missing: int
    limit: float
    state: State
    first: date
    end: date
    recent: float | None
    before: float | None
    trend: Trend
    weeks: tuple[Week, ...]
    chance: float | None
    worst: str
    causes: tuple[tuple[str, int], ...]


def assess(
    criterion: Criterion,
    rows: Sequence[Evidence],
    days: Window,
    today: date,
    policy: Policy,
    *,
    months_chance: float | None = None,
) -> Assessment:
    """Hold a criterion against its rows as of a day.

    Args:
        rows: of the days counted and of the 56 days before today.
        days: what its milestone counts.
        today: the day up to which rows are known; its own rows count.
        months_chance: the outlook of whole months, which rows do not tell.
    """
    shown, limit = days.shown(today), criterion.limit(policy)
    counted = between(rows, shown.first, shown.due_on)
    value = mean(counted)
    against = tuple(row for row in counted if _against(criterion, row, limit))
    recent, before = _lately(rows, shown.due_on)
    return Assessment(
        criterion.name,
        value,
        len(counted),
        len(against),
        limit,
        _state(criterion, value, len(counted), policy),
        shown.first,
        shown.due_on,
        recent,
        before,
        _trend(criterion, recent, before, limit),
        weeks(counted, shown.first, shown.due_on),
        _chance(criterion, rows, days, today, policy, months_chance),
        worst(against, lower_is_better=criterion.lower_is_better),
        commonest(against),
    )


def verdict(states: Iterable[State]) -> State:
    """A milestone's own state: met with all criteria, missed with one; else nobody can say.

    >>> verdict([State.MET, State.LITTLE]).value, verdict([State.MISSED, State.LITTLE]).value
    ('little', 'missed')
    """
    found = set(states)
    if State.MISSED in found:
        return State.MISSED
    return State.MET if found == {State.MET} else State.LITTLE


def whole_chance(chances: Sequence[float | None]) -> float | None:
    """The chance of all criteria together, as if they were independent; None where one is unknown."""
    product = 1.0
    for chance in chances:
        if chance is None:
            return None
        product *= chance
    return product if chances else None


def _state(criterion: Criterion, value: float | None, n: int, policy: Policy) -> State:
    if value is None or n < criterion.least(policy):
        return State.LITTLE
    limit = criterion.limit(policy)
    reached = value <= limit + _ROUNDING if criterion.lower_is_better else value >= limit - _ROUNDING
    return State.MET if reached else State.MISSED


def _against(criterion: Criterion, row: Evidence, limit: float) -> bool:
    return row.value > limit if criterion.lower_is_better else row.value < min(limit, 1.0)


def _lately(rows: Sequence[Evidence], end: date) -> tuple[float | None, float | None]:
    middle, start = (end - timedelta(days=RECENT_DAYS * n) for n in (1, 2))
    return mean(between(rows, middle, end)), mean(between(rows, start, middle))


def _trend(criterion: Criterion, recent: float | None, before: float | None, limit: float) -> Trend:
    if recent is None or before is None or criterion.kind in (Kind.EVERY, Kind.MONTHS):
        return Trend.UNKNOWN
    if abs(recent - before) <= STEADY_WITHIN * limit:
        return Trend.STEADY
    return Trend.BETTER if (recent < before) == criterion.lower_is_better else Trend.WORSE


def _chance(
    criterion: Criterion,
    rows: Sequence[Evidence],
    days: Window,
    today: date,
    policy: Policy,
    months_chance: float | None,
) -> float | None:
    """None once its day has come: what happened is no chance."""
    tomorrow = today + timedelta(days=1)
    if tomorrow >= days.due_on:
        return None
    if criterion.kind is Kind.MONTHS:
        return months_chance
    held = between(rows, days.first, tomorrow)
    if criterion.kind is Kind.EVERY:
        waited = [((row.on - days.first).days + 1.0, row.value > 0) for row in held]
        return everybody_chance(waited, (days.due_on - tomorrow).days)
    recent = between(rows, tomorrow - timedelta(days=RECENT_DAYS), tomorrow)
    left = (days.due_on - max(tomorrow, days.first)).days
    coming = round(len(recent) / RECENT_DAYS * left)
    chance = mean_chance if criterion.kind is Kind.MEAN else share_chance
    return chance(held, recent, coming, criterion.limit(policy), criterion.least(policy))
