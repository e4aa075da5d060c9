"""Present state kept beside the events, written in the same transaction, rebuilt by one command.

The SQL here is `core.process.stages.standing` said as a set; a test holds the two against each other.
"""

from collections.abc import Callable, Collection, Iterable
from contextvars import ContextVar
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Delete,
    Executable,
    Insert,
    Select,
    String,
    Subquery,
    Update,
    bindparam,
    case,
    cast,
    delete,
    func,
    insert,
    or_,
    select,
    true,
    update,
)
from sqlalchemy.orm import InstrumentedAttribute, Session

from core.process.stages import Gap
from core.terms import ActionStatus, Outcome
from data.schema import (
    Action,
    Base,
    Customer,
    CustomerState,
    CustomerTag,
    Interaction,
    Opportunity,
    OpportunityState,
    Stage,
    StageEvent,
    Tag,
)
from data.schema.types import Id, elapsed_microseconds

Ids = Collection[int] | None
_CHOSEN: ContextVar[list[int]] = ContextVar("chosen")
_AMONG = bindparam("ids", callable_=_CHOSEN.get, expanding=True, type_=Id)


def project_opportunities(session: Session, ids: Ids = None) -> None:
    """Recompute the state of these opportunities from their events; of all when None."""
    _project(session, ids, Opportunity, _opportunity_projection)
    _project(session, ids, Opportunity, _stay_projection)


def project_customers(session: Session, ids: Ids = None) -> None:
    """Recompute the state of these customers; of all when None."""
    _project(session, ids, Customer, _customer_projection)


def _project(
    session: Session,
    ids: Ids,
    of: type[Customer] | type[Opportunity],
    statements: Callable[[bool], Iterable[Executable]],
) -> None:
    """Whoever else has written of the same records ends first: what they wrote is then counted too."""
    session.flush()
    chosen = _CHOSEN.set(list(ids or ()))
    held = select(of.id).where(_among(of.id, ids is not None)).order_by(of.id)
    try:
        session.execute(held.with_for_update(key_share=True))  # rows that point to them may still be written
        for statement in statements(ids is not None):
            session.execute(statement)
    finally:
        _CHOSEN.reset(chosen)


@lru_cache  # building these costs more than running them for one record
def _opportunity_projection(some: bool) -> tuple[Delete, Insert]:
    fresh = insert(OpportunityState).from_select(_columns(OpportunityState), _opportunity_states(some))
    return delete(OpportunityState).where(_among(OpportunityState.opportunity_id, some)), fresh


@lru_cache
def _stay_projection(some: bool) -> tuple[Update]:
    """How long each event's opportunity stayed until its next one, as far as that is known; only what
    changed is written."""
    living = StageEvent.voided_at.is_(None)
    timed = living & StageEvent.gap.is_distinct_from(Gap.SINCE)
    next_at = func.lead(StageEvent.happened_at).over(
        partition_by=(StageEvent.opportunity_id, living), order_by=(StageEvent.happened_at, StageEvent.id)
    )
    stays = (
        select(
            StageEvent.id, case((timed, elapsed_microseconds(StageEvent.happened_at, next_at))).label("us")
        )
        .where(_among(StageEvent.opportunity_id, some))
        .subquery()
    )
    changed = (StageEvent.id == stays.c.id, StageEvent.stayed.is_distinct_from(stays.c.us))
    fresh = update(StageEvent).where(*changed).values(stayed=stays.c.us)
    return (fresh.execution_options(synchronize_session=False),)


@lru_cache
def _customer_projection(some: bool) -> tuple[Delete, Insert]:
    fresh = insert(CustomerState).from_select(_columns(CustomerState), _customer_states(some))
    return delete(CustomerState).where(_among(CustomerState.customer_id, some)), fresh


def _columns(state: type[Base]) -> list[str]:
    return [c.name for c in state.__table__.columns]


def _among(column: InstrumentedAttribute[Any], some: bool) -> ColumnElement[bool]:
    return column.in_(_AMONG) if some else true()


def _opportunity_states(some: bool) -> Select[tuple[int, ...]]:
    runs, steps = _runs(some), _next_steps(some)
    return (
        select(
            Opportunity.id,
            runs.c.stage_id,
            runs.c.stage_since,
            func.coalesce(runs.c.run_length, 0),
            runs.c.run_started_by,
            func.coalesce(runs.c.events, 0),
            runs.c.last_event_at,
            steps.c.next_step_id,
            steps.c.next_step_at,
            func.coalesce(runs.c.path, ""),
            runs.c.furthest_id,
            runs.c.furthest_since,
        )
        .outerjoin(runs, runs.c.opportunity_id == Opportunity.id)
        .outerjoin(steps, steps.c.opportunity_id == Opportunity.id)
        .where(_among(Opportunity.id, some))
    )


def _runs(some: bool) -> Subquery[Any]:
    """One row per opportunity: its latest run of one stage.

    Counting from the latest event backwards, an event belongs to the present run while every later
    one has the same stage, i.e. while its rank among all equals its rank within its stage.
    """
    ranked = _ranked(some)
    in_run = (ranked.c.rank == ranked.c.rank_in_stage) & (ranked.c.stage_id == ranked.c.present_stage)
    grouped = (
        select(
            ranked.c.opportunity_id,
            func.max(ranked.c.present_stage).label("stage_id"),
            func.min(case((in_run, ranked.c.happened_at))).label("stage_since"),
            func.sum(case((in_run, 1), else_=0)).label("run_length"),
            func.max(case((in_run, ranked.c.rank))).label("run_rank"),
            func.count().label("events"),
            func.max(ranked.c.happened_at).label("last_event_at"),
            func.max(case((ranked.c.rank == 1, ranked.c.path))).label("path"),
            func.max(ranked.c.furthest_id).label("furthest_id"),
            func.max(ranked.c.furthest_since).label("furthest_since"),
        )
        .group_by(ranked.c.opportunity_id)
        .subquery()
    )
    return (
        select(grouped, ranked.c.action_id.label("run_started_by"))
        .join(
            ranked,
            (ranked.c.opportunity_id == grouped.c.opportunity_id) & (ranked.c.rank == grouped.c.run_rank),
        )
        .subquery()
    )


def _ranked(some: bool) -> Subquery[Any]:
    """Living stage events with their ranks from the latest backwards, and what stands for the opportunity."""
    newest = (StageEvent.happened_at.desc(), StageEvent.id.desc())
    furthest: dict[str, Any] = {
        "partition_by": StageEvent.opportunity_id,
        "order_by": (Stage.position.desc(), StageEvent.happened_at, StageEvent.id),
    }
    return (
        select(
            StageEvent.opportunity_id,
            StageEvent.stage_id,
            StageEvent.happened_at,
            StageEvent.action_id,
            func.row_number().over(partition_by=StageEvent.opportunity_id, order_by=newest).label("rank"),
            func.row_number()
            .over(partition_by=(StageEvent.opportunity_id, StageEvent.stage_id), order_by=newest)
            .label("rank_in_stage"),
            func.first_value(StageEvent.stage_id)
            .over(partition_by=StageEvent.opportunity_id, order_by=newest)
            .label("present_stage"),
            func.aggregate_strings(cast(StageEvent.stage_id, String), ",")
            .over(partition_by=StageEvent.opportunity_id, order_by=(StageEvent.happened_at, StageEvent.id))
            .label("path"),
            func.first_value(StageEvent.stage_id).over(**furthest).label("furthest_id"),
            func.first_value(StageEvent.happened_at).over(**furthest).label("furthest_since"),
        )
        .join(Stage, Stage.id == StageEvent.stage_id)
        .where(StageEvent.voided_at.is_(None), _among(StageEvent.opportunity_id, some))
        .subquery()
    )


def _next_steps(some: bool) -> Subquery[Any]:
    """The earliest planned action of each opportunity."""
    order = func.row_number().over(
        partition_by=Action.opportunity_id, order_by=(Action.planned_for, Action.id)
    )
    planned = (
        select(
            Action.opportunity_id,
            Action.id.label("next_step_id"),
            Action.planned_for.label("next_step_at"),
            order.label("rank"),
        )
        .where(
            Action.status == ActionStatus.PLANNED,
            Action.voided_at.is_(None),
            _among(Action.opportunity_id, some),
        )
        .subquery()
    )
    return select(planned).where(planned.c.rank == 1).subquery()


def _customer_states(some: bool) -> Select[tuple[int, ...]]:
    actions = _customer_actions(some)
    latest = _latest_actions(actions)
    touches = _of_customers(Interaction, func.max(Interaction.happened_at).label("touched_at"), some)
    is_open = Opportunity.outcome == Outcome.OPEN
    opportunities = _of_customers(Opportunity, func.count().label("open_opportunities"), some, is_open)
    carried = CustomerTag.tag_id.in_(select(Tag.id).where(Tag.high_value))
    tags = _of_customers(CustomerTag, func.count().label("high_value_tags"), some, carried)
    a, t = actions.c.last_action_at, touches.c.touched_at
    last_touch = case((or_(t.is_(None), a >= t), a), else_=t)
    query = select(
        Customer.id,
        last_touch,
        latest.c.last_action_id,
        func.coalesce(actions.c.actions, 0),
        func.coalesce(opportunities.c.open_opportunities, 0),
        func.coalesce(tags.c.high_value_tags, 0),
    )
    for part in (actions, latest, touches, opportunities, tags):
        query = query.outerjoin(part, part.c.customer_id == Customer.id)
    return query.where(_among(Customer.id, some))


def _of_customers(table: Any, value: Any, some: bool, *conditions: ColumnElement[bool]) -> Subquery[Any]:
    """A value over a table's rows, by customer."""
    return (
        select(table.customer_id, value)
        .where(*conditions, _among(table.customer_id, some))
        .group_by(table.customer_id)
        .subquery()
    )


def _customer_actions(some: bool) -> Subquery[Any]:
    """How many actions are completed, and when the latest of them ended."""
    return (
        select(
            Action.customer_id,
            func.count().label("actions"),
            func.max(Action.ended_at).label("last_action_at"),
        )
        .where(_done(), Action.customer_id.is_not(None), _among(Action.customer_id, some))
        .group_by(Action.customer_id)
        .subquery()
    )


def _latest_actions(actions: Subquery[Any]) -> Subquery[Any]:
    """The action that ended last; of several, the one written last."""
    return (
        select(Action.customer_id, func.max(Action.id).label("last_action_id"))
        .join(
            actions,
            (actions.c.customer_id == Action.customer_id) & (actions.c.last_action_at == Action.ended_at),
        )
        .where(_done())
        .group_by(Action.customer_id)
        .subquery()
    )


def _done() -> ColumnElement[bool]:
    return (Action.status == ActionStatus.COMPLETED) & Action.voided_at.is_(None)


def rebuild(session: Session) -> None:
    """Every projection anew from the events."""
    project_opportunities(session)
    project_customers(session)


def differences(session: Session) -> list[str]:
    """Where the kept projections differ from what their events give; rebuilds them on the way.

    The caller decides whether to commit the rebuild or to roll it back.
    """
    kept = _contents(session)
    rebuild(session)
    fresh = _contents(session)
    return [
        f"{table} {key}: kept {kept.get((table, key))}, events give {fresh.get((table, key))}"
        for table, key in sorted(kept.keys() | fresh.keys())
        if kept.get((table, key)) != fresh.get((table, key))
    ]


def _contents(session: Session) -> dict[tuple[str, int], tuple[object, ...]]:
    rows: dict[tuple[str, int], tuple[object, ...]] = {}
    for state in (OpportunityState, CustomerState):
        for row in session.execute(select(*state.__table__.columns)):
            rows[(state.__tablename__, row[0])] = tuple(row[1:])
    for row in session.execute(select(StageEvent.id, StageEvent.stayed)):
        rows[(StageEvent.__tablename__, row.id)] = (row.stayed,)
    return rows
