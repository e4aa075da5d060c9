"""One delivery in full, and what the form knows that marks one ready (C4)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access import Permission, Who
from core.messages import NotFound
from core.promises.acceptance import FIRST, second_due, second_from
from data.queries.deliveries import DeliveryRow, delivery_rows
from data.queries.policies import company_zone, policy_in_force, setting
from data.queries.scope import customers
from data.schema import (
    AcceptanceAnswer,
    AcceptanceLink,
    AcceptanceMail,
    Audit,
    Contact,
    Customer,
    CustomerDelivery,
    Demand,
    Feature,
    Person,
    Promise,
)


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that happened with a delivery.

    Attributes:
        what: `sent`, `sent_again`, `asked_again`, `reminded`, `revoked`, `confirmed`, `confirmed_again` or
            `problem`.
        mail: state of the letter that went out with it: waiting, sent, dead, dropped; "" without one.
        to: where the letter went.
        text: a problem's, or why a link was called back.
        photo: of a problem.
        by: who called a link back.
    """

    at: datetime
    what: str
    to: str | None = None
    mail: str = ""
    text: str = ""
    photo: str | None = None
    expires_at: datetime | None = None
    by: str = ""


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
        second_from: from when on the second question can be sent; None where there is none to send.
        second_due: whether it can be sent now.
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
    second_from: datetime | None
    second_due: bool
    desk: ReadyDesk
    company: str
    zone: str


def delivery_file(session: Session, who: Who, delivery_id: int, now: datetime) -> DeliveryFile:
    """One delivery.

    Raises:
        NotFound: there is none within reach.
    """
    rows = delivery_rows(session, who, now, CustomerDelivery.id == delivery_id)
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
        second_from(rows[0].seen, days),
        second_due(rows[0].seen, days, now),
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
    rounds = set[int]()
    for link, mail in session.execute(query):
        what = _sending(link, mail, first=link.round not in rounds)
        rounds.add(link.round)
        state = mail.state if mail else ""
        found.append(Happening(link.created_at, what, link.sent_to, state, expires_at=link.expires_at))
    found += _called_back(session, delivery_id, {h.at for h in found})
    said = select(AcceptanceAnswer).where(AcceptanceAnswer.delivery_id == delivery_id)
    for a in session.scalars(said):
        again = "_again" if a.round > 1 and a.kind == "confirmed" else ""
        found.append(Happening(a.at, f"{a.kind}{again}", text=a.text, photo=a.photo))
    return tuple(sorted(found, key=lambda h: h.at)[::-1])  # of one instant, the answer stands above


def _called_back(session: Session, delivery_id: int, sent_at: Collection[datetime]) -> list[Happening]:
    """When the links were called back, by whom and why; a renewal ends the old link and says so itself."""
    ends = select(AcceptanceLink.revoked_at).where(
        AcceptanceLink.delivery_id == delivery_id, AcceptanceLink.revoked_at.is_not(None)
    )
    audited = (
        select(Audit.at, Audit.after, Person.name)
        .outerjoin(Person, Person.id == Audit.actor_id)
        .where(Audit.entity == "delivery", Audit.entity_id == delivery_id, Audit.command == "delivery.revoke")
    )
    why = {at: ((after or {}).get("reason", ""), by or "") for at, after, by in session.execute(audited)}
    gone = [at for at in session.scalars(ends.distinct()) if at is not None and at not in sent_at]
    told = [(at, *why.get(at, ("", ""))) for at in gone]
    return [Happening(at, "revoked", text=reason, by=by) for at, reason, by in told]


def _sending(link: AcceptanceLink, mail: AcceptanceMail | None, *, first: bool) -> str:
    if mail is not None and mail.kind == "reminder":
        return "reminded"
    if not first:
        return "sent_again"
    return "sent" if link.round == FIRST else "asked_again"
