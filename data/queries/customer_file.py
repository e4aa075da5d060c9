"""One customer: all that its page shows above the timeline."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.orm import Session, aliased

from core.access import Permission, Who
from core.fields import Field
from core.messages import NotFound
from core.process.stages import PIPELINE
from core.terms import Outcome
from core.vocabulary import offered
from data.queries.customers import SEE, tags_of
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
    Pipeline,
    Stage,
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
class OpportunityCard:
    """One opportunity of the customer.

    Attributes:
        stages: keys of its pipeline's stages in order; `stage` is one of them or None.
        benchmark_days: the industry's dwell time in the present stage.
        editable: whether the person asking may change it; recordable: may record actions on it.
        fields: values of the company's own fields; `own` is how those were defined when they were written.
    """

    id: int
    version: int
    name: str
    product: str | None
    amount: Decimal | None
    currency: str
    close_on: date | None
    closed_at: datetime | None
    outcome: str
    owner_id: int | None
    owner: str | None
    stage: str | None
    stage_since: datetime | None
    benchmark_days: float | None
    stages: tuple[str, ...]
    editable: bool
    recordable: bool
    fields: dict[str, Any]
    own: tuple[Field, ...]


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
    """All that the customer's page shows above the timeline; `types` are those of actions to record."""

    head: CustomerHead
    alerts: tuple[OpenAlert, ...]
    next_steps: tuple[Planned, ...]
    opportunities: tuple[OpportunityCard, ...]
    contacts: tuple[ContactCard, ...]
    types: tuple[str, ...]


def customer_file(session: Session, who: Who, customer_id: int) -> CustomerFile:
    """Everything that the customer's page shows above the timeline.

    Raises:
        NotFound: no such customer within reach.
    """
    head = _head(session, who, customer_id)
    cards = _opportunities(session, who, customer_id)
    return CustomerFile(
        head,
        _alerts(session, customer_id),
        _next_steps(session, who, customer_id),
        cards,
        _contacts(session, customer_id),
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


def _opportunities(session: Session, who: Who, customer_id: int) -> tuple[OpportunityCard, ...]:
    rows = session.execute(
        select(
            Opportunity,
            Person.name.label("owner"),
            Stage.key.label("stage"),
            Stage.benchmark_days,
            OpportunityState.stage_since,
            Pipeline.key.label("pipeline"),
            owned(who, Permission.EDIT_CUSTOMERS, Opportunity.owner_id).label("editable"),
            owned(who, Permission.RECORD_ACTIONS, Opportunity.owner_id).label("recordable"),
        )
        .join(Pipeline, Pipeline.id == Opportunity.pipeline_id)
        .outerjoin(Person, Person.id == Opportunity.owner_id)
        .outerjoin(OpportunityState, OpportunityState.opportunity_id == Opportunity.id)
        .outerjoin(Stage, Stage.id == OpportunityState.stage_id)
        .where(Opportunity.customer_id == customer_id)
        .order_by(Opportunity.closed_at.desc().nulls_first(), Opportunity.id.desc())
    ).all()
    stages = _stages(session, {row.Opportunity.pipeline_id for row in rows})
    versions = {row.Opportunity.policy_version for row in rows if row.Opportunity.fields}
    own = own_fields_by_version(session, versions) if versions else {}
    return tuple(
        OpportunityCard(
            id=o.id,
            version=o.version,
            name=o.name,
            product=o.product,
            amount=o.amount,
            currency=o.currency,
            close_on=o.close_on,
            closed_at=o.closed_at,
            outcome=o.outcome,
            owner_id=o.owner_id,
            owner=row.owner,
            stage=row.stage,
            stage_since=row.stage_since,
            benchmark_days=row.benchmark_days,
            stages=stages.get(o.pipeline_id, ()),
            editable=bool(row.editable),
            recordable=bool(row.recordable) and row.pipeline == PIPELINE and o.outcome == Outcome.OPEN,
            fields=o.fields,
            own=own.get(o.policy_version, ()),
        )
        for row in rows
        for o in (row.Opportunity,)
    )


def _stages(session: Session, pipelines: set[int]) -> dict[int, tuple[str, ...]]:
    query = select(Stage.pipeline_id, Stage.key).where(Stage.pipeline_id.in_(pipelines))
    found: dict[int, tuple[str, ...]] = {}
    for pipeline, key in session.execute(query.order_by(Stage.pipeline_id, Stage.position)):
        found[pipeline] = (*found.get(pipeline, ()), key)
    return found


def _contacts(session: Session, customer_id: int) -> tuple[ContactCard, ...]:
    c = Contact
    query = select(c.id, c.version, c.name, c.title, c.decision_role, c.phone, c.email)
    found = session.execute(query.where(c.customer_id == customer_id).order_by(c.name, c.id))
    return tuple(ContactCard(*row) for row in found)
