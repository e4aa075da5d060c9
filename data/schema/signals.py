"""What is told about customers and has no record of its own (PRODUCT.md B1)."""

from datetime import datetime

from sqlalchemy import Float, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from data.schema.base import Base, Imported, Keyed


class Signal(Keyed, Imported, Base):
    """One signal (`core.signals`); without an opportunity it is about all of the customer's.

    A withdrawn signal is marked with `voided_at`, not erased: what was forecast from it stays explained.
    """

    __tablename__ = "signal"
    __table_args__ = (Index(None, "customer_id", "happened_at"),)

    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"))
    opportunity_id: Mapped[int | None] = mapped_column(ForeignKey("opportunity.id"), index=True)
    kind: Mapped[str]
    value: Mapped[float | None] = mapped_column(Float)
    happened_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    voided_at: Mapped[datetime | None]
    source: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(default="")
