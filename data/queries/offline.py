"""What a device takes along into the field: open opportunities with their customers (PRODUCT.md F4)."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from core.access import Permission, Who, reach
from core.messages import NotAllowed
from core.process.stages import PIPELINE
from core.terms import ActionStatus, Outcome
from data.queries.policies import policy_in_force
from data.queries.scope import owned
from data.schema import Action, Contact, Customer, Opportunity, OpportunityState, Pipeline, Stage

NEEDS = Permission.RECORD_ACTIONS
MOST_OPPORTUNITIES = 1_000
RECORDS_EACH = 5


@dataclass(frozen=True, slots=True)
class PickOpportunity:
    """An open opportunity to choose; `stage` is None before its first record."""

    id: int
    name: str
    currency: str
    stage: str | None


@dataclass(frozen=True, slots=True)
class PickRecord:
    """A completed action that a new one may build on."""

    id: int
    type: str
    ended_at: datetime
    started_at: datetime | None


@dataclass(frozen=True, slots=True)
class PickContact:
    """Somebody at the customer."""

    name: str
    role: str | None


@dataclass(slots=True)
class PickCustomer:
    """A customer with open opportunities, the latest touched first; records the latest first."""

    id: int
    name: str
    opportunities: list[PickOpportunity] = field(default_factory=list)
    contacts: list[PickContact] = field(default_factory=list)
    records: list[PickRecord] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Picks:
    """All that a device needs to write a visit down.

    Attributes:
        currency: the company's own.
        max_recording_mb: largest recording, in megabytes.
        min_summary_chars: shortest summary, in characters.
    """

    customers: tuple[PickCustomer, ...]
    currency: str
    max_recording_mb: int
    min_summary_chars: int
    recording_required: bool


def picks(session: Session, who: Who) -> Picks:
    """Customers whose open opportunities this person may record for, in three statements.

    Raises:
        NotAllowed: this role records nothing.
    """
    if reach(who, NEEDS) is None:
        raise NotAllowed(permission=NEEDS)
    found: dict[int, PickCustomer] = {}
    for customer_id, name, *opportunity in _opportunities(session, who):
        found.setdefault(customer_id, PickCustomer(customer_id, name)).opportunities.append(
            PickOpportunity(*opportunity)
        )
    contacts, records = _contacts(session, who), _records(session, who)
    for customer in found.values():
        customer.contacts += contacts[customer.id]
        customer.records += records[customer.id]
    policy = policy_in_force(session)
    return Picks(
        tuple(found.values()),
        policy.currency,
        policy.max_recording_mb,
        policy.min_summary_chars,
        policy.recording_required,
    )


def customer_of_opportunity(session: Session, opportunity_id: int) -> int | None:
    """Whose opportunity it is; the command that follows says whether it may be reached."""
    return session.scalar(select(Opportunity.customer_id).where(Opportunity.id == opportunity_id))


def _open(who: Who) -> tuple[ColumnElement[bool], ...]:
    return (
        Opportunity.outcome == Outcome.OPEN,
        Opportunity.customer_id.is_not(None),
        owned(who, NEEDS, Opportunity.owner_id),
    )


def _opportunities(session: Session, who: Who) -> Sequence[Any]:
    query = (
        select(
            Customer.id, Customer.name, Opportunity.id, Opportunity.name, Opportunity.currency, Stage.key
        )
        .join(Customer, Customer.id == Opportunity.customer_id)
        .join(Pipeline, and_(Pipeline.id == Opportunity.pipeline_id, Pipeline.key == PIPELINE))
        .outerjoin(OpportunityState, OpportunityState.opportunity_id == Opportunity.id)
        .outerjoin(Stage, Stage.id == OpportunityState.stage_id)
        .where(*_open(who))
        .order_by(
            func.coalesce(OpportunityState.last_event_at, Opportunity.opened_at).desc(), Opportunity.id.desc()
        )
        .limit(MOST_OPPORTUNITIES)
    )  # fmt: skip
    return session.execute(query).all()


def _contacts(session: Session, who: Who) -> dict[int, list[PickContact]]:
    query = (
        select(Contact.customer_id, Contact.name, Contact.decision_role)
        .where(Contact.customer_id.in_(select(Opportunity.customer_id).where(*_open(who))))
        .order_by(Contact.id)
    )
    found: defaultdict[int, list[PickContact]] = defaultdict(list)
    for customer_id, name, role in session.execute(query):
        found[customer_id].append(PickContact(name, role))
    return found


def _records(session: Session, who: Who) -> dict[int, list[PickRecord]]:
    latest = func.row_number().over(
        partition_by=Action.customer_id, order_by=(Action.ended_at.desc(), Action.id.desc())
    )
    ranked = (
        select(
            Action.customer_id,
            Action.id,
            Action.type,
            Action.ended_at,
            Action.started_at,
            latest.label("rank"),
        )
        .where(
            Action.customer_id.in_(select(Opportunity.customer_id).where(*_open(who))),
            Action.status == ActionStatus.COMPLETED,
            Action.voided_at.is_(None),
        )
        .subquery()
    )
    columns = (ranked.c.customer_id, ranked.c.id, ranked.c.type, ranked.c.ended_at, ranked.c.started_at)
    query = select(*columns).where(ranked.c.rank <= RECORDS_EACH).order_by(ranked.c.rank)
    found: defaultdict[int, list[PickRecord]] = defaultdict(list)
    for customer_id, *record in session.execute(query):
        found[customer_id].append(PickRecord(*record))
    return found
