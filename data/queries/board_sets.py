"""What the board counts now: open opportunities where they stand, and their red alerts (A3).

All of the board's sets rest on advances (`core.process.metrics`). Each is one SELECT in the asker's scope;
`data.queries.board` and its neighbours count them, `data.queries.board_rows` lists them, so a number and the
rows behind it cannot differ.
"""

from typing import Any

from sqlalchemy import CompoundSelect, Select, Subquery, case, func, literal, or_, select
from sqlalchemy.orm import aliased

from core.access import Who
from core.terms import Outcome, Severity
from data.queries.board_ask import NO_STAGE, Ask, By, filters, group_column
from data.queries.standing import standing
from data.schema import (
    Alert,
    Customer,
    CustomerState,
    Opportunity,
    OpportunityState,
    Person,
    Pipeline,
    Stage,
    StageEvent,
    Team,
)
from data.schema.types import Instant, elapsed_days


def open_rows(who: Who, ask: Ask) -> Select[Any]:
    """One row per open opportunity with all that the board counts.

    It stands at the furthest stage that it reached, since it reached it; `latest` is its last record's.
    """
    latest = aliased(Stage)
    dwell = elapsed_days(OpportunityState.furthest_since, literal(ask.now, Instant()))
    event, touch = OpportunityState.last_event_at, CustomerState.last_touch_at
    red = (
        select(func.count())
        .where(Alert.opportunity_id == Opportunity.id, standing(ask.now), Alert.severity == Severity.RED)
        .scalar_subquery()
    )
    names: dict[By, Any] = {By.TEAM: Team.name, By.REP: Person.name, By.CUSTOMER: Customer.name}
    rows: Select[Any] = (
        select(
            Opportunity.id.label("opportunity_id"),
            Opportunity.name.label("opportunity"),
            Opportunity.customer_id,
            Customer.name.label("customer"),
            Person.name.label("rep"),
            group_column(ask.by).label("group_id"),
            names[ask.by].label("group_name"),
            func.coalesce(Stage.key, NO_STAGE).label("stage"),
            Stage.benchmark_days,
            latest.key.label("latest"),
            dwell.label("dwell_days"),
            OpportunityState.furthest_since.label("stood_since"),
            func.coalesce(dwell / func.nullif(Stage.benchmark_days, 0), 0).label("times_benchmark"),
            case((dwell > Stage.benchmark_days, 1), else_=0).label("past"),
            Opportunity.amount,
            Opportunity.currency,
            case((or_(touch.is_(None), event > touch), event), else_=touch).label("last_touch_at"),
            OpportunityState.next_step_at,
            red.label("alerts"),
        )
        .join(Pipeline, Pipeline.id == Opportunity.pipeline_id)
        .outerjoin(OpportunityState, OpportunityState.opportunity_id == Opportunity.id)
        .outerjoin(Stage, Stage.id == OpportunityState.furthest_id)
        .outerjoin(latest, latest.id == OpportunityState.stage_id)
        .outerjoin(Person, Person.id == Opportunity.owner_id)
        .outerjoin(Team, Team.id == Person.team_id)
        .outerjoin(Customer, Customer.id == Opportunity.customer_id)
        .outerjoin(CustomerState, CustomerState.customer_id == Opportunity.customer_id)
        .where(Opportunity.outcome == Outcome.OPEN, *filters(who, ask))
    )
    return rows


def red_rows(who: Who, ask: Ask) -> Select[Any]:
    """One row per standing red alert of an open opportunity."""
    stood = open_rows(who, ask).subquery()
    return (
        select(
            Alert.id,
            Alert.rule,
            Alert.params,
            Alert.raised_at,
            stood.c.opportunity_id,
            stood.c.opportunity,
            stood.c.customer_id,
            stood.c.customer,
            stood.c.rep,
            stood.c.group_id,
            stood.c.stage,
        )
        .join(stood, stood.c.opportunity_id == Alert.opportunity_id)
        .where(standing(ask.now), Alert.severity == Severity.RED)
    )


def advances(opportunities: Select[Any] | CompoundSelect[Any]) -> Subquery:
    """`core.process.metrics.advances` of these opportunities, each with the instant of the next one."""
    mine: dict[str, Any] = {
        "partition_by": StageEvent.opportunity_id,
        "order_by": (StageEvent.happened_at, StageEvent.id),
    }
    events = (
        select(
            StageEvent.opportunity_id,
            StageEvent.id,
            StageEvent.stage_id,
            StageEvent.happened_at,
            StageEvent.gap,
            Stage.pipeline_id,
            Stage.position,
            func.max(Stage.position).over(**mine, rows=(None, -1)).label("before"),
        )
        .join(Stage, Stage.id == StageEvent.stage_id)
        .where(StageEvent.voided_at.is_(None), StageEvent.opportunity_id.in_(opportunities))
        .subquery()
    )
    following = func.lead(events.c.happened_at, type_=Instant()).over(
        partition_by=events.c.opportunity_id, order_by=(events.c.happened_at, events.c.id)
    )
    return (
        select(events, following.label("ended_at"))
        .where(or_(events.c.before.is_(None), events.c.position > events.c.before))
        .subquery()
    )
