"""Reports as they were issued."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from data.schema.base import Base, Keyed


class HealthReport(Keyed, Base):
    """A weekly process health report (PRODUCT.md A5); nothing changes or deletes it once it is issued.

    `key` is "<team or company>:<week_start>", one per team and week; `team_id` None is the whole company,
    which no unique constraint of two columns would hold apart. `week_start` is a Monday by the clock of
    `timezone`. `as_of`: what was recorded later is not in it. `figures` is the whole
    `core.process.health.WeeklyHealth` with the benchmarks and the policy version that it used, `drivers`
    the rows that its numbers count, with the names that they had.
    """

    __tablename__ = "health_report"
    __table_args__ = (Index(None, "team_id", "week_start"),)

    key: Mapped[str] = mapped_column(unique=True)
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"))
    week_start: Mapped[date]
    timezone: Mapped[str]
    as_of: Mapped[datetime]
    issued_at: Mapped[datetime]
    issued_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    figures: Mapped[dict[str, Any]]
    drivers: Mapped[dict[str, Any]]
