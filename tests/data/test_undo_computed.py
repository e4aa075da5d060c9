"""An import is taken back with what the product computed from it; what people made of it keeps it there."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import delete, select
from sqlalchemy.exc import DBAPIError

from core.access import OPERATOR
from core.forecast.movement import UNDONE, Whole, movement, sums
from core.messages import Conflict
from data.commands.alert_handling import snooze_alert
from data.commands.alerts import sweep
from data.commands.calibration import decide_suggestion
from data.commands.exchange import undo_import
from data.jobs.schedule import work, work_slowly
from data.queries.outlook import snapshot_on
from data.queries.policies import policy_in_force
from data.schema import Alert, ForecastLine, ForecastRun, Opportunity
from data.text import details, translate
from tests.company import found
from tests.importing import contents, count, import_text
from tests.suggestions import line, month_run

FILE = "name,owner,amount,stage,stage_since\nTide,rep,9000,quote_confirmation,2025-12-01\n"


@pytest.fixture
def imported(store, clock):
    """A company, and an opportunity that a file brought: people, batch, the opportunity's id."""
    people = found(store)
    batch = import_text(store, "opportunities", FILE).batch_id
    with store.reading() as session:
        return people, batch, session.scalars(select(Opportunity.id).where(Opportunity.name == "Tide")).one()


def alerted(store) -> int:
    """The id of an alert that the hourly sweep raises of the imported opportunity."""
    with store.writing() as session:
        sweep(session, store.clock(), policy_in_force(session))
    with store.reading() as session:
        return session.scalars(select(Alert.id)).first()


def test_what_was_computed_from_an_import_alone_goes_with_it(store):
    found(store)
    before = contents(store)
    batch = import_text(store, "opportunities", FILE).batch_id
    with store.reading() as session:
        tide = session.scalars(select(Opportunity.id).where(Opportunity.name == "Tide")).one()
    line(store, month_run(store, store.clock().date()), tide, 400, 100)
    assert alerted(store)
    undo_import(store, OPERATOR, batch)
    assert contents(store) == before


def test_a_forecast_of_others_too_stays_as_it_was_said_and_tells_what_is_gone(store, imported):
    people, batch, tide = imported
    today = store.clock().date()
    run = month_run(store, today)
    line(store, run, tide, 400, 100)
    line(store, run, people.opportunity, 300, 100)
    undo_import(store, OPERATOR, batch)
    with store.reading() as session:
        shown = snapshot_on(session, "firebreak", "month", today)
    assert [x.value for x in shown.lines] == [300]
    assert shown.run.undone == 400
    whole = replace(shown, run=replace(shown.run, value=Decimal(1000)))
    assert (whole.adjustment, whole.moved().adjustment) == (300, 300)
    after = Whole(Decimal(600), whole.moved().stood, Decimal(0))
    assert sums(movement(whole.moved(), after)) == {UNDONE: -400}


def test_a_forecast_that_went_with_an_import_is_made_again_of_the_next_one(sqlite_store, clock):
    """The same day: its job had run, and nobody would have asked for it before the next morning."""
    found(sqlite_store)
    made = []
    for word in ("9000", "90000"):
        file = f"name,owner,amount,opened_at\nTide,rep,{word},2025-12-01\n"
        batch = import_text(sqlite_store, "opportunities", file).batch_id
        work(sqlite_store)
        work_slowly(sqlite_store)
        with sqlite_store.reading() as session:
            made.append(session.scalars(select(ForecastLine.booked).join(ForecastRun).distinct()).all())
        undo_import(sqlite_store, OPERATOR, batch)
        clock.move(minutes=20)
    assert made == [[9000], [90000]]


def test_the_database_lets_only_undone_imports_go(store, imported):
    _, _, tide = imported
    line(store, month_run(store, store.clock().date()), tide, 400, 100)
    for table in (ForecastLine, ForecastRun):
        with pytest.raises(DBAPIError, match="never changed"), store.writing() as session:
            session.execute(delete(table))
    assert count(store, ForecastLine) == 1


def test_an_answered_suggestion_keeps_the_import(store, imported):
    people, batch, tide = imported
    said = line(store, month_run(store, store.clock().date()), tide, 400, 100)
    decide_suggestion(store, people.rep, said, "accepted", "agreed")
    refused = _refused(store, batch)
    assert refused.params["of"] == {"forecast_decision": 1, "opportunity": 1}
    assert count(store, ForecastLine) == 1
    for language, words in (("en", "Answer to a suggestion: 1"), ("zh", "对建议的答复：1")):
        assert words in translate(language, "errors.import_built_upon", **details(language, refused.params))


def test_a_handled_alert_keeps_the_import(store, imported):
    people, batch, _ = imported
    snooze_alert(store, people.manager, alerted(store), store.clock() + timedelta(days=1))
    assert _refused(store, batch).params["of"] == {"alert": 1}


def _refused(store, batch: int) -> Conflict:
    with pytest.raises(Conflict) as refused:
        undo_import(store, OPERATOR, batch)
    return refused.value
