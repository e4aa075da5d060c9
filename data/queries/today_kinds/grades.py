"""Grades to update: missing or old ones, and those for which the company's rules propose another."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from core.grades import is_due, proposed
from data.once import once
from data.queries.grades import Facts, grade_facts
from data.queries.policies import policy_in_force
from data.queries.today_kinds.asked import Asked, Group, Kind, ToDo
from data.schema import Customer, CustomerState


def grades(asked: Asked, most: int) -> Group:
    """Customers with open opportunities whose grade is missing or old, and for whom no rule proposes one."""
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
            Customer.id.not_in([one.id for _, one in _of(asked)]),
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
    todos = [
        ToDo(Kind.REGRADE, one.id, one.id, one.name, at=one.graded_at, words=p, params={"grade": one.grade})
        for p, one in sorted(_of(asked), key=lambda pair: (pair[0], pair[1].name, pair[1].id))
    ]
    return Group(Kind.REGRADE, len(todos), tuple(todos[:most]))


def _of(asked: Asked) -> Sequence[tuple[str, Facts]]:
    return _due(asked.session, asked.who.person_id, asked.now)


@once
def _due(session: Session, owner_id: int | None, now: datetime) -> Sequence[tuple[str, Facts]]:
    """What the company's rules propose for a person's own customers, as far as it is to be done."""
    policy = policy_in_force(session)
    rules, rest = policy.grade_rules, policy.grade_rest_days
    if not rules:
        return ()
    mine = select(Customer.id).where(Customer.owner_id == owner_id)
    facts = grade_facts(session, session.scalars(mine).all(), policy, now)
    found = [(proposed(rules, one.values), one) for one in facts]
    return [(p, one) for p, one in found if p and is_due(p, one.grade, one.graded_at, now, rest)]
