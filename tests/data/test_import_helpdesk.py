"""A real event log as a pipeline of its own: 4,580 cases and 21,348 events, from XES and from CSV."""

import csv
import io
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, make_url, select

from core.access import OPERATOR
from data.commands.exchange import undo_import
from data.commands.projections import differences
from data.engine import Store
from data.exchange.reading import read_table
from data.schema import Opportunity, OpportunityState, Pipeline, Stage, StageEvent
from tests.conftest import Hands, database, installed
from tests.importing import contents, count, import_path, import_text, shown
from tests.shared_data import EXAMPLES, shared

LOG = "helpdesk/helpdesk.xes.gz"


def changes(store):
    return import_path(store, "stage_changes", shared(LOG), EXAMPLES / "helpdesk-stage-changes.toml")


@dataclass(frozen=True)
class Imported:
    """A store with the log: its address, what it held before, and what the import said."""

    url: str
    before: Any
    said: Any


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def imported(request, tmp_path_factory):
    """The log, imported once on each database; tests work on copies."""
    folder = tmp_path_factory.mktemp("helpdesk")
    with installed(request, request.param, folder) as url:
        store = Store(url, folder / "files", clock=Hands())
        before, said = contents(store), changes(store)
        store.close()
        yield Imported(url, before, said)


@pytest.fixture
def store(request, imported, tmp_path):
    """A store with the log, of the test's own."""
    name = make_url(imported.url).database
    if Path(name).is_file():
        shutil.copyfile(name, tmp_path / "firebreak.db")
        yield Store(f"sqlite:///{tmp_path / 'firebreak.db'}", tmp_path / "files", clock=Hands())
        return
    with database(request.getfixturevalue("postgres"), name) as url:
        copy = Store(url, tmp_path / "files", clock=Hands())
        yield copy
        copy.close()


def test_every_event_arrives_once(store, imported):
    assert shown(imported.said) == (21348, 0, 0, [])
    assert shown(changes(store)) == (0, 0, 21348, [])
    assert (count(store, Opportunity), count(store, StageEvent)) == (4580, 21348)
    with store.writing() as session:
        assert differences(session) == []
        places = session.execute(
            select(Stage.key).join(Pipeline).where(Pipeline.key == "helpdesk").order_by(Stage.position)
        ).scalars()
        order = list(places)
        closed = session.scalar(
            select(func.count())
            .select_from(OpportunityState)
            .join(Stage, Stage.id == OpportunityState.stage_id)
            .where(Stage.key == "Closed")
        )
    assert len(order) == 14
    assert order.index("Assign seriousness") < order.index("Take in charge ticket") < order.index("Closed")
    assert closed == 4557


def test_cases_bring_their_opening_and_closing(sqlite_store):
    store = sqlite_store
    mapping = EXAMPLES / "helpdesk-opportunities.toml"
    assert shown(import_path(store, "opportunities", shared(LOG), mapping)) == (4580, 0, 0, [])
    assert shown(changes(store)) == (21348, 0, 0, [])
    assert shown(import_path(store, "opportunities", shared(LOG), mapping)) == (0, 0, 4580, [])
    assert count(store, Opportunity, Opportunity.closed_at.is_(None)) == 0


def as_csv(store, most=None):
    """Import the log as a plain table, or its first lines."""
    log = shared(LOG)
    table = read_table(log.name, log.read_bytes(), "stage_changes")
    places = [table.headers.index(h) for h in ("case", "activity", "time")]
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(("case", "activity", "time"))
    writer.writerows([row.cells[p] for p in places] for row in table.rows[:most])
    mapping = '[pipeline]\nkey = "helpdesk"\nname = "Help desk"'
    return import_text(store, "stage_changes", text.getvalue(), "log.csv", mapping)


@pytest.mark.parametrize("imported", ["sqlite"], indirect=True)
def test_the_same_log_as_csv_gives_the_same_events(store):
    assert shown(as_csv(store)) == (0, 0, 21348, [])


def test_its_first_lines_as_csv_are_new_in_an_empty_store(sqlite_store):
    assert shown(as_csv(sqlite_store, 2000)) == (2000, 0, 0, [])
    assert count(sqlite_store, StageEvent) == 2000


def test_undone_the_store_is_as_it_was(store, imported):
    undo_import(store, OPERATOR, imported.said.batch_id)
    assert contents(store) == imported.before
