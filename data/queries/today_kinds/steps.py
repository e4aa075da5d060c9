"""Planned steps to record, and opportunities without one."""

from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, select

from core.process.timing import overdue_before
from core.terms import ActionStatus, Outcome
from data.queries.today_kinds.asked import Asked, Group, Kind, mine, of_opportunity, worth
from data.schema import Action, Customer, Opportunity, OpportunityState, Pipeline, Stage


def _planned(asked: Asked, most: int, kind: Kind, when: Any) -> Group:
    query = (
        select(
            Action.id,
            *of_opportunity(),
            Action.type,
            Action.planned_for.label("at"),
            Action.note.label("words"),
        )
        .join(Opportunity, Opportunity.id == Action.opportunity_id)
        .outerjoin(Customer, Customer.id == Opportunity.customer_id)
        .where(
            Action.owner_id == asked.who.person_id,
            Action.status == ActionStatus.PLANNED,
            Action.voided_at.is_(None),
            Opportunity.outcome == Outcome.OPEN,
            when,
        )
        .order_by(Action.planned_for, worth(), Action.id)
    )
    return asked.group(kind, query, most)


def _overdue_before(asked: Asked) -> datetime:
    return overdue_before(asked.now, asked.who.timezone)


def overdue(asked: Asked, most: int) -> Group:
    """Steps whose day is over."""
    return _planned(asked, most, Kind.OVERDUE, Action.planned_for < _overdue_before(asked))


def due(asked: Asked, most: int) -> Group:
    """Steps of this day, whether their time has come or not."""
    when = and_(Action.planned_for >= _overdue_before(asked), Action.planned_for < asked.midnight)
    return _planned(asked, most, Kind.DUE, when)


def unplanned(asked: Asked, most: int) -> Group:
    """Open opportunities without a next step; those longest without any event first."""
    since = func.coalesce(OpportunityState.last_event_at, Opportunity.opened_at, Opportunity.recorded_at)
    query = (
        select(Opportunity.id, *of_opportunity(), Stage.key.label("type"), since.label("at"))
        .join(Pipeline, Pipeline.id == Opportunity.pipeline_id)
        .outerjoin(OpportunityState, OpportunityState.opportunity_id == Opportunity.id)
        .outerjoin(Stage, Stage.id == OpportunityState.stage_id)
        .outerjoin(Customer, Customer.id == Opportunity.customer_id)
        .where(*mine(asked), OpportunityState.next_step_id.is_(None))
        .order_by(since, worth(), Opportunity.id)
    )
    return asked.group(Kind.UNPLANNED, query, most)
