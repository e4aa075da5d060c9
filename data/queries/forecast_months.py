"""Months that were forecast, with their lines, decisions and what came, within reach (B4, B5)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Row, Select, Subquery, and_, case, func, select, true
from sqlalchemy.orm import Session, aliased

from core.access import Permission, Who
from core.forecast.health import Line, MonthRun, Taken, Win, counting
from core.terms import Outcome
from data.queries.currencies import Money, money_of
from data.queries.policies import company_day, company_tz, policy_in_force
from data.queries.scope import customers, owned
from data.schema import (
    Customer,
    ForecastDecision,
    ForecastLine,
    ForecastRun,
    ForecastWin,
    Opportunity,
    Person,
    Pipeline,
)

NEEDS = Permission.SEE_FORECAST_HEALTH
MONTH = "month"
_ZERO = Decimal()


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


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """The instant at which a day of the company begins."""
    return datetime.combine(day, time(), zone)


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

    Args:
        team: only those that counted for this team; None for all within reach.
    """
    policy = policy_in_force(session)
    if not rows:
        return Months(policy.currency, (), (), (), {})
    runs = {row.id: _run(row, whole) for row, whole in _with_sums(session, rows)}
    kept = rows[-1].currency  # "" where no amounts are: every win counts 1, as in every forecast of it
    money = money_of(session, kept) if kept else None
    zone = company_tz(session)
    among = _among(who, runs, team)
    decided = _decisions(runs.values(), among)
    found = [
        (_line(row, runs[row.run_id], zone, money), row)
        for row in session.execute(_lines(who, among, decided))
    ]
    wins = _wins(session, who, rows, zone, money, team)
    names = [(line.opportunity, row) for line, row in found] + [(w.opportunity, row) for w, row in wins]
    return Months(
        rows[-1].currency,
        tuple(runs.values()),
        tuple(line for line, _ in found),
        tuple(win for win, _ in wins),
        {opportunity: LineNames(*(getattr(row, f) for f in _NAMES)) for opportunity, row in names},
    )


_NAMES = ("opportunity", "customer_id", "customer", "industry", "rep")


def _with_sums(session: Session, rows: Sequence[ForecastRun]) -> list[tuple[ForecastRun, Decimal]]:
    query = (
        select(ForecastLine.run_id, func.sum(ForecastLine.value))
        .where(ForecastLine.run_id.in_([row.id for row in rows]))
        .group_by(ForecastLine.run_id)
    )
    sums: dict[int, Decimal] = dict(session.execute(query).all())
    return [(row, sums.get(row.id, _ZERO)) for row in rows]


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


def _among(who: Who, runs: Iterable[int], team: int | None) -> ColumnElement[bool]:
    """Lines of some runs within reach, of one team's where it is named."""
    line = ForecastLine
    within = and_(line.run_id.in_(list(runs)), owned(who, NEEDS, line.owner_id))
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
            *_books(),
            *_named(who, owner),
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
    won = row.outcome == Outcome.WON and _within(row.closed_at, run.month, run.ends, zone)
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
        _paid(row, money) if won else _ZERO,
    )


def _within(at: datetime | None, first: date, end: date, zone: ZoneInfo) -> bool:
    return at is not None and midnight(first, zone) <= at < midnight(end, zone)


def _paid(row: Row[Any], money: Money | None) -> Decimal:
    """What a win brought; each counts 1 where no amounts are kept."""
    if money is None:
        return Decimal(1)
    return money.paid(row.paid, row.currency, row.closed_at) or _ZERO


def _wins(
    session: Session,
    who: Who,
    rows: Sequence[ForecastRun],
    zone: ZoneInfo,
    money: Money | None,
    team: int | None,
) -> list[tuple[Win, Row[Any]]]:
    """Wins of the months that had no line in their month's run."""
    known = true() if team is None else ForecastWin.team_id == team
    other = (
        true() if team is None else Opportunity.owner_id.in_(select(Person.id).where(Person.team_id == team))
    )
    return [
        *_known_wins(session, who, rows, zone, money, known),
        *_other_wins(session, who, rows, zone, money, other),
    ]


def _known_wins(
    session: Session,
    who: Who,
    rows: Sequence[ForecastRun],
    zone: ZoneInfo,
    money: Money | None,
    narrowed: ColumnElement[bool],
) -> list[tuple[Win, Row[Any]]]:
    """What the runs had as won, whose and how much as they kept it, and what it came to."""
    runs, w, owner = {row.id: row for row in rows}, ForecastWin, aliased(Person)
    query = (
        select(w.run_id, w.opportunity_id, w.owner_id, w.team_id, w.amount, *_books(), *_named(who, owner))
        .join(Opportunity, Opportunity.id == w.opportunity_id)
        .outerjoin(Customer, Customer.id == Opportunity.customer_id)
        .outerjoin(owner, owner.id == w.owner_id)
        .where(w.run_id.in_(runs), owned(who, NEEDS, w.owner_id), narrowed)
        .order_by(w.run_id, w.id)
    )
    found = []
    for row in session.execute(query):
        month, ends = runs[row.run_id].starts_on, runs[row.run_id].ends_on
        won = row.outcome == Outcome.WON and _within(row.closed_at, month, ends, zone)
        actual = _paid(row, money) if won else _ZERO
        found.append((Win(row.opportunity_id, month, row.owner_id, row.team_id, actual, row.amount), row))
    return found


def _other_wins(
    session: Session,
    who: Who,
    rows: Sequence[ForecastRun],
    zone: ZoneInfo,
    money: Money | None,
    narrowed: ColumnElement[bool],
) -> list[tuple[Win, Row[Any]]]:
    """Wins that the runs knew nothing of: neither open in them nor won."""
    o = Opportunity
    among = and_(
        o.pipeline_id == rows[0].pipeline_id,
        o.outcome == Outcome.WON,
        o.closed_at >= midnight(rows[0].starts_on, zone),
        o.closed_at < midnight(rows[-1].ends_on, zone),
        owned(who, NEEDS, o.owner_id),
        narrowed,
    )
    known = set(session.execute(_in_runs(rows, ForecastLine, among)))
    known |= set(session.execute(_in_runs(rows, ForecastWin, among)))
    won = (
        select(o.id, o.owner_id, Person.team_id, *_books(), *_named(who, Person))
        .outerjoin(Customer, Customer.id == o.customer_id)
        .outerjoin(Person, Person.id == o.owner_id)
        .where(among)
        .order_by(o.closed_at, o.id)
    )
    found = []
    for w in session.execute(won):
        for run in rows:
            if _within(w.closed_at, run.starts_on, run.ends_on, zone) and (run.id, w.id) not in known:
                win = Win(w.id, run.starts_on, w.owner_id, w.team_id, _paid(w, money), None)
                found.append((win, w))
    return found


def _in_runs(
    rows: Sequence[ForecastRun], table: type[ForecastLine | ForecastWin], among: ColumnElement[bool]
) -> Select[int, int]:
    """Which of some opportunities stand in a table of which runs."""
    return select(table.run_id, table.opportunity_id).where(
        table.run_id.in_([row.id for row in rows]),
        table.opportunity_id.in_(select(Opportunity.id).where(among)),
    )


def _books() -> list[Any]:
    """What the books say today of an opportunity's outcome."""
    return [
        Opportunity.outcome,
        Opportunity.closed_at,
        Opportunity.amount.label("paid"),
        Opportunity.currency,
    ]


def _named(who: Who, rep: Any) -> list[Any]:
    """What `LineNames` says of an opportunity."""
    return [
        Opportunity.name.label("opportunity"),
        case((customers(who, Permission.SEE_CUSTOMERS), Opportunity.customer_id)).label("customer_id"),
        Customer.name.label("customer"),
        Customer.industry,
        rep.name.label("rep"),
    ]


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
