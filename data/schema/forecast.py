"""What was forecast, day by day, and what people answered. Rows of a run are never changed."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Float, ForeignKey, Index, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from data.schema.base import Base, Keyed


class ForecastRun(Keyed, Base):
    """One pipeline's forecast of one period as of an instant: the day's snapshot (PRODUCT.md B7).

    `value` with its 80% interval is the won value of the whole period, what already was won in it
    (`won_so_far`) included; `fresh` is the part that comes from opportunities not yet in the books.
    `parts` says what each view of it said, `weights` how they were mixed, `models` by layer which model
    spoke. `undone` is what it holds of opportunities whose import was undone since: their rows are gone.
    """

    __tablename__ = "forecast_run"
    __table_args__ = (UniqueConstraint("pipeline_id", "period", "starts_on", "taken_on"),)

    pipeline_id: Mapped[int] = mapped_column(ForeignKey("pipeline.id"))
    period: Mapped[str]  # month or quarter
    starts_on: Mapped[date]
    ends_on: Mapped[date]  # the first day after it
    taken_on: Mapped[date] = mapped_column(index=True)  # the company's day
    taken_at: Mapped[datetime]  # nothing recorded later was seen
    recorded_at: Mapped[datetime]
    currency: Mapped[str]
    value: Mapped[Decimal | None]
    low: Mapped[Decimal | None]
    high: Mapped[Decimal | None]
    won_so_far: Mapped[Decimal]
    fresh: Mapped[Decimal]
    undone: Mapped[Decimal | None]
    parts: Mapped[dict[str, Any]]
    weights: Mapped[dict[str, Any]]
    models: Mapped[dict[str, Any]]


class ForecastLine(Keyed, Base):
    """One open opportunity in a run: `value` is `chance` times `amount`, `scorecard_value` likewise.

    `amount` is what it is expected to bring if won, `booked` what stood in the books. `factors` holds the
    factors' values by name, missing ones left out; `reasons` a list of `{factor, value}` that adds up to
    `value - scorecard_value`.
    """

    __tablename__ = "forecast_line"
    __table_args__ = (
        UniqueConstraint("run_id", "opportunity_id"),
        Index(None, "opportunity_id", "run_id"),
        Index(None, "owner_id", "run_id"),  # lines of people
        Index(None, "team_id", "run_id"),  # a team's own, as it was
        Index(None, "run_id", "value"),  # what a run adds up to
    )

    run_id: Mapped[int] = mapped_column(ForeignKey("forecast_run.id"))
    opportunity_id: Mapped[int] = mapped_column(ForeignKey("opportunity.id"))
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"))
    stage_id: Mapped[int | None] = mapped_column(ForeignKey("stage.id"))
    layer: Mapped[str]  # new, renewal or pipeline
    close_on: Mapped[date | None]
    booked: Mapped[Decimal | None]
    amount: Mapped[Decimal]
    chance: Mapped[float] = mapped_column(Float)
    value: Mapped[Decimal]
    low: Mapped[Decimal]
    high: Mapped[Decimal]
    scorecard_chance: Mapped[float] = mapped_column(Float)
    scorecard_value: Mapped[Decimal]
    factors: Mapped[dict[str, Any]]
    reasons: Mapped[list[Any]]


class ForecastWin(Keyed, Base):
    """One opportunity that had been won in a run's period by then: part of `won_so_far`."""

    __tablename__ = "forecast_win"
    __table_args__ = (
        UniqueConstraint("run_id", "opportunity_id"),
        Index(None, "opportunity_id"),
        Index(None, "owner_id", "run_id"),  # of people
        Index(None, "team_id", "run_id"),  # a team's own, as it was
    )

    run_id: Mapped[int] = mapped_column(ForeignKey("forecast_run.id"))
    opportunity_id: Mapped[int] = mapped_column(ForeignKey("opportunity.id"))
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"))
    closed_at: Mapped[datetime]
    amount: Mapped[Decimal]


class ForecastDecision(Keyed, Base):
    """A suggestion was accepted or rejected; of several for one opportunity and period the latest counts.

    Both values are kept as they were shown; `value` is the one that the decision made count. `late` says
    that the period's deadline had passed.
    """

    __tablename__ = "forecast_decision"
    __table_args__ = (Index(None, "opportunity_id", "starts_on"), Index(None, "person_id", "starts_on"))

    opportunity_id: Mapped[int] = mapped_column(ForeignKey("opportunity.id"))
    line_id: Mapped[int] = mapped_column(ForeignKey("forecast_line.id"))
    period: Mapped[str]
    starts_on: Mapped[date]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decision: Mapped[str]  # accepted or rejected
    reason: Mapped[str]  # a code
    note: Mapped[str] = mapped_column(default="")
    suggested: Mapped[Decimal]
    scorecard: Mapped[Decimal]
    value: Mapped[Decimal]
    model: Mapped[str]
    decided_at: Mapped[datetime]
    late: Mapped[bool] = mapped_column(default=False, server_default=false())
