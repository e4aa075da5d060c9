"""Grades to update: missing or old ones, and those for which the company's rules propose another."""

from datetime import timedelta

from sqlalchemy import func, or_, select

from core.grades import is_due, proposed
from data.queries.grades import grade_facts
from data.queries.today_kinds.asked import Asked, Group, Kind, ToDo
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


def regrades(asked: Asked, most: int) -> Group:
    """One's own customers for whom a grade rule proposes another grade than they have."""
    rules, rest = asked.policy.grade_rules, asked.policy.grade_rest_days
    if not rules:
        return Group(Kind.REGRADE, 0, ())
    mine = select(Customer.id).where(Customer.owner_id == asked.who.person_id)
    facts = grade_facts(asked.session, asked.session.scalars(mine).all(), asked.policy, asked.now)
    found = [(one, proposed(rules, one.values)) for one in facts]
    due = [(one, p) for one, p in found if is_due(p, one.grade, one.graded_at, asked.now, rest)]
    todos = [
        ToDo(
            Kind.REGRADE,
            one.id,
            one.id,
            one.name,
            at=one.graded_at,
            words=p or "",
            params={"grade": one.grade},
        )
        for one, p in sorted(due, key=lambda pair: (pair[1] or "", pair[0].name, pair[0].id))
    ]
    return Group(Kind.REGRADE, len(todos), tuple(todos[:most]))
