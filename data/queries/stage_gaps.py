"""What a list leaves open of the stages at which it says that opportunities stand."""

from datetime import datetime

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session

from core.process.stages import Gap
from data.schema import Opportunity, OpportunityState, StageEvent


def only_seen() -> ColumnElement[bool]:
    """SQL: the present run in the stage of an `OpportunityState` begins with what a file left open."""
    return exists().where(
        StageEvent.opportunity_id == OpportunityState.opportunity_id,
        StageEvent.happened_at == OpportunityState.stage_since,
        StageEvent.voided_at.is_(None),
        StageEvent.gap == Gap.SINCE,
    )


def told_after(session: Session, mine: ColumnElement[bool], instant: datetime) -> dict[int, int]:
    """The first stage that a list named only after an instant, by opportunity.

    Args:
        mine: condition on `Opportunity`.
    """
    e = StageEvent
    query = (
        select(e.opportunity_id, e.stage_id)
        .join(Opportunity, Opportunity.id == e.opportunity_id)
        .where(mine, e.gap.is_not(None), e.voided_at.is_(None), e.recorded_at >= instant)
        .order_by(e.recorded_at.desc(), e.id.desc())
    )
    return {opportunity_id: stage_id for opportunity_id, stage_id in session.execute(query)}
