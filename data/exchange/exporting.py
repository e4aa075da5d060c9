"""Records of each kind as rows that import again without loss, limited to what the person may see."""

import csv
import io
import secrets
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, bindparam, select, true, update
from sqlalchemy.orm import Session

from core.access import Who
from core.exchange.kinds import KINDS, Kind, own_of, with_own
from core.exchange.tables import Cell, guard
from core.fields import Field
from core.fields import Kind as FieldKind
from data.exchange.export_actions import actions, interactions, signals
from data.exchange.export_company import contacts, customers, opportunities, stage_changes, users
from data.exchange.export_names import EXPORT, Record
from data.exchange.export_promises import demands, promises
from data.exchange.xlsx import write_xlsx
from data.queries import scope
from data.queries.policies import policy_in_force
from data.schema import (
    Action,
    Contact,
    Customer,
    Demand,
    Feature,
    Interaction,
    Opportunity,
    Promise,
    Signal,
)


def export_rows(session: Session, who: Who, kind: str) -> tuple[list[str], list[list[Cell]]]:
    """Headers and rows of a kind within the person's reach.

    Records without a reference get a permanent one first: an export names records by it, and an
    import knows them again by it.
    """
    own = policy_in_force(session).own_fields
    _give_refs(session, who, (*_NAMED[kind], *_named_by(own_of(kind, own))))
    spec = with_own(KINDS[kind], own)
    headers = [*(c.name for c in spec.columns), *spec.told]
    zone = ZoneInfo(who.timezone)
    rows = [[_cell(record.get(h), zone) for h in headers] for record in _RECORDS[kind](session, who)]
    return headers, rows


def as_file(kind: str, form: str, headers: Sequence[str], rows: Sequence[Sequence[Cell]]) -> bytes:
    """A file of these rows: `csv` (UTF-8 with BOM, as spreadsheets expect) or `xlsx`."""
    if form == "xlsx":
        return write_xlsx(kind, headers, rows)
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    lines = (headers, *rows)
    writer.writerows([guard(c) if isinstance(c, str) else c for c in line] for line in lines)
    return out.getvalue().encode("utf-8-sig")


def template(kind: str, form: str, own: Sequence[Field] = ()) -> bytes:
    """An empty file of a kind, with its headers; those of the company's own fields in use too."""
    spec: Kind = with_own(KINDS[kind], (f for f in own if not f.retired))
    return as_file(kind, form, [c.name for c in spec.columns], [])


def _cell(value: Any, zone: ZoneInfo) -> Cell:
    match value:
        case datetime():
            return value.astimezone(zone).isoformat()
        case Decimal():
            plain = value.normalize()
            return plain if plain != plain.to_integral() else plain.quantize(Decimal(1))
        case bool():
            return str(value).lower()
        case _:
            return value  # type: ignore[no-any-return]  # a cell is any value


_REACHED: dict[type[Any], Callable[[Who], ColumnElement[bool]]] = {
    Customer: lambda who: scope.customers(who, EXPORT),
    Contact: lambda who: Contact.customer_id.in_(select(Customer.id).where(scope.customers(who, EXPORT))),
    Opportunity: lambda who: scope.owned(who, EXPORT, Opportunity.owner_id),
    Action: lambda who: scope.owned(who, EXPORT, Action.owner_id),
    Interaction: lambda who: Interaction.customer_id.in_(
        select(Customer.id).where(scope.customers(who, EXPORT))
    ),
    Signal: lambda who: Signal.customer_id.in_(select(Customer.id).where(scope.customers(who, EXPORT))),
    Promise: lambda who: Promise.customer_id.in_(select(Customer.id).where(scope.customers(who, EXPORT))),
    Feature: lambda who: true(),  # features are nobody's own
    Demand: lambda who: Demand.customer_id.in_(select(Customer.id).where(scope.customers(who, EXPORT))),
}
_NAMED: dict[str, tuple[type[Any], ...]] = {
    "users": (),
    "customers": (Customer,),
    "contacts": (Customer, Contact),
    "opportunities": (Customer, Opportunity),
    "stage_changes": (Opportunity,),
    "actions": (Opportunity, Action),
    "interactions": (Customer, Contact, Opportunity, Interaction),
    "signals": (Customer, Opportunity, Signal),
    "demands": (Customer, Contact, Opportunity, Demand, Feature),
    "promises": (Customer, Contact, Demand, Promise, Feature),
}


def _named_by(own: Sequence[Field]) -> tuple[type[Any], ...]:
    """What own fields name by reference where a name alone would not do."""
    return (Customer,) if any(f.kind is FieldKind.CUSTOMER for f in own) else ()


def _give_refs(session: Session, who: Who, tables: Sequence[type[Any]]) -> None:
    for table in tables:
        reached = _REACHED[table](who)
        if table is Opportunity and Action in tables:
            reached = Opportunity.ref.is_(None)  # an action may be on a colleague's opportunity
        ids = session.scalars(select(table.id).where(table.ref.is_(None), reached)).all()
        if ids:
            rows = table.__table__  # another export may have been faster: its reference stays
            statement = update(rows).where(rows.c.id == bindparam("row_id"), rows.c.ref.is_(None))
            fresh = [{"row_id": i, "given": f"fb{secrets.token_hex(8)}"} for i in ids]
            session.connection().execute(statement.values(ref=bindparam("given")), fresh)


_RECORDS: dict[str, Callable[[Session, Who], Iterator[Record]]] = {
    "users": users,
    "customers": customers,
    "contacts": contacts,
    "opportunities": opportunities,
    "stage_changes": stage_changes,
    "actions": actions,
    "interactions": interactions,
    "signals": signals,
    "demands": demands,
    "promises": promises,
}
