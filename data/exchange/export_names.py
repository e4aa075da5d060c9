"""What exports of every kind share: whose records, and how a row names a customer or a contact."""

import re
from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.access import Permission
from data.schema import Contact, Customer

Record = Mapping[str, Any]
EXPORT = Permission.EXPORT
PLAIN_NAME = re.compile(r"[^;；|()（）\[\]]*")
CUSTOMER = (Customer.name.label("at"), Customer.ref.label("at_ref"))
CONTACT = (Contact.name.label("contact_name"), Contact.ref.label("contact_ref"))


def ambiguous(session: Session, table: type[Customer] | type[Contact], *by: Any) -> set[tuple[Any, ...]]:
    """What more than one record of a table has in common, by these columns."""
    query = select(*by).group_by(*by).having(func.count(table.id) > 1)
    return {tuple(row) for row in session.execute(query)}


def word(shared: set[tuple[Any, ...]], key: tuple[Any, ...], ref: str | None) -> str | None:
    """A record's name where it is the only one of that name, else its reference."""
    return ref if key in shared else key[-1]
