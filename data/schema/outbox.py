"""The outbox: what people are told, and each try to reach them (PRODUCT.md P8)."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from data.schema.base import Base, Keyed


class Message(Keyed, Base):
    """A notice as posted: in the person's inbox from this moment. `key` makes it once per cause.

    `carried` is the rule under which it was posted (`core.telling.Carried`), None as shipped; unread at
    `follows_at`, those who lead the person are told.
    """

    __tablename__ = "message"
    __table_args__ = (
        UniqueConstraint("person_id", "key"),
        Index(None, "person_id", "read_at"),
        Index(None, "posted_at"),
        Index(None, "follows_at"),
    )

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[str]
    key: Mapped[str]
    params: Mapped[dict[str, Any]]
    page: Mapped[str]
    query: Mapped[dict[str, Any]]
    posted_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    carried: Mapped[dict[str, Any] | None]
    follows_at: Mapped[datetime | None]


class Delivery(Keyed, Base):
    """A message on its way through one channel.

    `state` is waiting, sent, off (not wanted) or dead (a permanent failure, or too many tries).
    `leased_until` keeps a second worker away while one is sending; a worker that dies leaves the lease to
    run out. `digest_at`: it leaves together with the person's others of this instant.
    """

    __tablename__ = "delivery"
    __table_args__ = (UniqueConstraint("message_id", "channel"), Index(None, "state", "due_at"))

    message_id: Mapped[int] = mapped_column(ForeignKey("message.id"))
    channel: Mapped[str]
    state: Mapped[str] = mapped_column(default="waiting")
    attempts: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime]
    digest_at: Mapped[datetime | None]
    leased_until: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    error: Mapped[str | None]
