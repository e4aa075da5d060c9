"""What became of opportunities that were not won in their forecast month, by today's books (B5)."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.forecast.month_causes import Since
from core.forecast.months import Line
from core.terms import Outcome
from data.queries.currencies import money_of
from data.queries.forecast_month_books import books, paid_for
from data.queries.policies import company_tz
from data.schema import ForecastRun, Opportunity, Person


def since_of(session: Session, run: ForecastRun, lines: Sequence[Line]) -> dict[int, Since]:
    """What each came to since, and whose it is now; those won in the month are left out."""
    open_then = {line.opportunity: line for line in lines if not line.won}
    money, zone = money_of(session, run.currency) if run.currency else None, company_tz(session)
    query = (
        select(
            Opportunity.id, Opportunity.owner_id, Opportunity.close_on, Person.name.label("owner"), *books()
        )
        .outerjoin(Person, Person.id == Opportunity.owner_id)
        .where(Opportunity.id.in_(open_then))
    )
    found = {}
    for row in session.execute(query):
        outcome = Outcome(row.outcome)
        on = row.close_on if outcome is Outcome.OPEN else _day(row.closed_at, zone)
        paid = paid_for(row, money) if outcome is Outcome.WON else None
        handed = row.owner_id != open_then[row.id].rep
        days = (on - run.ends_on + timedelta(days=1)).days if on else None
        found[row.id] = Since(outcome, on, days, paid or None, row.owner if handed else None)
    return found


def _day(at: datetime | None, zone: ZoneInfo) -> date | None:
    return at.astimezone(zone).date() if at else None
