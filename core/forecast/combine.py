"""One number out of several views, by the skill that each has shown out of time (B2).

Two families of views: from the bottom up, the open pipeline (`bottom_up`), the same corrected by what it
missed lately (`corrected`) and at the same place of the season (`seasoned`); from the top down, the series
of past periods (`recent`, `mean`, `level`, `season`, `prophet`) and, in a running period, the pace that
it has shown so far (`pace`). Within a family and between the two,
the error of each in earlier periods, as it was forecast then, decides its weight. Errors are log ratios, so
that half and twice count alike. What was forecast when little was known says little of what is known now:
an earlier period counts by the share of today's wins that it rested on. Before it has shown anything the
pipeline is taken to miss by its own chance and a little more, a series by `_PRIOR_ERROR`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from core.forecast.arrays import Floats
from core.intervals import Z80

_PRIOR_ERROR = 0.3  # what a series is taken to miss by before it has shown anything
_MISFIT = 0.05  # what a pipeline is, beyond its chance
_LASTING = 0.1  # how far a pipeline's sum is taken to miss for good, one standard deviation
_SEASONAL = 0.3  # how far places of a season are taken to differ, one standard deviation
_PRIOR_PERIODS = 1.0
_FADE = 0.85  # a period counts so much against the one after it
_SHARPNESS = 2.0
FAMILIES = {
    "pipeline": ("bottom_up", "corrected", "seasoned", "seasoned_12"),
    "series": ("recent", "mean", "level", "season", "prophet", "pace"),
}
_FARTHEST = 1.5  # largest error that is counted, log
_MOST = 0.7  # largest correction, log


@dataclass(frozen=True, slots=True)
class Past:
    """An earlier period: what each view had said, what was forecast, and what came of it.

    `weight`, 0 to 1, is how much it says of what is forecast now.
    """

    parts: Mapping[str, float]
    forecast: float
    actual: float
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Combined:
    """A forecast with its 80% interval, and the views and weights that made it; NaN when there is no view."""

    forecast: float
    low: float
    high: float
    parts: Mapping[str, float]
    weights: Mapping[str, float]


def combine(
    parts: Mapping[str, float],
    past: Sequence[Past],
    deviation: float,
    cycles: Sequence[int],
    peers: Sequence[Sequence[Past]] = (),
    win: float = 0.0,
) -> Combined:
    """Mix the views.

    Args:
        parts: what each view says; a view that has nothing to go by is not among them.
        past: earlier periods, latest last, as far as their outcome is known.
        deviation: standard deviation of the pipeline's own sum.
        cycles: after how many periods a season comes round.
        peers: the pasts of all groups of a level; views are then weighted by their skill over all of them,
            because one person's few periods say little.
        win: size of a usual win. Errors and the interval are taken of values with one win more, so that where
            a period holds few wins, one more or less is one more or less and not a multiple.
    """
    judged = peers or (past,)
    if not parts:
        return Combined(np.nan, np.nan, np.nan, {}, {})
    chance = _chance(parts, deviation, win)
    views = dict(parts) | corrections(parts, past, cycles, chance, win)
    prior = {"pipeline": chance + _MISFIT**2, "series": _PRIOR_ERROR**2}
    inner = {}
    for family, names in FAMILIES.items():
        if weights := _weights({name: prior[family] for name in names if name in views}, judged, win):
            views[family] = sum(w * views[name] for name, w in weights.items())
            inner[family] = weights
    outer = _weights({family: prior[family] for family in inner}, judged, win)
    forecast = sum(w * views[family] for family, w in outer.items())
    width = _width(forecast, past, deviation, win)
    shares = {name: outer[f] * w for f, weights in inner.items() for name, w in weights.items()}
    low, high = ((forecast + win) * float(np.exp(way * width)) - win for way in (-1, 1))
    return Combined(float(forecast), max(low, 0.0), high, views, shares)


def _chance(parts: Mapping[str, float], deviation: float, win: float) -> float:
    """Variance of the pipeline's sum, with one win more, over its square."""
    said = parts.get("bottom_up", 0.0) + win
    return min((deviation / said) ** 2, 1.0) if said > 0 else 0.0


def corrections(
    parts: Mapping[str, float],
    past: Sequence[Past],
    cycles: Sequence[int],
    chance: float = 0.0,
    win: float = 0.0,
) -> dict[str, float]:
    """The pipeline's sum, moved by what it missed lately and at this place of the season.

    Misses that vary much say little of a lasting one (`chance` is the variance that chance alone makes).
    """
    if "bottom_up" not in parts:
        return {}
    missed = np.array(
        [log_error(p.actual, p.parts["bottom_up"], win) if "bottom_up" in p.parts else np.nan for p in past]
    )
    known = np.isfinite(missed)
    if not known.any():
        return {}
    weights = _FADE ** np.arange(len(missed))[::-1] * known * [p.weight for p in past]
    lately = _lasting(weights, np.nan_to_num(missed), chance)
    found = {"corrected": parts["bottom_up"] * float(np.exp(np.clip(lately, -_MOST, _MOST)))}
    for cycle in cycles:
        same = missed[-cycle::-cycle] if len(missed) >= cycle else missed[:0]
        same = same[np.isfinite(same)]
        if len(same):
            moved = float(np.exp(np.clip(lately + _place(same - lately, chance), -_MOST * 2, _MOST * 2)))
            found["seasoned" if cycle == cycles[0] else f"seasoned_{cycle}"] = parts["bottom_up"] * moved
    return found


def _lasting(weights: Floats, missed: Floats, chance: float) -> float:
    """The mean miss, drawn towards none by how much the misses vary."""
    whole = float(weights.sum())
    mean = float(weights @ missed) / whole if whole else 0.0
    varies = (float(weights @ (missed - mean) ** 2) + chance + _MISFIT**2) / (whole + 1)
    return mean * whole / (whole + varies / _LASTING**2)


def _place(missed: Floats, chance: float) -> float:
    """What a place of the season misses beyond lately, drawn towards nothing by what may have been chance.

    >>> round(_place(np.array([0.3]), 0.0), 3), round(_place(np.array([0.3]), 0.09), 3)
    (0.292, 0.148)
    """
    seen = float(missed.var(ddof=1)) if len(missed) > 1 else 0.0
    return float(missed.sum() / (len(missed) + max(chance + _MISFIT**2, seen) / _SEASONAL**2))


def log_error(actual: float, forecast: float, win: float = 0.0) -> float:
    """log(actual / forecast) of values with one win more, within about a factor of four.

    >>> round(log_error(110, 100), 4), log_error(0, 100), round(log_error(0, 10, win=100), 4)
    (0.0953, -1.5, -0.0953)
    """
    actual, forecast = actual + win, forecast + win
    if actual <= 0 or forecast <= 0:
        return 0.0 if actual == forecast else _FARTHEST * (1 if actual > forecast else -1)
    return float(np.clip(np.log(actual / forecast), -_FARTHEST, _FARTHEST))


def _weights(priors: Mapping[str, float], pasts: Sequence[Sequence[Past]], win: float) -> dict[str, float]:
    """Weights that add up to 1, of views given with the squared error that each is taken to have at first."""
    scores = {name: _error(name, pasts, prior, win) ** -_SHARPNESS for name, prior in priors.items()}
    total = sum(scores.values())
    return {name: score / total for name, score in scores.items()}


def _error(name: str, pasts: Sequence[Sequence[Past]], prior: float, win: float) -> float:
    """Mean squared log error of a view over groups and periods, with a period of doubt."""
    shown = [
        (p.weight * _FADE**age, log_error(p.actual, p.parts[name], win) ** 2)
        for past in pasts
        for age, p in enumerate(reversed(past))
        if name in p.parts
    ]
    weight = sum(w for w, _ in shown)
    return (sum(w * e for w, e in shown) + _PRIOR_PERIODS * prior) / (weight + _PRIOR_PERIODS)


def _width(forecast: float, past: Sequence[Past], deviation: float, win: float) -> float:
    """Half the log width of the 80% interval: what the sum's own chance makes, and what was missed before."""
    said = forecast + win
    chance = (deviation / said) ** 2 if said > 0 else 0.0
    errors = [
        (p.weight * _FADE**age, log_error(p.actual, p.forecast, win) ** 2)
        for age, p in enumerate(reversed(past))
    ]
    weight = sum(w for w, _ in errors)
    prior = chance + _MISFIT**2
    variance = (sum(w * e for w, e in errors) + _PRIOR_PERIODS * prior) / (weight + _PRIOR_PERIODS)
    return float(Z80 * min(max(variance, chance), 1.0) ** 0.5)
