"""What recording an action needs to know about one customer (A1, A2)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, and_, func, select
from sqlalchemy.orm import Session

from core.access import Permission, Who
from core.fields import Field, Kind
from core.messages import NotFound
from core.process.sheet import Step
from core.process.stages import PIPELINE
from core.terms import ActionStatus, Outcome
from core.vocabulary import offered
from data.queries.named_customers import apart, told_apart
from data.queries.policies import policy_in_force
from data.queries.scope import customers, owned
from data.queries.stage_gaps import only_seen
from data.schema import (
    Action,
    Contact,
    Customer,
    CustomerState,
    Opportunity,
    OpportunityState,
    Person,
    Pipeline,
    Stage,
)

NEEDS = Permission.RECORD_ACTIONS
MOST_CUSTOMERS = 2_000
MOST_RECORDS = 50


@dataclass(frozen=True, slots=True)
class OpenOpportunity:
    """An open opportunity of the customer, and where it stands, perhaps (`only_seen`) since before.

    Attributes:
        quoted_at: end of its first quote.
    """

    id: int
    name: str
    amount: Decimal | None
    currency: str
    close_on: date | None
    stage: str | None
    stage_since: datetime | None
    only_seen: bool
    owner: str | None
    quoted_at: datetime | None

    def quoted_before(self, end: datetime | None) -> bool:
        """Whether it had a quote before an action that ends then; None: now."""
        return self.quoted_at is not None and (end is None or self.quoted_at < end)


@dataclass(frozen=True, slots=True)
class Record:
    """A completed action of the customer."""

    id: int
    opportunity_id: int
    type: str
    started_at: datetime | None
    ended_at: datetime
    summary: str
    owner: str


@dataclass(frozen=True, slots=True)
class Known:
    """A contact of the customer."""

    name: str
    title: str | None
    decision_role: str | None


@dataclass(frozen=True, slots=True)
class CustomerFacts:
    """All that the form knows of a customer.

    Attributes:
        opportunities: the open ones of Firebreak's pipeline within reach.
        steps: planned steps of those, the earliest first.
        records: completed actions, the latest first, at most MOST_RECORDS.
        currency: the company's own.
        max_recording_mb: largest recording that is kept, in megabytes.
        min_summary_chars: least length of a summary.
        own_fields: the company's own fields of actions, as they are defined now.
        types: action types that can be recorded, in the pipeline's order.
        records_to_name: colleagues and customers by id, where one of those fields asks for one.
    """

    id: int
    name: str
    industry: str | None
    segment: str | None
    grade: str | None
    owner: str | None
    last_touch_at: datetime | None
    opportunities: tuple[OpenOpportunity, ...]
    steps: tuple[Step, ...]
    records: tuple[Record, ...]
    contacts: tuple[Known, ...]
    currency: str
    max_recording_mb: int
    min_summary_chars: int
    own_fields: tuple[Field, ...]
    types: tuple[str, ...]
    records_to_name: Mapping[Kind, Mapping[int, str]]


def customer_facts(session: Session, who: Who, customer_id: int) -> CustomerFacts:
    """One customer for the form.

    Raises:
        NotFound: no such customer within reach.
    """
    row = session.execute(
        select(
            Customer.id, Customer.name, Customer.industry, Customer.segment, Customer.grade,
            Person.name.label("owner"), CustomerState.last_touch_at,
        )
        .outerjoin(Person, Person.id == Customer.owner_id)
        .outerjoin(CustomerState, CustomerState.customer_id == Customer.id)
        .where(Customer.id == customer_id, customers(who, NEEDS))
    ).first()  # fmt: skip
    if row is None:
        raise NotFound("customer_gone")
    opportunities = _opportunities(session, who, customer_id)
    contacts = session.execute(
        select(Contact.name, Contact.title, Contact.decision_role)
        .where(Contact.customer_id == customer_id)
        .order_by(Contact.id)
    )
    policy = policy_in_force(session)
    return CustomerFacts(
        *row,
        opportunities=opportunities,
        steps=_steps(session, customer_id, {o.id for o in opportunities}),
        records=_records(session, customer_id),
        contacts=tuple(Known(*c) for c in contacts),
        currency=policy.currency,
        max_recording_mb=policy.max_recording_mb,
        min_summary_chars=policy.min_summary_chars,
        own_fields=policy.own_fields,
        types=offered(policy.stages),
        records_to_name=records_to_name(session, who),
    )


def named_records(who: Who, kind: Kind) -> Select[int, str]:
    """Ids and names that a field of a kind may name: colleagues who are active, customers within reach."""
    if kind is Kind.PERSON:
        return select(Person.id, Person.name).where(Person.active).order_by(Person.name)
    return select(Customer.id, Customer.name).where(customers(who, NEEDS)).order_by(Customer.name)


def records_to_name(session: Session, who: Who) -> Mapping[Kind, Mapping[int, str]]:
    """Colleagues and customers by id, where an own field asks for one; see `told_apart`."""
    kinds = {f.kind for f in policy_in_force(session).own_fields if not f.retired}
    found: dict[Kind, Mapping[int, str]] = {}
    if Kind.PERSON in kinds:
        people = session.execute(named_records(who, Kind.PERSON).limit(MOST_CUSTOMERS))
        found[Kind.PERSON] = {row[0]: row[1] for row in people}
    if Kind.CUSTOMER in kinds:
        theirs = apart(named_records(who, Kind.CUSTOMER)).order_by(Customer.id).limit(MOST_CUSTOMERS)
        found[Kind.CUSTOMER] = told_apart(session.execute(theirs).all())
    return found


def customer_of(session: Session, who: Who, opportunity_id: int | None, action_id: int | None) -> int:
    """The customer of an opportunity or action within reach, for links that name no customer.

    Raises:
        NotFound: there is none.
    """
    mine = owned(who, NEEDS, Opportunity.owner_id)
    query = select(Opportunity.customer_id).where(mine)
    if action_id:
        step = select(Action.opportunity_id).where(Action.id == action_id).scalar_subquery()
        query = query.where(Opportunity.id == step)
    else:
        query = query.where(Opportunity.id == opportunity_id)
    found = session.scalar(query)
    if found is None:
        raise NotFound("customer_gone")
    return found


def records_before(session: Session, customer_id: int, end: datetime | None) -> int | None:
    """The customer's latest record that ended before `end`; of all when there is no end."""
    done = select(Action.id).where(
        Action.customer_id == customer_id,
        Action.status == ActionStatus.COMPLETED,
        Action.voided_at.is_(None),
    )
    if end is not None:
        done = done.where(Action.ended_at < end)
    return session.scalar(done.order_by(Action.ended_at.desc(), Action.id.desc()).limit(1))


def _opportunities(session: Session, who: Who, customer_id: int) -> tuple[OpenOpportunity, ...]:
    quotes = select(func.min(Action.ended_at)).where(
        Action.opportunity_id == Opportunity.id,
        Action.type == "quote_confirmation",
        Action.status == ActionStatus.COMPLETED,
        Action.voided_at.is_(None),
    )
    query: Select[*tuple[Any, ...]] = (
        select(
            Opportunity.id, Opportunity.name, Opportunity.amount, Opportunity.currency, Opportunity.close_on,
            Stage.key, OpportunityState.stage_since, only_seen(), Person.name,
            quotes.scalar_subquery(),
        )
        .join(Pipeline, and_(Pipeline.id == Opportunity.pipeline_id, Pipeline.key == PIPELINE))
        .outerjoin(OpportunityState, OpportunityState.opportunity_id == Opportunity.id)
        .outerjoin(Stage, Stage.id == OpportunityState.stage_id)
        .outerjoin(Person, Person.id == Opportunity.owner_id)
        .where(
            Opportunity.customer_id == customer_id,
            Opportunity.outcome == Outcome.OPEN,
            owned(who, NEEDS, Opportunity.owner_id),
        )
        .order_by(OpportunityState.last_event_at.desc().nulls_last(), Opportunity.id.desc())
    )  # fmt: skip
    return tuple(OpenOpportunity(*row) for row in session.execute(query))


def _steps(session: Session, customer_id: int, within: set[int]) -> tuple[Step, ...]:
    """All planned steps of these opportunities, the earliest first."""
    mine = (Action.customer_id == customer_id, Action.opportunity_id.in_(within), Action.voided_at.is_(None))
    query = (
        select(Action.id, Action.opportunity_id, Action.type, Action.planned_for, Action.note)
        .where(*mine, Action.status == ActionStatus.PLANNED, Action.planned_for.is_not(None))
        .order_by(Action.planned_for, Action.id)
    )
    return tuple(
        Step(id_, deal, type_, at, note) for id_, deal, type_, at, note in session.execute(query) if at
    )


def _records(session: Session, customer_id: int) -> tuple[Record, ...]:
    """The customer's latest records."""
    times = (Action.started_at, Action.ended_at)
    columns = (Action.id, Action.opportunity_id, Action.type, *times, Action.summary, Person.name)
    done = (Action.status == ActionStatus.COMPLETED, Action.ended_at.is_not(None), Action.voided_at.is_(None))
    query = (
        select(*columns)
        .join(Person, Person.id == Action.owner_id)
        .where(Action.customer_id == customer_id, *done)
        .order_by(Action.ended_at.desc(), Action.id.desc())
        .limit(MOST_RECORDS)
    )
    return tuple(
        Record(id_, deal, type_, start, end, summary, owner)
        for id_, deal, type_, start, end, summary, owner in session.execute(query)
        if end
    )
