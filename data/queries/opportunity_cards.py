"""The opportunities of one customer, each with where it stands in its pipeline."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.orm import Session, aliased

from core.access import Permission, Who
from core.fields import Field
from core.process.stages import PIPELINE
from core.terms import Outcome
from data.queries.own_fields import own_fields_by_version
from data.queries.scope import customers, owned
from data.queries.stage_gaps import only_seen
from data.schema import Customer, Opportunity, OpportunityState, Person, Pipeline, Stage


@dataclass(frozen=True, slots=True)
class OpportunityCard:
    """One opportunity of the customer.

    Attributes:
        stages: keys of its pipeline's stages in order; `stage` is one of them or None.
        only_seen: `stage_since` is when a file showed it there; it may have stood there before.
        benchmark_days: the industry's dwell time in the present stage.
        furthest: a stage past the present one that it had got to, and when; the board counts it there.
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
    only_seen: bool
    benchmark_days: float | None
    furthest: str | None
    furthest_since: datetime | None
    stages: tuple[str, ...]
    editable: bool
    recordable: bool
    fields: dict[str, Any]
    own: tuple[Field, ...]


def opportunity_cards(session: Session, who: Who, customer_id: int) -> tuple[OpportunityCard, ...]:
    """Open ones first; none where the customer may not be seen."""
    beyond = aliased(Stage)
    rows = session.execute(
        select(
            Opportunity,
            Person.name.label("owner"),
            Stage.key.label("stage"),
            Stage.benchmark_days,
            OpportunityState.stage_since,
            only_seen().label("only_seen"),
            beyond.key.label("furthest"),
            OpportunityState.furthest_since,
            Pipeline.key.label("pipeline"),
            owned(who, Permission.EDIT_CUSTOMERS, Opportunity.owner_id).label("editable"),
            owned(who, Permission.RECORD_ACTIONS, Opportunity.owner_id).label("recordable"),
        )
        .join(Customer, Customer.id == Opportunity.customer_id)
        .join(Pipeline, Pipeline.id == Opportunity.pipeline_id)
        .outerjoin(Person, Person.id == Opportunity.owner_id)
        .outerjoin(OpportunityState, OpportunityState.opportunity_id == Opportunity.id)
        .outerjoin(Stage, Stage.id == OpportunityState.stage_id)
        .outerjoin(beyond, and_(beyond.id == OpportunityState.furthest_id, beyond.position > Stage.position))
        .where(Opportunity.customer_id == customer_id, customers(who, Permission.SEE_CUSTOMERS))
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
            only_seen=row.only_seen,
            benchmark_days=row.benchmark_days,
            furthest=row.furthest,
            furthest_since=row.furthest_since if row.furthest else None,
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
