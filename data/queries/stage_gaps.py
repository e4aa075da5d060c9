"""Whether an opportunity was only seen at its stage: since when it stands there nobody knows."""

from sqlalchemy import ColumnElement, exists

from core.process.stages import Gap
from data.schema import OpportunityState, StageEvent


def only_seen() -> ColumnElement[bool]:
    """SQL: the present run in the stage of an `OpportunityState` begins with what a file left open."""
    return exists().where(
        StageEvent.opportunity_id == OpportunityState.opportunity_id,
        StageEvent.happened_at == OpportunityState.stage_since,
        StageEvent.voided_at.is_(None),
        StageEvent.gap == Gap.SINCE,
    )
