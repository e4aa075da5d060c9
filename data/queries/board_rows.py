"""The rows behind the board's numbers: the same sets, listed (A3, D3)."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from core.access import Who
from data.queries import board_sets as sets
from data.queries.board_sets import Ask

ROWS_SHOWN = 200


@dataclass(frozen=True, slots=True)
class OpenLine:
    """An open opportunity behind the board's numbers."""

    opportunity_id: int
    opportunity: str
    customer_id: int | None
    customer: str | None
    rep: str | None
    stage: str
    benchmark_days: float | None
    dwell_days: float | None
    past: bool
    amount: Decimal | None
    currency: str
    last_touch_at: datetime | None
    next_step_at: datetime | None
    alerts: int


@dataclass(frozen=True, slots=True)
class RunLine:
    """A finished stage run behind a median."""

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
class Rows:
    """The rows behind a number: how many in all, and the first of them."""

    total: int
    lines: tuple[OpenLine, ...] | tuple[RunLine, ...] | tuple[DueLine, ...]


def past_benchmark(session: Session, who: Who, ask: Ask) -> Rows:
    """Open opportunities past their stage's benchmark."""
    return open_opportunities(session, who, ask, past=True)


def open_opportunities(session: Session, who: Who, ask: Ask, *, past: bool = False) -> Rows:
    """Open opportunities, longest past their benchmark first."""
    rows = sets.open_rows(who, ask).subquery()
    query = _narrowed(select(rows), ask, rows.c.group_id, rows.c.stage)
    if past:
        query = query.where(rows.c.past == 1)
    order = (rows.c.alerts.desc(), rows.c.times_benchmark.desc(), func.coalesce(rows.c.dwell_days, 0).desc())
    return _first(session, query, OpenLine, *order, rows.c.opportunity_id)


def stage_runs(session: Session, who: Who, ask: Ask) -> Rows:
    """Finished stage runs of the window, longest first."""
    runs = sets.finished_runs(who, ask).subquery()
    query = _narrowed(select(runs), ask, runs.c.group_id, runs.c.stage)
    return _first(session, query, RunLine, runs.c.days.desc(), runs.c.opportunity_id, runs.c.started_at)


def due_actions(session: Session, who: Who, ask: Ask) -> Rows:
    """Actions that came due in the window, those not completed first."""
    due = sets.due_actions(who, ask).subquery()
    query = _narrowed(select(due), ask, due.c.group_id, due.c.type)
    return _first(session, query, DueLine, due.c.done, due.c.planned_for.desc(), due.c.opportunity_id)


def _narrowed(
    query: Select[Any], ask: Ask, group: ColumnElement[int], stage: ColumnElement[str]
) -> Select[Any]:
    if ask.pick is not None:
        query = query.where(group == ask.pick)
    return query if ask.stage is None else query.where(stage == ask.stage)


def _first(session: Session, query: Select[Any], line: type[Any], *order: ColumnElement[Any]) -> Rows:
    found = session.execute(
        query.add_columns(func.count().over().label("total")).order_by(*order).limit(ROWS_SHOWN)
    ).all()
    made = tuple(line(**{k: getattr(row, k) for k in (f.name for f in fields(line))}) for row in found)
    return Rows(found[0].total if found else 0, made)


ROWS: dict[str, Callable[[Session, Who, Ask], Rows]] = {
    "open": open_opportunities,
    "past": past_benchmark,
    "runs": stage_runs,
    "due": due_actions,
}
