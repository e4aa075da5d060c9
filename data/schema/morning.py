"""Morning briefs as issued, the meetings held over them, and what was agreed there (PRODUCT.md D4)."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from data.schema.base import Base, Keyed
from data.schema.types import Json


class MorningBrief(Keyed, Base):
    """A team's brief of a working day; nothing changes it once it is issued.

    `key` is "<team>:<day>". `day` is by the clock of `timezone`. `items` is the whole
    `core.reports.brief.Brief` with the rows behind it, names and amounts of that moment included.
    """

    __tablename__ = "morning_brief"
    __table_args__ = (Index(None, "team_id", "day"),)

    key: Mapped[str] = mapped_column(unique=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("team.id"))
    day: Mapped[date]
    timezone: Mapped[str]
    issued_at: Mapped[datetime]
    issued_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    items: Mapped[dict[str, Any]]


class MorningMeeting(Keyed, Base):
    """The meeting over a brief, one per brief; `minutes` are kept when it ends and never changed."""

    __tablename__ = "morning_meeting"

    brief_id: Mapped[int] = mapped_column(ForeignKey("morning_brief.id"), unique=True)
    started_at: Mapped[datetime]
    started_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    finished_at: Mapped[datetime | None]
    finished_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    minutes: Mapped[Any | None] = mapped_column(Json)


class Commitment(Keyed, Base):
    """Who does what until when, as agreed in a meeting; whether it was done is read from records.

    `expects` is a `core.reports.commitments.Proof`; `about` the promise, demand or step that it concerns.
    """

    __tablename__ = "commitment"

    meeting_id: Mapped[int] = mapped_column(ForeignKey("morning_meeting.id"), index=True)
    what: Mapped[str]
    owner_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customer.id"), index=True)
    opportunity_id: Mapped[int | None] = mapped_column(ForeignKey("opportunity.id"))
    expects: Mapped[str]
    about: Mapped[int | None]  # of a promise, a demand or an action, as `expects` says
    due_at: Mapped[datetime]
    made_at: Mapped[datetime]
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    dropped_at: Mapped[datetime | None]
    drop_reason: Mapped[str] = mapped_column(default="")
