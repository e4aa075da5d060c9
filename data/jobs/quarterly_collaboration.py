"""On the first day of a quarter at 7:00: the collaboration report of the quarter that ended (C5)."""

from contextlib import suppress
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.access import OPERATOR
from core.messages import Conflict
from core.promises.collaboration import last_quarter, quarter_of
from data.commands.collaboration import issue_collaboration
from data.engine import Store
from data.jobs.registry import Run, job
from data.queries.policies import company_zone
from data.schema import Demand

NAME = "quarterly_collaboration"
AT = time(7)


@job(NAME)
def quarterly_collaboration(store: Store, run: Run) -> None:
    """Issue the report as known when it was due; a second run finds it issued."""
    with store.reading(fresh=True) as session:
        zone = ZoneInfo(company_zone(session))
    quarter = last_quarter(quarter_of(run.due_at.astimezone(zone).date()))
    with suppress(Conflict):  # issued before
        issue_collaboration(store, OPERATOR, quarter, as_of=run.due_at)


def due(session: Session, now: datetime) -> list[tuple[datetime, str]]:
    """The latest quarter's start that has passed, unless nothing was asked for before it."""
    zone = ZoneInfo(company_zone(session))
    first = quarter_of(now.astimezone(zone).date())
    at = datetime.combine(first, AT, zone)
    if at > now:
        at = datetime.combine(last_quarter(first), AT, zone)
    known = session.scalar(select(func.min(Demand.recorded_at)))
    return [(at, "")] if known is not None and known < at else []


def coming(session: Session, now: datetime) -> datetime:
    """The start of the next quarter."""
    zone = ZoneInfo(company_zone(session))
    first = datetime.combine(quarter_of(now.astimezone(zone).date()), AT, zone)
    later = quarter_of(first.date() + timedelta(days=100))
    return (first if first > now else datetime.combine(later, AT, zone)).astimezone(UTC)
