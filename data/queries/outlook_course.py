"""How a period's snapshots moved, day by day, within reach (B7)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.access import Permission, Who
from data.once import recalled
from data.queries.outlook import run_on, sees_whole, without_company
from data.queries.policies import company_tz
from data.queries.scope import kept
from data.queries.snapshots import ZERO, RunRow
from data.schema import ForecastLine, ForecastRun, ForecastWin, Pipeline


@dataclass(frozen=True, slots=True)
class Point:
    """One day's numbers of a period; no interval where only a part is seen."""

    taken_on: date
    value: Decimal | None
    low: Decimal | None
    high: Decimal | None
    won: Decimal
    computed: bool


@dataclass(frozen=True, slots=True)
class Headline:
    """One day's snapshot without its rows: the run, what was won, and what is expected of what is open.

    Attributes:
        unknown: wins of which no amount was known: they are not in `won`.
    """

    run: RunRow
    won: Decimal
    open: Decimal
    unknown: int


def headline(session: Session, who: Who, pipeline: str, period: str, day: date) -> Headline | None:
    """The sums of the snapshot that was taken on a day, within reach; None where none was kept."""
    run = run_on(session, pipeline, period, day)
    if run is None or run.id is None:
        return None
    won, open_ = (sums.get(run.id, ZERO) for sums in won_and_open(session, who, [run.id]))
    unknown = session.scalar(_unknown(who, run.id)) or 0
    return Headline(run if sees_whole(who) else without_company(run, won), won, open_, unknown)


def _unknown(who: Who, run_id: int) -> Any:
    table = ForecastWin
    within = kept(who, Permission.SEE_FORECAST, table.owner_id, table.team_id)
    return select(func.count()).where(table.run_id == run_id, table.amount == ZERO, within)


@recalled
def progress(session: Session, who: Who, pipeline: str, period: str, starts_on: date) -> tuple[Point, ...]:
    """The period's snapshots in the latest one's currency, day by day, as far as `who` sees them."""
    zone = company_tz(session)
    mine = (Pipeline.key == pipeline, ForecastRun.period == period, ForecastRun.starts_on == starts_on)
    runs = session.scalars(
        select(ForecastRun)
        .join(Pipeline, Pipeline.id == ForecastRun.pipeline_id)
        .where(*mine)
        .order_by(ForecastRun.taken_on)
    ).all()
    runs = [run for run in runs if run.currency == runs[-1].currency]
    late = {run.id: run.recorded_at.astimezone(zone).date() > run.taken_on for run in runs}
    if sees_whole(who):
        return tuple(Point(r.taken_on, r.value, r.low, r.high, r.won_so_far, late[r.id]) for r in runs)
    won, open_ = won_and_open(session, who, list(late))
    return tuple(
        Point(
            r.taken_on,
            won.get(r.id, ZERO) + open_.get(r.id, ZERO),
            None,
            None,
            won.get(r.id, ZERO),
            late[r.id],
        )
        for r in runs
    )


def won_and_open(
    session: Session, who: Who, runs: Sequence[int]
) -> tuple[dict[int, Decimal], dict[int, Decimal]]:
    """By run, what was won and what is expected of what is open, within reach; runs without any left out."""
    won, open_ = (
        {key: value for key, value in session.execute(_sums(who, column, runs))}
        for column in (ForecastWin.amount, ForecastLine.value)
    )
    return won, open_


def _sums(who: Who, column: Any, runs: Sequence[int]) -> Any:
    table = column.class_
    within = kept(who, Permission.SEE_FORECAST, table.owner_id, table.team_id)
    return select(table.run_id, func.sum(column)).where(table.run_id.in_(runs), within).group_by(table.run_id)
