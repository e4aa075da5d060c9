"""Bringing a store to this release's schema, and writing the next revision."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect

from data.engine import Store

_FOLDER = Path(__file__).parent / "migrations"


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_FOLDER))
    config.attributes["connection"] = connection
    return config


def upgrade(store: Store) -> None:
    """Run every revision that the store has not seen; nothing to do is fine."""
    with store.engine.begin() as connection:
        command.upgrade(_config(connection), "head")


def is_current(store: Store) -> bool:
    """Whether the store has this release's schema."""
    with store.engine.connect() as connection:
        if not inspect(connection).has_table("alembic_version"):
            return False
        head = ScriptDirectory.from_config(_config(connection)).get_current_head()
        return MigrationContext.configure(connection).get_current_revision() == head


def revise(store: Store, message: str) -> None:
    """Write a revision with the difference between the store and the schema; then read it."""
    with store.engine.connect() as connection:
        command.revision(_config(connection), message=message, autogenerate=True)
