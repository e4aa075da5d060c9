"""Where a promise can be recorded from: a customer's demands and actions, and who hears it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from core.access import Permission, Who
from core.messages import NotFound
from core.process.actions import PEOPLE
from core.terms import ActionStatus
from data.queries.scope import customers
from data.schema import Action, Contact, Customer, Demand, Promise

KIND = "promise"
MOST_ACTIONS = 30  # newest ones in which something may have been promised


@dataclass(frozen=True, slots=True)
class Origin:
    """An action in which something was said to the customer."""

    id: int
    customer_id: int
    type: str
    started_at: datetime | None
    ended_at: datetime


def origins(session: Session, who: Who, customer_id: int, also: int | None = None) -> dict[int, Origin]:
    """A customer's latest completed actions by id, newest first.

    Args:
        also: an action that is among them however old it is.
    """
    query = _actions(who).where(Action.customer_id == customer_id).order_by(Action.ended_at.desc())
    found = [*session.execute(query.limit(MOST_ACTIONS)), *session.execute(query.where(Action.id == also))]
    return {row.id: Origin(*row) for row in found}


def origin_of(session: Session, who: Who, promise_id: int) -> Origin | None:
    """The action in which a promise was made, if it was one that this person may see."""
    query = _actions(who, Permission.SEE_PROMISES).join(Promise, Promise.action_id == Action.id)
    row = session.execute(query.where(Promise.id == promise_id)).first()
    return Origin(*row) if row else None


def customer_in(session: Session, who: Who, action_id: int) -> int:
    """The customer of a completed action.

    Raises:
        NotFound: no such action of a customer within reach.
    """
    row = session.execute(_actions(who).where(Action.id == action_id)).first()
    if row is None:
        raise NotFound(entity="action")
    return int(row.customer_id)


def hearer(session: Session, customer_id: int, demand_id: int | None, action_id: int | None) -> int | None:
    """The contact that most likely hears it: whose demand it is, else who was there, else the only one.

    None where it may be several, and where none on file was there.
    """
    asked = select(Demand.contact_id).where(Demand.id == demand_id, Demand.customer_id == customer_id)
    if contact := session.scalar(asked):
        return contact
    fields = session.scalar(select(Action.fields).where(Action.id == action_id)) or {}
    there = {person["name"] for key in PEOPLE for person in fields.get(key) or ()}
    known = select(Contact.id).where(Contact.customer_id == customer_id)
    found = session.scalars(known.where(Contact.name.in_(there)) if there else known.limit(2)).all()
    return found[0] if len(found) == 1 else None


def _actions(who: Who, needs: Permission = Permission.MAKE_PROMISES) -> Select[*tuple[Any, ...]]:
    return (
        select(Action.id, Action.customer_id, Action.type, Action.started_at, Action.ended_at)
        .join(Customer, Customer.id == Action.customer_id)
        .where(customers(who, needs), Action.status == ActionStatus.COMPLETED, Action.voided_at.is_(None))
    )
