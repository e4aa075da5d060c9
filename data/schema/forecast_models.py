"""The models that speak in forecasts, and backtests as they were asked for."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from data.schema.base import Base, Keyed


class ForecastModel(Keyed, Base):
    """One trained model of a pipeline's layer (PRODUCT.md B2, B7).

    `state` is candidate, in_use, refused or retired; `reason` the code of why. `metrics` holds what it was
    judged by; `content` the model itself, as text.
    """

    __tablename__ = "forecast_model"
    __table_args__ = (
        UniqueConstraint("pipeline_id", "layer", "version"),
        UniqueConstraint("pipeline_id", "layer", "trained_at"),
        Index(None, "pipeline_id", "state"),
    )

    pipeline_id: Mapped[int] = mapped_column(ForeignKey("pipeline.id"))
    layer: Mapped[str]
    version: Mapped[int]
    state: Mapped[str]
    trained_at: Mapped[datetime]  # nothing recorded later was seen
    recorded_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]
    data_from: Mapped[datetime | None]
    data_until: Mapped[datetime | None]
    rows: Mapped[int]
    wins: Mapped[int]
    metrics: Mapped[dict[str, Any]]
    content: Mapped[str]
    reason: Mapped[str]


class ForecastBacktest(Keyed, Base):
    """A backtest that was asked for; `result` is empty until its job is done."""

    __tablename__ = "forecast_backtest"

    pipeline_id: Mapped[int] = mapped_column(ForeignKey("pipeline.id"), index=True)
    horizon: Mapped[str]
    level: Mapped[str]
    first_on: Mapped[date]
    last_on: Mapped[date]
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    asked_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    result: Mapped[dict[str, Any] | None]
