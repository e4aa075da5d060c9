"""The sets that the board counts: open opportunities, finished stage runs, actions that came due (A3).

Each is one SELECT in the asker's scope; `data.queries.board` counts them, `data.queries.board_rows` lists
them, so a number and the rows behind it cannot differ.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import CTE, ColumnElement, Select, and_, case, func, literal, or_, select

from core.access import Permission, Who
from core.process.metrics import COMPLETION_DAYS, DWELL_DAYS
from core.process.stages import PIPELINE
from core.terms import ActionStatus, Outcome, Severity
from data.queries.scope import owned
from data.queries.standing import standing
from data.schema import (
    Action,
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
from data.schema.types import Id, Instant, elapsed_days

NO_STAGE = "none"  # an opportunity without any event stands nowhere yet


class By(StrEnum):
    """What a line of the board's table stands for."""

    TEAM = "team"
    REP = "rep"
    CUSTOMER = "customer"


@dataclass(frozen=True, slots=True)
class Ask:
    """What the board is asked.

    Attributes:
        now: the instant to which dwell times run, UTC.
        pipeline: key of the pipeline whose stages are shown.
        team, rep: only opportunities of this team's or this person's; None for all within reach.
        pick: id of one line of the table, for the rows behind it; 0 is the line of those without.
        stage: key of a stage, for the rows behind it.
    """

    now: datetime
    by: By = By.REP
    pipeline: str = PIPELINE
    team: int | None = None
    rep: int | None = None
    pick: int | None = None
    stage: str | None = None


def group_column(by: By) -> ColumnElement[int]:
    columns = {By.TEAM: Person.team_id, By.REP: Opportunity.owner_id, By.CUSTOMER: Opportunity.customer_id}
    return func.coalesce(columns[by], 0)


def filters(who: Who, ask: Ask) -> list[ColumnElement[bool]]:
    """Scope and filters on opportunities joined with their owner (Person) and pipeline."""
    wanted = [owned(who, Permission.SEE_BOARD, Opportunity.owner_id), Pipeline.key == ask.pipeline]
    if ask.team is not None:
        wanted.append(Person.team_id == ask.team)
    if ask.rep is not None:
        wanted.append(Opportunity.owner_id == ask.rep)
    return wanted


def open_rows(who: Who, ask: Ask) -> Select[Any]:
    """One row per open opportunity with all that the board counts."""
    dwell = elapsed_days(OpportunityState.stage_since, literal(ask.now, Instant()))
    event, touch = OpportunityState.last_event_at, CustomerState.last_touch_at
    red = (
        select(Alert.opportunity_id, func.count().label("alerts"))
        .where(standing(ask.now), Alert.severity == Severity.RED)
        .group_by(Alert.opportunity_id)
        .subquery()
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
            dwell.label("dwell_days"),
            func.coalesce(dwell / func.nullif(Stage.benchmark_days, 0), 0).label("times_benchmark"),
            case((dwell > Stage.benchmark_days, 1), else_=0).label("past"),
            Opportunity.amount,
            Opportunity.currency,
            case((or_(touch.is_(None), event > touch), event), else_=touch).label("last_touch_at"),
            OpportunityState.next_step_at,
            func.coalesce(red.c.alerts, 0).label("alerts"),
        )
        .join(Pipeline, Pipeline.id == Opportunity.pipeline_id)
        .outerjoin(OpportunityState, OpportunityState.opportunity_id == Opportunity.id)
        .outerjoin(Stage, Stage.id == OpportunityState.stage_id)
        .outerjoin(Person, Person.id == Opportunity.owner_id)
        .outerjoin(Team, Team.id == Person.team_id)
        .outerjoin(Customer, Customer.id == Opportunity.customer_id)
        .outerjoin(CustomerState, CustomerState.customer_id == Opportunity.customer_id)
        .outerjoin(red, red.c.opportunity_id == Opportunity.id)
        .where(Opportunity.outcome == Outcome.OPEN, *filters(who, ask))
    )
    return rows


def finished_runs(who: Who, ask: Ask) -> Select[Any]:
    """One row per stage run that ended in the window; reads only opportunities that moved in it."""
    since = ask.now - timedelta(days=DWELL_DAYS)
    moved = select(StageEvent.opportunity_id).where(
        StageEvent.happened_at > since, StageEvent.happened_at <= ask.now, StageEvent.voided_at.is_(None)
    )
    order = (StageEvent.happened_at, StageEvent.id)
    mine: dict[str, Any] = {"partition_by": StageEvent.opportunity_id, "order_by": order}
    events = (
        select(
            StageEvent.opportunity_id,
            StageEvent.id,
            StageEvent.stage_id,
            StageEvent.happened_at,
            func.lag(StageEvent.stage_id, type_=Id).over(**mine).label("before"),
        )
        .where(StageEvent.voided_at.is_(None), StageEvent.opportunity_id.in_(moved))
        .subquery()
    )
    ended = func.lead(events.c.happened_at, type_=Instant()).over(
        partition_by=events.c.opportunity_id, order_by=(events.c.happened_at, events.c.id)
    )
    starts = (
        select(events, ended.label("ended_at"))
        .where(or_(events.c.before.is_(None), events.c.before != events.c.stage_id))
        .subquery()
    )
    return (
        select(
            starts.c.opportunity_id,
            Opportunity.name.label("opportunity"),
            Opportunity.customer_id,
            Customer.name.label("customer"),
            Person.name.label("rep"),
            group_column(ask.by).label("group_id"),
            Stage.key.label("stage"),
            Stage.benchmark_days,
            starts.c.happened_at.label("started_at"),
            starts.c.ended_at,
            elapsed_days(starts.c.happened_at, starts.c.ended_at).label("days"),
        )
        .join(Stage, Stage.id == starts.c.stage_id)
        .join(Opportunity, Opportunity.id == starts.c.opportunity_id)
        .join(Pipeline, Pipeline.id == Opportunity.pipeline_id)
        .outerjoin(Person, Person.id == Opportunity.owner_id)
        .outerjoin(Customer, Customer.id == Opportunity.customer_id)
        .where(starts.c.ended_at > since, starts.c.ended_at <= ask.now, *filters(who, ask))
    )


def due_actions(who: Who, ask: Ask) -> Select[Any]:
    """One row per action that came due in the window (`core.process.metrics.is_due`)."""
    due = _due(ask).c
    groups = {By.TEAM: Person.team_id, By.REP: due.owner_id, By.CUSTOMER: due.customer_id}
    wanted = [owned(who, Permission.SEE_BOARD, due.owner_id), Pipeline.key == ask.pipeline]
    if ask.team is not None:
        wanted.append(Person.team_id == ask.team)
    if ask.rep is not None:
        wanted.append(due.owner_id == ask.rep)
    return (
        select(
            due.opportunity_id,
            due.opportunity,
            due.customer_id,
            Customer.name.label("customer"),
            Person.name.label("rep"),
            func.coalesce(groups[ask.by], 0).label("group_id"),
            due.type,
            due.status,
            due.planned_for,
            case((due.status == ActionStatus.COMPLETED, 1), else_=0).label("done"),
        )
        .join(Pipeline, Pipeline.id == due.pipeline_id)
        .outerjoin(Person, Person.id == due.owner_id)
        .outerjoin(Customer, Customer.id == due.customer_id)
        .where(*wanted)
    )


def _due(ask: Ask) -> CTE:
    """Everybody's due actions. Materialized, or a planner walks all opportunities to find them."""
    called_off = and_(
        Action.status == ActionStatus.CANCELLED,
        or_(Action.cancelled_at.is_(None), Action.cancelled_at < Action.planned_for),
    )
    return (
        select(
            Action.opportunity_id,
            Action.type,
            Action.status,
            Action.planned_for,
            Opportunity.name.label("opportunity"),
            Opportunity.customer_id,
            Opportunity.owner_id,
            Opportunity.pipeline_id,
        )
        .join(Opportunity, Opportunity.id == Action.opportunity_id)
        .where(
            Action.planned_for > ask.now - timedelta(days=COMPLETION_DAYS),
            Action.planned_for <= ask.now,
            Action.voided_at.is_(None),
            ~called_off,
        )
        .cte("due")
        .prefix_with("MATERIALIZED")
    )
