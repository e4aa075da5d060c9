"""What a forecast's health and the month's attribution lead to: coaching, events, factors asked for."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from data.schema.base import Base, Keyed


class CoachingTask(Keyed, Base):
    """Somebody is to be coached (PRODUCT.md B4, B5), opened once per `cause`.

    `figures` holds the months with their forecast, actual and deviation as they stood when it was opened.
    It ends with an `outcome` in words.
    """

    __tablename__ = "coaching_task"

    cause: Mapped[str] = mapped_column(unique=True)
    rep_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    finding_id: Mapped[int | None] = mapped_column(ForeignKey("attribution_finding.id"))
    figures: Mapped[list[Any]]
    due_on: Mapped[date]
    opened_at: Mapped[datetime]
    opened_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    closed_at: Mapped[datetime | None]
    outcome: Mapped[str] = mapped_column(default="")


class CoachingNote(Keyed, Base):
    """What was said or agreed on the way."""

    __tablename__ = "coaching_note"

    task_id: Mapped[int] = mapped_column(ForeignKey("coaching_task.id"), index=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    note: Mapped[str]
    noted_at: Mapped[datetime]


class AttributionFinding(Keyed, Base):
    """Why one opportunity of a month's run missed, as a person decided it (PRODUCT.md B5).

    `proposed` and `evidence` are what the rules said then, `cause` what was decided.
    """

    __tablename__ = "attribution_finding"
    __table_args__ = (UniqueConstraint("run_id", "opportunity_id"),)

    run_id: Mapped[int] = mapped_column(ForeignKey("forecast_run.id"))
    opportunity_id: Mapped[int] = mapped_column(ForeignKey("opportunity.id"))
    forecast: Mapped[Decimal]
    actual: Mapped[Decimal]
    proposed: Mapped[str]
    evidence: Mapped[list[Any]]
    cause: Mapped[str]
    note: Mapped[str]
    decided_at: Mapped[datetime]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class BusinessEvent(Keyed, Base):
    """Something outside that moves business for some days, both included; of one industry or of all.

    Forecasts as of an instant know it from `recorded_at` on, until it was withdrawn.
    """

    __tablename__ = "business_event"
    __table_args__ = (Index(None, "starts_on", "ends_on"),)

    name: Mapped[str]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    industry: Mapped[str | None]
    note: Mapped[str] = mapped_column(default="")
    finding_id: Mapped[int | None] = mapped_column(ForeignKey("attribution_finding.id"))
    recorded_at: Mapped[datetime]
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    withdrawn_at: Mapped[datetime | None]


class FactorRequest(Keyed, Base):
    """A factor that the model should read, and what became of the wish: asked, taken up, declined."""

    __tablename__ = "factor_request"

    name: Mapped[str]
    why: Mapped[str]
    finding_id: Mapped[int | None] = mapped_column(ForeignKey("attribution_finding.id"))
    state: Mapped[str] = mapped_column(default="asked")
    answer: Mapped[str] = mapped_column(default="")
    asked_at: Mapped[datetime]
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    answered_at: Mapped[datetime | None]
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
