"""The quarterly collaboration report as it was issued, and what is looked into because of it (C5)."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from data.schema.base import Base, Keyed


class CollaborationReport(Keyed, Base):
    """A quarter's report; nothing changes it once it is issued.

    `as_of`: what was recorded later is not in it. `figures` is the whole
    `core.promises.collaboration.Collaboration`, with the rows behind every number.
    """

    __tablename__ = "collaboration_report"

    quarter_start: Mapped[date] = mapped_column(unique=True)
    timezone: Mapped[str]
    as_of: Mapped[datetime]
    issued_at: Mapped[datetime]
    issued_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    figures: Mapped[dict[str, Any]]


class RootCause(Keyed, Base):
    """Why a figure fell far below the mean: opened once per `key`, closed with cause and outcome.

    `evidence` is the figure with the rows that it counts, as they were when the report was issued.
    """

    __tablename__ = "root_cause"

    key: Mapped[str] = mapped_column(unique=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("collaboration_report.id"), index=True)
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    evidence: Mapped[dict[str, Any]]
    opened_at: Mapped[datetime]
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    due_on: Mapped[date | None]
    cause: Mapped[str] = mapped_column(default="")
    outcome: Mapped[str] = mapped_column(default="")
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
