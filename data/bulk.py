"""Rows by the hundred thousand, as their database keeps them: COPY on PostgreSQL, executemany on SQLite."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import JSON, Column, Connection, Table

from data.backup.tables import count_on

Raw = Sequence[Any]


def raw_rows(connection: Connection, table: Table) -> list[Raw]:
    """All rows of a table by primary key, in the database's own values; JSON is text on either."""
    columns = ", ".join(_as_text(column) for column in table.columns)
    keys = ", ".join(f'"{column.name}"' for column in table.primary_key)
    sql = f'SELECT {columns} FROM "{table.name}" ORDER BY {keys}'  # noqa: S608 - names are the schema's
    return [tuple(row) for row in connection.exec_driver_sql(sql)]


def write_raw(connection: Connection, table: Table, rows: Iterable[Raw]) -> None:
    """Write rows as `raw_rows` gives them, all columns; keys between tables are checked at the end."""
    columns = ", ".join(f'"{column.name}"' for column in table.columns)
    cursor: Any = connection.connection.cursor()
    if connection.dialect.name == "postgresql":
        with cursor.copy(f'COPY "{table.name}" ({columns}) FROM STDIN') as copy:
            for row in rows:
                copy.write_row(row)
    else:
        marks = ", ".join("?" * len(table.columns))
        sql = f'INSERT INTO "{table.name}" ({columns}) VALUES ({marks})'  # noqa: S608 - as above
        cursor.execute("PRAGMA defer_foreign_keys=ON")  # a row may point to one that comes after it
        cursor.executemany(sql, rows)
    cursor.close()
    if connection.dialect.name == "postgresql" and "id" in table.columns:
        count_on(connection, table)


def _as_text(column: Column[Any]) -> str:
    return f'CAST("{column.name}" AS TEXT)' if isinstance(column.type, JSON) else f'"{column.name}"'
