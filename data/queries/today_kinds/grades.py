"""Grades to update."""

from datetime import timedelta

from sqlalchemy import func, or_, select

from data.queries.today_kinds.asked import Asked, Group, Kind
from data.schema import Customer, CustomerState


def grades(asked: Asked, most: int) -> Group:
    """Customers with open opportunities whose grade is missing or old."""
    old = asked.now - timedelta(days=asked.policy.grade_days)
    query = (
        select(
            Customer.id,
            Customer.id.label("customer_id"),
            Customer.name.label("customer"),
            Customer.graded_at.label("at"),
            func.coalesce(Customer.grade, "").label("words"),
        )
        .join(CustomerState, CustomerState.customer_id == Customer.id)
        .where(
            Customer.owner_id == asked.who.person_id,
            CustomerState.open_opportunities > 0,
            or_(Customer.graded_at.is_(None), Customer.graded_at < old),
        )
        .order_by(
            Customer.graded_at.is_not(None),
            Customer.graded_at,
            CustomerState.high_value_tags.desc(),
            Customer.name,
            Customer.id,
        )
    )
    return asked.group(Kind.GRADE, query, most)
