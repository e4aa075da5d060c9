"""Customers, their contacts, tags, and what passed between them and us."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from data.schema.base import Base, Batched, Defined, Imported, Keyed, Versioned


class Customer(Keyed, Imported, Versioned, Defined, Base):
    """A company that buys or may buy."""

    __tablename__ = "customer"

    name: Mapped[str] = mapped_column(index=True)
    industry: Mapped[str | None]
    segment: Mapped[str | None]
    region: Mapped[str | None]
    grade: Mapped[str | None]
    graded_at: Mapped[datetime | None]
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    note: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]


class Contact(Keyed, Imported, Versioned, Base):
    """A person at the customer and their part in the decision (`core.terms.DecisionRole`)."""

    __tablename__ = "contact"

    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"), index=True)
    name: Mapped[str]
    title: Mapped[str | None]
    decision_role: Mapped[str | None]
    phone: Mapped[str | None]
    email: Mapped[str | None]


class Tag(Keyed, Batched, Base):
    """A mark that a customer can carry. Shipped keys are translated; own tags show their key."""

    __tablename__ = "tag"

    key: Mapped[str] = mapped_column(unique=True)
    high_value: Mapped[bool] = mapped_column(default=False)


class CustomerTag(Base):
    """A customer carries a tag since `added_at`."""

    __tablename__ = "customer_tag"

    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"), primary_key=True)
    tag_id: Mapped[int] = mapped_column(ForeignKey("tag.id"), primary_key=True)
    added_at: Mapped[datetime]


class Interaction(Keyed, Imported, Base):
    """A touch that is not a recorded action: mail, call, chat, document view, video meeting."""

    __tablename__ = "interaction"
    __table_args__ = (Index(None, "customer_id", "happened_at"),)

    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"))
    opportunity_id: Mapped[int | None] = mapped_column(ForeignKey("opportunity.id"), index=True)
    contact_id: Mapped[int | None] = mapped_column(ForeignKey("contact.id"))
    kind: Mapped[str]
    direction: Mapped[str]
    happened_at: Mapped[datetime]
    recorded_at: Mapped[datetime]
    duration_seconds: Mapped[int | None]
    questions: Mapped[int | None]
    subject: Mapped[str] = mapped_column(default="")


class CustomerState(Base):
    """Projection: what lists need of a customer without reading its history."""

    __tablename__ = "customer_state"

    customer_id: Mapped[int] = mapped_column(ForeignKey("customer.id"), primary_key=True, autoincrement=False)
    last_touch_at: Mapped[datetime | None]
    last_action_id: Mapped[int | None]
    actions: Mapped[int]
    open_opportunities: Mapped[int]
    high_value_tags: Mapped[int]
