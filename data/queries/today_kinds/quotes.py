"""Quotes that expire."""

from dataclasses import replace
from datetime import date, timedelta

from sqlalchemy import case, func, select

from core.terms import ActionStatus
from data.queries.today_kinds.asked import Asked, Group, Kind, mine, of_opportunity, worth
from data.schema import Action, Customer, Opportunity, Pipeline

QUOTE_GONE_DAYS = 30  # an expired quote is a to-do for so long


def expiring(asked: Asked, most: int) -> Group:
    """Latest quotes of open opportunities that expire soon, then those that expired of late."""
    day = asked.here.date()
    newest = func.row_number().over(
        partition_by=Action.opportunity_id, order_by=(Action.ended_at.desc(), Action.id.desc())
    )
    quotes = (
        select(
            Action.id,
            Action.opportunity_id,
            Action.fields["valid_until"].as_string().label("valid_until"),
            newest.label("rank"),
        )
        .join(Opportunity, Opportunity.id == Action.opportunity_id)
        .join(Pipeline, Pipeline.id == Opportunity.pipeline_id)
        .where(
            *mine(asked),
            Action.type == "quote_confirmation",
            Action.status == ActionStatus.COMPLETED,
            Action.voided_at.is_(None),
        )
        .subquery()
    )
    last = (day + timedelta(days=asked.policy.quote_expiry_days)).isoformat()
    first = (day - timedelta(days=QUOTE_GONE_DAYS)).isoformat()
    gone = case((quotes.c.valid_until < day.isoformat(), 1), else_=0)
    query = (
        select(quotes.c.id, *of_opportunity(), quotes.c.valid_until.label("on"))
        .join(Opportunity, Opportunity.id == quotes.c.opportunity_id)
        .outerjoin(Customer, Customer.id == Opportunity.customer_id)
        .where(quotes.c.rank == 1, quotes.c.valid_until.between(first, last))
        .order_by(gone, quotes.c.valid_until, worth(), quotes.c.id)
    )
    return _with_days(asked.group(Kind.EXPIRING, query, most))


def _with_days(group: Group) -> Group:
    todos = (replace(todo, on=date.fromisoformat(str(todo.on))) for todo in group.todos)
    return Group(group.kind, group.total, tuple(todos))
