"""A real event log as a pipeline of its own: 4,580 cases and 21,348 events, from XES and from CSV."""

import csv
import io

from sqlalchemy import func, select

from core.access import OPERATOR
from data.commands.exchange import undo_import
from data.commands.projections import differences
from data.exchange.reading import read_table
from data.schema import Opportunity, OpportunityState, Pipeline, Stage, StageEvent
from tests.importing import contents, count, import_path, import_text, shown
from tests.shared_data import EXAMPLES, shared

LOG = "helpdesk/helpdesk.xes.gz"


def changes(store):
    return import_path(store, "stage_changes", shared(LOG), EXAMPLES / "helpdesk-stage-changes.toml")


def test_every_event_arrives_once(store):
    assert shown(changes(store)) == (21348, 0, 0, [])
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


def test_the_same_log_as_csv_gives_the_same_events(sqlite_store):
    log = shared(LOG)
    table = read_table(log.name, log.read_bytes(), "stage_changes")
    places = [table.headers.index(h) for h in ("case", "activity", "time")]
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(("case", "activity", "time"))
    writer.writerows([row.cells[p] for p in places] for row in table.rows)
    mapping = '[pipeline]\nkey = "helpdesk"\nname = "Help desk"'
    assert shown(import_text(sqlite_store, "stage_changes", text.getvalue(), "log.csv", mapping)) == (
        21348,
        0,
        0,
        [],
    )
    assert shown(changes(sqlite_store)) == (0, 0, 21348, [])


def test_undone_the_store_is_as_it_was(store):
    before = contents(store)
    undo_import(store, OPERATOR, changes(store).batch_id)
    assert contents(store) == before
