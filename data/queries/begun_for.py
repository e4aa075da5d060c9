"""For which customers something can be begun, and what one began and has not sent."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access import Permission, Who
from data.queries.drafts import touched
from data.queries.named_customers import apart, told_apart
from data.queries.scope import customers
from data.schema import Customer, Draft

MOST_CUSTOMERS = 2_000


@dataclass(frozen=True, slots=True)
class DraftBegun:
    """A demand or a promise that somebody began to write."""

    draft_id: int
    customer: str
    words: str
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Start:
    """For whom one can be begun, and what was begun."""

    customers: tuple[tuple[int, str], ...]
    unfinished: tuple[DraftBegun, ...]


def start(session: Session, who: Who, kind: str, needs: Permission) -> Start:
    """Customers within reach, by name (see `told_apart`), and one's own drafts of a kind."""
    mine = (
        apart(select(Customer.id, Customer.name))
        .where(customers(who, needs))
        .order_by(Customer.name, Customer.id)
        .limit(MOST_CUSTOMERS)
    )
    return Start(tuple(told_apart(session.execute(mine).all()).items()), _unfinished(session, who, kind))


def _unfinished(session: Session, who: Who, kind: str) -> tuple[DraftBegun, ...]:
    mine = (
        select(Draft)
        .where(Draft.person_id == who.person_id, Draft.kind == kind)
        .order_by(Draft.updated_at.desc())
    )
    drafts = [d for d in session.scalars(mine) if d.body["sent"] is None and touched(d.body)]
    ids = {d.body["values"]["customer"] for d in drafts}
    query = select(Customer.id, Customer.name).where(Customer.id.in_(ids))
    names = {i: name for i, name in session.execute(query)}
    return tuple(
        DraftBegun(
            d.id, names[d.body["values"]["customer"]], str(d.body["values"].get("words") or ""), d.updated_at
        )
        for d in drafts
        if d.body["values"]["customer"] in names
    )
