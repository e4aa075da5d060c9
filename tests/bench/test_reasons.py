"""What the reasons of a forecast cost beside LightGBM's own contributions of one booster (docs/speed.md)."""

from __future__ import annotations

import numpy as np
import pytest

from core.forecast.features import open_rows
from core.forecast.layer_models import fit_layers
from core.forecast.learners import Trees
from core.forecast.valuation import valuations
from tests.bench.timing import in_turns, tell
from tests.simulated import START, simulated

pytestmark = pytest.mark.bench
DAYS, HORIZON, ROUNDS = 200, 28.0, 3
MOST_FITTED = 650  # opportunities a day


@pytest.mark.usefixtures("full_bench")
@pytest.mark.parametrize("a_day", [65, 650, 6_500])
def test_reasons_of_open_opportunities_beside_raw_contributions(capsys, a_day):
    """Rows are explained one by one; what is made once for all of them weighs less the more they are.

    The model of the largest is fitted to a tenth of its history: what reasons cost hangs on the model's
    trees, not on what they were grown from.
    """
    history, t = simulated(days=DAYS, per_day=a_day, seed=1), START + DAYS - 1
    known = history if a_day <= MOST_FITTED else simulated(days=DAYS, per_day=MOST_FITTED, seed=1)
    models, rows = fit_layers(known, t, HORIZON), open_rows(history, t)
    model = next(layer.model for layer in models.values() if layer.model)
    trees = [learner for learner in model.learners if isinstance(learner, Trees)]
    told = [np.ascontiguousarray(rows.x[:, list(of.chosen)]) for of in trees]
    found = {}

    def ours(_: int) -> None:
        found["valued"] = valuations(history, t, t + HORIZON, models=models)

    def raw(_: int) -> None:
        for of, x in zip(trees, told, strict=True):
            of.booster.predict(x, pred_contrib=True)

    took = in_turns({"reasons": ours, "raw": raw}, ROUNDS)
    ratio = took["reasons"] / took["raw"]
    tell(capsys, f"Reasons of {len(rows.of):,} open opportunities", {
        "values with reasons": f"{took['reasons']:.2f} s",
        "contributions of the model's boosters": f"{took['raw']:.2f} s",
        "ratio": f"{ratio:.2f}",
    })  # fmt: skip
    assert all(v.reasons for v in found["valued"])
    assert ratio < (1.5 if a_day > 100 else 3)
