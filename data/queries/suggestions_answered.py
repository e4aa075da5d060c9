"""What was answered to the running period's suggestions, and by whom (B3)."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from core.access import Permission, Who
from data.once import recalled
from data.queries.policies import company_day
from data.queries.scope import owned
from data.queries.suggestions_asked import MOST, running_period
from data.schema import Customer, ForecastDecision, ForecastLine, ForecastRun, Opportunity, Person


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered, and by whom; of several on one opportunity the latest counts."""

    id: int
    opportunity_id: int
    opportunity: str
    customer: str | None
    decision: str
    reason: str
    note: str
    suggested: Decimal
    scorecard: Decimal
    currency: str
    model: str
    person: str | None
    decided_at: datetime
    late: bool


@recalled
def answers(
    session: Session, who: Who, now: datetime, period: str, rep: int | None = None
) -> tuple[Answer, ...]:
    """What was answered in the running period within reach, the latest first."""
    starts_on, _ = running_period(session, period, company_day(session, now))
    if starts_on is None:
        return ()
    query = (
        answers_in(period, starts_on)
        .where(owned(who, Permission.SEE_SUGGESTIONS, Opportunity.owner_id))
        .where(*([Opportunity.owner_id == rep] if rep else []))
        .limit(MOST)
    )
    return tuple(as_answer(*row) for row in session.execute(query))


def answers_in(period: str, starts_on: date) -> Select[*tuple[Any, ...]]:
    """The answers of a period with what `as_answer` names, the latest first; the caller applies scope."""
    d = ForecastDecision
    query: Select[*tuple[Any, ...]] = (
        select(d, Opportunity.name, Customer.name, Person.name, ForecastRun.currency)
        .join(Opportunity, Opportunity.id == d.opportunity_id)
        .join(ForecastLine, ForecastLine.id == d.line_id)
        .join(ForecastRun, ForecastRun.id == ForecastLine.run_id)
        .outerjoin(Customer, Customer.id == Opportunity.customer_id)
        .outerjoin(Person, Person.id == d.person_id)
        .where(d.period == period, d.starts_on == starts_on)
        .order_by(d.decided_at.desc(), d.id.desc())
    )
    return query


def as_answer(
    made: ForecastDecision, opportunity: str, customer: str | None, person: str | None, currency: str
) -> Answer:
    """One row of `answers_in`."""
    return Answer(
        made.id,
        made.opportunity_id,
        opportunity,
        customer,
        made.decision,
        made.reason,
        made.note,
        made.suggested,
        made.scorecard,
        currency,
        made.model,
        person,
        made.decided_at,
        made.late,
    )
