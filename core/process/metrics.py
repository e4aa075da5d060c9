"""The board's measures as plain definitions: the reference that the store's SQL must equal (A3, A6).

All of them rest on *advances*: the events that took an opportunity further than it had been. An empty
action, one that takes it no further, is no advance; so logging many of them moves nothing here: no stay
gets shorter, no stage is reached, no planned step is done or no longer due (a test holds this).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median

from core.process.stages import STAGES, Gap, StageEvent
from core.terms import ActionStatus

COMPLETION_DAYS = 30  # completion looks back so far
DWELL_DAYS = 180  # and dwell time so far
FEW_RUNS = 5  # fewer finished stays than this say too little about a stage


@dataclass(frozen=True, slots=True)
class PlannedAction:
    """What completion needs to know of an action that was once planned.

    Attributes:
        planned_for: planned instant, UTC.
        closed_at: instant at which it was cancelled or ended; None while planned, or unknown.
        further: whether it would have taken its opportunity further when its time came, or when it was
            done before that (`reaches_further`).
        advanced: whether it did, by when it was done.
    """

    status: ActionStatus
    planned_for: datetime
    closed_at: datetime | None = None
    further: bool = False
    advanced: bool = False


def is_due(action: PlannedAction, now: datetime) -> bool:
    """Whether an action counts for completion: a step further whose time has come.

    What was called off before its time counts neither way. Nor does a repeat, done or left lying: if it
    did, recording empty actions would move the rate. (A next step left lying raises an alert.) Nor an
    imported record without its end: nothing tells whether it was a step further.
    """
    if action.planned_for > now or not action.further:
        return False
    if action.status is ActionStatus.CANCELLED:
        return action.closed_at is not None and action.closed_at >= action.planned_for
    return action.status is ActionStatus.PLANNED or action.closed_at is not None


def is_kept(action: PlannedAction) -> bool:
    """Whether a due action counts as completed: it was done and took the opportunity further."""
    return action.status is ActionStatus.COMPLETED and action.advanced


def completion_rate(actions: Iterable[PlannedAction], now: datetime) -> float | None:
    """Completed over due, 0–1; None when nothing was due.

    Called off in time is no failure; called off after its time, or left lying, is one. A step whose
    record came when others had taken the opportunity further already was not kept.
    """
    due = [a for a in actions if is_due(a, now)]
    return sum(map(is_kept, due)) / len(due) if due else None


def reaches_further(
    stage: str, at: datetime | None, events: Iterable[StageEvent], order: Sequence[str] = STAGES
) -> bool:
    """Whether an action that ended at `at` was the first to bring its opportunity to this stage or beyond."""
    place = order.index(stage)
    return at is not None and all(order.index(e.stage) < place for e in events if e.happened_at < at)


def advances(events: Iterable[StageEvent], order: Sequence[str] = STAGES) -> list[StageEvent]:
    """The events that took an opportunity further than all before them, in order.

    Args:
        order: the pipeline's stages, first to last.

    >>> from datetime import datetime, UTC
    >>> day = lambda n: datetime(2026, 1, n, tzinfo=UTC)
    >>> log = [StageEvent(s, day(n), n) for n, s in enumerate(("a", "c", "b", "c", "d"), start=1)]
    >>> [(e.stage, e.happened_at.day) for e in advances(log, "abcd")]
    [('a', 1), ('c', 2), ('d', 5)]
    """
    found: list[StageEvent] = []
    for event in sorted(events, key=lambda e: (e.happened_at, e.order)):
        if not found or order.index(event.stage) > order.index(found[-1].stage):
            found.append(event)
    return found


@dataclass(frozen=True, slots=True)
class Run:
    """A finished stay: an opportunity got to a stage, and later beyond it or was won."""

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
        median_days: median elapsed days of the finished stays.
        runs: how many there were; few stays say little.
    """

    median_days: float
    runs: int


def finished_runs(
    events: Iterable[StageEvent], order: Sequence[str] = STAGES, won_at: datetime | None = None
) -> list[Run]:
    """The finished stays of one opportunity, in order: from getting to a stage to getting beyond it.

    Winning ends the last stay. A step back does not end a stay, nor begin one: the opportunity has not
    got further. What was lost got nowhere; its last stay is no finished one. A stay that was found under way
    is none either: nobody knows how long it took.

    Args:
        won_at: instant at which it was won; None when it was not.

    >>> from datetime import datetime, UTC
    >>> day = lambda n: datetime(2026, 1, n, tzinfo=UTC)
    >>> events = [StageEvent("a", day(1), 1), StageEvent("a", day(3), 2), StageEvent("b", day(6), 3)]
    >>> [(r.stage, r.days) for r in finished_runs(events, "ab", won_at=day(8))]
    [('a', 5.0), ('b', 2.0)]
    """
    reached = advances(events, order)
    ends = [*(e.happened_at for e in reached[1:]), won_at]
    return [
        Run(event.stage, event.happened_at, end)
        for event, end in zip(reached, ends, strict=False)  # nothing began: nothing ends
        if end is not None and end >= event.happened_at and event.gap is not Gap.SINCE
    ]


def dwell_by_stage(runs: Iterable[Run], since: datetime, until: datetime) -> dict[str, Dwell]:
    """Dwell time per stage over the stays of many opportunities that ended after `since`, up to `until`."""
    by_stage: dict[str, list[float]] = {}
    for run in (r for r in runs if since < r.ended_at <= until):
        by_stage.setdefault(run.stage, []).append(run.days)
    return {stage: Dwell(median(days), len(days)) for stage, days in by_stage.items()}
