"""Which days of a pipeline can be replayed, and which past can be tested (B7)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.access import Who
from data.forecasting import AT
from data.once import recalled
from data.queries.outlook import offered
from data.queries.policies import company_tz
from data.schema import Opportunity, Pipeline

_YEAR = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Calendar:
    """Days of a pipeline and kind of period.

    Attributes:
        latest: the latest day with a snapshot.
        kept: days with a snapshot by the start of their period.
    """

    latest: date
    today: date
    zone: ZoneInfo
    kept: Mapping[date, tuple[date, ...]]

    def of(self, starts_on: date) -> tuple[date, ...]:
        """The days with a snapshot of one period."""
        return self.kept.get(starts_on, ())

    def due(self, day: date) -> datetime:
        """When a day's snapshots are due."""
        return datetime.combine(day, AT, self.zone).astimezone(UTC)


@recalled
def calendar(session: Session, who: Who, pipeline: str, period: str, now: datetime) -> Calendar:
    """What there is of a pipeline."""
    kept = offered(session, who).of(pipeline, period)
    zone = company_tz(session)
    today = now.astimezone(zone).date()
    latest = max((day for days in kept.values() for day in days), default=today)
    return Calendar(latest, today, zone, kept)


@recalled
def past(session: Session, who: Who, pipeline: str, now: datetime) -> tuple[date, date, date]:
    """From when to when a backtest is offered at first, the last year with closings; and the company's day,
    after which nothing is past."""
    zone = company_tz(session)
    closed = select(func.max(Opportunity.closed_at)).join(Pipeline).where(Pipeline.key == pipeline)
    last = session.scalar(closed) or now
    until = min(last, now).astimezone(zone).date()
    return until - _YEAR, until, now.astimezone(zone).date()
