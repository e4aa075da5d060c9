"""A step of an undo: fields of one record go back, where they still stand as the change left them."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Date, select

from core.access import Permission, reach
from core.messages import Conflict, NotAllowed, refuse
from data.commands.command import Tx
from data.commands.customers import check_owner
from data.commands.opportunities import EVENT_FIELDS, change
from data.schema import Action, Audit, Base, Commitment, Contact, Customer, Opportunity, Person, StageEvent
from data.schema.types import Amount, Instant

TABLES: dict[str, type[Base]] = {
    "customer": Customer,
    "contact": Contact,
    "opportunity": Opportunity,
    "action": Action,
    "stage_event": StageEvent,
    "commitment": Commitment,
}


@dataclass(frozen=True, slots=True)
class Step:
    """Fields of one record, as they are expected to stand and as they shall stand; values as JSON."""

    entity: str
    id: int
    expected: dict[str, Any]
    wanted: dict[str, Any]


def expect(tx: Tx, row: Audit, step: Step) -> None:
    """Refuse when a field is no longer as the change left it, naming who changed it."""
    table = TABLES[step.entity]
    record = tx.session.get(table, step.id, with_for_update=True, populate_existing=True)
    if record is None:
        raise Conflict("changed_since_unnamed")
    for name, value in step.expected.items():
        if getattr(record, name) != value_of(table, name, value):
            raise changed_since(tx, row, step)


def changed_since(tx: Tx, row: Audit, step: Step) -> Conflict:
    """Somebody changed the record since, named where it is known who."""
    last = (
        select(Person.name)
        .join(Audit, Audit.actor_id == Person.id)
        .where(Audit.entity == step.entity, Audit.entity_id == step.id, Audit.id > row.id)
        .order_by(Audit.id.desc())
    )
    name = tx.session.scalar(last.limit(1))
    return Conflict("changed_since", who=name) if name else Conflict("changed_since_unnamed")


def put_back(tx: Tx, step: Step) -> None:
    """Set the fields as they shall stand."""
    table = TABLES[step.entity]
    record: Any = tx.session.get_one(table, step.id)
    values = {name: value_of(table, name, value) for name, value in step.wanted.items()}
    if "owner_id" in values and step.entity != "action":
        _may_assign(tx, values["owner_id"])
    if step.entity == "opportunity":
        change(tx, record, tx.now, **{k: v for k, v in values.items() if k in EVENT_FIELDS})
    for name, value in values.items():
        setattr(record, name, value)
    if hasattr(record, "version"):
        record.version += 1


def _may_assign(tx: Tx, owner_id: int | None) -> None:
    if reach(tx.who, Permission.ASSIGN) is None:
        raise NotAllowed(permission=Permission.ASSIGN)
    refuse(check_owner(tx, owner_id))


def value_of(table: type[Base], name: str, value: Any) -> Any:
    """A value of the audit's JSON as the column holds it."""
    kind = table.__table__.c[name].type
    if value is None:
        return None
    if isinstance(kind, Instant):
        return datetime.fromisoformat(value)
    if isinstance(kind, Amount):
        return Decimal(value)
    return date.fromisoformat(value) if isinstance(kind, Date) else value
