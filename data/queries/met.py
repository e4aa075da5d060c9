"""Who was there when a customer was seen, and is on no contact's card yet (PRODUCT.md A1, A2)."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access import Permission, Who
from core.process.actions import PEOPLE
from core.terms import ActionStatus
from data.queries.scope import customers
from data.schema import Action, Contact, Customer

MOST_RECORDS = 20  # the latest ones that are looked through


@dataclass(frozen=True, slots=True)
class Met:
    """Somebody whom a record names.

    Attributes:
        action_id: the latest record that names them.
        role: their part in the decision, as it says.
    """

    action_id: int
    name: str
    role: str | None


def met(session: Session, who: Who, customer_id: int) -> tuple[Met, ...]:
    """People whom the latest completed actions with a customer name and no contact is called, the latest met
    first; none where the customer is out of reach."""
    actions = session.execute(
        select(Action.id, Action.fields)
        .join(Customer, Customer.id == Action.customer_id)
        .where(
            customers(who, Permission.SEE_CUSTOMERS),
            Action.customer_id == customer_id,
            Action.status == ActionStatus.COMPLETED,
            Action.voided_at.is_(None),
        )
        .order_by(Action.ended_at.desc(), Action.id.desc())
        .limit(MOST_RECORDS)
    ).all()
    names = session.scalars(select(Contact.name).where(Contact.customer_id == customer_id))
    known = {_same(name) for name in names}
    found = dict[str, Met]()
    for of, fields in actions:
        for person in (p for key in PEOPLE for p in (fields or {}).get(key) or ()):
            if (same := _same(person["name"])) and same not in known:
                found.setdefault(same, Met(of, person["name"].strip(), person.get("role") or None))
    return tuple(found.values())


def _same(name: str) -> str:
    return "".join(name.split()).casefold()
