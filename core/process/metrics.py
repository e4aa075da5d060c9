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

COMPLETION_DAYS = 30  # completion looks back so far
DWELL_DAYS = 180  # and dwell time so far
FEW_RUNS = 5  # fewer finished runs than this say too little about a stage


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


@dataclass(frozen=True, slots=True)
class Run:
    """A finished stay of one opportunity in one stage: it began, and another stage followed."""

    stage: str
    started_at: datetime
    ended_at: datetime

    @property
    def days(self) -> float:
        """Elapsed days, fractions included."""
        return (self.ended_at - self.started_at).total_seconds() / 86_400


@dataclass(frozen=True, slots=True)
class Dwell:
    """How long opportunities stay in a stage.

    Attributes:
        median_days: median elapsed days of the finished runs.
        runs: how many there were; few runs say little.
    """

    median_days: float
    runs: int


def finished_runs(events: Sequence[StageEvent]) -> list[Run]:
    """The finished runs of one opportunity, in order; its last run is still open and not among them.

    >>> from datetime import datetime, UTC
    >>> day = lambda n: datetime(2026, 1, n, tzinfo=UTC)
    >>> events = [StageEvent("a", day(1), 1), StageEvent("a", day(3), 2), StageEvent("b", day(6), 3)]
    >>> runs = finished_runs(events)
    >>> [(r.stage, r.days) for r in runs]
    [('a', 5.0)]
    """
    ordered = sorted(events, key=lambda e: (e.happened_at, e.order))
    starts = ordered[:1] + [b for a, b in pairwise(ordered) if a.stage != b.stage]
    return [Run(a.stage, a.happened_at, b.happened_at) for a, b in pairwise(starts)]


def dwell_by_stage(
    cases: Iterable[Sequence[StageEvent]], since: datetime, until: datetime
) -> dict[str, Dwell]:
    """Dwell time per stage over the runs of many opportunities that ended after `since`, up to `until`."""
    by_stage: dict[str, list[float]] = {}
    for run in (r for events in cases for r in finished_runs(events) if since < r.ended_at <= until):
        by_stage.setdefault(run.stage, []).append(run.days)
    return {stage: Dwell(median(days), len(days)) for stage, days in by_stage.items()}
