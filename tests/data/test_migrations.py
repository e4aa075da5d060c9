"""Revisions lead to exactly the schema that the code declares."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from data.install import install
from data.migrate import is_current
from data.schema import Base


def test_the_revisions_give_the_declared_schema(store):
    assert is_current(store)
    with store.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        assert compare_metadata(context, Base.metadata) == []


def test_installing_twice_changes_nothing(store):
    install(store)
    assert is_current(store)
