"""Which record an audit row is about: its name, its kind, and the customer whose it is."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import func, literal, null, select
from sqlalchemy.orm import Session

from data.schema import (
    Action,
    Alert,
    Audit,
    Base,
    CoachingTask,
    Commitment,
    Contact,
    Customer,
    CustomerDelivery,
    Demand,
    Interaction,
    Opportunity,
    Person,
    Promise,
    Room,
    Signal,
    Team,
)

RECORDS: dict[str, Any] = {  # told with their own columns
    "customer": Customer,
    "customer_tags": Customer,
    "contact": Contact,
    "opportunity": Opportunity,
    "action": Action,
    "interaction": Interaction,
    "signal": Signal,
    "person": Person,
    "team": Team,
    "room": Room,
}
_OF_CUSTOMERS: dict[str, Any] = {
    "promise": Promise,
    "demand": Demand,
    "delivery": CustomerDelivery,
    "alert": Alert,
    "commitment": Commitment,
}
_TABLES = RECORDS | _OF_CUSTOMERS | {"coaching": CoachingTask}
_TOUCHES: dict[Any, str] = {Action: "type", Interaction: "kind", Signal: "kind"}  # and what tells their kind
ENTITIES = tuple(_TABLES)  # what the log can be narrowed to


class Concerned(NamedTuple):
    """A record's name, its kind (of an action its type), and the customer whose page shows it."""

    name: str = ""
    kind: str = ""
    customer_id: int | None = None


def concerned(session: Session, audits: Sequence[Audit]) -> dict[int, Concerned]:
    """What each audit row is about, by its id: its record, or else the customer whom its picture names."""
    keys = {row.id: _key(row) for row in audits}
    wanted: dict[str, set[int]] = {}
    for entity, key in keys.values():
        if key is not None:
            wanted.setdefault(entity, set()).add(key)
    found = {
        (entity, key): Concerned(*record)
        for entity, ids in wanted.items()
        for key, *record in session.execute(_record(_TABLES[entity]).where(_TABLES[entity].id.in_(ids)))
    }
    return {row: found.get(key, Concerned()) for row, key in keys.items()}


def picture(kept: Any) -> dict[str, Any]:
    """What a row keeps of its record before or after, by field."""
    if isinstance(kept, list):
        return {"tags": kept}
    return kept if isinstance(kept, dict) else {}


def _key(row: Audit) -> tuple[str, int | None]:
    if row.entity in _TABLES:
        return row.entity, row.entity_id
    return "customer", picture(row.after).get("customer_id")


def _record(table: type[Base]) -> Any:
    if table is Customer:
        return select(Customer.id, Customer.name, Customer.grade, Customer.id)
    if table in (Contact, Opportunity):
        owned_by: Any = table
        return select(owned_by.id, owned_by.name, owned_by.name, owned_by.customer_id)
    if table is CoachingTask:  # named after whom it is for
        task = CoachingTask
        return select(task.id, Person.name, literal(""), null()).join(Person, Person.id == task.rep_id)
    if table in (Alert, Commitment):
        return _of_opportunity(table)
    if table in (Room, *_TOUCHES, *_OF_CUSTOMERS.values()):
        theirs: Any = table
        kind = getattr(theirs, _TOUCHES[table]) if table in _TOUCHES else literal("")
        customer = Customer.id == theirs.customer_id
        return select(theirs.id, Customer.name, kind, theirs.customer_id).outerjoin(Customer, customer)
    named: Any = table
    return select(named.id, named.name, named.name, null())


def _of_opportunity(table: Any) -> Any:
    """Of the opportunity's customer, where there is one; a commitment may name a customer alone."""
    own = table.customer_id if table is Commitment else null()
    whose = func.coalesce(own, Opportunity.customer_id)
    rows = select(table.id, func.coalesce(Customer.name, Opportunity.name), literal(""), whose)
    rows = rows.outerjoin(Opportunity, Opportunity.id == table.opportunity_id)
    return rows.outerjoin(Customer, Customer.id == whose)
