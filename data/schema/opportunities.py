"""Pipelines, opportunities, and the events that move them."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Float, ForeignKey, Index, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from data.schema.base import Base, Batched, Defined, Imported, Keyed, Versioned
from data.schema.types import Json


class Pipeline(Keyed, Batched, Base):
    """An ordered set of stages: Firebreak's own, or one that came with an import."""

    __tablename__ = "pipeline"

    key: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]


class Stage(Keyed, Batched, Base):
    """One stage. `benchmark_days` is the industry's dwell time, elapsed days; None if unknown.

    `optional`: passing it by is no skip: the company added it later, or switched it off.
    """

    __tablename__ = "stage"
    __table_args__ = (UniqueConstraint("pipeline_id", "key"),)

    pipeline_id: Mapped[int] = mapped_column(ForeignKey("pipeline.id"))
    key: Mapped[str]
    position: Mapped[int]
    benchmark_days: Mapped[float | None] = mapped_column(Float)
    optional: Mapped[bool] = mapped_column(default=False, server_default=false())


class Opportunity(Keyed, Imported, Versioned, Defined, Base):
    """A possible sale. Its customer may be unknown in imported history, its opening date too."""

    __tablename__ = "opportunity"
    __table_args__ = (
        Index(None, "owner_id", "outcome"),
        Index(None, "customer_id", "outcome"),
        Index(None, "pipeline_id", "outcome"),
        Index(None, "pipeline_id", "currency"),  # a pipeline's main currency
        Index(None, "closed_at", "outcome"),  # what was won in a window of time
        Index(None, "recorded_at"),  # since when there is anything
    )

    pipeline_id: Mapped[int] = mapped_column(ForeignKey("pipeline.id"))
    name: Mapped[str]
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customer.id"))
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    product: Mapped[str | None]
    amount: Mapped[Decimal | None]
    currency: Mapped[str]
    opened_at: Mapped[datetime | None]
    close_on: Mapped[date | None]  # expected
    closed_at: Mapped[datetime | None]
    outcome: Mapped[str] = mapped_column(default="open")
    recorded_at: Mapped[datetime]


_FOUND = text("gap IS NOT NULL")


class StageEvent(Keyed, Batched, Base):
    """It was at a stage at an instant: one per completed action, or an imported stage change.

    `happened_at` orders them, `id` breaks ties in file order. A voided event is undone, not erased.
    `stayed` is a projection: whole microseconds until its opportunity's next living event, None without
    one, and where since when it stood there is not known.
    `gap` is what the file that told of it left open (`core.process.stages.Gap`).
    """

    __tablename__ = "stage_event"
    __table_args__ = (
        Index(None, "opportunity_id", "happened_at"),
        Index(None, "happened_at", "opportunity_id"),  # what moved in a window of time
        Index(None, "stage_id", "stayed"),  # medians, without sorting
        Index("ix_stage_event_found", "opportunity_id", sqlite_where=_FOUND, postgresql_where=_FOUND),
    )

    opportunity_id: Mapped[int] = mapped_column(ForeignKey("opportunity.id"))
    stage_id: Mapped[int] = mapped_column(ForeignKey("stage.id"))
    action_id: Mapped[int | None] = mapped_column(ForeignKey("action.id"), index=True)
    happened_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    voided_at: Mapped[datetime | None]
    stayed: Mapped[int | None]
    gap: Mapped[str | None]


class OpportunityChange(Keyed, Batched, Base):
    """A change of a field that forecasts read (amount, expected close, owner, product …), with both times."""

    __tablename__ = "opportunity_change"
    __table_args__ = (Index(None, "opportunity_id", "recorded_at"),)

    opportunity_id: Mapped[int] = mapped_column(ForeignKey("opportunity.id"))
    field: Mapped[str]
    before: Mapped[Any | None] = mapped_column(Json)
    after: Mapped[Any | None] = mapped_column(Json)
    happened_at: Mapped[datetime]
    recorded_at: Mapped[datetime]


class OpportunityState(Base):
    """Projection: where an opportunity stands (`core.process.stages.Standing`) and its next step.

    `path` is the stages of its living events in order: their ids, parted by commas. `furthest_id` is the last
    of them in the pipeline's order, `furthest_since` when it first came there (`core.process.metrics`).
    """

    __tablename__ = "opportunity_state"
    __table_args__ = (Index(None, "stage_id", "path"),)

    opportunity_id: Mapped[int] = mapped_column(
        ForeignKey("opportunity.id"), primary_key=True, autoincrement=False
    )
    stage_id: Mapped[int | None] = mapped_column(ForeignKey("stage.id"))
    stage_since: Mapped[datetime | None]
    run_length: Mapped[int] = mapped_column(default=0)
    run_started_by: Mapped[int | None]
    events: Mapped[int] = mapped_column(default=0)
    last_event_at: Mapped[datetime | None]
    next_step_id: Mapped[int | None]
    next_step_at: Mapped[datetime | None]
    path: Mapped[str] = mapped_column(default="", server_default="")
    furthest_id: Mapped[int | None]
    furthest_since: Mapped[datetime | None]


class Alert(Keyed, Base):
    """A finding that was raised once; `cleared_at` when its cause is gone.

    It can be in somebody's hands, put off until an instant, or resolved with a note; once resolved it
    is never raised again for that cause. How it came there is in the audit.
    """

    __tablename__ = "alert"
    __table_args__ = (Index(None, "opportunity_id", "rule"),)

    key: Mapped[str] = mapped_column(unique=True)
    rule: Mapped[str]
    severity: Mapped[str]
    opportunity_id: Mapped[int] = mapped_column(ForeignKey("opportunity.id"))
    params: Mapped[dict[str, Any]]
    raised_at: Mapped[datetime]
    cleared_at: Mapped[datetime | None] = mapped_column(index=True)
    assigned_to_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    due_at: Mapped[datetime | None]
    snoozed_until: Mapped[datetime | None]
    resolved_at: Mapped[datetime | None]
    note: Mapped[str] = mapped_column(default="", server_default="")
