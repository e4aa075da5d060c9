"""`python -m data forecast`: the kept snapshot where there is one, otherwise computed as of the day."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from data.__main__ import main
from data.schema import ForecastRun
from tests.data.test_forecast_runs import TODAY, company, snapshot

__all__ = ["company"]  # the fixture


@pytest.fixture
def asked(monkeypatch, store, capsys):
    monkeypatch.setattr("data.cli.outlook.this_store", lambda: store)

    def ask(*arguments: str):
        capsys.readouterr()
        status = main(["forecast", *arguments])
        return status, capsys.readouterr().out

    return ask


def test_it_tells_the_snapshot_and_its_parts_add_up(asked, store, company):
    snapshot(store)
    status, out = asked("--as-of", TODAY.isoformat(), "--json")
    told = json.loads(out)
    assert status == 0
    assert (told["source"], told["as_of"], told["period"]) == ("shown", "2026-03-04", "month")
    assert told["low"] <= told["value"] <= told["high"]
    for groups in (told["teams"], told["reps"]):
        parts = sum(g["value"] for g in groups) + told["fresh"] + told["adjustment"]
        assert parts == pytest.approx(told["value"], abs=1e-6)
    assert told["won_so_far"] == 1012
    assert (len(told["lines"]), told["lines_in_all"]) == (5, 5)
    assert sum(told["weights"].values()) == pytest.approx(1)
    assert set(told["weights"]) <= set(told["parts"])


def test_a_day_without_a_snapshot_is_computed_and_not_kept(asked, store, company):
    day = (TODAY - timedelta(days=40)).isoformat()
    status, out = asked("--as-of", day, "--period", "quarter", "--lines", "1")
    assert status == 0
    assert f"quarter from 2026-01-01, as of {day}" in out
    _, told = asked("--as-of", day, "--period", "quarter", "--json")
    assert json.loads(told)["source"] == "not_kept"
    with store.reading() as session:
        assert session.scalar(select(func.count()).select_from(ForecastRun)) == 0


def test_a_day_that_has_not_begun_has_no_forecast(asked, store, company, capsys):
    assert asked("--as-of", (TODAY + timedelta(days=1)).isoformat())[0] == 2
    with store.reading() as session:
        assert session.scalar(select(func.count()).select_from(ForecastRun)) == 0


def test_an_unknown_pipeline_says_which_there_are(asked, store, capsys):
    status, _ = asked("--pipeline", "nowhere")
    assert status == 2
