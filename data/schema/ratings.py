"""Versions of reports, and those that went offline by their readers' ratings (PRODUCT.md D5).

The ratings themselves are secret ballots: `data.schema.ballots`, under `core.reports.ratings.subject_of`.
"""

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from data.schema.base import Base, Keyed


class ReportVersion(Keyed, Base):
    """A revision of a report: its number, from 2 on, and what is different. Version 1 has no row."""

    __tablename__ = "report_version"
    __table_args__ = (UniqueConstraint("report", "number"),)

    report: Mapped[str]
    number: Mapped[int]
    change: Mapped[str]
    made_at: Mapped[datetime]
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class ReportOffline(Keyed, Base):
    """A version that its ratings of `month` took offline; the next version returns."""

    __tablename__ = "report_offline"
    __table_args__ = (UniqueConstraint("report", "version"),)

    report: Mapped[str]
    version: Mapped[int]
    month: Mapped[str]
    taken_at: Mapped[datetime]
