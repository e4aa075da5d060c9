"""What a model looks at: shares by factor that add up, equal to the trees' own attributions."""

from __future__ import annotations

import numpy as np
import pytest

from core.forecast.features import NAMES, SEASON, open_rows
from core.forecast.importance import CALENDAR, importance
from core.forecast.learners import Trees
from core.forecast.win_model import StageRate, WinModel, fit
from tests.simulated import START, simulated

T = START + 100.0


def test_shares_add_up_and_are_the_trees_own():
    history = simulated(days=130, per_day=7)
    model, x = fit(history, T, 28.0), open_rows(history, T).x
    found = importance(model, x)
    assert sum(found.values()) == pytest.approx(1)
    assert list(found.values()) == sorted(found.values(), reverse=True)
    moved = np.zeros(len(NAMES))
    for weight, learner in zip(model.mix, model.learners, strict=True):
        if isinstance(learner, Trees):
            chosen = list(learner.chosen)
            parts = learner.booster.predict(x[:, chosen], pred_contrib=True)[:, :-1]
            moved[chosen] += weight * np.abs(parts).mean(axis=0)
    season = sum(moved[NAMES.index(name)] for name in SEASON) / moved.sum()
    stage = sum(moved[NAMES.index(name)] for name in ("stage", "furthest_stage")) / moved.sum()
    assert found.get(CALENDAR, 0.0) == pytest.approx(season)
    assert found.get("stage", 0.0) == pytest.approx(stage)


def test_a_model_without_trees_looks_at_nothing():
    rates = WinModel("stage_rate", StageRate(np.array([0.1, 0.2]), 0.15), 3)
    assert importance(rates, np.zeros((4, len(NAMES)))) == {}
