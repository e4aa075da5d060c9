"""What currencies were worth in the company's own, each rate with both times (PRODUCT.md P6)."""

from datetime import date, datetime

from sqlalchemy import Float, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from data.schema.base import Base, Keyed


class ExchangeRate(Keyed, Base):
    """Units of the company's currency for one of `currency`, from a day on; a later row corrects it."""

    __tablename__ = "exchange_rate"
    __table_args__ = (Index(None, "currency", "from_on"),)

    currency: Mapped[str]
    from_on: Mapped[date]
    worth: Mapped[float] = mapped_column(Float)
    recorded_at: Mapped[datetime]
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
