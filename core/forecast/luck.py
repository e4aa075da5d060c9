"""How far luck alone carries a sum of chances from its expectation (B4).

Opportunities are won or lost one by one. If every chance is right, the value won still spreads around the
forecast, and widely so with few opportunities: three deals at one half miss by a third or more most months.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from core.forecast.history import Floats

USUAL, RARE = 0.80, 0.95
_CELLS = 4096
_EXACT = 250  # opportunities; beyond that a sum is as good as normal
_LATEST = 32  # distributions that stay worked out, of 65 KB each


class Spread(NamedTuple):
    """Sums that can come, ascending, the probability 0–1 of each, how exactly sums are known, in money."""

    values: Floats
    share: Floats
    step: float


@dataclass(frozen=True, slots=True)
class Luck:
    """The distribution of the value won if the chances are right and wins independent.

    It keeps what it rests on; its thousands of sums are worked out when it is asked, since those of all reps
    and months of a large company fill gigabytes.

    Attributes:
        chances, amounts: of the opportunities; none where the sum is normal.
        size, coming: of opportunities not yet in the books, the value of one and what is expected of all.
        normal: expectation and standard deviation, in money, where the sum is normal.
    """

    chances: tuple[float, ...]
    amounts: tuple[float, ...]
    size: float
    coming: float
    normal: tuple[float, float] | None = None

    @property
    def values(self) -> Floats:
        """The sums that can come, ascending."""
        return _spread(self).values

    @property
    def share(self) -> Floats:
        """The probability 0–1 of each."""
        return _spread(self).share

    @property
    def step(self) -> float:
        """How exactly `values` are known, in money."""
        return _spread(self).step

    @property
    def mean(self) -> float:
        """What is expected."""
        return float(self.values @ self.share)

    def quantile(self, q: float) -> float:
        """The least sum that is not exceeded with probability `q`."""
        return float(self.values[np.searchsorted(np.cumsum(self.share), q - 1e-12)])

    def miss(self, q: float) -> float:
        """The distance from the expectation, in money, that luck keeps within with probability `q`."""
        far = np.abs(self.values - self.mean)
        order = np.argsort(far, kind="stable")
        reached = np.searchsorted(np.cumsum(self.share[order]), q - 1e-12)
        return float(far[order][min(int(reached), len(far) - 1)]) + self.step

    def beyond(self, distance: float) -> float:
        """The probability 0–1 that luck alone misses the expectation by more than `distance`."""
        return float(self.share[np.abs(self.values - self.mean) > distance + self.step].sum())


def luck(chances: Sequence[float], amounts: Sequence[float], fresh: float = 0.0) -> Luck | None:
    """How the value won spreads; None where nothing can be won.

    Exact on a grid of 4096 steps up to 250 opportunities, those to come included; normal beyond.

    Args:
        chances: probability 0–1 of each opportunity.
        amounts: what each brings if won.
        fresh: expected value of opportunities that are not yet in the books; they come one by one as well
            (Poisson), each as big as the given ones are (their mean square over their mean).
    """
    p, a = np.asarray(chances, np.float64), np.asarray(amounts, np.float64)
    p, a = p[a > 0], a[a > 0]
    if not len(a):
        return None
    size = float((a**2).mean() / a.mean())
    coming = max(fresh, 0.0)
    if len(a) + coming / size > _EXACT:
        variance = float((p * (1 - p) * a**2).sum()) + coming * size
        return Luck((), (), size, coming, (float(p @ a) + coming, variance**0.5))
    return Luck(tuple(p.tolist()), tuple(a.tolist()), size, coming)


@lru_cache(maxsize=_LATEST)
def _spread(luck: Luck) -> Spread:
    if luck.normal:
        return _normal(*luck.normal)
    return _lattice(
        np.asarray(luck.chances), np.asarray(luck.amounts), _poisson(luck.coming / luck.size), luck.size
    )


def _lattice(p: Floats, a: Floats, counts: Floats, size: float) -> Spread:
    step = (float(a.sum()) + size * (len(counts) - 1)) / _CELLS
    moves = np.rint(a / step).astype(int)
    jump = int(np.rint(size / step))
    share = np.zeros(int(moves.sum()) + jump * (len(counts) - 1) + 1)
    share[np.arange(len(counts)) * jump] = counts
    for chance, move in zip(p, moves, strict=True):
        if move:
            won = np.zeros_like(share)
            won[move:] = share[:-move]
            share = (1 - chance) * share + chance * won
    return Spread(np.arange(len(share), dtype=np.float64) * step, share, step)


def _normal(mean: float, deviation: float) -> Spread:
    z = np.linspace(-5, 5, 2001)
    share: Floats = np.exp(-(z**2) / 2)
    share /= share.sum()
    values: Floats = np.maximum(mean + deviation * z, 0.0)
    return Spread(values, share, 0.0)


def _poisson(rate: float) -> Floats:
    """Probabilities of 0, 1, 2 … arrivals; what lies beyond five deviations is left out."""
    most = int(rate + 5 * rate**0.5 + 3) if rate else 0
    found = np.ones(most + 1)
    for n in range(1, most + 1):
        found[n] = found[n - 1] * rate / n
    found /= found.sum()
    return found
