"""The board: where a team's open opportunities stand, and the rows behind each of its numbers (A3).

Present state comes from the projections; only two bounded windows look back: actions that came due
in the last 30 days, and stage runs that ended in the last 180. Completion and dwell time are
`core.process.metrics` said as sets; a test holds the two against each other.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, and_, case, func, or_, select
from sqlalchemy.orm import Session

from core.access import GRANTS, Permission, Reach, Who, reach
from core.process.metrics import Dwell
from core.terms import Outcome, Role, Severity
from data.queries.board_sets import NO_STAGE, Ask, due_actions, filters, finished_runs, open_rows
from data.queries.scope import owned
from data.queries.standing import standing
from data.schema import Alert, Audit, Customer, Opportunity, Person, Pipeline, Stage, Team

GROUPS_SHOWN = 200
ROWS_SHOWN = 200
ALERTS_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Choice:
    """Something to filter by.

    Attributes:
        count: open opportunities within reach.
        team: key of a person's team.
    """

    key: str
    name: str
    count: int
    team: str | None = None


@dataclass(frozen=True, slots=True)
class Choices:
    """What this person may filter by; pipelines with the most open opportunities first."""

    teams: tuple[Choice, ...]
    reps: tuple[Choice, ...]
    pipelines: tuple[Choice, ...]


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
        by_stage: open opportunities per stage, in the board's order of stages.
        longest_days: elapsed days of the opportunity furthest past its benchmark, with its stage.
        completion: of actions due in the window.
    """

    id: int
    name: str | None
    open: int
    past: int
    alerts: int
    by_stage: tuple[int, ...]
    money: tuple[tuple[str, Decimal], ...]
    longest_days: float | None
    longest_stage: str | None
    longest_benchmark_days: float | None
    completion: Completion
    last_touch_at: datetime | None
    next_step_at: datetime | None
    without_step: int


@dataclass(frozen=True, slots=True)
class AlertLine:
    """A standing alert."""

    id: int
    rule: str
    params: dict[str, Any]
    raised_at: datetime
    customer_id: int | None
    customer: str | None
    opportunity: str
    rep: str | None


@dataclass(frozen=True, slots=True)
class Board:
    """The whole board. `money` holds one sum per currency; different currencies are never added."""

    open: int
    past: int
    money: tuple[tuple[str, Decimal], ...]
    completion: Completion
    stages: tuple[StageLine, ...]
    alerts: tuple[AlertLine, ...]
    alert_count: int
    groups: tuple[GroupLine, ...]
    group_count: int


def choices(session: Session, who: Who) -> Choices:
    """Teams and people within reach that sell, and the pipelines."""
    theirs = (Opportunity.owner_id == Person.id) & (Opportunity.outcome == Outcome.OPEN)
    people = session.execute(
        select(Person.id, Person.name, Team.id, Team.name, func.count(Opportunity.id))
        .outerjoin(Opportunity, theirs)
        .outerjoin(Team, Team.id == Person.team_id)
        .where(owned(who, Permission.SEE_BOARD, Person.id))
        .group_by(Person.id, Person.name, Person.role, Person.active, Team.id, Team.name)
        .having(or_(and_(Person.role == Role.REP, Person.active), func.count(Opportunity.id) > 0))
        .order_by(Person.name, Person.id)
    ).all()
    teams: dict[tuple[str, int], int] = {}
    for _, _, team_id, team, count in people:
        if team_id is not None:
            teams[(team, team_id)] = teams.get((team, team_id), 0) + count
    return Choices(
        teams=tuple(Choice(str(i), name, n) for (name, i), n in sorted(teams.items())),
        reps=tuple(Choice(str(i), name, n, str(team)) for i, name, team, _, n in people),
        pipelines=tuple(Choice(*row) for row in session.execute(_pipelines(who))),
    )


def _pipelines(who: Who) -> Select[str, str, int]:
    within = and_(
        Opportunity.pipeline_id == Pipeline.id,
        Opportunity.outcome == Outcome.OPEN,
        owned(who, Permission.SEE_BOARD, Opportunity.owner_id),
    )
    count = func.count(Opportunity.id)
    return (
        select(Pipeline.key, Pipeline.name, count)
        .outerjoin(Opportunity, within)
        .group_by(Pipeline.id, Pipeline.key, Pipeline.name)
        .order_by(count.desc(), Pipeline.id)
    )


def version(session: Session, who: Who, floor: int | None = None) -> tuple[int, int]:
    """A mark that moves when somebody whose work `who` sees changes something: (floor, changes since).

    Ask again with the returned floor and compare. The floor lies a little back, so that a change that
    was committed late is counted too.
    """
    if floor is None:
        floor = max((session.scalar(select(func.max(Audit.id))) or 0) - 100, 0)
    changes = select(func.count()).where(Audit.id > floor)
    if reach(who, Permission.SEE_BOARD) is not Reach.ALL:
        far = [role for role, granted in GRANTS.items() if Reach.ALL in granted.values()]
        seen = select(Person.id).where(or_(Person.team_id == who.team_id, Person.role.in_(far)))
        changes = changes.where(or_(Audit.actor_id.is_(None), Audit.actor_id.in_(seen)))
    return floor, session.scalar(changes) or 0


def board(session: Session, who: Who, ask: Ask) -> Board:
    """Everything that the board shows at once; `pick` and `stage` narrow only the rows behind it."""
    stood = open_rows(who, ask).cte("stood")
    totals = session.execute(_totals(stood)).all()
    completion = _completions(session, who, ask)
    stages = _stages(session, who, ask, totals)
    groups, group_count = _groups(session, stood, [s.key for s in stages], completion)
    alerts, alert_count = _alerts(session, who, ask)
    return Board(
        open=sum(row.open for row in totals),
        past=sum(row.past for row in totals),
        money=_money((row.currency, row.money) for row in totals),
        completion=Completion(
            sum(c.completed for c in completion.values()), sum(c.due for c in completion.values())
        ),
        stages=stages,
        alerts=alerts,
        alert_count=alert_count,
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
    known = session.execute(
        select(Stage.key, Stage.benchmark_days)
        .join(Pipeline, Pipeline.id == Stage.pipeline_id)
        .where(Pipeline.key == ask.pipeline)
        .order_by(Stage.position, Stage.id)
    ).all()
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
    ranked = select(
        runs.c.stage,
        runs.c.days,
        func.row_number().over(partition_by=runs.c.stage, order_by=runs.c.days).label("rank"),
        func.count().over(partition_by=runs.c.stage).label("n"),
    ).subquery()
    # The middle one, or the two in the middle: twice the rank is n, n + 1 or n + 2.
    middle = (ranked.c.rank * 2).between(ranked.c.n, ranked.c.n + 2)
    medians = (
        select(ranked.c.stage, func.avg(ranked.c.days), func.max(ranked.c.n))
        .where(middle)
        .group_by(ranked.c.stage)
    )
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
            func.max(case((first, ranked.c.benchmark_days))).label("longest_benchmark_days"),
            func.max(ranked.c.last_touch_at).label("last_touch_at"),
            func.min(ranked.c.next_step_at).label("next_step_at"),
            func.sum(case((ranked.c.next_step_at.is_(None), 1), else_=0)).label("without_step"),
            func.count().over().label("groups"),
        )
        .group_by(ranked.c.group_id)
        .order_by(alerts.desc(), past.desc(), func.count().desc(), ranked.c.group_id)
        .limit(GROUPS_SHOWN)
    )


def _group(row: Any, cells: Sequence[Any], stages: Sequence[str], completion: Completion) -> GroupLine:
    counts = dict.fromkeys(stages, 0)
    for cell in cells:
        counts[cell.stage] += cell.open
    return GroupLine(
        id=row.group_id,
        name=row.name,
        open=row.open,
        past=row.past,
        alerts=row.alerts,
        by_stage=tuple(counts.values()),
        money=_money((cell.currency, cell.money) for cell in cells),
        longest_days=row.longest_days,
        longest_stage=row.longest_stage if row.longest_days is not None else None,
        longest_benchmark_days=row.longest_benchmark_days,
        completion=completion,
        last_touch_at=row.last_touch_at,
        next_step_at=row.next_step_at,
        without_step=row.without_step,
    )


def _alerts(session: Session, who: Who, ask: Ask) -> tuple[tuple[AlertLine, ...], int]:
    rows = session.execute(
        select(
            Alert.id,
            Alert.rule,
            Alert.params,
            Alert.raised_at,
            Opportunity.customer_id,
            Customer.name.label("customer"),
            Opportunity.name.label("opportunity"),
            Person.name.label("rep"),
            func.count().over().label("total"),
        )
        .join(Opportunity, Opportunity.id == Alert.opportunity_id)
        .join(Pipeline, Pipeline.id == Opportunity.pipeline_id)
        .outerjoin(Person, Person.id == Opportunity.owner_id)
        .outerjoin(Customer, Customer.id == Opportunity.customer_id)
        .where(
            standing(ask.now),
            Alert.severity == Severity.RED,
            Opportunity.outcome == Outcome.OPEN,
            *filters(who, ask),
        )
        .order_by(Alert.raised_at, Alert.id)
        .limit(ALERTS_SHOWN)
    ).all()
    return tuple(AlertLine(*row[:-1]) for row in rows), rows[0].total if rows else 0
