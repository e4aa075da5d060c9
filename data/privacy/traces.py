"""Where a person stands in the store: rows that point at them, and rows that name them.

Read from the schema, so that a new table is in it by itself.
"""

import json
from collections.abc import Iterator

from sqlalchemy import (
    JSON,
    Column,
    ColumnElement,
    String,
    Table,
    and_,
    cast,
    false,
    or_,
    select,
    true,
)
from sqlalchemy.orm import Session

from core.privacy import FREE, Kind, Subject
from data.schema import Base, Contact, Opportunity

# The product's own workings; nobody's name stands there, or no name can be read there.
_APART = frozenset(
    ("setting", "ballot_box", "sealed_ballot", "ballot_paper", "forecast_model", "policy_version")
)
_UNTIED = frozenset(("import_batch.person_id",))  # ids of people that no foreign key holds


def tables() -> Iterator[Table]:
    """Every table that may hold something of somebody."""
    return (table for table in Base.metadata.sorted_tables if table.name not in _APART)


def pointing(table: Table, found: Subject) -> ColumnElement[bool]:
    """Rows that name the person by id: their own row, what they own, did, or were told."""
    if table.name == str(found.kind):
        return table.c.id == found.id
    target = f"{found.kind}.id"
    keys = [c for c in table.columns if any(k.target_fullname == target for k in c.foreign_keys)]
    if found.kind is Kind.PERSON:
        keys += [c for c in table.columns if f"{table.name}.{c.name}" in _UNTIED]
    return or_(false(), *(column == found.id for column in keys))


def naming(session: Session, table: Table, found: Subject) -> ColumnElement[bool]:
    """Rows in which one of their names or addresses is written."""
    within = true() if found.alone else or_(pointing(table, found), _of_customer(session, table, found))
    names = [_written(column, word) for column in written_in(table) for word in found.names]
    addresses = [_written(column, word) for column in written_in(table) for word in found.addresses]
    return or_(false(), and_(within, or_(false(), *names)), *addresses)


def written_in(table: Table) -> list[Column[str]]:
    """Columns in which people write, or JSON is kept."""
    return [c for c in table.columns if isinstance(c.type, JSON) or f"{table.name}.{c.name}" in FREE]


def _written(column: Column[str], word: str) -> ColumnElement[bool]:
    """Whether a column holds a word, as it stands or as JSON escapes it."""
    text = cast(column, String) if isinstance(column.type, JSON) else column
    forms = {word, json.dumps(word)[1:-1]} if isinstance(column.type, JSON) else {word}
    return or_(*(text.contains(form, autoescape=True) for form in sorted(forms)))


def _of_customer(session: Session, table: Table, found: Subject) -> ColumnElement[bool]:
    """Rows of the contact's own customer, where a name is another's too."""
    if found.kind is not Kind.CONTACT:
        return false()
    customer = session.scalar(select(Contact.customer_id).where(Contact.id == found.id))
    if "customer_id" in table.c:
        return table.c.customer_id == customer
    if "opportunity_id" in table.c:
        theirs = select(Opportunity.id).where(Opportunity.customer_id == customer)
        return table.c.opportunity_id.in_(theirs)
    return false()
