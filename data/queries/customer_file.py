"""One customer: all that its page shows above the timeline."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.orm import Session, aliased

from core.access import Permission, Who
from core.fields import Field
from core.messages import NotFound
from core.terms import Outcome
from core.vocabulary import offered
from data.once import recalled
from data.queries.customers import SEE, tags_of
from data.queries.met import Met, met
from data.queries.opportunity_cards import OpportunityCard, opportunity_cards
from data.queries.own_fields import own_fields_by_version
from data.queries.policies import policy_in_force
from data.queries.scope import customers, owned
from data.schema import (
    Action,
    Alert,
    Audit,
    Contact,
    Customer,
    CustomerState,
    Opportunity,
    OpportunityState,
    Person,
)


@dataclass(frozen=True, slots=True)
class Planned:
    """A next step: a planned action of an opportunity."""

    id: int
    opportunity_id: int
    opportunity: str
    type: str
    at: datetime
    note: str
    owner: str
    recordable: bool


@dataclass(frozen=True, slots=True)
class CustomerHead:
    """A customer's own values; `tags` are (key, whether high-value).

    Attributes:
        fields: values of the company's own fields; `own` is how those were defined when they were written.
    """

    id: int
    version: int
    name: str
    industry: str | None
    segment: str | None
    region: str | None
    note: str
    owner_id: int | None
    owner: str | None
    grade: str | None
    graded_at: datetime | None
    graded_by: str | None
    grade_reason: str
    last_touch_at: datetime | None
    tags: tuple[tuple[str, bool], ...]
    fields: dict[str, Any]
    own: tuple[Field, ...]


@dataclass(frozen=True, slots=True)
class OpenAlert:
    """A standing alert: the rule with the parameters of its sentence."""

    rule: str
    severity: str
    opportunity: str
    params: dict[str, Any]
    raised_at: datetime


@dataclass(frozen=True, slots=True)
class ContactCard:
    """A person at the customer."""

    id: int
    version: int
    name: str
    title: str | None
    decision_role: str | None
    phone: str | None
    email: str | None


@dataclass(frozen=True, slots=True)
class CustomerFile:
    """All that the customer's page shows above the timeline.

    Attributes:
        met: people whom records name and who are on no contact's card.
        types: those of actions to record.
    """

    head: CustomerHead
    alerts: tuple[OpenAlert, ...]
    next_steps: tuple[Planned, ...]
    opportunities: tuple[OpportunityCard, ...]
    contacts: tuple[ContactCard, ...]
    met: tuple[Met, ...]
    types: tuple[str, ...]


@recalled
def customer_file(session: Session, who: Who, customer_id: int) -> CustomerFile:
    """Everything that the customer's page shows above the timeline.

    Raises:
        NotFound: no such customer within reach.
    """
    head = _head(session, who, customer_id)
    cards = opportunity_cards(session, who, customer_id)
    return CustomerFile(
        head,
        _alerts(session, customer_id),
        _next_steps(session, who, customer_id),
        cards,
        _contacts(session, customer_id),
        met(session, who, customer_id),
        offered(policy_in_force(session).stages),
    )


def _head(session: Session, who: Who, customer_id: int) -> CustomerHead:
    grader = aliased(Person)
    row = session.execute(
        select(
            Customer,
            Person.name.label("owner"),
            CustomerState.last_touch_at,
            grader.name.label("grader"),
            Audit.after,
        )
        .outerjoin(Person, Person.id == Customer.owner_id)
        .outerjoin(CustomerState, CustomerState.customer_id == Customer.id)
        .outerjoin(
            Audit,
            and_(
                Audit.entity == "customer",
                Audit.entity_id == Customer.id,
                Audit.command == "customer.grade",
                Audit.at == Customer.graded_at,
            ),
        )
        .outerjoin(grader, grader.id == Audit.actor_id)
        .where(Customer.id == customer_id, customers(who, SEE))
        .order_by(Audit.id.desc())
        .limit(1)
    ).first()
    if row is None:
        raise NotFound(entity="customer")
    c = row.Customer
    return CustomerHead(
        id=c.id,
        version=c.version,
        name=c.name,
        industry=c.industry,
        segment=c.segment,
        region=c.region,
        note=c.note,
        owner_id=c.owner_id,
        owner=row.owner,
        grade=c.grade,
        graded_at=c.graded_at,
        graded_by=row.grader,
        grade_reason=(row.after or {}).get("reason", ""),
        last_touch_at=row.last_touch_at,
        tags=tuple(tags_of(session, [c.id]).get(c.id, ())),
        fields=c.fields,
        own=own_fields_by_version(session, {c.policy_version}).get(c.policy_version, ()) if c.fields else (),
    )


def _alerts(session: Session, customer_id: int) -> tuple[OpenAlert, ...]:
    query = (
        select(Alert.rule, Alert.severity, Opportunity.name, Alert.params, Alert.raised_at)
        .join(Opportunity, Opportunity.id == Alert.opportunity_id)
        .where(
            Opportunity.customer_id == customer_id, Alert.cleared_at.is_(None), Alert.resolved_at.is_(None)
        )
        .order_by(Alert.raised_at.desc())
    )
    return tuple(OpenAlert(*row) for row in session.execute(query))


def _next_steps(session: Session, who: Who, customer_id: int) -> tuple[Planned, ...]:
    query: Any = (
        select(
            Action.id,
            Action.opportunity_id,
            Opportunity.name,
            Action.type,
            Action.planned_for,
            Action.note,
            Person.name,
            owned(who, Permission.RECORD_ACTIONS, Opportunity.owner_id),
        )
        .join(Opportunity, Opportunity.id == Action.opportunity_id)
        .join(
            OpportunityState,
            and_(
                OpportunityState.opportunity_id == Opportunity.id,
                OpportunityState.next_step_id == Action.id,
            ),
        )
        .join(Person, Person.id == Action.owner_id)
        .where(Opportunity.customer_id == customer_id, Opportunity.outcome == Outcome.OPEN)
        .order_by(Action.planned_for, Action.id)
    )
    return tuple(Planned(*row) for row in session.execute(query))


def _contacts(session: Session, customer_id: int) -> tuple[ContactCard, ...]:
    c = Contact
    query = select(c.id, c.version, c.name, c.title, c.decision_role, c.phone, c.email)
    found = session.execute(query.where(c.customer_id == customer_id).order_by(c.name, c.id))
    return tuple(ContactCard(*row) for row in found)
