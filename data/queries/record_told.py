"""Where an opportunity stands before and after a record, to say what the record changed."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from data.schema import Action, Alert, Audit, Opportunity, OpportunityState, Stage


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an opportunity stands, to say what a record changed.

    Attributes:
        alerts: rules of its standing alerts.
    """

    stage: str | None
    outcome: str
    next_type: str | None
    next_at: datetime | None
    alerts: frozenset[str]


def standing(session: Session, opportunity_id: int) -> Standing:
    """Where an opportunity stands now; the caller has checked that it may be seen."""
    session.flush()
    row = session.execute(
        select(Opportunity.outcome, Stage.key, Action.type, Action.planned_for)
        .outerjoin(OpportunityState, OpportunityState.opportunity_id == Opportunity.id)
        .outerjoin(Stage, Stage.id == OpportunityState.stage_id)
        .outerjoin(Action, Action.id == OpportunityState.next_step_id)
        .where(Opportunity.id == opportunity_id)
    ).one()
    alerts = select(Alert.rule).where(Alert.opportunity_id == opportunity_id, Alert.cleared_at.is_(None))
    return Standing(row.key, row.outcome, row.type, row.planned_for, frozenset(session.scalars(alerts)))


def audit_of(session: Session, action_id: int) -> int | None:
    """The latest audit row of an action, by which its command is undone."""
    rows = select(func.max(Audit.id)).where(Audit.entity == "action", Audit.entity_id == action_id)
    return session.scalar(rows)
