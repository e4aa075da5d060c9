"""Rooms in which a customer is followed up together: members, tasks, messages (PRODUCT.md A4)."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from data.schema.base import Base, Keyed

_OPEN = text("closed_at IS NULL")


class Room(Keyed, Base):
    """One room; at most one of a customer is open. `tags` are the high-value tags that led to it."""

    __tablename__ = "room"
    __table_args__ = (
        Index("uq_room_open", "customer_id", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index(None, "customer_id", "opened_at"),
    )

    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"))
    opened_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    opened_at: Mapped[datetime]
    tags: Mapped[list[Any]]
    closed_at: Mapped[datetime | None]
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    result: Mapped[str | None]
    note: Mapped[str] = mapped_column(default="")


class RoomMember(Keyed, Base):
    """Somebody in a room, by the rule `why` (`core.process.intervention.Why`).

    `seen_id` is the last message that they have seen; one notice of new messages goes out per `seen_id`.
    Whoever left and comes back keeps the row.
    """

    __tablename__ = "room_member"
    __table_args__ = (UniqueConstraint("room_id", "person_id"),)

    room_id: Mapped[int] = mapped_column(ForeignKey("room.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    why: Mapped[str]
    joined_at: Mapped[datetime]
    left_at: Mapped[datetime | None]
    seen_id: Mapped[int] = mapped_column(default=0)


class RoomTask(Keyed, Base):
    """Something that a member does until `due_at`; done, with an action as evidence where there is one, or
    dropped."""

    __tablename__ = "room_task"

    room_id: Mapped[int] = mapped_column(ForeignKey("room.id"), index=True)
    text: Mapped[str]
    owner_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    due_at: Mapped[datetime]
    added_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    added_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    done_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    action_id: Mapped[int | None] = mapped_column(ForeignKey("action.id"))
    dropped_at: Mapped[datetime | None]


class RoomMessage(Keyed, Base):
    """What somebody said, with a file when there is one; `file` is its hash, `file_name` as it was called."""

    __tablename__ = "room_message"
    __table_args__ = (Index(None, "room_id", "id"),)

    room_id: Mapped[int] = mapped_column(ForeignKey("room.id"))
    author_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    text: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime]
    file: Mapped[str | None] = mapped_column(ForeignKey("stored_file.sha256"))
    file_name: Mapped[str | None]
