"""How good forecasts were, held against what came (B4, B7)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.forecast.history import Floats

_EDGE = 1e-6


@dataclass(frozen=True, slots=True)
class Scored:
    """A forecast and what came of it.

    Attributes:
        group: team or person; None for the whole company.
        baselines: what simple baselines had said; None where one had nothing to go by.
    """

    start: float
    end: float
    group: str | None
    actual: float
    forecast: float
    low: float
    high: float
    baselines: dict[str, float | None]


@dataclass(frozen=True, slots=True)
class Totals:
    """Over all scored forecasts; None where nothing can be said.

    Attributes:
        accuracy_mean: mean of 1 - |actual - forecast| / actual, over periods that won anything.
        deviation_mean: mean of |actual - forecast| / forecast.
        wape: sum of |actual - forecast| over sum of actuals.
        bias: sum of forecasts over sum of actuals, less one; above 0 is too high.
        coverage: share of actuals within low and high.
        baselines: accuracy_mean of each baseline, over the periods that it could speak of.
        log_loss, brier, auc: of the chances of `n` open opportunities to be won within their period;
            `log_loss_stage_rate` of the stages' rates.
    """

    periods: int
    accuracy_mean: float | None
    deviation_mean: float | None
    wape: float | None
    bias: float | None
    coverage: float | None
    baselines: dict[str, float | None]
    log_loss: float | None
    log_loss_stage_rate: float | None
    brier: float | None
    auc: float | None
    n: int


def totals(scored: Sequence[Scored], chance: Floats, stage_rate: Floats, won: Floats) -> Totals:
    """Totals of forecasts, and of the chances (shape (n,)) of opportunities that were `won` (0 or 1)."""
    told = [s for s in scored if np.isfinite(s.forecast)]
    names = list(told[0].baselines) if told else []
    missed = sum(abs(s.actual - s.forecast) for s in told)
    actual = sum(s.actual for s in told)
    return Totals(
        len(told),
        _mean([accuracy(s.actual, s.forecast) for s in told]),
        _mean([abs(s.actual - s.forecast) / s.forecast if s.forecast else None for s in told]),
        missed / actual if actual else None,
        sum(s.forecast for s in told) / actual - 1 if actual else None,
        _mean([float(s.low <= s.actual <= s.high) for s in told]),
        {name: _mean([accuracy(s.actual, s.baselines[name]) for s in told]) for name in names},
        log_loss(won, chance),
        log_loss(won, stage_rate),
        float(((won - chance) ** 2).mean()) if len(won) else None,
        auc(won, chance),
        len(won),
    )


def accuracy(actual: float, forecast: float | None) -> float | None:
    """1 - |actual - forecast| / actual; None without a forecast or where nothing was won.

    >>> accuracy(100, 92), accuracy(0, 5)
    (0.92, None)
    """
    return None if forecast is None or not actual else 1 - abs(actual - forecast) / actual


@dataclass(frozen=True, slots=True)
class Bin:
    """Opportunities that were given about the same chance: its mean, the share that was won, how many."""

    chance: float
    won: float
    n: int


def reliability(chance: Floats, won: Floats, bins: int = 10) -> tuple[Bin, ...]:
    """Told chances beside what came true, in groups of equal size from the least to the most likely.

    >>> reliability(np.array([0.1, 0.1, 0.8, 0.9]), np.array([0.0, 0.0, 1.0, 1.0]), bins=2)
    (Bin(chance=0.1, won=0.0, n=2), Bin(chance=0.85, won=1.0, n=2))
    """
    order = np.argsort(chance, kind="stable")
    parts = [part for part in np.array_split(order, bins) if len(part)]
    return tuple(Bin(round(float(chance[p].mean()), 6), float(won[p].mean()), len(p)) for p in parts)


def log_loss(won: Floats, chance: Floats) -> float | None:
    """Mean of -log(chance of what happened); None without opportunities."""
    if not len(won):
        return None
    p = np.clip(chance, _EDGE, 1 - _EDGE)
    return float(-(won * np.log(p) + (1 - won) * np.log(1 - p)).mean())


def auc(won: Floats, chance: Floats) -> float | None:
    """How often a won opportunity had the higher chance than one that was not; None without both kinds.

    >>> auc(np.array([1.0, 0.0, 0.0]), np.array([0.9, 0.2, 0.9]))
    0.75
    """
    from scipy.stats import rankdata

    k = won.sum()
    if not 0 < k < len(won):
        return None
    return float((rankdata(chance)[won > 0].sum() - k * (k + 1) / 2) / (k * (len(won) - k)))


def _mean(values: Sequence[float | None]) -> float | None:
    known = [v for v in values if v is not None]
    return float(np.mean(known)) if known else None
