"""Where recording an action can begin: customers, planned steps that are due, drafts to go on with."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from core.access import Who
from core.terms import ActionStatus
from data.queries.drafts import touched
from data.queries.named_customers import apart, told_apart
from data.queries.policies import policy_in_force
from data.queries.record import MOST_CUSTOMERS, NEEDS
from data.queries.scope import customers, owned
from data.schema import Action, Customer, CustomerState, Draft, Opportunity

SOON = timedelta(hours=12)
LATELY = timedelta(hours=24)
AROUND = timedelta(hours=1)  # steps planned nearer to one another can hardly both be kept


@dataclass(frozen=True, slots=True)
class CustomerChoice:
    """A customer to choose."""

    id: int
    name: str


@dataclass(frozen=True, slots=True)
class DueStep:
    """A planned step that waits for its record."""

    action_id: int
    customer: str
    opportunity: str
    type: str
    planned_for: datetime | None


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A draft to go on with."""

    draft_id: int
    customer: str
    type: str | None
    summary: str
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Begin:
    """Where recording can begin: my customers, the latest touched first, due steps and drafts."""

    customers: tuple[CustomerChoice, ...]
    due: tuple[DueStep, ...]
    unfinished: tuple[Unfinished, ...]


def begin(session: Session, who: Who, now: datetime) -> Begin:
    """Customers to choose from, planned steps that are due, drafts to go on with."""
    mine = (
        apart(select(Customer.id, Customer.name))
        .outerjoin(CustomerState, CustomerState.customer_id == Customer.id)
        .where(customers(who, NEEDS))
        .order_by(func.coalesce(CustomerState.last_touch_at, Customer.created_at).desc(), Customer.name)
        .limit(MOST_CUSTOMERS)
    )
    names = told_apart(session.execute(mine).all())
    choices = tuple(CustomerChoice(*named) for named in names.items())
    return Begin(choices, _due(session, who, now), _unfinished(session, who))


def taken(
    session: Session, who: Who, opportunity_id: int | None, now: datetime
) -> tuple[tuple[datetime, datetime], ...]:
    """When another record of this person's cannot have been, of the last day: from, until.

    They were elsewhere, or it would be too close to what was recorded of the same opportunity (A6).
    """
    gap = timedelta(minutes=policy_in_force(session).min_gap_minutes)
    rows = session.execute(
        select(Action.started_at, Action.ended_at, Action.opportunity_id == opportunity_id).where(
            or_(Action.owner_id == who.person_id, Action.opportunity_id == opportunity_id),
            Action.status == ActionStatus.COMPLETED,
            Action.voided_at.is_(None),
            Action.ended_at > now - LATELY,
        )
    )
    return tuple((a - gap, b + gap) if near else (a, b) for a, b, near in rows if a and b)


def planned_around(
    session: Session, who: Who, at: datetime, opportunity_id: int | None
) -> tuple[DueStep, ...]:
    """What this person planned within an hour of then; what is planned of the same opportunity makes way."""
    query = (
        select(Action.id, Customer.name, Opportunity.name, Action.type, Action.planned_for)
        .join(Customer, Customer.id == Action.customer_id)
        .join(Opportunity, Opportunity.id == Action.opportunity_id)
        .where(
            Action.status == ActionStatus.PLANNED,
            Action.voided_at.is_(None),
            Action.owner_id == who.person_id,
            owned(who, NEEDS, Opportunity.owner_id),
            Action.planned_for > at - AROUND,
            Action.planned_for < at + AROUND,
            Action.opportunity_id != (opportunity_id or 0),
        )
        .order_by(Action.planned_for, Action.id)
        .limit(2)
    )
    return tuple(DueStep(*row) for row in session.execute(query))


def _due(session: Session, who: Who, now: datetime) -> tuple[DueStep, ...]:
    query = (
        select(
            Action.id, Customer.name, Opportunity.name, Action.type, Action.planned_for
        )
        .join(Customer, Customer.id == Action.customer_id)
        .join(Opportunity, Opportunity.id == Action.opportunity_id)
        .where(
            Action.status == ActionStatus.PLANNED,
            Action.voided_at.is_(None),
            Action.owner_id == who.person_id,
            owned(who, NEEDS, Opportunity.owner_id),
            Action.planned_for <= now + SOON,
        )
        .order_by(Action.planned_for.desc(), Action.id)
        .limit(6)
    )  # fmt: skip
    return tuple(DueStep(*row) for row in session.execute(query))


def _unfinished(session: Session, who: Who) -> tuple[Unfinished, ...]:
    mine = select(Draft).where(Draft.person_id == who.person_id, Draft.kind == "action")
    drafts = [
        d
        for d in session.scalars(mine.order_by(Draft.updated_at.desc(), Draft.id.desc()))
        if d.body["sent"] is None and touched(d.body)
    ]
    ids = {d.body["values"].get("customer") for d in drafts}
    named = session.execute(select(Customer.id, Customer.name).where(Customer.id.in_(ids)))
    names = {row.id: row.name for row in named}
    return tuple(
        Unfinished(
            d.id,
            names.get(d.body["values"]["customer"], ""),
            d.body["values"].get("type"),
            d.body["values"].get("summary") or "",
            d.updated_at,
        )
        for d in drafts
    )
