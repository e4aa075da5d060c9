"""Actions with customers, their recordings, and drafts of what is not submitted yet."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from data.schema.base import Base, Imported, Keyed
from data.schema.types import Json


class Action(Keyed, Imported, Base):
    """One action with a customer (PRODUCT.md A1).

    `planned_for` stays when a planned action is completed: completion is measured by it.
    `started_at`/`ended_at` are when it happened, `recorded_at` when it became known.
    """

    __tablename__ = "action"
    __table_args__ = (
        Index(None, "opportunity_id", "ended_at"),
        Index(None, "customer_id", "ended_at"),
        Index(None, "owner_id", "started_at"),
        Index(None, "owner_id", "planned_for"),
        Index(None, "planned_for"),  # what came due in a window of time
        Index(None, "type", "status", "voided_at"),  # how many there are of each, from the index alone
    )

    type: Mapped[str]
    status: Mapped[str]
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customer.id"))
    opportunity_id: Mapped[int] = mapped_column(ForeignKey("opportunity.id"))
    owner_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    planned_for: Mapped[datetime | None]
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    recorded_at: Mapped[datetime]
    cancel_reason: Mapped[str | None]  # `replaced`, `closed`, or a person's own words
    note: Mapped[str] = mapped_column(default="")
    summary: Mapped[str] = mapped_column(default="")
    recording: Mapped[str | None] = mapped_column(ForeignKey("stored_file.sha256"), index=True)
    transcript: Mapped[str | None]  # as the rep left it; None: see the recording's own
    follows_id: Mapped[int | None] = mapped_column(ForeignKey("action.id"), index=True)
    fields: Mapped[dict[str, Any]]
    policy_version: Mapped[int] = mapped_column(default=0)
    voided_at: Mapped[datetime | None]


class StoredFile(Base):
    """A file kept under its content's hash; the bytes lie in the files folder.

    `sound` is what was measured in a recording (`core.process.recordings.Sound`); None: nobody measured.
    `erased_at`: since when the bytes are gone, because a person's voice was erased (`data/privacy`).
    """

    __tablename__ = "stored_file"

    sha256: Mapped[str] = mapped_column(primary_key=True)
    media_type: Mapped[str]
    size: Mapped[int]
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]
    sound: Mapped[Any | None] = mapped_column(Json)
    erased_at: Mapped[datetime | None]


class Transcript(Keyed, Base):
    """What a transcriber wrote of a recording, asked for in one language.

    `state` is one of `core.process.recordings.Writing`; `problem` says what is suspicious about the text,
    or why there is none; `share` is how far it is, 0–1.
    """

    __tablename__ = "transcript"
    __table_args__ = (UniqueConstraint("recording", "language"),)

    recording: Mapped[str] = mapped_column(ForeignKey("stored_file.sha256"))
    language: Mapped[str]
    state: Mapped[str] = mapped_column(default="waiting")
    share: Mapped[float] = mapped_column(default=0.0)
    text: Mapped[str] = mapped_column(default="")
    model: Mapped[str | None]
    problem: Mapped[str | None]
    asked_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]


class Draft(Keyed, Base):
    """What somebody has typed and not submitted; one per person, kind and key."""

    __tablename__ = "draft"
    __table_args__ = (UniqueConstraint("person_id", "kind", "key"),)

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[str]
    key: Mapped[str]
    body: Mapped[dict[str, Any]]
    updated_at: Mapped[datetime]
