"""The board: where a team's open opportunities stand, and the rows behind each of its numbers (A3).

Present state comes from the projections; only two bounded windows look back: actions that came due
in the last 30 days, and stays that ended in the last 180. Completion and dwell time are
`core.process.metrics` said as sets; a test holds the two against each other.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, and_, case, func, select
from sqlalchemy.orm import Session

from core.access import Who
from core.process.metrics import Dwell
from data.once import recalled
from data.queries.board_ask import NO_STAGE, Ask, stages_of
from data.queries.board_due import due_actions
from data.queries.board_past import finished_runs
from data.queries.board_rows import RedLine, Rows, red_alerts
from data.queries.board_sets import open_rows
from data.queries.medians import median_by
from data.queries.stage_gaps import seen_at

GROUPS_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Completion:
    """Due actions of the window, and how many of them were completed."""

    completed: int
    due: int

    @property
    def rate(self) -> float | None:
        """0–1; None when nothing was due."""
        return self.completed / self.due if self.due else None


@dataclass(frozen=True, slots=True)
class StageLine:
    """One stage: where open opportunities stand, and how long finished runs took.

    Attributes:
        benchmark_days: None when the pipeline brought none; then nothing can be past it.
        dwell: of the runs that ended in the window; None without any.
    """

    key: str
    benchmark_days: float | None
    open: int
    past: int
    dwell: Dwell | None


@dataclass(frozen=True, slots=True)
class GroupLine:
    """One team, rep or customer.

    Attributes:
        id: 0 for opportunities without one.
        by_stage, past_by_stage: open opportunities per stage, in the board's order of stages.
        longest_days: elapsed days of the opportunity furthest past its benchmark, with its stage; `at_least`
            where a list said that it stands there, and not since when.
        completion: of actions due in the window.
    """

    id: int
    name: str | None
    open: int
    past: int
    alerts: int
    by_stage: tuple[int, ...]
    past_by_stage: tuple[int, ...]
    money: tuple[tuple[str, Decimal], ...]
    longest_days: float | None
    longest_stage: str | None
    at_least: bool
    completion: Completion
    next_step_at: datetime | None
    without_step: int


@dataclass(frozen=True, slots=True)
class Board:
    """The whole board. `money` holds one sum per currency; different currencies are never added.

    Attributes:
        red: standing red alerts, the oldest first.
        groups: those in trouble first; `group_count` is how many there are in all.
    """

    open: int
    past: int
    money: tuple[tuple[str, Decimal], ...]
    completion: Completion
    stages: tuple[StageLine, ...]
    red: Rows[RedLine]
    groups: tuple[GroupLine, ...]
    group_count: int


@recalled
def board(session: Session, who: Who, ask: Ask) -> Board:
    """Everything that the board shows at once; `pick` and `stage` narrow only the rows behind it."""
    stood = open_rows(who, ask).cte("stood")
    totals = session.execute(_totals(stood)).all()
    completion = _completions(session, who, ask)
    stages = _stages(session, who, ask, totals)
    groups, group_count = _groups(session, stood, [s.key for s in stages], completion)
    red = red_alerts(session, who, ask)
    return Board(
        open=sum(row.open for row in totals),
        past=sum(row.past for row in totals),
        money=_money((row.currency, row.money) for row in totals),
        completion=Completion(
            sum(c.completed for c in completion.values()), sum(c.due for c in completion.values())
        ),
        stages=stages,
        red=red,
        groups=groups,
        group_count=group_count,
    )


def _totals(stood: Any) -> Select[Any]:
    return select(
        stood.c.stage,
        stood.c.currency,
        func.count().label("open"),
        func.sum(stood.c.past).label("past"),
        func.sum(stood.c.amount).label("money"),
    ).group_by(stood.c.stage, stood.c.currency)


def _money(rows: Iterable[tuple[str, Decimal | None]]) -> tuple[tuple[str, Decimal], ...]:
    sums: dict[str, Decimal] = {}
    for currency, amount in rows:
        if amount is not None:
            sums[currency] = sums.get(currency, Decimal(0)) + amount
    return tuple(sorted(sums.items(), key=lambda item: (-item[1], item[0])))


def _stages(session: Session, who: Who, ask: Ask, totals: Sequence[Any]) -> tuple[StageLine, ...]:
    """The pipeline's stages in order; last those without any event, when there are such."""
    known = stages_of(session, ask)
    dwell = dwell_times(session, who, ask)
    counts: dict[str, tuple[int, int]] = {}
    for row in totals:
        before = counts.get(row.stage, (0, 0))
        counts[row.stage] = (before[0] + row.open, before[1] + row.past)
    lines = [StageLine(key, days, *counts.get(key, (0, 0)), dwell.get(key)) for key, days in known]
    if NO_STAGE in counts:
        lines.append(StageLine(NO_STAGE, None, *counts[NO_STAGE], None))
    return tuple(lines)


def dwell_times(session: Session, who: Who, ask: Ask) -> dict[str, Dwell]:
    """`core.process.metrics.dwell_by_stage` of the window, as a set."""
    runs = finished_runs(who, ask).subquery()
    medians = median_by(runs, runs.c.stage, runs.c.days)
    return {stage: Dwell(float(days), n) for stage, days, n in session.execute(medians)}


def _completions(session: Session, who: Who, ask: Ask) -> dict[int, Completion]:
    due = due_actions(who, ask).subquery()
    rows = select(due.c.group_id, func.sum(due.c.done), func.count()).group_by(due.c.group_id)
    return {group: Completion(done, n) for group, done, n in session.execute(rows)}


def _groups(
    session: Session, stood: Any, stages: Sequence[str], completion: dict[int, Completion]
) -> tuple[tuple[GroupLine, ...], int]:
    """The lines of the table, those in trouble first, and how many there are in all."""
    rows = session.execute(_group_rows(stood)).all()
    cells = session.execute(
        select(
            stood.c.group_id,
            stood.c.stage,
            stood.c.currency,
            func.count().label("open"),
            func.sum(stood.c.past).label("past"),
            func.sum(stood.c.amount).label("money"),
        )
        .where(stood.c.group_id.in_([row.group_id for row in rows]))
        .group_by(stood.c.group_id, stood.c.stage, stood.c.currency)
    )
    by_group: dict[int, list[Any]] = {}
    for cell in cells:
        by_group.setdefault(cell.group_id, []).append(cell)
    nothing = Completion(0, 0)
    lines = tuple(
        _group(row, by_group[row.group_id], stages, completion.get(row.group_id, nothing)) for row in rows
    )
    return lines, rows[0].groups if rows else 0


def _group_rows(stood: Any) -> Select[Any]:
    ranked = select(
        stood,
        func.row_number()
        .over(
            partition_by=stood.c.group_id,
            order_by=(
                stood.c.times_benchmark.desc(),
                func.coalesce(stood.c.dwell_days, 0).desc(),
                stood.c.opportunity_id,
            ),
        )
        .label("rank"),
    ).subquery()
    first = ranked.c.rank == 1
    alerts, past = func.sum(ranked.c.alerts), func.sum(ranked.c.past)
    return (
        select(
            ranked.c.group_id,
            func.max(ranked.c.group_name).label("name"),
            func.count().label("open"),
            past.label("past"),
            alerts.label("alerts"),
            func.max(case((first, ranked.c.dwell_days))).label("longest_days"),
            func.max(case((first, ranked.c.stage))).label("longest_stage"),
            func.max(
                case((and_(first, seen_at(ranked.c.opportunity_id, ranked.c.stood_since)), 1), else_=0)
            ).label("at_least"),
            func.min(ranked.c.next_step_at).label("next_step_at"),
            func.sum(case((ranked.c.next_step_at.is_(None), 1), else_=0)).label("without_step"),
            func.count().over().label("groups"),
        )
        .group_by(ranked.c.group_id)
        .order_by(alerts.desc(), past.desc(), func.count().desc(), ranked.c.group_id)
        .limit(GROUPS_SHOWN)
    )


def _group(row: Any, cells: Sequence[Any], stages: Sequence[str], completion: Completion) -> GroupLine:
    counts, late = dict.fromkeys(stages, 0), dict.fromkeys(stages, 0)
    for cell in cells:
        counts[cell.stage] += cell.open
        late[cell.stage] += cell.past
    return GroupLine(
        id=row.group_id,
        name=row.name,
        open=row.open,
        past=row.past,
        alerts=row.alerts,
        by_stage=tuple(counts.values()),
        past_by_stage=tuple(late.values()),
        money=_money((cell.currency, cell.money) for cell in cells),
        longest_days=row.longest_days,
        longest_stage=row.longest_stage if row.longest_days is not None else None,
        at_least=bool(row.at_least),
        completion=completion,
        next_step_at=row.next_step_at,
        without_step=row.without_step,
    )
