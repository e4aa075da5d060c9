"""What imports told of opportunities that a kept forecast has not in it (B7, P1)."""

from datetime import datetime

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from core.access import Who
from data.once import recalled
from data.schema import ImportBatch, Opportunity, OpportunityChange, Pipeline, StageEvent


@recalled
def late_import(
    session: Session, who: Who, pipeline: str, taken_at: datetime, recorded_at: datetime | None
) -> datetime | None:
    """When the last import was that told of this pipeline's opportunities what the forecast does not know.

    It does not know what came after it was computed, nor what became known after the instant of its books.

    Args:
        taken_at: the instant of the forecast's books.
        recorded_at: when it was computed; None of one that was not kept.
    """
    del who  # that an import was made is no secret
    if recorded_at is None:
        return None
    batch, mine = ImportBatch, select(Opportunity.id).join(Pipeline).where(Pipeline.key == pipeline)
    told = (
        select(table.id)
        .where(
            table.batch_id == batch.id,
            column.in_(mine),
            or_(batch.at >= recorded_at, table.recorded_at >= taken_at),
        )
        .exists()
        for table, column in (
            (Opportunity, Opportunity.id),
            (OpportunityChange, OpportunityChange.opportunity_id),
            (StageEvent, StageEvent.opportunity_id),
        )
    )
    query = select(func.max(batch.at)).where(
        and_(batch.undone_at.is_(None), batch.at >= taken_at, or_(*told))
    )
    return session.scalar(query)
