"""`python -m data backtest` on a real CRM: honest, complete, better than simple baselines."""

from __future__ import annotations

import json

import pytest

from core.messages import NotFound
from data.__main__ import main
from data.queries.forecast_history import forecast_history
from tests.company import found
from tests.data.test_import_maven import run


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


def test_a_company_without_closings_gets_no_numbers(asked, sqlite_store):
    found(sqlite_store)
    status, out = asked("--from", "2026-01-01", "--to", "2026-03-01", "--json")
    assert status == 0
    assert json.loads(out)["origins"] == []
    assert json.loads(out)["totals"]["accuracy_mean"] is None
