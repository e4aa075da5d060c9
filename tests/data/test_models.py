"""The model registry: trained once a week, judged before use, kept as it was; drift told once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import numpy as np
import pytest
from sqlalchemy import func, select

from core.access import OPERATOR
from core.forecast import registered
from core.forecast.features import open_rows
from core.forecast.registered import Verdict, model_for
from core.forecast.win_model import fit
from data.jobs import forecast, retrain, watch_drift
from data.jobs.registry import Run
from data.models import in_use, packed, unpacked
from data.queries.drift import models, moved, whole_months
from data.queries.forecast_history import days, forecast_history
from data.schema import ForecastModel, ForecastRun, Message, Opportunity, OpportunityChange, Pipeline
from tests.company import found

SUNDAY = datetime(2026, 2, 28, 18, 30, tzinfo=UTC)  # 2:30 on 1 March in Shanghai


@pytest.fixture
def company(sqlite_store, monkeypatch):
    """Two hundred days of opportunities; large ones are mostly won, small ones mostly lost."""
    monkeypatch.setattr(registered, "HORIZONS", (14.0, 31.0))  # two are enough here
    people = found(sqlite_store)
    rng = np.random.default_rng(5)
    begin = SUNDAY - timedelta(days=200)
    with sqlite_store.writing() as session:
        pipeline = session.scalars(select(Pipeline.id).where(Pipeline.key == "firebreak")).one()
        for n, day in enumerate(np.sort(rng.uniform(0, 200, 600))):
            large = bool(rng.random() < 0.5)
            opened = begin + timedelta(days=float(day))
            closed = opened + timedelta(days=float(rng.exponential(20) + 1))
            won = rng.random() < (0.9 if large else 0.05)
            over = closed < SUNDAY
            row = Opportunity(
                pipeline_id=pipeline,
                name=f"Deal {n}",
                owner_id=people.rep.person_id,
                amount=Decimal(100_000 if large else 1_000),
                currency="CNY",
                opened_at=opened,
                recorded_at=opened,
                outcome=("won" if won else "lost") if over else "open",
                closed_at=closed if over else None,
            )
            session.add(row)
            if over:
                session.flush()
                for field, before, after in (
                    ("outcome", "open", row.outcome),
                    ("closed_at", None, closed.isoformat()),
                ):
                    session.add(
                        OpportunityChange(
                            opportunity_id=row.id,
                            field=field,
                            before=before,
                            after=after,
                            happened_at=closed,
                            recorded_at=closed,
                        )
                    )
    return people


def train(store, at=SUNDAY) -> None:
    retrain.retrain(store, Run(at, "firebreak"))


def kept(store) -> list[tuple[int, str, str]]:
    with store.reading() as session:
        rows = session.execute(
            select(ForecastModel.version, ForecastModel.state, ForecastModel.reason).order_by(
                ForecastModel.version
            )
        )
        return [tuple(row) for row in rows]


def test_a_training_is_kept_once_and_speaks_in_the_next_forecast(sqlite_store, company, clock):
    train(sqlite_store)
    train(sqlite_store)
    assert kept(sqlite_store) == [(1, "in_use", "first")]
    with sqlite_store.reading() as session:
        history = forecast_history(session, "firebreak")
        pipeline = session.scalars(select(Pipeline.id).where(Pipeline.key == "firebreak")).one()
        row = session.scalars(select(ForecastModel)).one()
        model = in_use(session, pipeline, SUNDAY)
        (shown,) = models(session, OPERATOR, "firebreak")
        assert in_use(session, pipeline, SUNDAY - timedelta(hours=1)) is None  # not known before
    t = days(SUNDAY)
    x = open_rows(history, t).x
    assert np.abs(model.grid[31.0](x) - fit(history, t, 31.0)(x)).max() < 1e-9
    assert np.abs(unpacked(packed(model.grid))[14.0](x) - model.grid[14.0](x)).max() < 1e-9
    assert shown.loss < shown.stage_rate_loss
    assert next(iter(shown.importance)) == "amount"  # nothing else tells them apart
    assert row.wins > 100
    for day in range(2):  # the books of the training's own day end before it
        forecast.forecast(sqlite_store, Run(SUNDAY + timedelta(days=day, hours=2), "firebreak"))
    with sqlite_store.reading() as session:
        month = select(ForecastRun.models).where(ForecastRun.period == "month").order_by(ForecastRun.taken_on)
        said = session.scalars(month).all()
    versions = [{told.get("version") for told in models.values()} for models in said]
    assert versions == [{None}, {1}]
    assert model_for(model.grid, 31.0) is model.grid[31.0]


def test_a_worse_model_is_refused_and_a_better_one_retires_the_old(sqlite_store, company, monkeypatch):
    train(sqlite_store)
    monkeypatch.setattr(retrain, "judge", lambda *_: Verdict(False, "worse_than_in_use", 0.5, 0.6, 0.4))
    train(sqlite_store, SUNDAY + timedelta(days=7))
    assert kept(sqlite_store)[1] == (2, "refused", "worse_than_in_use")
    monkeypatch.setattr(retrain, "judge", lambda *_: Verdict(True, "better", 0.3, 0.6, 0.4))
    train(sqlite_store, SUNDAY + timedelta(days=14))
    assert [state for _, state, _ in kept(sqlite_store)] == ["retired", "refused", "in_use"]
    with sqlite_store.reading() as session:
        pipeline = session.scalars(select(Pipeline.id).where(Pipeline.key == "firebreak")).one()
        assert in_use(session, pipeline, SUNDAY + timedelta(days=8)).version == 1
        assert in_use(session, pipeline, SUNDAY + timedelta(days=15)).version == 3


def test_a_company_with_few_wins_is_told_why_it_has_no_model(sqlite_store):
    found(sqlite_store)
    train(sqlite_store)
    assert kept(sqlite_store) == [(1, "refused", "few_wins")]


def test_drift_is_told_to_directors_once(sqlite_store, company):
    train(sqlite_store)
    with sqlite_store.writing() as session:
        for row in session.scalars(select(Opportunity).where(Opportunity.outcome == "open")):
            row.amount = Decimal(7)  # as if they had always been small
    later = Run(SUNDAY + timedelta(hours=3), "firebreak")
    watch_drift.watch_drift(sqlite_store, later)
    with sqlite_store.reading() as session:
        names = {m.name for m in moved(session, "firebreak", later.due_at) if m.index > 0.25}
        told = session.execute(select(Message.person_id, Message.key, Message.params)).all()
    assert "amount_log" in names
    assert {row.person_id for row in told} == {company.director.person_id}
    assert any("amount_log" in row.key for row in told)
    watch_drift.watch_drift(sqlite_store, later)
    with sqlite_store.reading() as session:
        assert session.scalar(select(func.count()).select_from(Message)) == len(told)


def test_whole_months_are_held_against_what_was_expected_of_them(sqlite_store, company, clock):
    morning = Run(datetime(2026, 1, 31, 20, tzinfo=UTC), "firebreak")
    clock.at = morning.due_at
    forecast.forecast(sqlite_store, morning)
    with sqlite_store.reading() as session:
        (month,) = whole_months(session, "firebreak", SUNDAY)
        assert whole_months(session, "firebreak", SUNDAY.replace(hour=15)) == ()
    assert f"{month.starts_on:%m}" == "02"
    assert 0 < month.found.won < month.found.n
    assert abs(month.found.deviations) < 4


def test_a_first_morning_computed_when_the_month_is_over_was_told_to_nobody(sqlite_store, company):
    forecast.forecast(sqlite_store, Run(datetime(2026, 1, 31, 20, tzinfo=UTC), "firebreak"))
    with sqlite_store.reading() as session:
        assert whole_months(session, "firebreak", SUNDAY + timedelta(days=1)) == ()
