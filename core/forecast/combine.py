"""One number out of several views, by the skill that each has shown out of time (B2).

Two families of views: from the bottom up, the open pipeline (`bottom_up`), the same corrected by what it
missed lately (`corrected`) and at the same place of the season (`seasoned`); from the top down, the series
of past periods (`last`, `mean`, `level`, `same_season`, `prophet`) and, in a running period, the pace that
it has shown so far (`pace`). Within a family and between the two,
the error of each in earlier periods, as it was forecast then, decides its weight. Errors are log ratios, so
that half and twice count alike.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

Z80 = 1.2816  # of an 80% interval
_PRIOR_ERROR = 0.3  # what a view is taken to miss by before it has shown anything
_PRIOR_PERIODS = 1.0
_FADE = 0.85  # a period counts so much against the one after it
_SHARPNESS = 2.0
FAMILIES = {
    "pipeline": ("bottom_up", "corrected", "seasoned", "seasoned_12"),
    "series": ("last", "mean", "level", "same_season", "prophet", "pace"),
}
_FARTHEST = 1.5  # largest error that is counted, log
_MOST = 0.7  # largest correction, log


@dataclass(frozen=True, slots=True)
class Past:
    """An earlier period: what each view had said, what was forecast, and what came of it."""

    parts: Mapping[str, float]
    forecast: float
    actual: float


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
) -> Combined:
    """Mix the views.

    Args:
        parts: what each view says; a view that has nothing to go by is not among them.
        past: earlier periods, latest last, as far as their outcome is known.
        deviation: standard deviation of the pipeline's own sum.
        cycles: after how many periods a season comes round.
        peers: the pasts of all groups of a level; views are then weighted by their skill over all of them,
            because one person's few periods say little.
    """
    judged = peers or (past,)
    if not parts:
        return Combined(np.nan, np.nan, np.nan, {}, {})
    views = dict(parts) | corrections(parts, past, cycles)
    inner = {}
    for family, names in FAMILIES.items():
        if weights := _weights([name for name in names if name in views], judged):
            views[family] = sum(w * views[name] for name, w in weights.items())
            inner[family] = weights
    outer = _weights(list(inner), judged)
    forecast = sum(w * views[family] for family, w in outer.items())
    width = _width(forecast, past, deviation)
    shares = {name: outer[f] * w for f, weights in inner.items() for name, w in weights.items()}
    low, high = forecast * float(np.exp(-width)), forecast * float(np.exp(width))
    return Combined(float(forecast), low, high, views, shares)


def corrections(parts: Mapping[str, float], past: Sequence[Past], cycles: Sequence[int]) -> dict[str, float]:
    """The pipeline's sum, moved by what it missed lately and at this place of the season."""
    if "bottom_up" not in parts:
        return {}
    missed = np.array(
        [log_error(p.actual, p.parts["bottom_up"]) if "bottom_up" in p.parts else np.nan for p in past]
    )
    known = np.isfinite(missed)
    if not known.any():
        return {}
    weights = _FADE ** np.arange(len(missed))[::-1] * known
    lately = float(weights @ np.nan_to_num(missed) / (weights.sum() + 1))
    found = {"corrected": parts["bottom_up"] * float(np.exp(np.clip(lately, -_MOST, _MOST)))}
    for cycle in cycles:
        same = missed[-cycle::-cycle] if len(missed) >= cycle else missed[:0]
        same = same[np.isfinite(same)]
        if len(same):
            place = float(np.sum(same - lately) / (len(same) + 0.5))
            moved = float(np.exp(np.clip(lately + place, -_MOST * 2, _MOST * 2)))
            found["seasoned" if cycle == cycles[0] else f"seasoned_{cycle}"] = parts["bottom_up"] * moved
    return found


def log_error(actual: float, forecast: float) -> float:
    """log(actual / forecast), within about a factor of four: a period without a win is one bad miss.

    >>> round(log_error(110, 100), 4), log_error(0, 100)
    (0.0953, -1.5)
    """
    if actual <= 0 or forecast <= 0:
        return 0.0 if actual == forecast else _FARTHEST * (1 if actual > forecast else -1)
    return float(np.clip(np.log(actual / forecast), -_FARTHEST, _FARTHEST))


def _weights(names: Sequence[str], pasts: Sequence[Sequence[Past]]) -> dict[str, float]:
    scores = {name: _error(name, pasts) ** -_SHARPNESS for name in names}
    total = sum(scores.values())
    return {name: score / total for name, score in scores.items()}


def _error(name: str, pasts: Sequence[Sequence[Past]]) -> float:
    """Mean squared log error of a view over groups and periods, with a period of doubt."""
    shown = [
        (_FADE**age, log_error(p.actual, p.parts[name]) ** 2)
        for past in pasts
        for age, p in enumerate(reversed(past))
        if name in p.parts
    ]
    weight = sum(w for w, _ in shown)
    return (sum(w * e for w, e in shown) + _PRIOR_PERIODS * _PRIOR_ERROR**2) / (weight + _PRIOR_PERIODS)


def _width(forecast: float, past: Sequence[Past], deviation: float) -> float:
    """Half the log width of the 80% interval: what the sum's own chance makes, and what was missed before."""
    chance = (deviation / forecast) ** 2 if forecast > 0 else 0.0
    errors = [(_FADE**age, log_error(p.actual, p.forecast) ** 2) for age, p in enumerate(reversed(past))]
    weight = sum(w for w, _ in errors)
    prior = max(chance, 0.1**2)
    variance = (sum(w * e for w, e in errors) + _PRIOR_PERIODS * prior) / (weight + _PRIOR_PERIODS)
    return float(Z80 * min(max(variance, chance), 1.0) ** 0.5)
