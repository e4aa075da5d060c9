"""Customers who could be followed up together: tags enough, and no room open."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from core.access import Permission, Who
from data.once import recalled
from data.queries.named_customers import apart, told_apart
from data.queries.policies import policy_in_force
from data.queries.scope import customers
from data.schema import Customer, CustomerTag, Person, Room, Tag

MOST = 20


@dataclass(frozen=True, slots=True)
class CouldBegin:
    """A customer with enough high-value tags, by their keys; its name as `told_apart` says it."""

    customer_id: int
    customer: str
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Candidates:
    """The first of them, those with the most tags before the others, and how many there are."""

    rows: tuple[CouldBegin, ...]
    total: int


@recalled
def room_candidates(session: Session, who: Who) -> Candidates:
    """Customers within reach on whose page a room can be opened now; none for whoever may open none."""
    found = _carried(customers(who, Permission.OPEN_ROOMS), policy_in_force(session).high_value_tags)
    total = session.scalar(select(func.count()).select_from(found.subquery())) or 0
    named = apart(found).group_by(Person.name, Customer.ref)
    first = session.execute(named.order_by(func.count().desc(), Customer.name, Customer.id).limit(MOST)).all()
    carried = (
        select(CustomerTag.customer_id, Tag.key)
        .join(Tag, Tag.id == CustomerTag.tag_id)
        .where(CustomerTag.customer_id.in_([row.id for row in first]), Tag.high_value)
        .order_by(Tag.id)
    )
    tags: dict[int, list[str]] = {}
    for customer_id, key in session.execute(carried):
        tags.setdefault(customer_id, []).append(key)
    names = told_apart(first)
    return Candidates(tuple(CouldBegin(row.id, names[row.id], tuple(tags[row.id])) for row in first), total)


def _carried(within: ColumnElement[bool], least: int) -> Select[int, str]:
    being_followed = select(Room.customer_id).where(Room.closed_at.is_(None))
    return (
        select(Customer.id, Customer.name)
        .join(CustomerTag, CustomerTag.customer_id == Customer.id)
        .join(Tag, Tag.id == CustomerTag.tag_id)
        .where(Tag.high_value, within, Customer.id.not_in(being_followed))
        .group_by(Customer.id, Customer.name)
        .having(func.count() >= least)
    )
