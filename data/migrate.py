"""Bringing a store to this release's schema, and writing the next revision."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

from data.engine import Store
from data.planner import guide

_FOLDER = Path(__file__).parent / "migrations"
_KEY = 0xF12EB2EA  # of our lock among the database's advisory locks
IMPORTS = _KEY + 1


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_FOLDER))
    config.attributes["connection"] = connection
    return config


def upgrade(store: Store) -> None:
    """Run every revision that the store has not seen; nothing to do is fine."""
    with altering(store) as connection:
        build(connection, "head")
        guide(connection)


def build(connection: Connection, to: str) -> None:
    """Run every revision up to `to` that the database has not seen."""
    command.upgrade(_config(connection), to)


@contextmanager
def altering(store: Store) -> Iterator[Connection]:
    """A transaction in which tables may be altered."""
    with store.engine.connect() as connection, _keys_at_rest(connection), connection.begin():
        alone(connection)
        yield connection
        _check_keys(connection)


def alone(connection: Connection, key: int = _KEY) -> None:
    """Until the transaction ends, whoever else makes or alters a store waits: instances start together.

    SQLite has one writer anyway.

    Args:
        key: of what is done alone; making and altering a store where it is not said.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": key})


@contextmanager
def _keys_at_rest(connection: Connection) -> Iterator[None]:
    """SQLite alters a table by building it anew: what points to the old one must not hold that up."""
    if connection.dialect.name != "sqlite":
        yield
        return
    raw = connection.connection.driver_connection  # past SQLAlchemy: inside a transaction it has no effect
    assert raw is not None
    raw.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        raw.execute("PRAGMA foreign_keys=ON")


def _check_keys(connection: Connection) -> None:
    """Nothing may point to nothing afterwards; else all of it is rolled back."""
    if connection.dialect.name == "sqlite":
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
        assert not broken, f"revisions left rows that point to nothing: {broken[:3]}"


def revision_of(store: Store) -> str | None:
    """The revision that the store has; None where there is no store yet."""
    with store.reading(fresh=True) as session:
        connection = session.connection()
        if not inspect(connection).has_table("alembic_version"):
            return None
        return MigrationContext.configure(connection).get_current_revision()


def is_current(store: Store) -> bool:
    """Whether the store has this release's schema."""
    return revision_of(store) == _revisions().get_current_head()


def is_known(revision: str) -> bool:
    """Whether this release knows a revision: one of a later release it does not."""
    return revision in {known.revision for known in _revisions().walk_revisions()}


def _revisions() -> ScriptDirectory:
    return ScriptDirectory(str(_FOLDER))


def revise(store: Store, message: str) -> None:
    """Write the next revision, with the difference between the store and the schema; then read it."""
    following = f"{int(_revisions().get_current_head() or 0) + 1:04}"
    with store.engine.connect() as connection:
        command.revision(_config(connection), message=message, autogenerate=True, rev_id=following)
