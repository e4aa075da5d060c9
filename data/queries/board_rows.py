"""The rows behind the board's numbers: the same sets, listed (A3, D3)."""

from collections.abc import Callable
from dataclasses import MISSING, dataclass, fields, replace
from datetime import datetime
from decimal import Decimal
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Select, Subquery, case, func, select
from sqlalchemy.orm import Session

from core.access import Who
from core.process.funnel import Fate
from data.queries import board_due, board_past, board_sets
from data.queries.alert_hands import Hands, hands_of
from data.queries.board_ask import Ask
from data.queries.stage_gaps import seen_at

ROWS_SHOWN = 200
_WAITING_FIRST = (Fate.WAITING, Fate.ENDED, Fate.YOUNG, Fate.ON)


@dataclass(frozen=True, slots=True)
class OpenLine:
    """An open opportunity behind the board's numbers.

    `at_least`: a list said that it stands there, and not since when; its days count from then on.
    """

    opportunity_id: int
    opportunity: str
    customer_id: int | None
    customer: str | None
    rep: str | None
    stage: str
    latest: str | None
    benchmark_days: float | None
    dwell_days: float | None
    at_least: bool
    past: bool
    amount: Decimal | None
    currency: str
    last_touch_at: datetime | None
    next_step_at: datetime | None
    alerts: int


@dataclass(frozen=True, slots=True)
class RunLine:
    """A finished stay behind a median."""

    opportunity: str
    customer_id: int | None
    customer: str | None
    rep: str | None
    stage: str
    benchmark_days: float | None
    started_at: datetime
    ended_at: datetime
    days: float


@dataclass(frozen=True, slots=True)
class DueLine:
    """An action behind the completion rate."""

    opportunity: str
    customer_id: int | None
    customer: str | None
    rep: str | None
    type: str
    status: str
    planned_for: datetime
    done: bool


@dataclass(frozen=True, slots=True)
class FateLine:
    """An opportunity behind a stage of the funnel."""

    opportunity: str
    customer_id: int | None
    customer: str | None
    rep: str | None
    stage: str
    reached_at: datetime
    outcome: str
    fate: str


@dataclass(frozen=True, slots=True)
class RedLine:
    """A standing red alert.

    Attributes:
        hands: who looks after it.
    """

    id: int
    rule: str
    params: dict[str, Any]
    raised_at: datetime
    opportunity: str
    customer_id: int | None
    customer: str | None
    rep: str | None
    hands: Hands | None = None


Line = OpenLine | RunLine | DueLine | FateLine | RedLine
L = TypeVar("L", bound=Line)


@dataclass(frozen=True, slots=True)
class Rows(Generic[L]):
    """The rows behind a number: how many in all, and the first of them."""

    total: int
    lines: tuple[L, ...]


def past_benchmark(session: Session, who: Who, ask: Ask) -> Rows[OpenLine]:
    """Open opportunities past their stage's benchmark."""
    return open_opportunities(session, who, ask, past=True)


def open_opportunities(session: Session, who: Who, ask: Ask, *, past: bool = False) -> Rows[OpenLine]:
    """Open opportunities, longest past their benchmark first."""
    rows = board_sets.open_rows(who, ask).subquery()
    seen = seen_at(rows.c.opportunity_id, rows.c.stood_since)
    query = _narrowed(rows, ask, rows.c.stage).add_columns(seen.label("at_least"))
    if past:
        query = query.where(rows.c.past == 1)
    order = (rows.c.alerts.desc(), rows.c.times_benchmark.desc(), func.coalesce(rows.c.dwell_days, 0).desc())
    return _first(session, query, OpenLine, *order, rows.c.opportunity_id)


def red_alerts(session: Session, who: Who, ask: Ask) -> Rows[RedLine]:
    """Standing red alerts, the oldest first."""
    rows = board_sets.red_rows(who, ask).subquery()
    found = _first(session, _narrowed(rows, ask, rows.c.stage), RedLine, rows.c.raised_at, rows.c.id)
    hands = hands_of(session, [line.id for line in found.lines], ask.now)
    return replace(found, lines=tuple(replace(line, hands=hands.get(line.id)) for line in found.lines))


def stage_runs(session: Session, who: Who, ask: Ask) -> Rows[RunLine]:
    """Finished stays of the window, longest first."""
    return _runs(session, board_past.finished_runs(who, ask), ask)


def timed_runs(session: Session, who: Who, ask: Ask) -> Rows[RunLine]:
    """Those of them that a benchmark is known for."""
    return _runs(session, board_past.timed_runs(who, ask), ask)


def _runs(session: Session, stays: Select[Any], ask: Ask) -> Rows[RunLine]:
    runs = stays.subquery()
    order = (runs.c.days.desc(), runs.c.opportunity_id, runs.c.started_at)
    return _first(session, _narrowed(runs, ask, runs.c.stage), RunLine, *order)


def due_actions(session: Session, who: Who, ask: Ask) -> Rows[DueLine]:
    """Actions that came due in the window, those not completed first."""
    due = board_due.due_actions(who, ask).subquery()
    order = (due.c.done, due.c.planned_for.desc(), due.c.opportunity_id)
    return _first(session, _narrowed(due, ask, due.c.type), DueLine, *order)


def funnel_fates(session: Session, who: Who, ask: Ask) -> Rows[FateLine]:
    """Opportunities that reached a stage, those that wait there first."""
    rows = board_past.funnel_rows(who, ask).subquery()
    query = _narrowed(rows, ask, rows.c.stage)
    if ask.fate is not None:
        query = query.where(rows.c.fate == ask.fate)
    waiting = case({fate.value: n for n, fate in enumerate(_WAITING_FIRST)}, value=rows.c.fate)
    return _first(session, query, FateLine, waiting, rows.c.reached_at, rows.c.opportunity_id, rows.c.stage)


def _narrowed(rows: Subquery, ask: Ask, stage: ColumnElement[str]) -> Select[Any]:
    wanted = ((rows.c.group_id, ask.pick), (stage, ask.stage), (rows.c.opportunity_id, ask.opportunity))
    return select(rows).where(*(column == value for column, value in wanted if value is not None))


def _first(session: Session, query: Select[Any], line: type[L], *order: ColumnElement[Any]) -> Rows[L]:
    found = session.execute(
        query.add_columns(func.count().over().label("total")).order_by(*order).limit(ROWS_SHOWN)
    ).all()
    names = [f.name for f in fields(line) if f.default is MISSING]  # what has a default is no column
    made = tuple(line(**{name: getattr(row, name) for name in names}) for row in found)
    return Rows(found[0].total if found else 0, made)


ROWS: dict[str, Callable[[Session, Who, Ask], Rows[Any]]] = {
    "open": open_opportunities,
    "past": past_benchmark,
    "red": red_alerts,
    "runs": stage_runs,
    "timed": timed_runs,
    "due": due_actions,
    "fates": funnel_fates,
}
