"""Deliveries: what customers wait for, what they were sent, and what they answered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from core.access import Permission, Who
from core.messages import NotFound
from core.promises.acceptance import (
    NOT_READY,
    Rate,
    Stand,
    Standing,
    confirmation_rate,
    may_ask_again,
    second_rate,
)
from data.queries.acceptance import Wanted, serving, standings
from data.queries.policies import company_day, company_zone, policy_in_force, setting
from data.queries.promises import PromiseRow, latest, promises
from data.queries.scope import customers
from data.schema import (
    AcceptanceAnswer,
    AcceptanceLink,
    AcceptanceMail,
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

    DUE = "due"
    SENT = "sent"
    PROBLEM = "problem"
    ENDED = "ended"  # expired or called back: nobody can answer
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
    """Something that a customer was promised, or asked for and was answered, and that is not ready."""

    customer_id: int
    customer: str
    title: str
    promised_on: date | None
    planned_on: date | None
    promise_id: int | None
    demand_id: int | None
    feature_id: int | None


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """One delivery.

    Attributes:
        person: who marked it ready.
        promised_on: the day that the customer was told, where a promise is behind it.
    """

    id: int
    customer_id: int
    customer: str
    title: str
    contact: str | None
    person: str | None
    ready_at: datetime
    promised_on: date | None
    seen: Standing


@dataclass(frozen=True, slots=True)
class DeliveryBoard:
    """What is shown, how many there are of each, and the rates of all within reach."""

    due: Sequence[Due]
    rows: Sequence[DeliveryRow]
    counts: Mapping[str, int]
    confirmed: Rate
    second: Rate
    today: date


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that happened with a delivery.

    Attributes:
        what: `sent`, `sent_again`, `asked_again`, `reminded`, `revoked`, `confirmed`, `confirmed_again` or
            `problem`.
        mail: state of the letter that went out with it: waiting, sent, dead, dropped; "" without one.
        to: where the letter went.
        text, photo: of a problem.
    """

    at: datetime
    what: str
    to: str | None = None
    mail: str = ""
    text: str = ""
    photo: str | None = None
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ReadyDesk:
    """What the form knows: for whom, about what, and who can be written to.

    Attributes:
        contacts: name and mail address by id.
    """

    customer_id: int
    customer: str
    title: str
    promise_id: int | None
    demand_id: int | None
    feature_id: int | None
    contacts: Mapping[int, tuple[str, str | None]]
    contact_id: int | None
    max_video_mb: int


@dataclass(frozen=True, slots=True)
class DeliveryFile:
    """One delivery in full, the happenings newest first.

    Attributes:
        second_due: whether the second question can be sent now.
        company, zone: for the letter: who writes, and in which time zone it says its dates.
    """

    row: DeliveryRow
    note: str
    language: str
    video: str | None
    video_url: str
    promise_id: int | None
    demand_id: int | None
    happened: tuple[Happening, ...]
    second_due: bool
    desk: ReadyDesk
    company: str
    zone: str


def delivery_board(
    session: Session, who: Who, show: Show, now: datetime, customer: int | None = None
) -> DeliveryBoard:
    """Deliveries within reach: what is not ready by its day, the others by who waits longest."""
    of = CustomerDelivery.customer_id == customer if customer else None
    rows = _rows(session, who, now, of)
    due = _due(session, who, now, customer)
    counts = {str(s): sum(_SHOWN[row.seen.state] is s for row in rows) for s in Show}
    counts[Show.DUE] = len(due)
    chosen = [row for row in rows if _SHOWN[row.seen.state] is show]
    return DeliveryBoard(
        due if show is Show.DUE else [],
        sorted(chosen, key=lambda row: _since(row), reverse=show is Show.CONFIRMED),
        counts,
        confirmation_rate(row.seen for row in rows),
        second_rate(row.seen for row in rows),
        company_day(session, now),
    )


def delivery_file(session: Session, who: Who, delivery_id: int, now: datetime) -> DeliveryFile:
    """One delivery.

    Raises:
        NotFound: there is none within reach.
    """
    rows = _rows(session, who, now, CustomerDelivery.id == delivery_id)
    if not rows:
        raise NotFound(entity="delivery")
    kept = session.get_one(CustomerDelivery, delivery_id)
    about = (kept.promise_id, kept.demand_id, kept.feature_id)
    days = policy_in_force(session).second_confirmation_days
    return DeliveryFile(
        rows[0],
        kept.note,
        kept.language,
        kept.video,
        kept.video_url,
        kept.promise_id,
        kept.demand_id,
        _happened(session, delivery_id, now),
        may_ask_again(rows[0].seen, days, now),
        _desk(session, kept.customer_id, rows[0].customer, kept.title, kept.contact_id, about),
        setting(session, "company") or "",
        company_zone(session),
    )


def ready_desk(session: Session, who: Who, promise_id: int | None, demand_id: int | None) -> ReadyDesk:
    """What a promise or a demand says for the form that marks it ready.

    Raises:
        NotFound: neither is within reach.
    """
    promise = session.get(Promise, promise_id) if promise_id else None
    demand_id = promise.demand_id if promise else demand_id
    demand = session.get(Demand, demand_id) if demand_id else None
    asked = promise or demand
    if asked is None:
        raise NotFound(entity="promise")
    within = customers(who, Permission.SEND_DELIVERIES)
    customer = session.scalar(select(Customer.name).where(Customer.id == asked.customer_id, within))
    if customer is None:
        raise NotFound(entity="promise")
    feature_id = (promise.feature_id if promise else None) or (demand.feature_id if demand else None)
    feature = session.get(Feature, feature_id) if feature_id else None
    about = (promise.id if promise else None, demand.id if demand else None, feature_id)
    title = feature.name if feature else ""
    return _desk(session, asked.customer_id, customer, title, asked.contact_id, about)


def deliveries_of(session: Session, who: Who, promise: PromiseRow, now: datetime) -> list[DeliveryRow]:
    """What was delivered to a promise's customer for it, or with the feature that keeps it."""
    ways = CustomerDelivery.promise_id == promise.id
    if promise.feature_id is not None:
        ways |= CustomerDelivery.feature_id == promise.feature_id
    return _rows(session, who, now, (CustomerDelivery.customer_id == promise.customer_id) & ways)


def _rows(
    session: Session, who: Who, now: datetime, narrowed: ColumnElement[bool] | None
) -> list[DeliveryRow]:
    told = latest(PromisedDate.promise_id, PromisedDate.promised_on, PromisedDate.recorded_at, now)
    within = customers(who, Permission.SEE_PROMISES)
    conditions = [] if narrowed is None else [narrowed]
    query = (
        select(CustomerDelivery, Customer.name, Contact.name, Person.name, told.c.day)
        .join(Customer, Customer.id == CustomerDelivery.customer_id)
        .outerjoin(Contact, Contact.id == CustomerDelivery.contact_id)
        .outerjoin(Person, Person.id == CustomerDelivery.person_id)
        .outerjoin(told, told.c.owner == CustomerDelivery.promise_id)
        .where(within, *conditions)
    )
    found = session.execute(query).all()
    ours = CustomerDelivery.customer_id.in_(select(Customer.id).where(within))
    seen = standings(session, now, ours, *conditions)
    return [
        DeliveryRow(d.id, d.customer_id, customer, d.title, contact, person, d.ready_at, day, seen[d.id])
        for d, customer, contact, person, day in found
    ]


def _since(row: DeliveryRow) -> tuple[datetime, int]:
    at = row.seen.answered_at if row.seen.state in (Stand.PROBLEM, Stand.CONFIRMED) else row.seen.ready_at
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
    return sorted(due, key=lambda d: (d.promised_on or d.planned_on or date.max, d.customer))


def _unpromised(session: Session, who: Who, now: datetime, customer: int | None) -> list[Due]:
    """Demands that product answered with a plan, about which the customer was told no date."""
    planned = latest(PlannedDate.feature_id, PlannedDate.planned_on, PlannedDate.recorded_at, now)
    told = select(Promise.demand_id).where(Promise.demand_id.is_not(None))
    query = (
        select(Demand, Customer.name, Feature.name, planned.c.day)
        .join(Customer, Customer.id == Demand.customer_id)
        .join(Feature, Feature.id == Demand.feature_id)
        .join(planned, planned.c.owner == Feature.id)
        .where(customers(who, Permission.SEE_PROMISES), Demand.id.not_in(told), planned.c.day.is_not(None))
    )
    if customer:
        query = query.where(Demand.customer_id == customer)
    found = session.execute(query).all()
    wanted = [Wanted(d.id, d.customer_id, d.opened_at, None, d.id, d.feature_id) for d, *_ in found]
    seen = serving(session, wanted, now)
    return [
        Due(d.customer_id, name, feature, None, day, None, d.id, d.feature_id)
        for d, name, feature, day in found
        if seen[d.id] == NOT_READY
    ]


def _desk(
    session: Session,
    customer_id: int,
    customer: str,
    title: str,
    contact_id: int | None,
    about: tuple[int | None, int | None, int | None],
) -> ReadyDesk:
    known = select(Contact.id, Contact.name, Contact.email).where(Contact.customer_id == customer_id)
    return ReadyDesk(
        customer_id,
        customer,
        title,
        *about,
        {i: (name, email) for i, name, email in session.execute(known.order_by(Contact.id))},
        contact_id,
        policy_in_force(session).max_video_mb,
    )


def _happened(session: Session, delivery_id: int, now: datetime) -> tuple[Happening, ...]:
    query = (
        select(AcceptanceLink, AcceptanceMail)
        .outerjoin(AcceptanceMail, AcceptanceMail.link_id == AcceptanceLink.id)
        .where(AcceptanceLink.delivery_id == delivery_id, AcceptanceLink.created_at <= now)
        .order_by(AcceptanceLink.id)
    )
    found: list[Happening] = []
    for link, mail in session.execute(query):
        what = _sending(link, mail, first=not found)
        state = mail.state if mail else ""
        found.append(Happening(link.created_at, what, link.sent_to, state, expires_at=link.expires_at))
    called_back = select(AcceptanceLink.revoked_at).where(
        AcceptanceLink.delivery_id == delivery_id, AcceptanceLink.revoked_at.is_not(None)
    )
    sent_at = {h.at for h in found}
    gone = {
        at for at in session.scalars(called_back.distinct()) if at not in sent_at
    }  # a renewal says so itself
    found += [Happening(at, "revoked") for at in gone if at is not None]
    said = select(AcceptanceAnswer).where(AcceptanceAnswer.delivery_id == delivery_id)
    for a in session.scalars(said):
        again = "_again" if a.round > 1 and a.kind == "confirmed" else ""
        found.append(Happening(a.at, f"{a.kind}{again}", text=a.text, photo=a.photo))
    return tuple(sorted(found, key=lambda h: h.at)[::-1])  # of one instant, the answer stands above


def _sending(link: AcceptanceLink, mail: AcceptanceMail | None, *, first: bool) -> str:
    if mail is not None and mail.kind == "reminder":
        return "reminded"
    if link.round > 1:
        return "asked_again"
    return "sent" if first else "sent_again"
