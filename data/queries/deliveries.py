"""Deliveries within reach: what customers wait for, and how what they were sent stands (C4)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from core.access import Permission, Who
from core.promises.acceptance import (
    CONFIRMED,
    KINDS,
    NOT_READY,
    PROBLEM,
    Rate,
    Stand,
    Standing,
    confirmation_rate,
    second_rate,
    to_chase,
)
from core.promises.demands import was_there
from data.once import recalled
from data.queries.acceptance import Wanted, serving, standings
from data.queries.policies import company_day, company_tz, policy_in_force
from data.queries.promises import ANSWERED_LAST, PromiseRow, latest, promises
from data.queries.scope import customers
from data.schema import (
    AcceptanceAnswer,
    Contact,
    Customer,
    CustomerDelivery,
    Demand,
    Feature,
    Person,
    PlannedDate,
    Promise,
    PromisedDate,
)

PAGE = 30


class Show(StrEnum):
    """Which deliveries a list shows: what is not ready yet, or those of one state."""

    DUE = "due"  # what was called back as well
    SENT = "sent"
    PROBLEM = "problem"
    ENDED = "ended"  # expired or called back: nobody can answer, be it the second question alone
    CONFIRMED = "confirmed"


_SHOWN = {
    Stand.SENT: Show.SENT,
    Stand.PROBLEM: Show.PROBLEM,
    Stand.EXPIRED: Show.ENDED,
    Stand.REVOKED: Show.ENDED,
    Stand.CONFIRMED: Show.CONFIRMED,
}


@dataclass(frozen=True, slots=True)
class Due:
    """Something that a customer was promised, or asked for and was answered, and that is not ready.

    Attributes:
        there_on: the day of an answer that named what was there already; it has no planned day then.
    """

    customer_id: int
    customer: str
    title: str
    promised_on: date | None
    planned_on: date | None
    promise_id: int | None
    demand_id: int | None
    feature_id: int | None
    there_on: date | None = None


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """One delivery.

    Attributes:
        person: who marked it ready.
        promised_on: the day that the customer was told, where a promise is behind it.
        planned_on: the day that its feature is planned for.
    """

    id: int
    customer_id: int
    customer: str
    title: str
    contact: str | None
    person: str | None
    ready_at: datetime
    promised_on: date | None
    planned_on: date | None
    seen: Standing


@dataclass(frozen=True, slots=True)
class DeliveryBoard:
    """What is shown, how many there are of each, and the rates of all within reach.

    Attributes:
        rows: the deliveries that are shown; beside `due` those that were called back.
    """

    due: Sequence[Due]
    rows: Sequence[DeliveryRow]
    counts: Mapping[str, int]
    confirmed: Rate
    second: Rate
    today: date


@recalled
def delivery_board(
    session: Session, who: Who, show: Show, now: datetime, customer: int | None = None
) -> DeliveryBoard:
    """Deliveries within reach: what is not ready by its day, the confirmed by when they were first confirmed,
    the newest first, the others by who waits longest."""
    of = CustomerDelivery.customer_id == customer if customer else None
    rows = delivery_rows(session, who, now, of)
    due = _due(session, who, now, customer)
    counts = {str(s): sum(s in _shown(row.seen) for row in rows) for s in Show}
    counts[Show.DUE] += len(due)
    chosen = [row for row in rows if show in _shown(row.seen)]
    return DeliveryBoard(
        due if show is Show.DUE else [],
        sorted(chosen, key=lambda row: _since(row), reverse=show is Show.CONFIRMED),
        counts,
        confirmation_rate(row.seen for row in rows),
        second_rate(row.seen for row in rows),
        company_day(session, now),
    )


def _shown(seen: Standing) -> set[Show]:
    """Where a delivery is listed: in two places if it was called back or nobody can answer its second
    question."""
    also = {Show.DUE} if seen.state is Stand.REVOKED else {Show.ENDED} if seen.second_ended else set[Show]()
    return {_SHOWN[seen.state], *also}


def deliveries_of(session: Session, who: Who, promise: PromiseRow, now: datetime) -> list[DeliveryRow]:
    """What was delivered to a promise's customer for it, or with the feature that keeps it."""
    ways = CustomerDelivery.promise_id == promise.id
    if promise.feature_id is not None:
        ways |= CustomerDelivery.feature_id == promise.feature_id
    return delivery_rows(session, who, now, (CustomerDelivery.customer_id == promise.customer_id) & ways)


def to_chase_up(session: Session, who: Who, now: datetime) -> list[DeliveryRow]:
    """Deliveries within reach, not confirmed, whose link has run out or is about to; the oldest first."""
    said = {k: select(AcceptanceAnswer.delivery_id).where(AcceptanceAnswer.kind == k) for k in KINDS}
    standing = CustomerDelivery.id.in_(said[CONFIRMED]) & CustomerDelivery.id.not_in(said[PROBLEM])
    rows = delivery_rows(session, who, now, ~standing)
    return sorted((row for row in rows if to_chase(row.seen, now)), key=_since)


def delivery_rows(
    session: Session, who: Who, now: datetime, narrowed: ColumnElement[bool] | None
) -> list[DeliveryRow]:
    """Deliveries within reach, narrowed further where asked."""
    told = latest(PromisedDate.promise_id, PromisedDate.promised_on, PromisedDate.recorded_at, now)
    planned = latest(PlannedDate.feature_id, PlannedDate.planned_on, PlannedDate.recorded_at, now)
    within = customers(who, Permission.SEE_PROMISES)
    conditions = [] if narrowed is None else [narrowed]
    query = (
        select(CustomerDelivery, Customer.name, Contact.name, Person.name, told.c.day, planned.c.day)
        .join(Customer, Customer.id == CustomerDelivery.customer_id)
        .outerjoin(Contact, Contact.id == CustomerDelivery.contact_id)
        .outerjoin(Person, Person.id == CustomerDelivery.person_id)
        .outerjoin(told, told.c.owner == CustomerDelivery.promise_id)
        .outerjoin(planned, planned.c.owner == CustomerDelivery.feature_id)
        .where(within, *conditions)
    )
    found = session.execute(query).all()
    ours = CustomerDelivery.customer_id.in_(select(Customer.id).where(within))
    seen = standings(session, now, ours, *conditions)
    return [
        DeliveryRow(
            d.id,
            d.customer_id,
            customer,
            d.title,
            contact,
            person,
            d.ready_at,
            told_on,
            planned_on,
            seen[d.id],
        )
        for d, customer, contact, person, told_on, planned_on in found
    ]


def _since(row: DeliveryRow) -> tuple[datetime, int]:
    match row.seen.state:
        case Stand.CONFIRMED:
            at = row.seen.confirmed_at
        case Stand.PROBLEM:
            at = row.seen.answered_at
        case _:
            at = row.seen.ready_at
    return at or row.ready_at, row.id


def _due(session: Session, who: Who, now: datetime, customer: int | None) -> list[Due]:
    of = [Promise.customer_id == customer] if customer else []
    told = promises(session, who, policy_in_force(session), now, *of)
    due = [
        Due(p.customer_id, p.customer, p.feature or p.words, p.promised_on, p.planned_on, p.id, p.demand_id,
            p.feature_id)
        for p in told
        if p.delivery == NOT_READY
    ]  # fmt: skip
    due += _unpromised(session, who, now, customer)
    return sorted(due, key=lambda d: (d.promised_on or d.planned_on or d.there_on or date.max, d.customer))


def _unpromised(session: Session, who: Who, now: datetime, customer: int | None) -> list[Due]:
    """Demands that product answered with a plan, about which the customer was told no date."""
    planned = latest(PlannedDate.feature_id, PlannedDate.planned_on, PlannedDate.recorded_at, now)
    told = select(Promise.demand_id).where(Promise.demand_id.is_not(None), Promise.taken_back_at.is_(None))
    query = (
        select(Demand, Customer.name, Feature.name, planned.c.day, ANSWERED_LAST)
        .join(Customer, Customer.id == Demand.customer_id)
        .join(Feature, Feature.id == Demand.feature_id)
        .join(planned, planned.c.owner == Feature.id)
        .where(customers(who, Permission.SEE_PROMISES), Demand.id.not_in(told), planned.c.day.is_not(None))
    )
    if customer:
        query = query.where(Demand.customer_id == customer)
    found = session.execute(query).all()
    wanted = [Wanted(d.id, d.customer_id, d.opened_at, None, d.id, d.feature_id) for d, *_ in found]
    seen, zone = serving(session, wanted, now), company_tz(session)
    waiting = [row for row in found if seen[row[0].id] == NOT_READY]
    return [
        _answered(d, name, feature, day, last.astimezone(zone).date())
        for d, name, feature, day, last in waiting
    ]


def _answered(demand: Demand, customer: str, feature: str, planned_on: date, answered_on: date) -> Due:
    """What was there already when it was named is due since then."""
    there = was_there(planned_on, answered_on)
    return Due(
        demand.customer_id, customer, feature, None, None if there else planned_on, None, demand.id,
        demand.feature_id, answered_on if there else None,
    )  # fmt: skip
