"""What the customer's page knows: one link, found by the hash of its token, and nothing around it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.promises.acceptance import Door, Link
from core.promises.handover import PER_ADDRESS, PER_HOUR
from data.queries.policies import company_zone, setting
from data.schema import AcceptanceAnswer, AcceptanceLink, AcceptanceMiss, Customer, CustomerDelivery

WINDOW = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Opened:
    """A link as the customer sees it.

    Attributes:
        kind, answered_at: of the answer, once there is one.
        confirmed_at: of the first round, when the second one asks.
        zone: the company's time zone, in which the page says its dates.
    """

    link_id: int
    door: Door
    language: str
    round: int
    company: str
    customer: str
    title: str
    note: str
    video: str | None
    video_url: str
    expires_at: datetime
    kind: str
    answered_at: datetime | None
    confirmed_at: datetime | None
    zone: str


def opened(session: Session, token_hash: str, now: datetime) -> Opened | None:
    """The link with this token; None when there is none. Reads only: opening confirms nothing."""
    found = session.execute(
        select(AcceptanceLink, CustomerDelivery, Customer.name)
        .join(CustomerDelivery, CustomerDelivery.id == AcceptanceLink.delivery_id)
        .join(Customer, Customer.id == CustomerDelivery.customer_id)
        .where(AcceptanceLink.token_hash == token_hash)
    ).first()
    if found is None:
        return None
    link, row, customer = found
    said = select(AcceptanceAnswer).where(AcceptanceAnswer.delivery_id == row.id)
    answers = session.scalars(said.order_by(AcceptanceAnswer.turn)).all()
    answer = next((a for a in answers if a.turn == link.turn), None)
    seen = Link(link.round, link.turn, link.created_at, link.expires_at, link.revoked_at)
    return Opened(
        link.id,
        seen.door(answer is not None, now),
        link.language,
        link.round,
        setting(session, "company") or "",
        customer,
        row.title,
        row.note,
        row.video,
        row.video_url,
        link.expires_at,
        answer.kind if answer else "",
        answer.at if answer else None,
        next((a.at for a in answers if a.kind == "confirmed"), None),
        company_zone(session),
    )


def throttled(session: Session, address: str, now: datetime) -> bool:
    """Whether an address has asked for too many links that do not exist."""
    since = AcceptanceMiss.at > now - WINDOW
    count = select(func.count()).where(AcceptanceMiss.address == address, since)
    return (session.scalar(count) or 0) >= PER_ADDRESS


def flooded(session: Session, now: datetime) -> bool:
    """Whether so many links that do not exist were asked for, by all, that no more of them are counted."""
    count = select(func.count()).where(AcceptanceMiss.at > now - WINDOW)
    return (session.scalar(count) or 0) >= PER_HOUR
