"""Since when an opportunity's factors have been known: the latest row of each source by an instant (B1)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import func, literal, or_, select, union_all
from sqlalchemy.orm import Session

from core.forecast.factors import FACTORS
from data.schema import Action, Interaction, Opportunity, OpportunityChange, Signal, StageEvent

_SOURCES: Mapping[str, tuple[str, ...]] = {
    **{factor.name: tuple(s.strip() for s in factor.source.split(",")) for factor in FACTORS},
    "age_days": ("opportunity",),
    "days_in_stage": ("stage_event",),
    "days_since_event": ("stage_event",),
    "recent_events": ("stage_event",),
    "backward_moves": ("stage_event",),
    "amount": ("opportunity", "opportunity_change"),
    "days_to_close_on": ("opportunity", "opportunity_change"),
}  # the owner's and the product's shares are of the whole company's closings


def last_known(
    session: Session, opportunity_id: int, until: datetime, factors: Mapping[str, float]
) -> dict[str, datetime]:
    """When the newest row behind each factor was recorded, by factor; without rows it is left out.

    Args:
        until: what was recorded later was not known.
        factors: values by name; those without one have nothing known.
    """
    latest = _by_source(session, opportunity_id, until)
    found = {}
    for name in factors:
        known = [latest[s] for s in _SOURCES.get(name, ()) if s in latest]
        if known:
            found[name] = max(known)
    return found


def _by_source(session: Session, opportunity_id: int, until: datetime) -> dict[str, datetime]:
    customer = select(Opportunity.customer_id).where(Opportunity.id == opportunity_id).scalar_subquery()

    def about(table: Any) -> Any:
        of_customer = table.opportunity_id.is_(None) & (table.customer_id == customer)
        return or_(table.opportunity_id == opportunity_id, of_customer)

    reads: list[tuple[Any, Any]] = [
        (Interaction, about(Interaction)),
        (Signal, about(Signal)),
        (Action, Action.opportunity_id == opportunity_id),
        (StageEvent, StageEvent.opportunity_id == opportunity_id),
        (OpportunityChange, OpportunityChange.opportunity_id == opportunity_id),
        (Opportunity, Opportunity.id == opportunity_id),
    ]
    parts = [
        select(literal(table.__tablename__).label("source"), func.max(table.recorded_at).label("at")).where(
            of, table.recorded_at <= until
        )
        for table, of in reads
    ]
    return {row.source: row.at for row in session.execute(union_all(*parts)) if row.at is not None}
