"""Stages of a pipeline, and where an opportunity stands (PRODUCT.md A1).

A pipeline is data: Firebreak's own has the five action types as its stages, an imported one
brings its own. In every pipeline an opportunity stands at the stage of its latest event: a
completed action in Firebreak's own, a stage change in an imported one. A step back is a step
back and shows as one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core import terms

PIPELINE = "firebreak"
STAGES = terms.STAGES

BENCHMARK_DAYS = {
    "appointment": 3.0,
    "needs_diagnosis": 2.1,
    "solution_demo": 3.5,
    "objection_handling": 3.0,
    "quote_confirmation": 7.0,
}
MOST_BENCHMARK_DAYS = 365.0


class Gap(StrEnum):
    """What a list of opportunities leaves open of the stages at which it says that they stand."""

    BEFORE = "before"  # which stages came before
    SINCE = "since"  # that, and since when it stands there: the event is the instant at which it was seen


@dataclass(frozen=True, slots=True)
class StageEvent:
    """One event of an opportunity: it was at `stage` at `happened_at`.

    `order` breaks ties at the same instant (the row order of a file, or of entry).
    """

    stage: str
    happened_at: datetime
    order: int
    gap: Gap | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an opportunity stands.

    Attributes:
        stage: the latest event's stage.
        since: instant of the first event of the present run in that stage.
        run_length: events in that run; 3 demos in a row give 3.
        events: all events of the opportunity.
    """

    stage: str
    since: datetime
    run_length: int
    events: int


def standing(events: Sequence[StageEvent]) -> Standing | None:
    """The present run of an opportunity; None without events. Reference for the store's SQL.

    >>> from datetime import datetime, UTC
    >>> day = lambda n: datetime(2026, 1, n, tzinfo=UTC)
    >>> s = standing([StageEvent("solution_demo", day(3), 1), StageEvent("appointment", day(1), 2),
    ...               StageEvent("solution_demo", day(5), 3)])
    >>> s.stage, s.since.day, s.run_length
    ('solution_demo', 3, 2)
    """
    ordered = sorted(events, key=lambda e: (e.happened_at, e.order))
    if not ordered:
        return None
    last = ordered[-1]
    run = [last]
    for event in reversed(ordered[:-1]):
        if event.stage != last.stage:
            break
        run.append(event)
    return Standing(last.stage, run[-1].happened_at, len(run), len(ordered))


def following(stage: str | None, order: Sequence[str] = STAGES) -> str:
    """The stage of Firebreak's own pipeline after this one; the first when there was none.

    Args:
        order: the stages that can be recorded, in their order; at least one.

    >>> following("needs_diagnosis"), following(None), following("quote_confirmation")
    ('solution_demo', 'appointment', 'quote_confirmation')
    """
    place = order.index(stage) + 1 if stage in order else 0
    return order[min(place, len(order) - 1)]
