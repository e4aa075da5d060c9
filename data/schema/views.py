"""Saved addresses of report pages, and who is told of them regularly."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from data.schema.base import Base, Keyed


class SavedView(Keyed, Base):
    """A page's address under a name. It holds filters, never rows: whoever opens it sees what they may.

    A `shared` one is for everybody of `team_id`, its owner's team when it was saved; for all if None.
    """

    __tablename__ = "saved_view"
    __table_args__ = (UniqueConstraint("owner_id", "page", "name"),)

    page: Mapped[str]
    query: Mapped[dict[str, Any]]
    name: Mapped[str]
    owner_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"), index=True)
    shared: Mapped[bool]
    saved_at: Mapped[datetime]


class Subscription(Keyed, Base):
    """Somebody is told of a view every week or month; `weekday` 0 is Monday and counts for weeks alone."""

    __tablename__ = "subscription"
    __table_args__ = (UniqueConstraint("view_id", "person_id"),)

    view_id: Mapped[int] = mapped_column(ForeignKey("saved_view.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    every: Mapped[str]
    weekday: Mapped[int]
    since: Mapped[datetime]
