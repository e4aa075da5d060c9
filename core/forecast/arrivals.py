"""What opportunities bring that nobody knew at a period's start (B2)."""

from dataclasses import dataclass

import numpy as np

from core.forecast.amounts import paid_amounts
from core.forecast.history import History

_MOST = 12
_DECAY = 0.85  # weight of a period against the one that ends a third of it later


@dataclass(frozen=True, slots=True)
class Arrivals:
    """Expected value won within the period, and its variance."""

    value: float = 0.0
    variance: float = 0.0


def arrivals(history: History, t: float, horizon: float) -> Arrivals:
    """The value that periods of this length brought from what was recorded after their start.

    Earlier periods overlap by two thirds; each counts per opportunity that arrived in it, times those that
    arrive at the present pace.
    """
    books, paid = history.as_of(t), paid_amounts(history, t)
    per_arrival: list[float] = []
    weights: list[float] = []
    start, weight = t - horizon, 1.0
    while start >= books.first_closing - 1 and len(weights) < _MOST:
        end = start + horizon
        came = (history.recorded >= start) & (history.recorded < end)
        value = paid[books.won(start, end) & came].sum()
        if came.any():
            per_arrival.append(value / came.sum())
            weights.append(weight * came.sum())
        start, weight = start - horizon / 3, weight * _DECAY
    if not weights:
        return Arrivals()
    span = max(horizon, 28.0)
    pace = ((history.recorded >= t - span) & (history.recorded < t)).sum() / span * horizon
    rate = float(np.average(per_arrival, weights=weights))
    typical = _typical(books.amount[books.outcome == 1])
    return Arrivals(pace * rate, pace * rate * typical)


def _typical(won: np.typing.NDArray[np.float64]) -> float:
    """The size by which a sum of wins jumps: mean square over mean."""
    amounts = won[won > 0]
    return float((amounts**2).mean() / amounts.mean()) if len(amounts) else 1.0
