"""Factor weights that the business sets, by version, and which version was in force when (PRODUCT.md B6)."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from data.schema.base import Base, Keyed


class WeightVersion(Keyed, Base):
    """One set of weights, never changed: `weights` by industry, "" for all others, then by factor.

    `backtest` is what it would have said of the past beside what was in force, once that was computed.
    """

    __tablename__ = "weight_version"

    weights: Mapped[dict[str, Any]]
    note: Mapped[str]
    made_at: Mapped[datetime]
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    backtest: Mapped[dict[str, Any] | None]
    backtested_at: Mapped[datetime | None]


class WeightUse(Keyed, Base):
    """From an instant on a version is in force; None went back to the shipped weights."""

    __tablename__ = "weight_use"
    __table_args__ = (Index(None, "from_at"),)

    version_id: Mapped[int | None] = mapped_column(ForeignKey("weight_version.id"))
    from_at: Mapped[datetime]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    note: Mapped[str] = mapped_column(default="")
