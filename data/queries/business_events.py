"""Events of the business calendar: for pages, and as forecasts know them (B5)."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access import Who
from core.forecast.occasions import Occasion
from data.schema import BusinessEvent, Person

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Event:
    """One event; both its days included. `industry` None is every industry."""

    id: int
    name: str
    starts_on: date
    ends_on: date
    industry: str | None
    note: str
    by: str | None
    recorded_at: datetime


def occasions(session: Session) -> tuple[Occasion, ...]:
    """All events that ever were in the calendar, with when they were known."""
    rows = session.scalars(select(BusinessEvent).order_by(BusinessEvent.id))
    return tuple(
        Occasion(
            row.name,
            float((row.starts_on - _EPOCH.date()).days),
            float((row.ends_on - _EPOCH.date()).days),
            _days(row.recorded_at),
            _days(row.withdrawn_at) if row.withdrawn_at else float("inf"),
        )
        for row in rows
    )


def _days(at: datetime) -> float:
    return (at - _EPOCH).total_seconds() / 86_400.0


def business_events(session: Session, who: Who) -> tuple[Event, ...]:
    """Events that stand, the latest first."""
    del who  # the calendar is everybody's who sees the page
    query = (
        select(BusinessEvent, Person.name)
        .outerjoin(Person, Person.id == BusinessEvent.recorded_by_id)
        .where(BusinessEvent.withdrawn_at.is_(None))
        .order_by(BusinessEvent.starts_on.desc(), BusinessEvent.id.desc())
    )
    return tuple(
        Event(e.id, e.name, e.starts_on, e.ends_on, e.industry, e.note, by, e.recorded_at)
        for e, by in session.execute(query)
    )
