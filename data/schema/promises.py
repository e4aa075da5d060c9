"""Demands of customers, features that answer them, and promises; every date keeps its history."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from data.schema.base import Base, Batched, Imported, Keyed, Revocable


class Demand(Keyed, Imported, Revocable, Base):
    """What a customer asked for (PRODUCT.md C1); `words` are the customer's own.

    A ticket that was imported may say no effect: pain, metric and unit are "" then, both ends None.
    `answered_at` is of the first answer: product declined, for `declined_for` and with `reply`, or named a
    feature; with both it declined first.
    """

    __tablename__ = "demand"

    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"), index=True)
    opportunity_id: Mapped[int | None] = mapped_column(ForeignKey("opportunity.id"), index=True)
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id"))
    filed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    words: Mapped[str]
    pain: Mapped[str]
    metric: Mapped[str]
    effect_before: Mapped[Decimal | None]
    effect_after: Mapped[Decimal | None]
    unit: Mapped[str]
    urgency: Mapped[str]
    opened_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    feature_id: Mapped[int | None] = mapped_column(ForeignKey("feature.id"), index=True)
    path: Mapped[str | None]
    resources: Mapped[str | None]
    declined_for: Mapped[str | None]
    reply: Mapped[str | None]


class EarlierAnswer(Keyed, Base):
    """An answer to a demand that stands no more: at `ended_at` product answered anew, for `reason`.

    What was answered stands in it as it stood in the demand.
    """

    __tablename__ = "earlier_answer"

    demand_id: Mapped[int] = mapped_column(ForeignKey("demand.id"), index=True)
    feature_id: Mapped[int | None] = mapped_column(ForeignKey("feature.id"), index=True)
    path: Mapped[str | None]
    resources: Mapped[str | None]
    declined_for: Mapped[str | None]
    reply: Mapped[str | None]
    reason: Mapped[str]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    ended_at: Mapped[datetime]


class DemandAttachment(Keyed, Base):
    """A file that belongs to a demand; `file` is its hash, `file_name` as it was called."""

    __tablename__ = "demand_attachment"

    demand_id: Mapped[int] = mapped_column(ForeignKey("demand.id"), index=True)
    file: Mapped[str] = mapped_column(ForeignKey("stored_file.sha256"))
    file_name: Mapped[str]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]


class DemandPause(Keyed, Batched, Base):
    """The demand's clock stood still, waiting for the customer; `ended_at` None while it does.

    `answer` is what the customer answered, as `answered_by` passed it on.
    """

    __tablename__ = "demand_pause"

    demand_id: Mapped[int] = mapped_column(ForeignKey("demand.id"), index=True)
    reason: Mapped[str]
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    answer: Mapped[str | None]
    answered_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class Feature(Keyed, Imported, Base):
    """Something that product builds; its planned date is the latest row of `PlannedDate`."""

    __tablename__ = "feature"

    name: Mapped[str]
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    deliverable: Mapped[str]
    reference: Mapped[str]
    recorded_at: Mapped[datetime]


class PlannedDate(Keyed, Batched, Base):
    """When a feature was planned for, as known from `recorded_at` on; None took it off the plan."""

    __tablename__ = "planned_date"
    __table_args__ = (Index(None, "feature_id", "recorded_at"),)

    feature_id: Mapped[int] = mapped_column(ForeignKey("feature.id"))
    planned_on: Mapped[date | None]
    reason: Mapped[str] = mapped_column(default="")
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[datetime]


class Promise(Keyed, Imported, Revocable, Base):
    """What a customer was told; its date is the latest row of `PromisedDate`.

    `action_id` is the action, e.g. a quote, in which it was said.
    """

    __tablename__ = "promise"

    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"), index=True)
    demand_id: Mapped[int | None] = mapped_column(ForeignKey("demand.id"), index=True)
    feature_id: Mapped[int | None] = mapped_column(ForeignKey("feature.id"), index=True)
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id"))
    action_id: Mapped[int | None] = mapped_column(ForeignKey("action.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    words: Mapped[str]
    made_at: Mapped[datetime]
    recorded_at: Mapped[datetime]


class PromisedDate(Keyed, Batched, Base):
    """The date that a customer was told, as known from `recorded_at` on."""

    __tablename__ = "promised_date"
    __table_args__ = (Index(None, "promise_id", "recorded_at"),)

    promise_id: Mapped[int] = mapped_column(ForeignKey("promise.id"))
    promised_on: Mapped[date]
    reason: Mapped[str] = mapped_column(default="")
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[datetime]


class Escalation(Keyed, Base):
    """Somebody put a conflict before the directors; `cause` names the pair of dates that it was about."""

    __tablename__ = "escalation"

    promise_id: Mapped[int] = mapped_column(ForeignKey("promise.id"), index=True)
    cause: Mapped[str]
    reason: Mapped[str]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
