"""The customer that a link names: by number, by its id in another system, or by a unique name (F3)."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, or_, select
from sqlalchemy.orm import Session

from core.access import Permission, Who
from core.messages import Conflict, NotFound
from data.once import recalled
from data.queries.scope import customers
from data.schema import Contact, Customer, Person, Room, RoomGroup

MOST = 2_000


@dataclass(frozen=True, slots=True)
class Named:
    """What a link says of its customer, any part of it.

    Attributes:
        ref: its id in the system that it was imported from.
        contact: the id of one of its contacts there, e.g. a WeCom `external_userid`.
        chat: a group of one of its rooms, by its id in the chat tool.
    """

    number: int | None = None
    name: str = ""
    ref: str = ""
    contact: str = ""
    chat: str = ""


def named_customer(session: Session, who: Who, needs: Permission, named: Named) -> int:
    """The one customer within reach that a link means: by number, else by ref, contact, chat, or name.

    Raises:
        NotFound: there is none within reach.
        Conflict: several are called so.
    """
    found = session.scalars(
        select(Customer.id).where(customers(who, needs), _meant(named)).order_by(Customer.id).limit(2)
    ).all()
    if not found:
        raise NotFound("customer_gone")
    if len(found) > 1:
        raise Conflict("ambiguous_customer", name=named.name.strip())
    return found[0]


@recalled
def customer_names(session: Session, who: Who, needs: Permission) -> dict[int, str]:
    """Customers within reach to choose from, by name; see `told_apart`."""
    query = apart(select(Customer.id, Customer.name)).where(customers(who, needs))
    return told_apart(session.execute(query.order_by(Customer.name, Customer.id).limit(MOST)).all())


def apart(query: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """A query of customers' ids and names with what tells those of one name apart."""
    return query.add_columns(Person.name, Customer.ref).outerjoin(Person, Person.id == Customer.owner_id)


def told_apart(rows: Sequence[Row[*tuple[Any, ...]]]) -> dict[int, str]:
    """Names by id, in order; of customers of one name with the owner, else with reference or number.

    Args:
        rows: of a query that `apart` made.
    """
    names = Counter(name for _, name, _, _ in rows)
    owned = Counter((name, owner) for _, name, owner, _ in rows)
    return {
        key: name
        if names[name] == 1
        else f"{name} · {owner}"
        if owner and owned[name, owner] == 1
        else f"{name} · {ref or key}"
        for key, name, owner, ref in rows
    }


def _meant(named: Named) -> ColumnElement[bool]:
    if named.number is not None:
        return Customer.id == named.number
    if named.ref:
        return Customer.ref == named.ref
    if named.contact:
        return Customer.id.in_(select(Contact.customer_id).where(Contact.ref == named.contact))
    if named.chat:
        group = or_(RoomGroup.chat_id == named.chat, RoomGroup.alias == named.chat)
        return Customer.id.in_(select(Room.customer_id).join(RoomGroup).where(group))
    return func.lower(Customer.name) == named.name.strip().lower()
