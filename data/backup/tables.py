"""Reading every row of one moment, and writing rows into a store that has none."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any

from sqlalchemy import Connection, ForeignKeyConstraint, MetaData, Table, func, insert, select
from sqlalchemy.schema import AddConstraint, DropConstraint

from core.messages import Invalid, Problem
from data.backup.shape import Shape, Sum, line, shape_of, values
from data.engine import Store
from data.migrate import altering, build, revision_of
from data.schema import Base

_AT_ONCE = 1000


def shapes() -> list[Shape]:
    """Every table of this release, by name."""
    return [shape_of(table) for table in sorted(Base.metadata.tables.values(), key=lambda t: t.name)]


@contextmanager
def one_moment(store: Store) -> Iterator[Connection]:
    """A connection that sees the store as it is now, whatever others write meanwhile."""
    with store.reading(fresh=True) as session:
        yield session.connection()


def lines(connection: Connection, shape: Shape) -> Iterator[str]:
    """The rows of a table as lines, by primary key."""
    table = shape.table(MetaData())
    rows = connection.execution_options(yield_per=_AT_ONCE).execute(
        select(table).order_by(*(table.c[name] for name in shape.key))
    )
    return (line(shape, row) for row in rows)


def sums(connection: Connection, wanted: Iterable[Shape]) -> dict[str, tuple[int, str]]:
    """Rows and digest of each table."""
    return {shape.name: _sum(lines(connection, shape)) for shape in wanted}


def _sum(rows: Iterable[str]) -> tuple[int, str]:
    found = Sum()
    for row in rows:
        found.add(row)
    return found.told()


def require_empty(store: Store) -> None:
    """Only a database without a store in it takes a copy.

    Raises:
        Invalid: there is one.
    """
    if revision_of(store) is not None:
        raise Invalid([Problem("store", "store_not_empty", {"store": store.shown_url})])


def fill(
    store: Store, revision: str, content: Iterable[tuple[Shape, Iterable[str]]]
) -> dict[str, tuple[int, str]]:
    """Make the tables of a revision, write all rows and read them back, in one transaction.

    Keys between tables are checked at the end: rows point to one another in circles.

    Returns:
        Rows and digest of each table, as read back.

    Raises:
        Invalid: what was read back is not what was written. Nothing is left of it.
    """
    with altering(store) as connection:
        build(connection, revision)
        with _keys_later(connection):
            written = {shape: _write(connection, shape, iter(rows)) for shape, rows in content}
        found = sums(connection, written)
        if found != {shape.name: told for shape, told in written.items()}:
            raise Invalid([Problem("store", "copy_differs")])
    return found


def _write(connection: Connection, shape: Shape, rows: Iterator[str]) -> tuple[int, str]:
    table, told = shape.table(MetaData()), Sum()
    connection.execute(table.delete())  # what a revision itself put there
    while some := list(islice(rows, _AT_ONCE)):
        connection.execute(insert(table), [values(shape, row) for row in some])
        for row in some:
            told.add(row)
    if connection.dialect.name == "postgresql" and shape.columns.get("id") == "whole":
        count_on(connection, table)
    return told.told()


def count_on(connection: Connection, table: Table) -> None:
    """PostgreSQL: the next id comes after the highest that was written."""
    highest = connection.scalar(select(func.max(table.c.id)))
    if highest is not None:
        sequence = func.pg_get_serial_sequence(f'"{table.name}"', "id")
        connection.execute(select(func.setval(sequence, highest)))


@contextmanager
def _keys_later(connection: Connection) -> Iterator[None]:
    """PostgreSQL: foreign keys are taken away and put back, which checks all rows at once."""
    kept = _foreign_keys(connection) if connection.dialect.name == "postgresql" else []
    for constraint in kept:
        connection.execute(DropConstraint(constraint))
    yield
    for constraint in kept:
        connection.execute(AddConstraint(constraint))


def _foreign_keys(connection: Connection) -> list[Any]:
    reflected = MetaData()
    reflected.reflect(connection)
    return [
        constraint
        for table in reflected.tables.values()
        for constraint in table.constraints
        if isinstance(constraint, ForeignKeyConstraint)
    ]
