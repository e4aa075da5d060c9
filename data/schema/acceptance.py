"""Deliveries to customers, the links with which they confirm them, and what they answered (PRODUCT.md C4).

A delivery's state is not kept: `core.promises.acceptance.standing` reads it from links and answers.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from data.schema.base import Base, Keyed


class CustomerDelivery(Keyed, Base):
    """Something that was marked ready for a customer; `outbox.Delivery` is a message on its way.

    `title` and `note` are what the customer reads. The walkthrough is a kept file or lies elsewhere.
    """

    __tablename__ = "customer_delivery"

    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"), index=True)
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id"))
    promise_id: Mapped[int | None] = mapped_column(ForeignKey("promise.id"), index=True)
    demand_id: Mapped[int | None] = mapped_column(ForeignKey("demand.id"), index=True)
    feature_id: Mapped[int | None] = mapped_column(ForeignKey("feature.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    title: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
    language: Mapped[str]
    video: Mapped[str | None] = mapped_column(ForeignKey("stored_file.sha256"))
    video_url: Mapped[str] = mapped_column(default="")
    ready_at: Mapped[datetime]


class AcceptanceLink(Keyed, Base):
    """A link that a customer was sent. Of its token only the SHA-256 is kept.

    `used_at` is when its turn was answered, through this link or a sibling of the same turn.
    """

    __tablename__ = "acceptance_link"
    __table_args__ = (Index(None, "delivery_id", "turn"),)

    delivery_id: Mapped[int] = mapped_column(ForeignKey("customer_delivery.id"))
    round: Mapped[int]
    turn: Mapped[int]
    token_hash: Mapped[str] = mapped_column(unique=True)
    language: Mapped[str]
    sent_to: Mapped[str | None]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    revoked_at: Mapped[datetime | None]
    used_at: Mapped[datetime | None]


class AcceptanceAnswer(Keyed, Base):
    """What a customer answered; the unique turn is the last word on a second press."""

    __tablename__ = "acceptance_answer"
    __table_args__ = (UniqueConstraint("delivery_id", "turn"),)

    delivery_id: Mapped[int] = mapped_column(ForeignKey("customer_delivery.id"))
    round: Mapped[int]
    turn: Mapped[int]
    kind: Mapped[str]
    text: Mapped[str] = mapped_column(default="")
    photo: Mapped[str | None] = mapped_column(ForeignKey("stored_file.sha256"))
    at: Mapped[datetime] = mapped_column(index=True)


class AcceptanceMail(Keyed, Base):
    """A letter to a customer's contact on its way.

    `token` is the link's own text, the only place that knows it, and only while `state` is waiting:
    it is taken out when the letter is sent, given up or no longer wanted.
    """

    __tablename__ = "acceptance_mail"
    __table_args__ = (Index(None, "state", "due_at"),)

    link_id: Mapped[int] = mapped_column(ForeignKey("acceptance_link.id"), unique=True)
    kind: Mapped[str]
    address: Mapped[str]
    token: Mapped[str | None]
    params: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(default="waiting")  # waiting | sent | dead | dropped
    attempts: Mapped[int] = mapped_column(default=0)
    posted_at: Mapped[datetime]
    due_at: Mapped[datetime]
    leased_until: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    error: Mapped[str | None]


class AcceptanceMiss(Keyed, Base):
    """Somebody asked for a link that does not exist; the throttle counts these."""

    __tablename__ = "acceptance_miss"
    __table_args__ = (Index(None, "address", "at"),)

    address: Mapped[str]
    at: Mapped[datetime] = mapped_column(index=True)
