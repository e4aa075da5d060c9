"""What a table looks like in a copy: its columns by kind, and its values as JSON and back."""

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, Boolean, Column, Date, Float, Integer, LargeBinary, MetaData, String, Table, Time
from sqlalchemy.types import TypeEngine

from data.schema.types import Amount, Id, Instant, Json

_TYPES: dict[str, TypeEngine[Any]] = {
    "instant": Instant(),
    "amount": Amount(),
    "json": Json,
    "bytes": LargeBinary(),
    "date": Date(),
    "time": Time(),
    "boolean": Boolean(),
    "float": Float(),
    "text": String(),
    "whole": Id,
}
_KINDS: dict[str, type[Any]] = {name: type(kind) for name, kind in _TYPES.items()} | {
    "json": JSON,
    "whole": Integer,
}
_MODULUS = 2**256


@dataclass(frozen=True, slots=True, eq=False)  # one table, one shape
class Shape:
    """One table.

    Attributes:
        columns: name to kind, in the schema's order.
        key: columns of its primary key.
    """

    name: str
    columns: Mapping[str, str]
    key: tuple[str, ...]

    def table(self, metadata: MetaData) -> Table:
        """The table to read and write, drawn from the copy: one of an earlier release has another schema."""
        return Table(
            self.name,
            metadata,
            *(
                Column(name, _TYPES[kind], primary_key=name in self.key)
                for name, kind in self.columns.items()
            ),
        )


def shape_of(table: Table) -> Shape:
    """The shape of a table of this release's schema."""
    columns = {column.name: _kind(column) for column in table.columns}
    return Shape(table.name, columns, tuple(column.name for column in table.primary_key.columns))


def _kind(column: Column[Any]) -> str:
    return next(name for name, kind in _KINDS.items() if isinstance(column.type, kind))


def line(shape: Shape, row: Sequence[Any]) -> str:
    """A row as one line of JSON: the same on every database.

    >>> line(Shape("t", {"id": "whole", "at": "instant", "sum": "amount"}, ("id",)),
    ...      (1, datetime.fromisoformat("2026-03-04T04:00:00+00:00"), Decimal("2.5000")))
    '[1,"2026-03-04T04:00:00+00:00","2.5"]'
    """
    values = [_out(kind, value) for kind, value in zip(shape.columns.values(), row, strict=True)]
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def values(shape: Shape, text: str) -> dict[str, Any]:
    """The row of a line.

    Raises:
        ValueError: the line is no row of this shape.
    """
    read = json.loads(text)
    return {name: _in(kind, value) for (name, kind), value in zip(shape.columns.items(), read, strict=True)}


def _out(kind: str, value: Any) -> Any:
    if value is None:
        return None
    match kind:
        case "instant" | "date" | "time":
            return value.isoformat()
        case "amount":
            return format(value.normalize(), "f")
        case "bytes":
            return base64.b64encode(value).decode()
        case "json":
            return _plain(value)
        case _:
            return value


def _plain(value: Any) -> Any:
    """JSON whose whole numbers are written in one way: databases write 1.0 and 1e2 each in their own."""
    match value:
        case dict():
            return {key: _plain(inner) for key, inner in value.items()}
        case list():
            return [_plain(inner) for inner in value]
        case float() if value.is_integer():
            return int(value)
        case _:
            return value


def _in(kind: str, value: Any) -> Any:
    if value is None:
        return None
    match kind:
        case "instant":
            return datetime.fromisoformat(value)
        case "date":
            return date.fromisoformat(value)
        case "time":
            return time.fromisoformat(value)
        case "amount":
            return Decimal(value)
        case "bytes":
            return base64.b64decode(value)
        case "float":
            return float(value)
        case _:
            return value


class Sum:
    """How many rows there were, and what they add up to in whatever order they came.

    The digest is the sum of the lines' SHA-256 modulo 2^256: databases sort text differently.
    """

    def __init__(self) -> None:
        self.rows, self._total = 0, 0

    def add(self, text: str) -> None:
        """Count one line in."""
        self.rows += 1
        self._total = (self._total + int.from_bytes(hashlib.sha256(text.encode()).digest())) % _MODULUS

    def told(self) -> tuple[int, str]:
        """Rows, and the digest as 64 hexadecimal digits."""
        return self.rows, f"{self._total:064x}"
