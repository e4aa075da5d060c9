"""The stores of a test process share the SQL that SQLAlchemy has compiled.

A program has one store and compiles each statement once. A test process opens thousands of stores and would
compile every statement for each of them: a third of the suite's time.
"""

from __future__ import annotations

from functools import partial

from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.util import LRUCache

import data.engine

KEPT = 2_000  # statements


def share_compiled() -> None:
    """From now on stores share one cache. Its entries are found by dialect: all of a kind are equal."""
    for dialect in (SQLiteDialect_pysqlite, PGDialect_psycopg):
        dialect.__eq__ = lambda self, other: type(self) is type(other)
        dialect.__hash__ = lambda self: hash(type(self))
    cache = {"compiled_cache": LRUCache(KEPT)}
    data.engine.create_engine = partial(data.engine.create_engine, execution_options=cache)
