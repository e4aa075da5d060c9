"""Whether the world has moved away from what a model learnt (B7)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from core.forecast.history import Floats

LEVEL = 0.25  # population stability index from which a distribution has moved; usual in credit scoring
BEYOND = 2.576  # standard deviations: one in a hundred by chance
_BINS = 5
_LEAST = 50  # values on either side that a comparison needs
_EDGE = 1e-3


@dataclass(frozen=True, slots=True)
class Expected:
    """A whole period's opportunities that were open at its start: what was expected of them, what came.

    Attributes:
        expected: sum of their chances; `variance` of chance × (1 - chance).
    """

    n: int
    won: int
    expected: float
    variance: float

    @property
    def deviations(self) -> float:
        """How many standard deviations more, or less, were won than expected."""
        return (self.won - self.expected) / self.variance**0.5 if self.variance > 0 else 0.0

    @property
    def beyond_chance(self) -> bool:
        """Whether chance alone would hardly do it."""
        return abs(self.deviations) > BEYOND


def reference(values: Floats) -> dict[str, list[float]] | None:
    """A distribution as it is kept: inner edges, and the share between them; the last share is missing ones.

    None where too few are known.
    """
    known = values[np.isfinite(values)]
    if len(known) < _LEAST:
        return None
    edges = np.unique(np.quantile(known, np.linspace(0, 1, _BINS + 1)[1:-1]))
    return {"edges": edges.tolist(), "shares": _shares(values, edges).tolist()}


def stability(kept: Mapping[str, Sequence[float]], values: Floats) -> float | None:
    """The population stability index of values against a kept distribution; None where there are too few.

    >>> kept = reference(np.arange(100.0))
    >>> stability(kept, np.arange(100.0)), stability(kept, np.arange(100.0) + 80) > LEVEL
    (0.0, True)
    """
    if len(values) < _LEAST:
        return None
    was = np.maximum(np.array(kept["shares"]), _EDGE)
    now = np.maximum(_shares(values, np.array(kept["edges"])), _EDGE)
    return float(((now - was) * np.log(now / was)).sum())


def _shares(values: Floats, edges: Floats) -> Floats:
    known = np.isfinite(values)
    place = np.where(known, np.searchsorted(edges, values, side="right"), len(edges) + 1)
    counts: Floats = np.bincount(place, minlength=len(edges) + 2) / len(values)
    return counts
