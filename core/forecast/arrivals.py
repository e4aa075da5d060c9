"""What opportunities bring that nobody knew at a period's start (B2)."""

from dataclasses import dataclass

import numpy as np

from core.forecast.amounts import paid_amounts, usual_win
from core.forecast.history import Floats, History

_MOST = 12
_PACE_DAYS = 28.0  # arrivals that the present pace is taken from, at least
_EVEN_WINDOWS = 2.0  # windows of even arrivals that their unevenness is drawn to
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
    rate = float(np.average(per_arrival, weights=weights))
    pace, unsure = _pace(history.recorded[history.recorded < t], t, horizon, start + horizon / 3)
    each = pace * rate * max(usual_win(history, t) - rate, 0.0)
    return Arrivals(pace * rate, each + unsure * rate**2)


def _pace(recorded: Floats, t: float, horizon: float, since: float) -> tuple[float, float]:
    """How many will arrive if they go on arriving as lately, and the variance of that number.

    Chance alone makes the number vary, and the pace that it is taken from; how much more they vary than
    that is seen from earlier windows, each told from the days before it.
    """
    span = max(horizon, _PACE_DAYS)
    usual = 1 + horizon / span  # variance over mean where arrivals are even
    starts = np.arange(t - horizon, since - 1e-9, -horizon / 3)[:_MOST]
    starts = starts[starts - span >= recorded.min(initial=t)]
    told = np.array([_arrived(recorded, at - span, at) for at in (t, *starts)]) * horizon / span
    came = np.array([_arrived(recorded, at, at + horizon) for at in starts], np.float64)
    excess = (came - told[1:]) ** 2 / (usual * np.maximum(told[1:], 1.0))
    windows = len(starts) / 3  # they overlap by two thirds
    uneven = (windows * float(excess.mean() if len(excess) else 1.0) + _EVEN_WINDOWS) / (
        windows + _EVEN_WINDOWS
    )
    return float(told[0]), float(told[0] * usual * max(uneven, 1.0))


def _arrived(recorded: Floats, begin: float, end: float) -> int:
    return int(((recorded >= begin) & (recorded < end)).sum())
