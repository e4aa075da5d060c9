"""Weights over time, and old and new ones held against a past whose truth is known."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pytest

from core.forecast.features import open_rows
from core.forecast.scorecard import DEFAULT_WEIGHTS, Weights, scorecard_chances
from core.forecast.scoring import auc, log_loss
from core.forecast.weighing import WeightTimes, check_weights, weight_backtest
from tests.simulated import START, simulated

NOW = START + 150


@lru_cache
def past():
    return simulated(days=150, per_day=12.0)


def test_the_same_weights_say_the_same():
    found = weight_backtest(past(), NOW, DEFAULT_WEIGHTS, Weights(version=1)).whole
    assert found.old == found.new
    assert (found.gain, found.noise) == (0, 0)


def test_without_the_stage_the_scorecard_is_worse_and_that_is_no_luck():
    blind = Weights(1, {"stage": 0.0})
    found = weight_backtest(past(), NOW, DEFAULT_WEIGHTS, blind).whole
    assert found.gain < -2 * found.noise
    assert found.new.log_loss > found.old.log_loss
    assert found.new.auc < found.old.auc
    back = weight_backtest(past(), NOW, blind, DEFAULT_WEIGHTS).whole
    assert back.gain == pytest.approx(-found.gain)


def test_each_landmark_says_what_the_scorecard_said_then():
    """One landmark, computed by hand from the books of then and the outcome of now."""
    history, start = past(), NOW - 30
    found = weight_backtest(history, NOW, DEFAULT_WEIGHTS, Weights(1, {"stage": 0.5}), horizon=30.0)
    assert found.landmarks == 4  # of nine, those after the first closing
    of = open_rows(history, start).of
    chance = scorecard_chances(history, start, NOW, of)
    won = history.as_of(NOW).won(start, NOW)[of].astype(float)
    last = weight_backtest(history, NOW, DEFAULT_WEIGHTS, DEFAULT_WEIGHTS, horizon=30.0).whole.old
    assert 0 < won.sum() < last.wins
    assert last.n > len(of)
    assert np.isfinite([log_loss(won, chance), auc(won, chance), last.log_loss, last.auc]).all()


def test_a_past_that_is_too_short_says_nothing():
    found = weight_backtest(past(), START + 20, DEFAULT_WEIGHTS, Weights(1, {"stage": 0.0}))
    assert (found.landmarks, found.whole.new.n, found.whole.gain) == (0, 0, None)
    assert found.by_industry == {}
    assert found.whole.new.accuracy is None


def test_progress_is_told():
    told = []
    weight_backtest(past(), NOW, DEFAULT_WEIGHTS, DEFAULT_WEIGHTS, tick=told.append)
    assert told == [0.25, 0.5, 0.75, 1.0]


A, B = Weights(1), Weights(2)


@pytest.mark.parametrize(("t", "version"), [(4, 0), (5, 1), (6.9, 1), (7, 2), (8.9, 2), (9, 0)])
def test_which_weights_were_in_force(t, version):
    times = WeightTimes(((5.0, A), (7.0, B), (9.0, DEFAULT_WEIGHTS)))
    assert times.at(t).version == version


@pytest.mark.parametrize(
    ("weights", "codes"),
    [
        ({}, []),
        ({"": {"stage": 0, "touches_14d": 3}}, []),
        ({"": {"stage": -0.1}}, ["out_of_range"]),
        ({"": {"stage": 3.1}}, ["out_of_range"]),
        ({"": {"stage": float("nan")}}, ["out_of_range"]),
        ({"moon": {}}, ["unknown_choice"]),
        ({"food": {"luck": 1}}, ["unknown_choice"]),
    ],
)
def test_what_is_wrong_with_weights(weights, codes):
    assert [p.code for p in check_weights(weights)] == codes
