"""What grade rules read of customers, and where they propose another grade (PRODUCT.md F1, F2)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.definitions import CUSTOMER, value_of
from core.grades import readable
from core.policies import Policy
from core.terms import Outcome
from data.queries.currencies import Money, money_of
from data.schema import Customer, CustomerState, CustomerTag, Opportunity, Tag

YEAR = timedelta(days=365)
_BARE = ("segment", "industry", "region")


@dataclass(frozen=True, slots=True)
class Facts:
    """A customer with its grade and what rules read of it (`core.grades.FACTS` and own fields)."""

    id: int
    name: str
    grade: str | None
    graded_at: datetime | None
    values: dict[str, Any]


def grade_facts(
    session: Session, customers: Collection[int], policy: Policy, now: datetime
) -> tuple[Facts, ...]:
    """What rules read of some customers, in three statements whatever their number.

    Amounts are in the company's currency by the day's rates (of what was won, by the day of closing); one
    without a rate counts as unknown and is left out of its sum.
    """
    query = select(Customer, CustomerState.last_touch_at, CustomerState.high_value_tags).outerjoin(
        CustomerState, CustomerState.customer_id == Customer.id
    )
    rows = session.execute(query.where(Customer.id.in_(customers)).order_by(Customer.id)).all()
    deals, tags = _deals(session, customers, policy, now), _tags(session, customers)
    own = [f for f in readable(policy.own_fields) if CUSTOMER in f.types]
    return tuple(
        Facts(
            c.id, c.name, c.grade, c.graded_at,
            {name: getattr(c, name) for name in _BARE}
            | {f.key: value_of(f, c.fields.get(f.key)) for f in own}
            | {"tags": tags.get(c.id, []), "high_value_tags": high or 0}
            | {"days_since_contact": _days(touched, now)}
            | deals.get(c.id, _NO_DEALS),
        )
        for c, touched, high in rows
    )  # fmt: skip


_NO_DEALS = {
    "amount_open": Decimal(0),
    "open_opportunities": 0,
    "won_year": Decimal(0),
    "days_since_won": None,
}


def _deals(
    session: Session, customers: Collection[int], policy: Policy, now: datetime
) -> dict[int, dict[str, Any]]:
    o = Opportunity
    query = select(o.customer_id, o.outcome, o.amount, o.currency, o.closed_at)
    money = money_of(session, policy.currency)
    found: dict[int, dict[str, Any]] = {}
    for row in session.execute(query.where(o.customer_id.in_(customers), o.outcome != Outcome.LOST)):
        _add(found.setdefault(row.customer_id, dict(_NO_DEALS)), row, money, now)
    return found


def _add(sums: dict[str, Any], row: Any, money: Money, now: datetime) -> None:
    if row.outcome == Outcome.OPEN:
        sums["open_opportunities"] += 1
        sums["amount_open"] += money.paid(row.amount, row.currency, now) or 0
        return
    days = _days(row.closed_at, now)
    if days is not None and days <= YEAR.days:
        sums["won_year"] += money.paid(row.amount, row.currency, row.closed_at) or 0
    if days is not None and (sums["days_since_won"] is None or days < sums["days_since_won"]):
        sums["days_since_won"] = days


def _tags(session: Session, customers: Collection[int]) -> dict[int, list[str]]:
    query = select(CustomerTag.customer_id, Tag.key).join(Tag, Tag.id == CustomerTag.tag_id)
    found: dict[int, list[str]] = {}
    for customer, key in session.execute(query.where(CustomerTag.customer_id.in_(customers))):
        found.setdefault(customer, []).append(key)
    return found


def _days(at: datetime | None, now: datetime) -> int | None:
    """Whole days since an instant."""
    return None if at is None else (now - at).days
