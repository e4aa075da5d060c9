"""Collaboration reports as issued, and the root-cause analyses that they opened (PRODUCT.md C5)."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, false, func, or_, select, true
from sqlalchemy.orm import Session, aliased

from core.access import Permission, Reach, Who, reach
from core.messages import NotAllowed, NotFound
from core.promises.collaboration import (
    Collaboration,
    Fact,
    Figure,
    Level,
    collaboration,
    last_quarter,
    quarter_of,
)
from core.terms import Role
from data.collaboration_json import fact_from, figure_from, report_from
from data.once import recalled
from data.queries.collaboration_facts import collaboration_facts
from data.queries.policies import company_day, company_zone, policy_in_force
from data.schema import CollaborationReport, Demand, Person, RootCause

QUARTERS_SHOWN = 12


@dataclass(frozen=True, slots=True)
class QuarterChoice:
    """A quarter: over, with a report that was issued or can be, or running."""

    quarter: date
    issued: bool
    running: bool = False


@dataclass(frozen=True, slots=True)
class Issued:
    """A report as issued; of a manager's team only that team's figures and rows.

    Attributes:
        issued_at: None while its quarter runs.
        issued_by: None when it was issued by the clock.
    """

    report: Collaboration
    as_of: datetime
    issued_at: datetime | None
    issued_by: str | None


@dataclass(frozen=True, slots=True)
class Cause:
    """A root-cause analysis.

    Attributes:
        figure, rows: the evidence as the report had it.
        overdue: open beyond its day.
    """

    id: int
    quarter: date
    figure: Figure
    rows: tuple[Fact, ...]
    opened_at: datetime
    owner_id: int | None
    owner: str | None
    due_on: date | None
    overdue: bool
    cause: str
    outcome: str
    closed_at: datetime | None
    closed_by: str | None


@recalled
def quarters(session: Session, who: Who, now: datetime) -> tuple[QuarterChoice, ...]:
    """The running one, and those that are over, newest first: issued ones, and the last that can still be."""
    _allow(who)
    query = select(CollaborationReport.quarter_start).order_by(CollaborationReport.quarter_start.desc())
    issued = set(session.scalars(query.limit(QUARTERS_SHOWN)))
    running = quarter_of(company_day(session, now))
    first = session.scalar(select(func.min(Demand.recorded_at)))
    last = last_quarter(running)
    still = {last} if first is not None and quarter_of(company_day(session, first)) <= last else set()
    over = tuple(QuarterChoice(q, q in issued) for q in sorted(issued | still, reverse=True))
    return over if first is None else (QuarterChoice(running, issued=False, running=True), *over)


@recalled
def collaboration_report(session: Session, who: Who, quarter: date) -> Issued | None:
    """A quarter's report within reach; None when it was not issued."""
    granted = _allow(who)
    query = (
        select(CollaborationReport, Person.name)
        .outerjoin(Person, Person.id == CollaborationReport.issued_by)
        .where(CollaborationReport.quarter_start == quarter)
    )
    found = session.execute(query).first()
    if found is None:
        return None
    row, issued_by = found
    report = _within(report_from(row.figures), granted, who)
    return Issued(report, row.as_of, row.issued_at, issued_by)


def report_so_far(session: Session, who: Who, now: datetime) -> Issued:
    """The running quarter as it stands, within reach; nothing is opened because of it."""
    granted = _allow(who)
    quarter, policy = quarter_of(company_day(session, now)), policy_in_force(session)
    facts = collaboration_facts(session, quarter, now, policy)
    report = collaboration(quarter, facts, share=policy.collaboration_share, least=policy.collaboration_least)
    return Issued(_within(report, granted, who), now, None, None)


@recalled
def causes(session: Session, who: Who, now: datetime) -> tuple[Cause, ...]:
    """Analyses within reach: open ones by their day, then the closed ones, newest first."""
    _allow(who)
    found = _causes(session, now, cause_in_reach(who))
    waiting = [c for c in found if c.closed_at is None]
    done = [c for c in found if c.closed_at is not None]
    return (
        *sorted(waiting, key=lambda c: (c.due_on is None, c.due_on or date.max, c.id)),
        *sorted(done, key=lambda c: c.closed_at or c.opened_at, reverse=True),
    )


def cause_file(session: Session, who: Who, cause_id: int, now: datetime) -> Cause:
    """One analysis.

    Raises:
        NotFound: there is none within reach.
    """
    found = _causes(session, now, cause_in_reach(who), RootCause.id == cause_id)
    if not found:
        raise NotFound(entity="root_cause")
    return found[0]


def cause_in_reach(who: Who) -> ColumnElement[bool]:
    """Analyses that `who` may see: all, those of their team, and those that they look into."""
    granted = reach(who, Permission.SEE_COLLABORATION)
    if granted is Reach.ALL:
        return true()
    if granted is None:
        return false()
    return or_(RootCause.team_id == who.team_id, RootCause.owner_id == who.person_id)


def owners(session: Session, team_id: int | None) -> dict[int, str]:
    """Who can look into an analysis of a team: its managers, directors and product."""
    manager = (Person.role == Role.MANAGER) & (Person.team_id == team_id)
    able = or_(manager, Person.role.in_((Role.DIRECTOR, Role.PRODUCT)))
    query = select(Person.id, Person.name).where(Person.active, able).order_by(Person.name)
    return {i: name for i, name in session.execute(query)}


def owner_choices(session: Session, who: Who, cause_id: int) -> dict[int, str]:
    """Who can look into one analysis."""
    team_id = session.scalar(select(RootCause.team_id).where(RootCause.id == cause_id, cause_in_reach(who)))
    return owners(session, team_id)


def _allow(who: Who) -> Reach:
    granted = reach(who, Permission.SEE_COLLABORATION)
    if granted is None:
        raise NotAllowed(permission=Permission.SEE_COLLABORATION)
    return granted


def _within(report: Collaboration, granted: Reach, who: Who) -> Collaboration:
    """All of it, or the company's figures, and the team's with its people and rows."""
    if granted is Reach.ALL:
        return report
    figures = (f for f in report.figures if f.level is Level.COMPANY or f.team_id == who.team_id)
    facts = (f for f in report.facts if f.team_id == who.team_id)
    return replace(report, figures=tuple(figures), facts=tuple(facts))


def _causes(session: Session, now: datetime, *narrowed: ColumnElement[bool]) -> list[Cause]:
    owner, closer = aliased(Person), aliased(Person)
    query = (
        select(RootCause, CollaborationReport.quarter_start, owner.name, closer.name)
        .join(CollaborationReport, CollaborationReport.id == RootCause.report_id)
        .outerjoin(owner, owner.id == RootCause.owner_id)
        .outerjoin(closer, closer.id == RootCause.closed_by)
        .where(*narrowed)
        .order_by(RootCause.id)
    )
    today = now.astimezone(ZoneInfo(company_zone(session))).date()
    return [_cause(*row, today) for row in session.execute(query)]


def _cause(row: Any, quarter: date, owner: str | None, closer: str | None, today: date) -> Cause:
    return Cause(
        row.id,
        quarter,
        figure_from(row.evidence["figure"]),
        tuple(fact_from(f) for f in row.evidence["rows"]),
        row.opened_at,
        row.owner_id,
        owner,
        row.due_on,
        row.closed_at is None and row.due_on is not None and row.due_on < today,
        row.cause,
        row.outcome,
        row.closed_at,
        closer,
    )
