"""Suggestions of the forecast that wait for an answer."""

from sqlalchemy import func, select

from data.queries.policies import company_day
from data.queries.suggestions_asked import ASKED, answered, asked_lines
from data.queries.today_kinds.asked import Asked, Group, Kind, of_opportunity
from data.schema import Customer, ForecastLine, ForecastRun, Opportunity


def suggestions(asked: Asked, most: int) -> Group:
    """Suggestions of the forecast that wait for this person's answer, the biggest change first."""
    change = ForecastLine.value - ForecastLine.scorecard_value
    query = (
        select(Opportunity.id, *of_opportunity(), ForecastRun.starts_on.label("on"))
        .select_from(ForecastLine)
        .join(ForecastRun, ForecastRun.id == ForecastLine.run_id)
        .join(Opportunity, Opportunity.id == ForecastLine.opportunity_id)
        .outerjoin(Customer, Customer.id == Opportunity.customer_id)
        .where(
            *asked_lines(ASKED, company_day(asked.session, asked.now)),
            Opportunity.owner_id == asked.who.person_id,
            ~answered(),
        )
        .order_by(func.abs(change).desc(), Opportunity.id)
    )
    return asked.group(Kind.SUGGESTION, query, most)
