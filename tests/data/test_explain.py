"""`explain`: an opportunity's value, its factors with since when they were known, reasons that add up."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from core.forecast.factors import FACTOR_NAMES
from data.__main__ import main
from data.schema import (
    Interaction,
    Opportunity,
    Pipeline,
    Stage,
    StageEvent,
    WeightUse,
    WeightVersion,
)
from data.text import LANGUAGES
from tests.company import found
from tests.simulated import START, simulated

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@pytest.fixture
def asked(monkeypatch, sqlite_store, capsys):
    monkeypatch.setattr("data.cli.explain.this_store", lambda: sqlite_store)

    def ask(*arguments):
        status = main(["explain", *arguments])
        out = capsys.readouterr()
        return status, json.loads(out.out) if status == 0 else out.err

    return ask


def at(days: float) -> datetime:
    return EPOCH + timedelta(days=float(days))


def written(store, people) -> int:
    """The simulated pipeline in the store, and the id of one that is open at its end."""
    history = simulated(days=120, per_day=4)
    closed, outcome = history.closed.at(float("inf")), history.outcome.at(float("inf"))
    amount = history.amount.at(float("inf"))
    with store.writing() as session:
        pipeline = session.scalars(select(Pipeline.id).where(Pipeline.key == "firebreak")).one()
        stages = session.scalars(
            select(Stage.id).where(Stage.pipeline_id == pipeline).order_by(Stage.position)
        )
        places = list(stages)
        rows = [
            Opportunity(
                pipeline_id=pipeline,
                ref=f"S{n}",
                name=f"Deal {n}",
                customer_id=people.customer if n % 3 else None,
                owner_id=people.rep.person_id,
                currency="CNY",
                amount=Decimal(int(amount[n])),
                opened_at=at(history.opened.start[n]),
                recorded_at=at(history.recorded[n]),
                outcome={1: "won", -1: "lost", 0: "open"}[int(outcome[n])],
                closed_at=at(closed[n]) if outcome[n] else None,
            )
            for n in range(len(history.ids))
        ]
        session.add_all(rows)
        session.flush()
        e = history.events
        session.add_all(
            StageEvent(
                opportunity_id=rows[of].id,
                stage_id=places[stage],
                happened_at=at(when),
                recorded_at=at(when),
            )
            for of, stage, when in zip(e.of, e.stage, e.at, strict=True)
        )
        return next(n for n in range(1, len(rows)) if rows[-n].outcome == "open" and rows[-n].customer_id)


def test_it_explains_with_reasons_that_add_up(sqlite_store, asked):
    people = found(sqlite_store)
    back = written(sqlite_store, people)
    day = (at(START) + timedelta(days=121)).date()
    with sqlite_store.writing() as session:
        row = session.scalars(select(Opportunity).order_by(Opportunity.id.desc()).offset(back - 1)).first()
        touch = at(START + 115)
        for recorded in (touch, at(START + 125)):  # the second is entered after the day
            session.add(
                Interaction(
                    customer_id=row.customer_id,
                    opportunity_id=row.id,
                    kind="mail",
                    direction="inbound",
                    happened_at=touch,
                    recorded_at=recorded,
                )
            )
        ref, id_ = row.ref, row.id
    status, told = asked(ref, "--as-of", day.isoformat(), "--period", "month", "--json")
    assert status == 0
    assert (told["opportunity"], told["model"]["kind"] in ("own", "pooled")) == (id_, True)
    assert told["value"] == pytest.approx(told["chance"] * told["amount"])
    assert told["low"] <= told["value"] <= told["high"]
    change = told["value"] - told["scorecard"]["value"]
    assert sum(r["value"] for r in told["reasons"]) == pytest.approx(change, abs=1e-6 * told["amount"])
    assert abs(told["sum_check"]["difference"]) < 1e-6 * told["amount"]
    assert all(set(LANGUAGES) == set(r["sentence"]) for r in told["reasons"])
    factors = {f["name"]: f for f in told["factors"]}
    assert factors["touches_14d"]["value"] == 1
    assert factors["touches_14d"]["known_at"] == touch.isoformat()
    assert (factors["satisfaction_365d"]["missing"], factors["satisfaction_365d"]["value"]) == (True, None)
    weigh_nothing(sqlite_store, at(START + 100))
    _, plain = asked(ref, "--as-of", day.isoformat(), "--period", "month", "--json")
    assert plain["scorecard"]["value"] != told["scorecard"]["value"]
    assert plain["value"] == told["value"]


def weigh_nothing(store, since: datetime) -> None:
    """From an instant on the company's weights count no factor."""
    with store.writing() as session:
        version = WeightVersion(weights={"": dict.fromkeys(FACTOR_NAMES, 0)}, note="", made_at=since)
        session.add(version)
        session.flush()
        session.add(WeightUse(version_id=version.id, from_at=since))


def test_what_cannot_be_explained(sqlite_store, asked, clock):
    people = found(sqlite_store)
    status, err = asked(str(people.opportunity), "--as-of", "2026-03-05")
    assert (status, "as-of: This lies in the future." in err) == (2, True)
    clock.move(days=1)
    status, err = asked("nowhere")
    assert (status, "“nowhere”" in err) == (2, True)
    status, err = asked(str(people.opportunity), "--as-of", "2026-03-04")  # opened later that day
    assert (status, "2026-03-04" in err) == (2, True)
    status, told = asked(str(people.opportunity), "--as-of", "2026-03-05", "--json")
    assert (status, told["model"]["kind"], told["model"]["why"]) == (0, "scorecard", "no_model")
    assert (told["reasons"], told["sum_check"]["change"]) == ([], 0)
