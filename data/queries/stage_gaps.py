"""What a list leaves open of the stages at which it says that opportunities stand."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Exists, exists, select
from sqlalchemy.orm import Session

from core.process.stages import Gap
from data.schema import Opportunity, OpportunityState, StageEvent


def only_seen() -> ColumnElement[bool]:
    """SQL: the present run in the stage of an `OpportunityState` begins with what a file left open."""
    return seen_at(OpportunityState.opportunity_id, OpportunityState.stage_since)


def seen_at(opportunity_id: Any, since: Any) -> Exists:
    """SQL: what happened at an instant is no more than that a list says where it stands."""
    return exists().where(
        StageEvent.opportunity_id == opportunity_id,
        StageEvent.happened_at == since,
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
