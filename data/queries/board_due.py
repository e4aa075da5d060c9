"""What completion counts: the steps further that came due (A3)."""

from datetime import datetime
from typing import Any

from sqlalchemy import CTE, ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import aliased

from core.access import Permission, Who
from core.process.metrics import COMPLETION_DAYS
from core.terms import ActionStatus
from data.queries.board_ask import Ask, By
from data.queries.scope import owned
from data.schema import Action, Customer, Opportunity, Person, Pipeline, Stage, StageEvent


def due_actions(who: Who, ask: Ask) -> Select[Any]:
    """One row per action that came due in the window (`core.process.metrics.is_due`)."""
    due = due_steps(*ask.span(COMPLETION_DAYS), owned(who, Permission.SEE_BOARD, Opportunity.owner_id)).c
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
            due.done,
        )
        .join(Pipeline, Pipeline.id == due.pipeline_id)
        .outerjoin(Person, Person.id == due.owner_id)
        .outerjoin(Customer, Customer.id == due.customer_id)
        .where(*wanted)
    )


def due_steps(since: datetime, until: datetime, *wanted: ColumnElement[bool]) -> CTE:
    """Everybody's actions due after `since`, up to `until`.

    Materialized, or a planner walks all opportunities to find them.

    Args:
        wanted: conditions on Opportunity; asked here, so that a team's board costs what the team has.
    """
    called_off = and_(
        Action.status == ActionStatus.CANCELLED,
        or_(Action.cancelled_at.is_(None), Action.cancelled_at < Action.planned_for),
    )
    endless = and_(Action.status == ActionStatus.COMPLETED, Action.ended_at.is_(None))
    early = and_(Action.ended_at.is_not(None), Action.ended_at < Action.planned_for)
    its_time = case((early, Action.ended_at), else_=Action.planned_for)
    kept = and_(Action.status == ActionStatus.COMPLETED, ~_been_there(Action.ended_at))
    return (
        select(
            Action.id,
            Action.opportunity_id,
            Action.type,
            Action.status,
            Action.planned_for,
            case((kept, 1), else_=0).label("done"),
            Opportunity.name.label("opportunity"),
            Opportunity.customer_id,
            Opportunity.owner_id,
            Opportunity.pipeline_id,
        )
        .join(Opportunity, Opportunity.id == Action.opportunity_id)
        .where(
            Action.planned_for > since,
            Action.planned_for <= until,
            Action.voided_at.is_(None),
            ~called_off,
            ~endless,
            ~_been_there(its_time),
            *wanted,
        )
        .cte("due")
        .prefix_with("MATERIALIZED")
    )


def _been_there(before: Any) -> ColumnElement[bool]:
    """Whether the action's opportunity had been at its stage or beyond by then (`reaches_further`)."""
    own, theirs = aliased(Stage), aliased(Stage)
    return (
        select(StageEvent.id)
        .join(theirs, theirs.id == StageEvent.stage_id)
        .join(own, and_(own.pipeline_id == Opportunity.pipeline_id, own.key == Action.type))
        .where(
            StageEvent.opportunity_id == Action.opportunity_id,
            StageEvent.happened_at < before,
            StageEvent.voided_at.is_(None),
            theirs.position >= own.position,
        )
        .correlate(Action, Opportunity)
        .exists()
    )
