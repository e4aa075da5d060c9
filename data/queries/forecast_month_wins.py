"""Wins of forecast months that had no line in their month's run (B4)."""

from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Row, Select, and_, select, true
from sqlalchemy.orm import Session, aliased

from core.access import Who
from core.forecast.months import Win
from core.terms import Outcome
from data.queries.currencies import Money
from data.queries.forecast_month_books import (
    NEEDS,
    ZERO,
    books,
    closed_in,
    midnight,
    named_for,
    paid_for,
    reached,
)
from data.queries.scope import owned
from data.schema import Customer, ForecastLine, ForecastRun, ForecastWin, Opportunity, Person


def wins_of(
    session: Session,
    who: Who,
    rows: Sequence[ForecastRun],
    zone: ZoneInfo,
    money: Money | None,
    team: int | None,
) -> list[tuple[Win, Row[Any]]]:
    """Wins of the months that had no line in their month's run; none without a run."""
    if not rows:
        return []
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
        select(w.run_id, w.opportunity_id, w.owner_id, w.team_id, w.amount, *books(), *named_for(who, owner))
        .join(Opportunity, Opportunity.id == w.opportunity_id)
        .outerjoin(Customer, Customer.id == Opportunity.customer_id)
        .outerjoin(owner, owner.id == w.owner_id)
        .where(w.run_id.in_(runs), reached(who, w, runs), narrowed)
        .order_by(w.run_id, w.id)
    )
    found = []
    for row in session.execute(query):
        month, ends = runs[row.run_id].starts_on, runs[row.run_id].ends_on
        won = row.outcome == Outcome.WON and closed_in(row.closed_at, month, ends, zone)
        actual = paid_for(row, money) if won else ZERO
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
        select(o.id, o.owner_id, Person.team_id, *books(), *named_for(who, Person))
        .outerjoin(Customer, Customer.id == o.customer_id)
        .outerjoin(Person, Person.id == o.owner_id)
        .where(among)
        .order_by(o.closed_at, o.id)
    )
    found = []
    for w in session.execute(won):
        for run in rows:
            if closed_in(w.closed_at, run.starts_on, run.ends_on, zone) and (run.id, w.id) not in known:
                win = Win(w.id, run.starts_on, w.owner_id, w.team_id, paid_for(w, money), None)
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
