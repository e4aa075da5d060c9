"""The rows of a quarter's collaboration report, as known at an instant."""

from collections.abc import Collection, Iterator
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, or_, select, true
from sqlalchemy.orm import Session, aliased

from core.access import OPERATOR
from core.policies import Policy
from core.promises.acceptance import CONFIRMED, PROBLEM, Fulfilment
from core.promises.collaboration import Fact, Measure, next_quarter
from core.promises.sla import clock
from data.queries.policies import company_zone, working_calendar
from data.queries.promises import PromiseRow, pauses_of
from data.queries.promises import promises as promise_rows
from data.schema import Audit, Customer, Demand, DemandPause, Person, Promise, PromisedDate, Team


def collaboration_facts(session: Session, quarter: date, as_of: datetime, policy: Policy) -> list[Fact]:
    """Every answer that was due or given in the quarter, and what became of promises for its days."""
    return facts_between(session, quarter, next_quarter(quarter), as_of, policy)


def facts_between(
    session: Session,
    first: date,
    end: date,
    as_of: datetime,
    policy: Policy,
    *,
    measures: Collection[Measure] = tuple(Measure),
    team: int | None = None,
) -> list[Fact]:
    """The same of the days from `first` up to, and without, `end`.

    Args:
        measures: those that are wanted; only their rows are read.
        team: only what its people answered for or promised; None for all.
    """
    found: list[Fact] = []
    if Measure.RESPONSE in measures:
        found.extend(_responses(session, first, end, as_of, policy, team))
    if {Measure.KEPT, Measure.SECOND} & set(measures):
        found.extend(_promises(session, first, end, as_of, policy, team))
    return [fact for fact in found if fact.measure in measures]


def quarter_span(session: Session, quarter: date) -> tuple[datetime, datetime]:
    """Its first instant and the one after its last, by the company's clock."""
    return _span(session, quarter, next_quarter(quarter))


def _span(session: Session, first: date, end: date) -> tuple[datetime, datetime]:
    zone = ZoneInfo(company_zone(session))
    return datetime.combine(first, time(), zone), datetime.combine(end, time(), zone)


def _responses(
    session: Session, first: date, last: date, as_of: datetime, policy: Policy, of: int | None
) -> Iterator[Fact]:
    """Of each demand that was answered in these days, how much of its time it took.

    One without an answer counts in the days in which its time ran out, with the hours until their end.
    """
    starts, ends = _span(session, first, last)
    calendar, end = working_calendar(session), min(ends, as_of)
    demands = _demands(as_of, starts, of)
    theirs = demands.with_only_columns(Demand.id).order_by(None)
    pauses = pauses_of(session, as_of, DemandPause.demand_id.in_(theirs))
    for demand, customer, team, answerer in session.execute(demands):
        answered = demand.answered_at if demand.answered_at and demand.answered_at <= end else None
        if answered and answered < starts:
            continue
        seen = clock(demand.urgency, demand.opened_at, answered, pauses[demand.id], calendar, policy, end)
        if answered is None and not (seen.breached and starts <= seen.due_at < ends):
            continue
        yield Fact(
            Measure.RESPONSE,
            demand.id,
            customer,
            answerer.id if answerer and answered else None,
            answerer.name if answerer and answered else "",
            team.id if team else None,
            team.name if team else "",
            0,
            seen.used_hours / seen.allowed_hours,
            seen.used_hours,
            (answered or seen.due_at).astimezone(starts.tzinfo).date(),
        )


def _demands(as_of: datetime, since: datetime, team: int | None) -> Select[*tuple[Any, ...]]:
    """Demands known by then and not answered before `since`, with their customer, the team of who looks after
    it, and who answered first."""
    owner, answerer = aliased(Person), aliased(Person)
    gave = Audit.command.in_(("demand.answer", "demand.decline")) & (Audit.at == Demand.answered_at)
    answer = (Audit.entity == "demand") & gave & (Audit.entity_id == Demand.id)
    return (
        select(Demand, Customer.name, Team, answerer)
        .join(Customer, Customer.id == Demand.customer_id)
        .outerjoin(owner, owner.id == Customer.owner_id)
        .outerjoin(Team, Team.id == owner.team_id)
        .outerjoin(Audit, answer)
        .outerjoin(answerer, answerer.id == Audit.actor_id)
        .where(
            Demand.recorded_at <= as_of,
            Demand.opened_at <= as_of,
            Demand.taken_back_at.is_(None),
            or_(Demand.answered_at.is_(None), Demand.answered_at >= since),
            true() if team is None else owner.team_id == team,
        )
        .order_by(Demand.id)
    )


def _promises(
    session: Session, first: date, end: date, as_of: datetime, policy: Policy, team: int | None
) -> Iterator[Fact]:
    """Promises for these days: whether the customer confirmed in time, and confirmed again."""
    meant = _meant(first, end, team)
    people = {
        i: (person_id, name, team_id, team_name)
        for i, person_id, name, team_id, team_name in session.execute(
            select(Promise.id, Person.id, Person.name, Team.id, Team.name)
            .outerjoin(Person, Person.id == Promise.person_id)
            .outerjoin(Team, Team.id == Person.team_id)
            .where(meant)
        )
    }
    for row in promise_rows(session, OPERATOR, policy, as_of, meant):
        if not first <= row.promised_on < end:
            continue
        person_id, person, team_id, team_name = people[row.id]
        for measure, value in _became(row):
            who = (person_id, person or "", team_id, team_name or "")
            yield Fact(measure, row.id, row.customer, *who, team_id or 0, value, on=row.promised_on)


def _meant(first: date, end: date, team: int | None) -> ColumnElement[bool]:
    """Promises that were once told for one of these days, of a team's people where one is named."""
    dates = PromisedDate.promised_on
    told = Promise.id.in_(select(PromisedDate.promise_id).where(dates >= first, dates < end))
    if team is None:
        return told
    return told & Promise.person_id.in_(select(Person.id).where(Person.team_id == team))


def _became(row: PromiseRow) -> Iterator[tuple[Measure, float]]:
    """What the customer's confirmations say of a promise; what nobody can know yet is not said."""
    if row.fulfilment is not Fulfilment.OPEN:
        yield Measure.KEPT, float(row.fulfilment is Fulfilment.KEPT)
    if row.delivery.second in (CONFIRMED, PROBLEM):
        yield Measure.SECOND, float(row.delivery.second == CONFIRMED)
