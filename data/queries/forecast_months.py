"""Months that were forecast, with their lines, decisions and what came, within reach (B4, B5)."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Row, Select, Subquery, and_, func, select
from sqlalchemy.orm import Session, aliased

from core.access import Who
from core.forecast.months import Line, MonthRun, Taken, Win, counting
from core.terms import Outcome
from data.queries.currencies import Money, money_of
from data.queries.forecast_month_books import ZERO, books, closed_in, named_for, paid_for, reached
from data.queries.forecast_month_wins import wins_of
from data.queries.forecast_unpriced import unpriced, without
from data.queries.policies import company_day, company_tz, policy_in_force
from data.schema import (
    Customer,
    ForecastDecision,
    ForecastLine,
    ForecastRun,
    Opportunity,
    Person,
    Pipeline,
)

MONTH = "month"


@dataclass(frozen=True, slots=True)
class LineNames:
    """Whose a line is; `customer_id` None where this person does not see the customer."""

    opportunity: str
    customer_id: int | None
    customer: str | None
    industry: str | None
    rep: str | None


@dataclass(frozen=True, slots=True)
class Months:
    """Months with a forecast, oldest first, with the lines and wins within reach, and the lines' names."""

    currency: str
    runs: tuple[MonthRun, ...]
    lines: tuple[Line, ...]
    wins: tuple[Win, ...]
    names: dict[int, LineNames]  # by opportunity
    left_out: tuple[Line | Win, ...] = ()  # won in a currency without a rate: nobody knows what came


def ended_months(session: Session, who: Who, pipeline: str, now: datetime, months: int) -> Months:
    """The runs that count of the last so many ended months, with their lines and wins."""
    return with_outcomes(session, who, counting_runs(session, pipeline, now)[-months:])


def counting_runs(session: Session, pipeline: str, now: datetime) -> list[ForecastRun]:
    """The run that counts of each month of a pipeline that has ended and has one, in order."""
    r, zone = ForecastRun, company_tz(session)
    query = select(r.id, r.starts_on, r.ends_on, r.taken_on, r.recorded_at).where(
        *monthly(pipeline), r.ends_on <= company_day(session, now)
    )
    taken = [
        Taken(row.id, row.starts_on, row.ends_on, row.taken_on, row.recorded_at.astimezone(zone).date())
        for row in session.execute(query)
    ]
    return list(session.scalars(select(r).where(r.id.in_(counting(taken))).order_by(r.starts_on)))


def monthly(pipeline: str) -> tuple[ColumnElement[bool], ...]:
    """Runs of a pipeline's months that said a value."""
    key = select(Pipeline.id).where(Pipeline.key == pipeline).scalar_subquery()
    r = ForecastRun
    return r.pipeline_id == key, r.period == MONTH, r.value.is_not(None)


def with_outcomes(
    session: Session, who: Who, rows: Sequence[ForecastRun], *, team: int | None = None
) -> Months:
    """Runs with the lines and wins within reach, and what came of them as known now.

    Amounts of two currencies are never added: runs in another one than the latest are left out.

    Args:
        team: only those that counted for this team; None for all within reach.
    """
    policy = policy_in_force(session)
    if not rows:
        return Months(policy.currency, (), (), (), {})
    kept = rows[-1].currency  # "" where no amounts are: every win counts 1, as in every forecast of it
    rows = [row for row in rows if row.currency == kept]
    runs = {row.id: _run(row, whole) for row, whole in _with_sums(session, rows)}
    money = money_of(session, kept) if kept else None
    zone = company_tz(session)
    left = unpriced(session, rows, money, zone)
    runs = without(session, runs, left)
    among = _among(who, runs, team)
    decided = _decisions(runs.values(), among)
    found = [
        (_line(row, runs[row.run_id], zone, money), row)
        for row in session.execute(_lines(who, among, decided))
    ]
    wins = wins_of(session, who, rows, zone, money, team)
    named = {line.opportunity: row for line, row in found} | {win.opportunity: row for win, row in wins}
    lines, came = [line for line, _ in found], [win for win, _ in wins]
    both: list[Line | Win] = [*lines, *came]
    return Months(
        rows[-1].currency,
        tuple(runs.values()),
        tuple(line for line in lines if (line.opportunity, line.month) not in left),
        tuple(win for win in came if (win.opportunity, win.month) not in left),
        {opportunity: LineNames(*row[-len(fields(LineNames)) :]) for opportunity, row in named.items()},
        tuple(one for one in both if (one.opportunity, one.month) in left),
    )


def _with_sums(session: Session, rows: Sequence[ForecastRun]) -> list[tuple[ForecastRun, Decimal]]:
    query = (
        select(ForecastLine.run_id, func.sum(ForecastLine.value))
        .where(ForecastLine.run_id.in_([row.id for row in rows]))
        .group_by(ForecastLine.run_id)
    )
    sums: dict[int, Decimal] = dict(session.execute(query).all())
    return [(row, sums.get(row.id, ZERO)) for row in rows]


def _run(row: ForecastRun, whole: Decimal) -> MonthRun:
    assert row.value is not None  # counting_runs
    return MonthRun(
        row.id,
        row.starts_on,
        row.ends_on,
        row.taken_on,
        row.value,
        row.low,
        row.high,
        row.won_so_far,
        row.fresh,
        whole,
    )


def _among(who: Who, runs: Collection[int], team: int | None) -> ColumnElement[bool]:
    """Lines of some runs within reach, of one team's where it is named."""
    line = ForecastLine
    within = and_(line.run_id.in_(runs), reached(who, line, runs))
    return within if team is None else within & (line.team_id == team)


def _lines(who: Who, among: ColumnElement[bool], decided: Subquery) -> Select[*tuple[Any, ...]]:
    line, owner = ForecastLine, aliased(Person)
    return (
        select(
            line.id,
            line.run_id,
            line.opportunity_id,
            line.owner_id,
            line.team_id,
            line.chance,
            line.scorecard_chance,
            line.amount,
            line.value,
            line.scorecard_value,
            decided.c.decision,
            *books(),
            *named_for(who, owner),
        )
        .join(ForecastRun, ForecastRun.id == line.run_id)
        .join(Opportunity, Opportunity.id == line.opportunity_id)
        .outerjoin(Customer, Customer.id == Opportunity.customer_id)
        .outerjoin(owner, owner.id == line.owner_id)
        .outerjoin(
            decided,
            and_(
                decided.c.opportunity_id == line.opportunity_id,
                decided.c.starts_on == ForecastRun.starts_on,
                decided.c.place == 1,
            ),
        )
        .where(among)
        .order_by(line.run_id, line.id)
    )


def _decisions(runs: Iterable[MonthRun], among: ColumnElement[bool]) -> Subquery:
    """The latest decision on each opportunity and month of some lines; a late one knows too much."""
    d = ForecastDecision
    newest = func.row_number().over(
        partition_by=(d.opportunity_id, d.starts_on), order_by=(d.decided_at.desc(), d.id.desc())
    )
    return (
        select(d.opportunity_id, d.starts_on, d.decision, newest.label("place"))
        .where(
            d.period == MONTH,
            d.starts_on.in_([run.month for run in runs]),
            d.opportunity_id.in_(select(ForecastLine.opportunity_id).where(among)),
            ~d.late,
        )
        .subquery()
    )


def _line(row: Row[Any], run: MonthRun, zone: ZoneInfo, money: Money | None) -> Line:
    won = row.outcome == Outcome.WON and closed_in(row.closed_at, run.month, run.ends, zone)
    return Line(
        row.id,
        row.opportunity_id,
        run.month,
        row.owner_id,
        row.team_id,
        row.chance,
        row.scorecard_chance,
        row.amount,
        row.value,
        row.scorecard_value,
        row.decision,
        won,
        paid_for(row, money) if won else ZERO,
    )


def forecast_pipelines(session: Session) -> dict[str, str]:
    """Names by key of the pipelines with monthly runs, the latest forecast first."""
    latest = func.max(ForecastRun.taken_on).label("latest")
    query = (
        select(Pipeline.key, Pipeline.name)
        .join(ForecastRun, ForecastRun.pipeline_id == Pipeline.id)
        .where(ForecastRun.period == MONTH)
        .group_by(Pipeline.key, Pipeline.name)
        .order_by(latest.desc(), Pipeline.key)
    )
    return dict(session.execute(query).all())
