"""Groups of rooms in the company's chat tool, and each thing that is asked of it (PRODUCT.md A4, F3)."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from data.schema.base import Base, Keyed


class RoomGroup(Keyed, Base):
    """A room's group in the chat tool `kind`; `chat_id` is its id there, once it is made,
    `alias` the other one by which DingTalk's pages know it.

    `key` is ours and unguessable: the chat tool makes one group of it however often it is asked. `name` and
    `users` (person's id to their id there) are what it is made with, settled with the first try.
    """

    __tablename__ = "room_group"
    __table_args__ = (UniqueConstraint("room_id"),)

    room_id: Mapped[int] = mapped_column(ForeignKey("room.id"))
    kind: Mapped[str]
    name: Mapped[str] = mapped_column(default="")
    key: Mapped[str] = mapped_column(unique=True)
    users: Mapped[dict[str, Any]]
    chat_id: Mapped[str | None]
    alias: Mapped[str | None]
    link: Mapped[str | None]


class GroupStep(Keyed, Base):
    """One thing to ask of the chat tool (`core.groups.What`), once per `key`; the outbox of groups.

    `state` is waiting, sent, off (the room was closed before) or dead (refused for good, too many tries, or
    sent without an answer where a second try could do it twice). `leased_until` keeps a second worker away;
    `unsure_since` is when a try went out of which nobody knows whether it arrived.
    """

    __tablename__ = "group_step"
    __table_args__ = (UniqueConstraint("group_id", "key"), Index(None, "state", "due_at"))

    group_id: Mapped[int] = mapped_column(ForeignKey("room_group.id"))
    what: Mapped[str]
    key: Mapped[str]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    user: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = mapped_column(default="waiting")
    attempts: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime]
    leased_until: Mapped[datetime | None]
    unsure_since: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    error: Mapped[str | None]
