"""Before the first win of a known amount: an opportunity without one is in no sum of a forecast."""

from datetime import UTC, datetime
from decimal import Decimal
from math import inf

import pytest
from sqlalchemy import select, update

from core.forecast.amounts import usual_win
from data.jobs.forecast import forecast
from data.jobs.registry import Run
from data.queries.forecast_history import forecast_history
from data.queries.outlook import snapshot_on
from data.schema import ForecastRun, Opportunity
from tests.company import found
from tests.importing import import_text

FILE = "name,owner,amount,currency\nPumps,rep,9000,CNY\nExport,rep,45000,USD\nTalk,rep,,CNY\n"


@pytest.fixture
def morning(store, clock):
    """The forecast of the morning after a company's first opportunities; its people, and its day."""
    people = found(store)
    with store.writing() as session:
        session.execute(update(Opportunity).values(outcome="lost", closed_at=store.clock()))
    import_text(store, "opportunities", FILE)
    clock.move(days=1)
    day = store.clock().date()
    forecast(store, Run(datetime(day.year, day.month, day.day, tzinfo=UTC), "firebreak"))
    return people, day


def test_an_amount_without_a_rate_or_without_a_number_is_in_no_sum(store, morning):
    with store.reading() as session:
        said = snapshot_on(session, "firebreak", "month", morning[1])
        names = dict(session.execute(select(Opportunity.id, Opportunity.name)).all())
    told = {names[line.opportunity_id]: line for line in said.lines}
    assert {name: told[name].amount for name in ("Pumps", "Export", "Talk")} == {
        "Pumps": 9000, "Export": 0, "Talk": 0,
    }  # fmt: skip
    assert told["Export"].value == told["Talk"].value == 0 < told["Pumps"].value
    assert said.open == sum(told[name].value for name in told if told[name].amount)


def test_a_win_without_a_rate_is_no_reason_to_count_wins_instead_of_amounts(store, clock):
    found(store)
    with store.writing() as session:
        won = {"outcome": "won", "closed_at": store.clock(), "amount": Decimal(30000), "currency": "EUR"}
        session.execute(update(Opportunity).values(won))
    import_text(store, "opportunities", FILE + "Valves,rep,7000,CNY\n")
    clock.move(days=1)
    day = store.clock().date()
    forecast(store, Run(datetime(day.year, day.month, day.day, tzinfo=UTC), "firebreak"))
    with store.reading() as session:
        said = snapshot_on(session, "firebreak", "month", day)
        assert session.scalars(select(ForecastRun.currency).distinct()).all() == ["CNY"]
        size = usual_win(forecast_history(session, "firebreak"), inf)
    assert sorted(line.amount for line in said.lines) == [0, 0, 7000, 9000]
    assert size == (9000**2 + 7000**2) / (9000 + 7000)  # of a win, by what stands open
