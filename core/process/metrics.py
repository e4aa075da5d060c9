"""Process measures as plain definitions: the reference that the store's SQL must equal (A3).

Empty records improve nothing here: completion counts only actions that were planned first and
whose time has come.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from statistics import median

from core.process.stages import StageEvent
from core.terms import ActionStatus


@dataclass(frozen=True, slots=True)
class PlannedAction:
    """What completion needs to know of an action that was once planned.

    Attributes:
        planned_for: planned instant, UTC.
        closed_at: instant at which it was cancelled or completed; None while planned.
    """

    status: ActionStatus
    planned_for: datetime
    closed_at: datetime | None = None


def is_due(action: PlannedAction, now: datetime) -> bool:
    """Whether an action counts for completion: its time has come and it was not called off before."""
    called_off = action.status is ActionStatus.CANCELLED and (
        action.closed_at is None or action.closed_at < action.planned_for
    )
    return action.planned_for <= now and not called_off


def completion_rate(actions: Iterable[PlannedAction], now: datetime) -> float | None:
    """Completed over due, 0–1; None when nothing was due.

    Called off in time is no failure; called off after its time, or left lying, is one.
    """
    due = [a for a in actions if is_due(a, now)]
    return sum(a.status is ActionStatus.COMPLETED for a in due) / len(due) if due else None


def dwell_days(events: Sequence[StageEvent]) -> list[tuple[str, float]]:
    """(stage, elapsed days) of each finished run of one opportunity, in order; the last run is open.

    >>> from datetime import datetime, UTC
    >>> day = lambda n: datetime(2026, 1, n, tzinfo=UTC)
    >>> dwell_days([StageEvent("a", day(1), 1), StageEvent("a", day(3), 2), StageEvent("b", day(6), 3)])
    [('a', 5.0)]
    """
    ordered = sorted(events, key=lambda e: (e.happened_at, e.order))
    starts = ordered[:1] + [b for a, b in pairwise(ordered) if a.stage != b.stage]
    return [(a.stage, (b.happened_at - a.happened_at).total_seconds() / 86_400) for a, b in pairwise(starts)]


def median_dwell(cases: Iterable[Sequence[StageEvent]]) -> dict[str, float]:
    """Median elapsed days per stage over the finished runs of many opportunities."""
    by_stage: dict[str, list[float]] = {}
    for events in cases:
        for stage, days in dwell_days(events):
            by_stage.setdefault(stage, []).append(days)
    return {stage: median(days) for stage, days in by_stage.items()}
