"""What is on record around opportunities and their month's forecast: the evidence of a class (B5)."""

from collections import Counter
from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.forecast.month_causes import Facts, touches
from core.forecast.months import Line
from data.queries.attribution_records import Record
from data.queries.attribution_since import since_of
from data.schema import BusinessEvent, Customer, ForecastRun, Opportunity


def facts_of(
    session: Session, run: ForecastRun, lines: Sequence[Line], records: Mapping[int, Sequence[Record]]
) -> dict[int, Facts]:
    """The facts of the opportunity of each of these lines, as known now.

    Args:
        records: by opportunity, what is counted.
    """
    industries = _industries(session, [line.opportunity for line in lines])
    events, since = _events(session, run), since_of(session, run, lines)
    found = {}
    for o in (line.opportunity for line in lines):
        counts = Counter(record.code for record in records.get(o, ()))
        about = industries.get(o)
        names = tuple(name for name, industry in events if industry in (None, about))
        found[o] = Facts(
            counts["pushes"],
            counts["signs"],
            counts["unseen"],
            counts["backdated"],
            counts["demands"],
            names,
            about,
            since.get(o),
        )
    return found


def _industries(session: Session, opportunities: Sequence[int]) -> dict[int, str | None]:
    query = (
        select(Opportunity.id, Customer.industry)
        .join(Customer, Customer.id == Opportunity.customer_id)
        .where(Opportunity.id.in_(opportunities))
    )
    return {row.id: row.industry for row in session.execute(query)}


def _events(session: Session, run: ForecastRun) -> list[tuple[str, str | None]]:
    """The calendar's events that touch the month, with their industry."""
    rows = session.scalars(
        select(BusinessEvent).where(BusinessEvent.withdrawn_at.is_(None)).order_by(BusinessEvent.starts_on)
    )
    return [(e.name, e.industry) for e in rows if touches(e.starts_on, e.ends_on, run.starts_on, run.ends_on)]
