"""Revisions lead to exactly the schema that the code declares."""

from datetime import UTC, datetime

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.operations import Operations

from data.install import install
from data.migrate import altering, is_current
from data.schema import Base, DemandPause
from tests.company import found
from tests.data.test_demands import filed


def test_the_revisions_give_the_declared_schema(store):
    assert is_current(store)
    with store.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        assert compare_metadata(context, Base.metadata) == []


def test_installing_twice_changes_nothing(store):
    install(store)
    assert is_current(store)


def test_a_table_built_anew_keeps_what_points_to_it(store):
    """SQLite alters a column by building the table anew, while rows of other tables point to it."""
    demand = filed(store, found(store))
    with store.writing() as session:
        at = datetime(2026, 3, 4, tzinfo=UTC)
        session.add(DemandPause(demand_id=demand, reason="Asked", started_at=at))
    with altering(store) as connection:
        operations = Operations(MigrationContext.configure(connection))
        with operations.batch_alter_table("demand") as table:
            table.alter_column("words", nullable=True)
    with store.reading() as session:
        assert [p.demand_id for p in session.query(DemandPause)] == [demand]
        if store.engine.dialect.name == "sqlite":
            assert session.connection().exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
