"""Column types that mean the same on SQLite and PostgreSQL.

`Instant` is `timestamptz` on PostgreSQL and whole microseconds since 1970 UTC on SQLite, which
has no type for instants; `Amount` is `numeric(20,4)` and whole ten-thousandths. Both compare,
sort and add up exactly in SQL on either store.
"""

import json
from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import ARRAY, JSON, BigInteger, Boolean, DateTime, Dialect, Float, Integer, Numeric, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator, TypeEngine

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

Id = BigInteger().with_variant(Integer, "sqlite")
Json = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


class Instant(TypeDecorator[datetime]):
    """An aware UTC datetime. Naive datetimes are refused: they hide a time zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        kind: TypeEngine[Any] = BigInteger() if dialect.name == "sqlite" else DateTime(timezone=True)
        return dialect.type_descriptor(kind)

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        return (value - _EPOCH) // _MICROSECOND if dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if dialect.name == "sqlite":
            return _EPOCH + timedelta(microseconds=int(value))
        instant: datetime = value
        return instant.astimezone(UTC)


class Amount(TypeDecorator[Decimal]):
    """An amount of money, exact to four places; its currency stands in a column beside it."""

    impl = Numeric(20, 4)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        kind: TypeEngine[Any] = BigInteger() if dialect.name == "sqlite" else Numeric(20, 4)
        return dialect.type_descriptor(kind)

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> Any:
        if value is None or dialect.name != "sqlite":
            return value
        return int((value * 10_000).to_integral_value())

    def process_result_value(self, value: Any, dialect: Dialect) -> Decimal | None:
        if value is None:
            return None
        return Decimal(value) / 10_000 if dialect.name == "sqlite" else Decimal(value)


class Many(TypeDecorator[Collection[Any]]):
    """Many texts or whole numbers as one parameter: an array on PostgreSQL, JSON on SQLite, which would
    take no more than 32,766 of them one by one."""

    impl = Text
    cache_ok = True

    def __init__(self, item: TypeEngine[Any]) -> None:
        super().__init__()
        self.item = item

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        kind: TypeEngine[Any] = Text() if dialect.name == "sqlite" else ARRAY(self.item)
        return dialect.type_descriptor(kind)

    def process_bind_param(self, value: Collection[Any] | None, dialect: Dialect) -> Any:
        held = list(value or ())
        return json.dumps(held) if dialect.name == "sqlite" else held


class among(FunctionElement[bool]):
    """SQL: whether a column is one of many, `among(column, bindparam(…, type_=Many(column.type)))`."""

    type = Boolean()
    inherit_cache = True
    name = "among"


@compiles(among)
def _among(element: among, compiler: SQLCompiler, **kw: Any) -> str:
    column, many = (compiler.process(c, **kw) for c in element.clauses)
    return f"{column} = ANY({many})"


@compiles(among, "sqlite")
def _among_sqlite(element: among, compiler: SQLCompiler, **kw: Any) -> str:
    column, many = (compiler.process(c, **kw) for c in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({many}))"  # noqa: S608 - both are compiled SQL


class holds(FunctionElement[bool]):
    """SQL: whether a list in a JSON object holds a number, `holds(column, literal("key"), number)`."""

    type = Boolean()
    inherit_cache = True
    name = "holds"


@compiles(holds)
def _holds(element: holds, compiler: SQLCompiler, **kw: Any) -> str:
    column, key, number = (compiler.process(c, **kw) for c in element.clauses)
    return f"COALESCE(({column} -> {key}) @> to_jsonb(CAST({number} AS INTEGER)), FALSE)"


@compiles(holds, "sqlite")
def _holds_sqlite(element: holds, compiler: SQLCompiler, **kw: Any) -> str:
    column, key, number = (compiler.process(c, **kw) for c in element.clauses)
    return f"{number} IN (SELECT value FROM json_each({column}, '$.' || {key}))"  # noqa: S608 - as above


class elapsed_days(FunctionElement[float]):
    """SQL: elapsed days between two instants, `elapsed_days(start, end)`; fractions included."""

    type = Float()
    inherit_cache = True
    name = "elapsed_days"


@compiles(elapsed_days)
def _elapsed(element: elapsed_days, compiler: SQLCompiler, **kw: Any) -> str:
    start, end = (compiler.process(c, **kw) for c in element.clauses)
    return f"(EXTRACT(EPOCH FROM ({end} - {start})) / 86400.0)"


@compiles(elapsed_days, "sqlite")
def _elapsed_sqlite(element: elapsed_days, compiler: SQLCompiler, **kw: Any) -> str:
    start, end = (compiler.process(c, **kw) for c in element.clauses)
    return f"(({end} - {start}) / 86400000000.0)"


class elapsed_microseconds(FunctionElement[int]):
    """SQL: whole microseconds between two instants, `elapsed_microseconds(start, end)`."""

    type = BigInteger()
    inherit_cache = True
    name = "elapsed_microseconds"


@compiles(elapsed_microseconds)
def _microseconds(element: elapsed_microseconds, compiler: SQLCompiler, **kw: Any) -> str:
    start, end = (compiler.process(c, **kw) for c in element.clauses)
    return f"CAST(EXTRACT(EPOCH FROM ({end} - {start})) * 1000000 AS BIGINT)"


@compiles(elapsed_microseconds, "sqlite")
def _microseconds_sqlite(element: elapsed_microseconds, compiler: SQLCompiler, **kw: Any) -> str:
    start, end = (compiler.process(c, **kw) for c in element.clauses)
    return f"({end} - {start})"
