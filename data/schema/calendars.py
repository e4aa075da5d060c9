"""What the company changed about working time (PRODUCT.md P5)."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from data.schema.base import Base, Keyed


class CalendarVersion(Keyed, Base):
    """A published set of changes over the shipped calendars; the highest version is in force.

    `changes` is a whole `core.calendars.CalendarChanges` as JSON, so that one row is one calendar.
    """

    __tablename__ = "calendar_version"
    __table_args__ = (UniqueConstraint("version"),)

    version: Mapped[int]
    changes: Mapped[dict[str, Any]]
    published_at: Mapped[datetime]
    published_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
