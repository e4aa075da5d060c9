"""`python -m data backtest` on a real CRM: honest, complete, better than simple baselines."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import numpy as np
import pytest

from core.forecast.backtest import Backtest
from core.forecast.history import OPEN
from core.forecast.scoring import totals
from core.messages import Invalid, NotFound
from data.__main__ import main
from data.commands.calendars import set_hours
from data.commands.forecasts import ask_backtest
from data.commands.opportunities import OpportunityEdit, edit_opportunity
from data.forecasting import forecast_of, open_books
from data.jobs.runner import run_due
from data.queries.forecast_history import days, forecast_history
from data.queries.outlook_calendar import past
from data.schema import Opportunity, OpportunityChange
from tests.company import found
from tests.data.test_import_maven import run
from tests.importing import import_text


@pytest.fixture
def asked(monkeypatch, sqlite_store, capsys):
    monkeypatch.setattr("data.cli.forecast.this_store", lambda: sqlite_store)

    def ask(*arguments: str):
        capsys.readouterr()
        status = main(["backtest", *arguments])
        return status, capsys.readouterr().out

    return ask


def test_three_months_of_a_crm_as_they_would_have_been_forecast(asked, sqlite_store):
    run(sqlite_store)
    status, out = asked("--pipeline", "maven", "--from", "2017-07-01", "--to", "2017-12-31", "--json")
    told = json.loads(out)
    assert status == 0
    assert [(o["origin"], o["horizon_end"]) for o in told["origins"]] == [
        ("2017-07-01", "2017-08-01"),
        ("2017-08-01", "2017-09-01"),
        ("2017-09-01", "2017-10-01"),  # later months have not ended in the books
    ]
    assert [round(o["actual"]) for o in told["origins"]] == [696_932, 1_050_059, 1_235_264]
    assert set(told["origins"][0]["baselines"]) == {"last", "mean", "same_season", "stage_rate"}
    totals = told["totals"]
    simple = totals["baselines"]
    assert totals["accuracy_mean"] > max(simple["last"], simple["mean"], simple["stage_rate"])
    assert totals["accuracy_mean"] > simple["same_season"] - 0.1
    assert totals["log_loss"] < totals["log_loss_stage_rate"]
    assert totals["auc"] > 0.7


def test_an_unknown_pipeline_says_which_there_are(asked, sqlite_store, capsys):
    status = main(["backtest", "--pipeline", "nowhere", "--from", "2017-07-01", "--to", "2017-08-01"])
    assert status == 2
    with sqlite_store.reading() as session, pytest.raises(NotFound):
        forecast_history(session, "nowhere")


def test_days_in_the_wrong_order_are_refused(asked, sqlite_store):
    assert asked("--from", "2026-03-01", "--to", "2026-02-01")[0] == 2


def test_a_company_without_closings_gets_no_numbers(asked, sqlite_store):
    found(sqlite_store)
    status, out = asked("--from", "2026-01-01", "--to", "2026-03-01", "--json")
    assert status == 0
    assert json.loads(out)["origins"] == []
    assert json.loads(out)["totals"]["accuracy_mean"] is None


def test_the_season_keeps_the_holidays_of_the_companys_calendar(asked, sqlite_store, monkeypatch):
    """Berlin's company is forecast with Germany's, wherever a forecast is made, and by Berlin's days."""
    company = found(sqlite_store)
    set_hours(sqlite_store, company.admin, None, "Europe/Berlin", "DE", time(9), (None, None), time(17))
    first, last = date(2025, 11, 1), date(2026, 1, 1)
    ask_backtest(sqlite_store, company.director, "firebreak", "month", "company", first, last)
    said, zones = [], []

    def heard(*_, country="CN", zone, **__):
        said.append(country)
        zones.append(zone.key)
        return Backtest((), (), (), totals([], *[np.zeros(0)] * 3))

    monkeypatch.setattr("data.cli.forecast.backtest", heard)
    monkeypatch.setattr("data.jobs.backtest.backtest", heard)
    asked("--from", "2026-01-01", "--to", "2026-03-01")
    assert run_due(sqlite_store) == 1
    monkeypatch.setattr("core.forecast.walk.seasonal", lambda *args: said.append(args[3]))
    with sqlite_store.reading() as session:
        forecast_of(open_books(session, "firebreak"), "month", date(2026, 3, 4))
    assert said == ["DE"] * 3
    assert zones == ["Europe/Berlin"] * 2


def test_a_backtest_ends_by_the_companys_day(store, clock):
    company = found(store)
    clock.at = datetime(2026, 3, 4, 17, tzinfo=UTC)  # the 5th in Shanghai
    today, first = date(2026, 3, 5), date(2026, 1, 1)
    with store.reading() as session:
        assert past(session, company.director, "firebreak", clock.at)[1:] == (today, today)
    assert ask_backtest(store, company.director, "firebreak", "month", "company", first, today)
    with pytest.raises(Invalid) as refused:
        ask_backtest(
            store, company.director, "firebreak", "month", "company", first, today + timedelta(days=1)
        )
    assert [(p.field, p.code) for p in refused.value.problems] == [("last", "day_in_future")]


def test_the_books_know_a_change_from_its_recording_on(store, clock):
    company = found(store)
    closed_at = clock.at + timedelta(days=2)
    known_at = clock.at + timedelta(days=9)  # entered a week late
    with store.writing() as session:
        row = session.get_one(Opportunity, company.opportunity)
        row.amount, row.outcome, row.closed_at = Decimal(500), "won", closed_at
        for field, before, after in (
            ("amount", None, "500"),
            ("outcome", "open", "won"),
            ("closed_at", None, closed_at.isoformat()),
        ):
            session.add(
                OpportunityChange(
                    opportunity_id=row.id,
                    field=field,
                    before=before,
                    after=after,
                    happened_at=closed_at,
                    recorded_at=known_at,
                )
            )
    with store.reading() as session:
        history = forecast_history(session, "firebreak")
    at = history.ids.tolist().index(company.opportunity)
    now = days(clock.at)
    books, later = history.as_of(now + 9), history.as_of(now + 9.01)
    assert (books.outcome[at], books.is_open[at], later.is_open[at]) == (OPEN, True, False)
    assert np.isnan(books.amount[at])
    assert books.won(now, now + 8).sum() == 0
    assert later.won(now, now + 8)[at]
    assert later.amount[at] == 500
    assert history.owners[int(books.owner[at])] == "Rep"
    assert history.teams[int(books.owner[at])] == "East"


def test_a_product_that_is_told_later_is_unknown_before(store, clock):
    company = found(store)
    with store.reading() as session:
        row = session.get_one(Opportunity, company.opportunity)
        edit = OpportunityEdit(row.name, row.amount, row.currency, row.close_on, "Pump", row.version)
    clock.move(days=1)
    edit_opportunity(store, company.rep, company.opportunity, edit)
    clock.move(days=1)
    with store.reading() as session:
        history = forecast_history(session, "firebreak")
    at = history.ids.tolist().index(company.opportunity)
    known = [history.as_of(days(clock.at) - back).product[at] for back in (1.5, 0.5)]
    assert known == [-1, 0]


# Forty rows: what is open has neither amount, customer nor product; a closed one has all three.
CLOSED_ONLY = "ref,name,customer,product,amount,outcome,opened_at,closed_at\n" + "".join(
    f"{n},Deal {n},Haihe Pumps,Pump,{'100,won' if n % 2 else '0,lost'},2026-01-02,2026-01-30\n"
    if n < 20
    else f"{n},Deal {n},,,,,2026-01-02,\n"
    for n in range(40)
)


def test_what_a_file_has_of_closed_rows_alone_is_unknown_before_they_closed(sqlite_store):
    found(sqlite_store)
    import_text(sqlite_store, "opportunities", CLOSED_ONLY)
    with sqlite_store.reading() as session:
        history = forecast_history(session, "firebreak")
    closed = np.isfinite(history.as_of(np.inf).closed)
    before, after = (history.as_of(days(datetime(2026, 1, d, 12, tzinfo=UTC))) for d in (20, 31))
    assert closed.sum() == 20
    assert np.isnan(before.amount[closed]).all()
    assert set(before.product[closed]) == set(before.customer[closed]) == {-1}
    assert set(after.amount[closed]) == {0, 100}
    assert -1 not in after.customer[closed]
