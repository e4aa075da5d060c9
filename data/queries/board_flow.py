"""How opportunities go on from stage to stage, and how the team works week by week (A3)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from core.access import Who
from core.process.funnel import Fate, Step
from data.once import recalled
from data.queries.board_ask import Ask, stages_of
from data.queries.board_due import due_actions
from data.queries.board_past import funnel_rows, timed_runs
from data.queries.medians import median_by


@dataclass(frozen=True, slots=True)
class Week:
    """One week: from `since` (not itself) to `until`.

    Attributes:
        completed, due: of planned actions that came due in it.
        runs: stays that ended in it at stages with a benchmark.
        times_benchmark: median of their length over their stage's benchmark; None without any.
    """

    since: datetime
    until: datetime
    completed: int
    due: int
    runs: int
    times_benchmark: float | None

    @property
    def completion(self) -> float | None:
        """0–1; None when nothing was due."""
        return self.completed / self.due if self.due else None


@recalled
def funnel_steps(session: Session, who: Who, ask: Ask) -> tuple[Step, ...]:
    """`core.process.funnel.funnel`, counted in the store; stages in the pipeline's order."""
    rows = funnel_rows(who, ask).subquery()
    counted = session.execute(
        select(rows.c.stage, rows.c.fate, func.count()).group_by(rows.c.stage, rows.c.fate)
    )
    counts = {(stage, fate): n for stage, fate, n in counted}
    return tuple(
        Step(stage, **{str(f): counts.get((stage, f.value), 0) for f in Fate})
        for stage, _ in stages_of(session, ask)
    )


@recalled
def weeks(session: Session, who: Who, ask: Ask, starts: Sequence[datetime]) -> tuple[Week, ...]:
    """Completion and dwell time by week.

    Args:
        starts: instants at which the weeks begin, oldest first; each lasts to the next, the last to now.
    """
    ends = (*starts[1:], ask.now)
    ask = replace(ask, window=(starts[0], ask.now))
    came = due_actions(who, ask).subquery()
    due = select(_week(came.c.planned_for, ends).label("week"), came.c.done).subquery().c
    dues = session.execute(select(due.week, func.sum(due.done), func.count()).group_by(due.week))
    kept = {n: (done, total) for n, done, total in dues}
    stays = {n: (runs, median) for n, median, runs in session.execute(_medians(who, ask, ends))}
    spans = enumerate(zip(starts, ends, strict=True))
    return tuple(Week(*span, *kept.get(n, (0, 0)), *stays.get(n, (0, None))) for n, span in spans)


def _week(at: ColumnElement[Any], ends: Sequence[datetime]) -> ColumnElement[int]:
    """The number of the week in which an instant lies."""
    return case(*((at <= end, n) for n, end in enumerate(ends)))


def _medians(who: Who, ask: Ask, ends: Sequence[datetime]) -> Any:
    ended = timed_runs(who, ask).subquery()
    times = (ended.c.days / ended.c.benchmark_days).label("times")
    runs = select(_week(ended.c.ended_at, ends).label("week"), times).subquery()
    return median_by(runs, runs.c.week, runs.c.times)
