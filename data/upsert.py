"""Inserting what is not there yet, also when two hands insert it at once."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import InstrumentedAttribute, Session

from data.schema import Base

_INSERT: dict[str, Any] = {"postgresql": postgresql.insert, "sqlite": sqlite.insert}


def insert_new(
    session: Session,
    table: type[Base],
    rows: Sequence[dict[str, Any]],
    *unique: InstrumentedAttribute[Any],
) -> list[int]:
    """Insert the rows whose `unique` columns are not taken; the ids of those inserted."""
    insert = _INSERT[session.get_bind().dialect.name](table).on_conflict_do_nothing(
        index_elements=[column.key for column in unique]
    )
    return list(session.scalars(insert.returning(table.__table__.c.id), rows)) if rows else []
