"""Inserting what is not there yet, also when two hands insert it at once."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import InstrumentedAttribute, Session

from data.schema import Base

_AT_ONCE = 500  # rows of one statement; databases take a limited number of values
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
    returning = insert.returning(table.__table__.c.id)
    ids: list[int] = []
    for start in range(0, len(rows), _AT_ONCE):
        ids += session.scalars(returning.values(list(rows[start : start + _AT_ONCE])))
    return ids
