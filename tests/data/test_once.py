"""What a reading asks of the store once, and what SQLite's planner is told."""

from __future__ import annotations

import pytest
from sqlalchemy import event, text

from data.migrate import upgrade
from data.planner import _BATCH, _KEYS
from data.queries.calendars import zone_of
from data.queries.policies import company_zone, policy_in_force
from data.schema import Base, Setting


def counted(session) -> list[str]:
    asked: list[str] = []

    def hear(*told: object) -> None:
        asked.append(str(told[2]))

    event.listen(session.get_bind(), "before_cursor_execute", hear)
    return asked


def test_a_reading_asks_for_the_policy_and_the_zone_once(sqlite_store):
    with sqlite_store.reading() as session:
        first = policy_in_force(session), company_zone(session)
        asked = counted(session)
        assert (policy_in_force(session), company_zone(session)) == first
        assert asked == []


def test_a_reading_sees_one_moment_whatever_is_written_meanwhile(store):
    with store.reading() as session:
        before = company_zone(session)
        with store.writing() as other:
            other.merge(Setting(key="timezone", value="America/Lima"))
        assert zone_of(session, None) == before
    with store.reading() as session:
        assert zone_of(session, None) == "America/Lima"


def test_the_next_reading_sees_what_was_written_since(sqlite_store):
    with sqlite_store.reading() as session:
        before = company_zone(session)
    with sqlite_store.writing() as session:
        assert company_zone(session) == before
        session.merge(Setting(key="timezone", value="America/Lima"))
        session.flush()
        assert company_zone(session) == "America/Lima"  # a session that writes asks each time
    with sqlite_store.reading() as session:
        assert company_zone(session) == "America/Lima"


def told(store) -> dict[str, str]:
    with store.reading() as session:
        found = session.execute(text("SELECT idx, stat FROM sqlite_stat1"))
        return {index: stat for index, stat in found}


def test_the_planner_is_told_of_every_index_that_is_named(sqlite_store):
    batches = [t for t in Base.metadata.tables.values() if "batch_id" in t.columns and _has(t, *_BATCH)]
    before = told(sqlite_store)
    assert len(before) == sum(map(len, _KEYS.values())) + len(batches)
    upgrade(sqlite_store)
    assert told(sqlite_store) == before


def _has(table, columns) -> bool:
    return any(tuple(index.columns.keys()) == columns for index in table.indexes)


@pytest.mark.parametrize("name", ["opportunity", "forecast_line"])
def test_a_teams_rows_are_read_by_their_owners(sqlite_store, name):
    """Not all of a pipeline or of a run, which without figures seems as good."""
    narrowed = {"opportunity": "pipeline_id = 1 AND outcome = 'open'", "forecast_line": "run_id = 1"}[name]
    team = "owner_id IN (SELECT id FROM person WHERE team_id = 1)"
    with sqlite_store.reading() as session:
        plan = session.execute(
            text(f"EXPLAIN QUERY PLAN SELECT amount FROM {name} WHERE {narrowed} AND {team}")
        )
        assert any(f"ix_{name}_owner_id" in row.detail for row in plan)
