"""Reasons add up to the difference, in money; what the future holds changes nothing."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from core.forecast.contributions import shapley
from core.forecast.features import NAMES, open_rows
from core.forecast.history import History, Track
from core.forecast.layer_models import LayerModels, fit_layers
from core.forecast.layers import LAYERS
from core.forecast.learners import Logistic, Trees
from core.forecast.registered import model_for
from core.forecast.valuation import LEVEL, valuations
from core.forecast.win_model import WinModel
from tests.simulated import START, simulated

MONTH = 28.0
T = START + 100.0


@cache
def past() -> tuple[History, LayerModels]:
    history = with_customers(simulated(days=130, per_day=7))
    return history, fit_layers(history, T, MONTH)


def said_by(models: LayerModels) -> WinModel:
    return next(layer.model for layer in models.values() if layer.model)


def with_customers(history: History) -> History:
    """Every other opportunity belongs to one of 300 customers; the others to none that is known."""
    n = len(history.ids)
    history.customer = Track(np.where(np.arange(n) % 2, np.arange(n) // 2 % 300, -1.0))
    return history


def test_parts_add_up_for_any_function():
    rng = np.random.default_rng(1)
    typical, x = rng.normal(size=(12, 4)), rng.normal(size=(7, 4))
    x[::2, 1] = np.nan

    def output(rows):
        return np.nan_to_num(rows[:, 0] * rows[:, 1], nan=3.0) + np.maximum(rows[:, 2], rows[:, 3])

    found = shapley(output, x, typical, (0, 1, 2, 3))
    assert found.base == pytest.approx(np.full(7, output(typical).mean()))
    assert found.output == pytest.approx(output(x))
    carried = found.through(np.exp)
    assert carried.output == pytest.approx(np.exp(output(x)))
    assert np.sign(carried.by) == pytest.approx(np.sign(found.by))


def test_what_two_features_do_together_is_shared_evenly_and_what_stays_has_no_part():
    found = shapley(
        lambda of: of[:, 0] * of[:, 1] + of[:, 2], np.array([[2.0, 3.0, 9.0]]), np.zeros((2, 3)), (0, 1)
    )
    assert (found.base.tolist(), found.by.tolist()) == ([9.0], [[3.0, 3.0, 0.0]])


def test_parts_of_trees_are_those_of_the_shap_library():
    import shap

    history, models = past()
    rows = open_rows(history, T).x
    [trees, *_] = [learner for learner in said_by(models).learners if isinstance(learner, Trees)]
    exact = shap.TreeExplainer(trees.booster)
    found, chosen = trees.parts(rows, rows), list(trees.chosen)
    assert found.by[:, chosen] == pytest.approx(np.asarray(exact.shap_values(rows[:, chosen])), abs=1e-9)
    assert found.base == pytest.approx(np.full(len(rows), exact.expected_value))
    assert not np.delete(found.by, chosen, axis=1).any()


def test_parts_of_a_regression_are_weight_times_distance_from_the_mean():
    columns = tuple(NAMES.index(name) for name in ("age_days", "amount_log"))
    size = 2 * len(columns) + 2 * 3  # values, stages, days in them, gaps
    by = Logistic(columns, 2, np.full(size, 0.5), np.full(size, 2.0), np.arange(1.0, size + 1), 0.25)
    x = np.full((1, len(NAMES)), np.nan)
    x[0, [*columns, NAMES.index("stage"), NAMES.index("days_in_stage")]] = (0.0, 1.0, 1.0, 0.0)
    found = by.parts(x, x)
    told = {NAMES[n]: part for n, part in enumerate(found.by[0]) if part}
    # age: value 0 and no gap; amount: value 1 and no gap; stage: the third of three; days in it: 0 in all
    assert told == pytest.approx({
        "age_days": -0.25 * (1 + 9), "amount_log": 0.25 * 2 - 0.25 * 10,
        "stage": -0.25 * (3 + 4) + 0.25 * 5, "days_in_stage": -0.25 * (6 + 7 + 8),
    })  # fmt: skip
    assert found.output == pytest.approx(np.log(by(x) / (1 - by(x))))


@pytest.mark.parametrize("horizon", [MONTH, 5.0, 20.0, 120.0])
def test_parts_of_a_model_add_up_to_its_chances_also_between_two_horizons(horizon):
    history, models = past()
    rows, model = open_rows(history, T).x, said_by(models)
    short = replace(model, mix=(0.3, 0.3, 0.2, 0.0, 0.2))
    of = model_for({14.0: short, MONTH: model}, horizon)
    found = of.parts(rows, rows[::9])
    assert len(rows) > 100
    assert found.output == pytest.approx(of(rows), abs=1e-6)
    assert np.ptp(found.output) > 0.1


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
    from core.forecast.landmarks import sample
    from core.forecast.layer_models import _judged
    from core.forecast.win_model import unjudged

    history, _ = past()
    rows = sample(history, T, MONTH)
    early, late = rows.where(rows.at <= T - 2 * MONTH), rows.where(rows.at > T - 2 * MONTH)
    flipped = replace(early, y=1 - early.y), replace(late, y=1 - late.y)
    assert _judged(*flipped, unjudged(early, history.stages), history.stages)[:2] == ("own", "better")
    assert _judged(early, late, unjudged(early, history.stages), history.stages)[1] == "no_better"
