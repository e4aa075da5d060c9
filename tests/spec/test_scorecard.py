"""The scorecard: its points add up, its rates come from the past, and it speaks without one (B1, B2, B6)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.forecast.factors import FACTOR_NAMES, FACTORS
from core.forecast.features import NAMES, open_rows
from core.forecast.history import OPEN, Track
from core.forecast.landmarks import sample
from core.forecast.scorecard import (
    BANDS,
    DEFAULT_RATE,
    STEP,
    Weights,
    basis,
    logit,
    points,
    scorecard_chances,
)
from core.forecast.scoring import log_loss
from core.forecast.signals import Signals, none
from core.forecast.win_model import columns, fit, stage_rate
from tests.drawn_marks import T, drawn
from tests.simulated import START, simulated

METHOD = Path(__file__).parents[2] / "docs" / "method.md"
ONLY_STAGE = Weights(1, {name: 0.0 for name in FACTOR_NAMES if name != "stage"})
DAY, END = START + 90.0, START + 118.0


@pytest.fixture(scope="module")
def telling():
    """A simulated pipeline in which competitors come to the lost and conversations to the won."""
    history = simulated(days=120, per_day=20.0)
    rng = np.random.default_rng(5)
    closed, outcome = history.closed.at(np.inf), history.outcome.at(np.inf)
    begins, ends = history.opened.start, np.where(np.isfinite(closed), closed, START + 120)
    of = np.repeat(np.arange(len(begins)), 6)
    at = begins[of] + rng.random(len(of)) * (ends - begins)[of]
    lost = outcome[of] < 0
    answers = rng.random(len(of)) < np.where(outcome[of] > 0, 0.8, np.where(lost, 0.3, 0.55))
    rival = ~answers & (rng.random(len(of)) < np.where(lost, 0.5, 0.1))
    kind = np.where(answers, 0, np.where(rival, 8, 1))  # Mark.ANSWER, COMPETITOR, OUTREACH
    order = np.lexsort((at, of))
    blank = np.full(len(of), np.nan)
    marks = Signals(of[order], kind[order], at[order], at[order], blank, blank)
    return replace(history, signals=marks, _seen={})


def of_open(history, t=DAY):
    return np.flatnonzero(history.as_of(t).is_open)


@pytest.mark.parametrize("name", [f.name for f in FACTORS if f.direction and f.name != "stage"])
def test_points_follow_the_direction_that_the_factor_has(name):
    direction = next(f.direction for f in FACTORS if f.name == name)
    given = BANDS[name](np.linspace(0, 120, 2401))
    assert (np.diff(given) * direction >= 0).all()
    assert len(set(given)) > 1
    assert np.isnan(BANDS[name](np.array([np.nan])))[0]


def test_with_no_factor_known_it_is_the_stage_rate():
    history = simulated(days=120, per_day=10.0)
    rows = sample(history, DAY, END - DAY)
    of = of_open(history)
    rates = stage_rate(rows, history.stages)
    stage = history.as_of(DAY).standing.stage[of]
    said = scorecard_chances(history, DAY, END, of, ONLY_STAGE)
    np.testing.assert_allclose(said, rates.rates[stage], rtol=1e-9)
    assert (points(history, DAY, END, of)[:, 2:] == 0).all()  # nothing but stage and time in stage is known


def test_the_points_add_up_to_the_chance(telling):
    of = of_open(telling)
    based = basis(telling, DAY, END)
    counted = points(telling, DAY, END, of)
    assert counted.shape == (len(of), len(FACTORS))
    odds = logit(np.array([based.whole])) + STEP * counted.sum(axis=1)
    np.testing.assert_allclose(logit(scorecard_chances(telling, DAY, END, of)), odds, atol=1e-9)
    assert based.measured
    assert based.wins > 100


def test_a_usual_opportunity_stands_at_the_rate(telling):
    rows = sample(telling, DAY, END - DAY)
    based = basis(telling, DAY, END, rows)
    name = FACTOR_NAMES.index("touches_14d")
    counted = points(telling, DAY, END, of_open(telling), based=based)[:, name]
    assert abs(counted.mean()) < 0.5
    assert based.usual[name] != 0


def test_the_past_says_how_much_points_count(telling):
    rng = np.random.default_rng(2)
    marks = telling.signals
    shuffled = replace(marks, kind=rng.permutation(marks.kind))
    idle = replace(telling, signals=shuffled, _seen={})
    strong, weak = basis(telling, DAY, END).strength, basis(idle, DAY, END).strength
    assert strong > 0.6
    assert weak < strong / 2
    of = of_open(idle)
    won = idle.as_of(np.inf).won(DAY, END)[of].astype(float)
    alone, card = (scorecard_chances(idle, DAY, END, of, w) for w in (ONLY_STAGE, Weights()))
    assert log_loss(won, card) < log_loss(won, alone) + 0.01


def test_factors_that_tell_something_beat_the_stage_alone(telling):
    of = of_open(telling)
    won = telling.as_of(np.inf).won(DAY, END)[of].astype(float)
    alone, card = (scorecard_chances(telling, DAY, END, of, w) for w in (ONLY_STAGE, Weights()))
    model, blind = fit(telling, DAY, 28.0), fit(replace(telling, signals=none(), _seen={}), DAY, 28.0)
    x = open_rows(telling, DAY).x
    assert log_loss(won, card) < log_loss(won, alone) - 0.02
    assert log_loss(won, model(x)) < log_loss(won, blind(x)) - 0.02


def test_a_model_leaves_out_what_the_history_does_not_have(telling):
    kept = {NAMES[n] for n in columns(sample(telling, DAY, 28.0).x)}
    assert {"touches_14d", "days_since_answer", "competitor_30d"} <= kept
    assert not kept & {"satisfaction_365d", "questions_30d", "close_date_pushes"}


def test_weights_by_industry():
    history = drawn(
        *["ANSWER@97 ANSWER@98 ANSWER@99"] * 2, industry=np.array([0, 1]), industries=("food", "electronics")
    )
    light = Weights(3, {"touches_14d": 2.0}, {"electronics": {"touches_14d": 0.5}})
    plain, weighed = (points(history, T, T + 28, np.arange(2), w) for w in (Weights(), light))
    touches, answer = FACTOR_NAMES.index("touches_14d"), FACTOR_NAMES.index("days_since_answer")
    assert (plain[:, touches] == 1).all()
    np.testing.assert_allclose(weighed[:, touches], [2.0, 0.5])
    np.testing.assert_allclose(weighed[:, answer], plain[:, answer])


def test_without_a_past_it_speaks_by_its_defaults_and_says_so():
    history = drawn("ANSWER@99 PERSON@99=1", "", events="2@95")
    based = basis(history, T, T + 90)
    assert (based.measured, based.wins, based.strength) == (False, 0, 1.0)
    assert based.whole == pytest.approx(DEFAULT_RATE)
    known, unknown = scorecard_chances(history, T, T + 90, np.arange(2))
    assert unknown == pytest.approx(DEFAULT_RATE)
    assert known > DEFAULT_RATE
    assert (np.diff(based.stages[:3]) > 0).all()
    assert basis(history, T, T + 30).whole < based.whole


def test_an_empty_history_has_no_rows():
    history = drawn(outcome=Track(np.full(2, float(OPEN))))
    nobody = np.zeros(0, np.int64)
    assert scorecard_chances(history, T, T + 28, nobody).shape == (0,)
    assert points(history, T, T + 28, nobody).shape == (0, len(FACTORS))


def test_what_is_recorded_later_changes_no_past_score(telling):
    later = replace(
        telling.signals, recorded=np.where(telling.signals.at > DAY - 5, DAY + 1, telling.signals.at)
    )
    blind = replace(telling, signals=later, _seen={})
    cut = later.recorded <= DAY
    gone = Signals(*(getattr(later, n)[cut] for n in later.__slots__))
    of = of_open(telling)
    np.testing.assert_array_equal(
        scorecard_chances(blind, DAY, END, of),
        scorecard_chances(replace(telling, signals=gone, _seen={}), DAY, END, of),
    )


def test_the_document_has_every_band():
    written = METHOD.read_text().splitlines()
    for name, rule in BANDS.items():
        assert f"| {name} | {'; '.join(said(rule))} |" in written, name


def said(rule) -> list[str]:
    """A rule as the document writes it: `below 1: -2; from 1: 0; from 3: 1`."""
    edges = [f"{edge:g}" for edge in rule.edges]
    heads = [f"below {edges[0]}", *(f"from {edge}" for edge in edges)]
    return [f"{head}: {point:g}" for head, point in zip(heads, rule.points, strict=True)]
