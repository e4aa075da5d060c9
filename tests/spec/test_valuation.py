"""Reasons add up to the difference, in money; what the future holds changes nothing."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from core.forecast.contributions import parts
from core.forecast.history import History, Track
from core.forecast.layer_models import LayerModels, fit_layers
from core.forecast.layers import LAYERS
from core.forecast.valuation import LEVEL, valuations
from tests.simulated import START, simulated

MONTH = 28.0
T = START + 100.0


@cache
def past() -> tuple[History, LayerModels]:
    history = with_customers(simulated(days=130, per_day=7))
    return history, fit_layers(history, T, MONTH)


def with_customers(history: History) -> History:
    """Every other opportunity belongs to one of 300 customers; the others to none that is known."""
    n = len(history.ids)
    history.customer = Track(np.where(np.arange(n) % 2, np.arange(n) // 2 % 300, -1.0))
    return history


def test_parts_add_up_for_any_function():
    rng = np.random.default_rng(1)
    background, x = rng.normal(size=(12, 4)), rng.normal(size=(7, 4))
    x[::2, 1] = np.nan

    def output(rows):
        return np.nan_to_num(rows[:, 0] * rows[:, 1], nan=3.0) + np.maximum(rows[:, 2], rows[:, 3])

    found = parts(output, x, background, [[0], [1], [2, 3]])
    assert found.sum(axis=1) + output(background).mean() == pytest.approx(output(x))


def test_the_output_is_asked_only_where_a_switch_changes_something():
    asked = []

    def output(rows):
        asked.append(len(rows))
        return np.nan_to_num(rows).sum(axis=1)

    found = parts(output, np.array([[1.0, 2.0, np.nan]]), np.array([[1.0, 5.0, np.nan]]), [[0], [1], [2]])
    assert found.tolist() == [[0.0, -3.0, 0.0]]
    assert sum(asked) == 2 * 2  # an order and its reverse: the background, and the one switch


def test_parts_are_those_of_the_shap_library():
    """Of trees with one split each nothing depends on the order, so both must say the same."""
    import lightgbm
    import shap

    rng = np.random.default_rng(1)
    x = rng.normal(size=(200, 4))
    told = {"num_leaves": 2, "verbosity": -1, "num_threads": 1, "seed": 1}
    trees = lightgbm.train(told, lightgbm.Dataset(x, x[:, 0] - x[:, 2] ** 2), num_boost_round=30)
    found = parts(lambda rows: np.asarray(trees.predict(rows)), x[:9], x[50:62], [[0], [1, 2], [3]])
    exact = shap.TreeExplainer(trees, x[50:62], feature_perturbation="interventional").shap_values(x[:9])
    assert found == pytest.approx(np.column_stack([exact[:, 0], exact[:, 1] + exact[:, 2], exact[:, 3]]))


def test_reasons_add_up_to_the_change_in_money():
    history, models = past()
    found = valuations(history, T, T + MONTH, models=models)
    assert len(found) > 100
    assert {v.layer for v in found} == {"new", "pipeline"}
    for v in found:
        change = v.value - v.scorecard_value
        assert sum(r.value for r in v.reasons) == pytest.approx(change, abs=1e-6 * max(1, v.amount))
        assert v.value == pytest.approx(v.chance * v.amount)
        assert v.scorecard_value == pytest.approx(v.scorecard_chance * v.amount)
        assert 0 <= v.low <= v.value <= v.high
        assert LEVEL in {r.factor for r in v.reasons}


def test_reasons_add_up_where_factors_are_missing():
    history, models = past()
    of = np.flatnonzero(history.as_of(T).is_open)
    opened = history.opened.start.copy()
    opened[of[::2]] = np.nan
    history = replace(history, opened=Track(opened), _seen={})
    bare = replace(history, amount=type(history.amount)(np.full(len(history.ids), np.nan)), _seen={})
    found = valuations(bare, T, T + MONTH, models=models)
    assert all("days_to_close_on" not in v.factors for v in found)
    for v in found:
        assert sum(r.value for r in v.reasons) == pytest.approx(v.value - v.scorecard_value, abs=1e-6)


def test_one_alone_says_the_same_as_among_all():
    history, models = past()
    every = valuations(history, T, T + MONTH, models=models)
    for v in every[::40]:
        [alone] = valuations(history, T, T + MONTH, models=models, only=np.array([v.of]))
        assert alone.value == pytest.approx(v.value)
        money = {r.factor: r.value for r in v.reasons}
        assert {r.factor: r.value for r in alone.reasons} == pytest.approx(money, abs=1e-6 * v.amount)


def test_late_entries_and_a_column_that_knows_the_future_change_nothing():
    history = with_customers(simulated(days=130, per_day=7))
    told = valuations(history, T, T + MONTH)
    future = history.events.recorded > T
    assert future.any()
    stage = np.where(future, history.stages - 1, history.events.stage)  # planted: whatever comes is a quote
    late = replace(history, events=replace(history.events, stage=stage), _seen={})
    late.touched = type(late.touched)(  # entered after T: everybody has been known for years
        np.full(300, np.nan), np.arange(300), np.full(300, T + 1), np.full(300, T - 900.0)
    )
    late.outcome = replace(late.outcome, value=np.where(late.outcome.recorded > T, 1.0, late.outcome.value))
    assert valuations(late, T, T + MONTH) == told


def test_too_little_data_leaves_the_word_to_the_scorecard_and_says_so():
    history = with_customers(simulated(days=40, per_day=1))
    models = fit_layers(history, START + 40, MONTH)
    assert {(m.kind, m.why, m.model) for m in models.values()} == {("scorecard", "no_model", None)}
    found = valuations(history, START + 40, START + 40 + MONTH, models=models)
    assert found
    assert {(v.value - v.scorecard_value, v.reasons) for v in found} == {(0.0, ())}


def test_each_layer_says_which_model_speaks_and_why():
    _, models = past()
    assert set(models) == set(LAYERS)
    assert models["renewal"].told == {
        "kind": "pooled", "why": "few_wins", "wins": 0, "loss": None, "pooled_loss": None,
    }  # fmt: skip
    own = models["pipeline"]
    assert own.kind in ("own", "pooled")
    assert own.wins > 30
    assert (own.kind == "own") <= (own.loss is not None and own.loss < own.pooled_loss)


def test_a_layer_that_differs_gets_a_model_of_its_own():
    """New customers' quotes are won at once, the others' never: one model for both is worse."""
    from core.forecast.layer_models import _judged
    from core.forecast.win_model import sample, unjudged

    history, _ = past()
    rows = sample(history, T, MONTH)
    early, late = rows.where(rows.at <= T - 2 * MONTH), rows.where(rows.at > T - 2 * MONTH)
    flipped = replace(early, y=1 - early.y), replace(late, y=1 - late.y)
    assert _judged(*flipped, unjudged(early, history.stages), history.stages)[:2] == ("own", "better")
    assert _judged(early, late, unjudged(early, history.stages), history.stages)[1] == "no_better"
