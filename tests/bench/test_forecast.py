"""How good the forecast is where the truth is known, beside simple baselines and an oracle.

The oracle knows how the simulation works, though not how it goes on: what it misses, everybody must. The
small size looks at one young pipeline; `--full-bench` at several, over four weeks and over one.
"""

from __future__ import annotations

import sys
from datetime import date, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from core.forecast.backtest import backtest
from core.forecast.periods import Horizon
from core.forecast.scoring import accuracy, auc, log_loss
from tests.simulated import START, oracle, simulated

pytestmark = pytest.mark.bench
UTC = ZoneInfo("UTC")
NOISE = 0.03  # of a mean accuracy over a dozen periods


class Reached(NamedTuple):
    """Means over all periods and seeds."""

    accuracy: float
    oracle: float
    baselines: dict[str, float]
    coverage: float
    log_loss: float
    log_loss_stage_rate: float
    log_loss_oracle: float
    auc: float
    auc_oracle: float
    periods: int


def reached(horizon: int, per_day: float, days: int, periods: int, seeds: range) -> Reached:
    """The last periods of simulated histories of so many days, forecast as they would have been."""
    found, known = [], []
    for seed in seeds:
        history = simulated(days=days, per_day=per_day, seed=seed)
        first = date(1970, 1, 1) + timedelta(days=int(START) + days - 1 - horizon * periods)
        done = backtest(
            history, Horizon(f"{horizon}d"), first, first + timedelta(days=horizon * (periods - 1)), zone=UTC
        )
        found.append(done)
        for row in done.rows:
            chance, value = oracle(history, row.start, horizon, per_day)
            of = np.flatnonzero(history.as_of(row.start).is_open)
            came = history.as_of(np.inf).won(row.start, row.end)[of].astype(float)
            known.append(
                (
                    accuracy(row.actual, value),
                    log_loss(came, np.clip(chance, 0.005, 0.995)),
                    auc(came, chance),
                )
            )
    totals = [done.totals for done in found]

    def mean(name: str) -> float:
        return float(np.mean([getattr(t, name) for t in totals]))

    names = [n for n in totals[0].baselines if totals[0].baselines[n] is not None]
    return Reached(
        mean("accuracy_mean"),
        float(np.mean([k[0] for k in known])),
        {n: float(np.mean([t.baselines[n] for t in totals])) for n in names},
        mean("coverage"),
        mean("log_loss"),
        mean("log_loss_stage_rate"),
        float(np.mean([k[1] for k in known])),
        mean("auc"),
        float(np.mean([k[2] for k in known])),
        len(known),
    )


def told(name: str, r: Reached) -> str:
    simple = "  ".join(f"{n} {v:.3f}" for n, v in r.baselines.items())
    return (
        f"{name}, {r.periods} periods: accuracy {r.accuracy:.3f} (oracle {r.oracle:.3f}; {simple}), "
        f"coverage {r.coverage:.2f}, log loss {r.log_loss:.4f} (stage rates {r.log_loss_stage_rate:.4f}, "
        f"oracle {r.log_loss_oracle:.4f}), AUC {r.auc:.3f} (oracle {r.auc_oracle:.3f})\n"
    )


def holds(r: Reached) -> None:
    """Near what can be known, and no simple baseline is better by more than noise."""
    assert r.accuracy > r.oracle - 2 * NOISE
    assert r.accuracy > max(r.baselines.values()) - NOISE
    assert r.log_loss < r.log_loss_stage_rate + 0.01
    assert r.auc > r.auc_oracle - 0.02


def test_four_weeks_of_a_young_pipeline(capsys):
    found = reached(28, per_day=12, days=130, periods=2, seeds=range(3))
    with capsys.disabled():
        sys.stdout.write(told("\n28 days, 12 a day", found))
    holds(found)
    assert found.accuracy > max(found.baselines.values())


@pytest.mark.usefixtures("full_bench")
@pytest.mark.parametrize("per_day", [10.0, 40.0])
@pytest.mark.parametrize(("horizon", "periods"), [(28, 3), (7, 8)])
def test_several_pipelines(capsys, per_day, horizon, periods):
    found = reached(horizon, per_day, 150, periods, range(6))
    with capsys.disabled():
        sys.stdout.write(told(f"\n{horizon} days, {per_day:g} a day", found))
    holds(found)
    assert 0.65 < found.coverage <= 0.95
