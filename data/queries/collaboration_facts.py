"""The rows of a quarter's collaboration report, as known at an instant."""

from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from core.access import OPERATOR
from core.policies import Policy
from core.promises.acceptance import CONFIRMED, PROBLEM, Fulfilment
from core.promises.collaboration import Fact, Measure, next_quarter
from core.promises.sla import clock
from data.queries.policies import company_zone, working_calendar
from data.queries.promises import PromiseRow, pauses_of
from data.queries.promises import promises as promise_rows
from data.schema import Audit, Customer, Demand, DemandPause, Person, Promise, Team


def collaboration_facts(session: Session, quarter: date, as_of: datetime, policy: Policy) -> list[Fact]:
    """Every answer that was due or given in the quarter, and what became of promises for its days."""
    return facts_between(session, quarter, next_quarter(quarter), as_of, policy)


def facts_between(session: Session, first: date, end: date, as_of: datetime, policy: Policy) -> list[Fact]:
    """The same of the days from `first` up to, and without, `end`."""
    return [*_responses(session, first, end, as_of, policy), *_promises(session, first, end, as_of, policy)]


def quarter_span(session: Session, quarter: date) -> tuple[datetime, datetime]:
    """Its first instant and the one after its last, by the company's clock."""
    return _span(session, quarter, next_quarter(quarter))


def _span(session: Session, first: date, end: date) -> tuple[datetime, datetime]:
    zone = ZoneInfo(company_zone(session))
    return datetime.combine(first, time(), zone), datetime.combine(end, time(), zone)


def _responses(session: Session, first: date, last: date, as_of: datetime, policy: Policy) -> Iterator[Fact]:
    """Of each demand that was answered in these days, how much of its time it took.

    One without an answer counts in the days in which its time ran out, with the hours until their end.
    """
    starts, ends = _span(session, first, last)
    calendar, end = working_calendar(session), min(ends, as_of)
    pauses = pauses_of(session, as_of, DemandPause.demand_id.in_(select(Demand.id)))
    for demand, customer, team, answerer in session.execute(_demands(as_of)):
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


def _demands(as_of: datetime) -> Any:
    """Demands known by then, with their customer, the team of who looks after it, and who answered."""
    owner, answerer = aliased(Person), aliased(Person)
    answer = (Audit.entity == "demand") & (Audit.command == "demand.answer") & (Audit.entity_id == Demand.id)
    return (
        select(Demand, Customer.name, Team, answerer)
        .join(Customer, Customer.id == Demand.customer_id)
        .outerjoin(owner, owner.id == Customer.owner_id)
        .outerjoin(Team, Team.id == owner.team_id)
        .outerjoin(Audit, answer)
        .outerjoin(answerer, answerer.id == Audit.actor_id)
        .where(Demand.recorded_at <= as_of, Demand.opened_at <= as_of)
        .order_by(Demand.id)
    )


def _promises(session: Session, first: date, end: date, as_of: datetime, policy: Policy) -> Iterator[Fact]:
    """Promises for these days: whether the customer confirmed in time, and confirmed again."""
    people = {
        i: (person_id, name, team_id, team)
        for i, person_id, name, team_id, team in session.execute(
            select(Promise.id, Person.id, Person.name, Team.id, Team.name)
            .outerjoin(Person, Person.id == Promise.person_id)
            .outerjoin(Team, Team.id == Person.team_id)
        )
    }
    for row in promise_rows(session, OPERATOR, policy, as_of):
        if not first <= row.promised_on < end:
            continue
        person_id, person, team_id, team = people[row.id]
        for measure, value in _became(row):
            who = (person_id, person or "", team_id, team or "")
            yield Fact(measure, row.id, row.customer, *who, team_id or 0, value, on=row.promised_on)


def _became(row: PromiseRow) -> Iterator[tuple[Measure, float]]:
    """What the customer's confirmations say of a promise; what nobody can know yet is not said."""
    if row.fulfilment is not Fulfilment.OPEN:
        yield Measure.KEPT, float(row.fulfilment is Fulfilment.KEPT)
    if row.delivery.second in (CONFIRMED, PROBLEM):
        yield Measure.SECOND, float(row.delivery.second == CONFIRMED)
