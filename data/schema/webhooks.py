"""What other systems are told: where, which events, and each try (PRODUCT.md F3)."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from data.schema.base import Base, Keyed


class Webhook(Keyed, Base):
    """An address that is told events of some kinds (`core.webhooks`), signed with its secret.

    A removed one keeps its id, which its deliveries name, and loses its secret.
    """

    __tablename__ = "webhook"

    name: Mapped[str]
    url: Mapped[str]
    secret: Mapped[str]
    kinds: Mapped[list[Any]]
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    tested_at: Mapped[datetime | None]
    test_error: Mapped[str | None]  # of the last try; None when it got through
    removed_at: Mapped[datetime | None]


class WebhookEvent(Keyed, Base):
    """Something that happened, as it is told: written with its cause, once per `key`.

    `subject_id` is the record that it is about, of the kind that the event's name begins with.
    """

    __tablename__ = "webhook_event"
    __table_args__ = (Index(None, "kind", "subject_id"),)

    key: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    subject_id: Mapped[int]
    body: Mapped[dict[str, Any]]
    happened_at: Mapped[datetime] = mapped_column(index=True)


class WebhookDelivery(Keyed, Base):
    """An event on its way to one address: waiting, sent, off (its webhook was switched off) or dead.

    `leased_until` keeps a second worker away while one is sending.
    """

    __tablename__ = "webhook_delivery"
    __table_args__ = (UniqueConstraint("webhook_id", "event_id"), Index(None, "state", "due_at"))

    webhook_id: Mapped[int] = mapped_column(ForeignKey("webhook.id"))
    event_id: Mapped[int] = mapped_column(ForeignKey("webhook_event.id"), index=True)
    state: Mapped[str] = mapped_column(default="waiting")
    attempts: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime]
    leased_until: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    error: Mapped[str | None]
