"""A registered model speaks as it did when it was made, and only better ones replace it."""

from __future__ import annotations

import json
from itertools import pairwise

import numpy as np
import pytest

from core.forecast.drift import LEVEL, Expected, reference, stability
from core.forecast.features import open_rows
from core.forecast.model_text import read, told
from core.forecast.registered import HORIZONS, between, judge, model_for, train, verdict
from core.forecast.win_model import StageRate, WinModel
from tests.simulated import START, simulated

NOW = START + 100


@pytest.fixture(scope="module")
def history():
    return simulated(days=100, per_day=10)


@pytest.fixture(scope="module")
def grid(history):
    return train(history, NOW)


def test_a_model_read_back_gives_the_same_chances(history, grid):
    x = open_rows(history, NOW).x
    for model in grid.values():
        again = read(json.loads(json.dumps(told(model))))
        assert np.abs(again(x) - model(x)).max() < 1e-9
        assert np.abs(again.rate(x) - model.rate(x)).max() < 1e-9


def test_a_feature_that_is_gone_is_said(grid):
    text = told(next(iter(grid.values())))
    text["learners"][1]["chosen"][0] = "moon_phase"
    with pytest.raises(KeyError, match="moon_phase"):
        read(text)


def test_longer_horizons_are_never_less_likely_between_two_that_were_learnt(history, grid):
    x = open_rows(history, NOW).x
    chances = [model_for(grid, h).rate(x) for h in (1, 3, 7)]
    assert all((b >= a).all() for a, b in pairwise(chances))
    assert model_for(grid, 7.0) is grid[7.0]
    inside = model_for(grid, 10.0)(x)
    assert ((inside > 0) & (inside < 1)).all()
    assert set(grid) <= set(HORIZONS)


def test_an_even_hazard_by_hand():
    assert between(np.array([0.1]), np.array([0.271]), 0.5)[0] == pytest.approx(0.19)
    assert between(np.array([0.3]), np.array([0.2]), 0.5)[0] == pytest.approx(0.3)


def known(chance: float, history) -> WinModel:
    """A model that gives everything the same chance."""
    return WinModel("learnt", StageRate(np.full(history.stages + 1, 0.5), 0.5), 1, (Even(chance),), (1.0,))


class Even:
    def __init__(self, chance: float) -> None:
        self.chance = chance

    def __call__(self, x):
        return np.full(len(x), self.chance)


@pytest.mark.parametrize(
    ("trial", "in_use", "reason"),
    [
        (0.2, None, "first"),
        (0.2, 0.3, "better"),
        (0.3, 0.2, "worse_than_in_use"),
        (0.9, None, "worse_than_stage_rate"),
        (0.9, 0.95, "worse_than_stage_rate"),
    ],
)
def test_worse_never_replaces_better(history, trial, in_use, reason):
    """One in five is won; the stages' rates say one half."""
    rows = open_rows(history, NOW)
    won = (np.arange(len(rows.of)) % 5 == 0).astype(float)
    standing = known(in_use, history) if in_use else None
    found = verdict(known(trial, history), rows, won, standing)
    assert (found.reason, found.better) == (reason, reason in ("first", "better"))


def test_the_gate_judges_on_a_month_that_the_trial_has_not_seen():
    history = simulated(days=150, per_day=15)
    found = judge(history, START + 150, None)
    assert found.better == (found.loss <= found.stage_rate_loss)
    assert abs(found.loss - found.stage_rate_loss) < 0.05
    assert found.auc > 0.6
    assert found.n > found.wins > 10
    assert judge(history, START + 40, None).reason == "few_wins"


def test_drift_by_hand():
    rng = np.random.default_rng(1)
    kept = reference(rng.normal(0, 1, 2000))
    assert stability(kept, rng.normal(0, 1, 2000)) < 0.02
    assert stability(kept, rng.normal(1, 1, 2000)) > LEVEL
    assert stability(kept, np.full(200, np.nan)) > LEVEL  # what is no longer recorded has moved too
    assert stability(kept, np.zeros(3)) is None
    assert reference(np.full(200, np.nan)) is None
    assert Expected(100, 10, 10.0, 9.0).beyond_chance is False
    assert Expected(100, 30, 10.0, 9.0).beyond_chance is True
