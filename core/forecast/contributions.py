"""Splitting a model's output among its features so that the parts add up to it exactly (B3).

Parts are Shapley values where a learner is asked: on the scale on which it adds up, each against a base of
its own. `Parts.through` carries them to another scale by the mean slope between base and output (the rescale
rule; Shrikumar et al., Learning important features through propagating activation differences, 2017), so that
they add up there as well, whatever the function.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import comb

import numpy as np

from core.forecast.arrays import Floats

_AT_ONCE = 60_000  # rows given to a function in one call
_NEAR = 1e-6  # base and output are one: the slope is taken around them


@dataclass(frozen=True, slots=True)
class Parts:
    """What each feature does to an output.

    Attributes:
        base: the output without them, shape (rows,).
        by: each feature's part, shape (rows, features); `base` and a row's parts add up to its output.
    """

    base: Floats
    by: Floats

    @property
    def output(self) -> Floats:
        """Base and all parts, shape (rows,)."""
        found: Floats = self.base + self.by.sum(axis=1)
        return found

    def through(self, function: Callable[[Floats], Floats]) -> "Parts":
        """The parts of `function` of the output, which rises or stays.

        >>> Parts(np.array([1.0]), np.array([[2.0, 1.0]])).through(np.square).by.tolist()
        [[10.0, 5.0]]
        """
        low, high = self.base, self.output
        near = np.abs(high - low) < _NEAR
        low, high = np.where(near, low - _NEAR, low), np.where(near, high + _NEAR, high)
        slope = (function(high) - function(low)) / (high - low)
        return Parts(function(self.base), self.by * slope[:, None])

    def plus(self, other: "Parts", share: Floats | float = 1.0) -> "Parts":
        """The sum with a share, of all or by row, of other parts."""
        by_row = np.broadcast_to(np.asarray(share, np.float64), self.base.shape)
        return Parts(self.base + by_row * other.base, self.by + by_row[:, None] * other.by)


def none(rows: int, features: int) -> Parts:
    """Nothing of nothing."""
    return Parts(np.zeros(rows), np.zeros((rows, features)))


def shapley(output: Callable[[Floats], Floats], x: Floats, typical: Floats, columns: Sequence[int]) -> Parts:
    """Exact Shapley values of a function of a few features, each against all typical rows.

    A coalition's worth is the mean output with its features as in the row and the other `columns` as in each
    typical row; what is in no column keeps the row's own value (Štrumbelj and Kononenko, 2014). It asks for
    2 ** len(columns) coalitions.

    Args:
        output: maps rows of shape (n, features) to (n,).
        x: rows to explain, shape (rows, features).
        typical: rows to compare with, shape (some, features).
    """
    of = [group for size in range(len(columns) + 1) for group in combinations(columns, size)]
    worth = {group: _worth(output, x, typical, [c for c in columns if c not in group]) for group in of}
    by = np.zeros(x.shape)
    for group in of:
        for column in set(columns) - set(group):
            joined = tuple(c for c in columns if c in group or c == column)
            share = len(columns) * comb(len(columns) - 1, len(group))
            by[:, column] += (worth[joined] - worth[group]) / share
    return Parts(worth[()], by)


def _worth(output: Callable[[Floats], Floats], x: Floats, typical: Floats, others: Sequence[int]) -> Floats:
    """The mean output with some columns as in the typical rows, shape (rows,)."""
    if not others:
        return output(x)
    found, size = np.empty(len(x)), max(1, _AT_ONCE // len(typical))
    for start in range(0, len(x), size):
        rows = x[start : start + size]
        mixed = np.repeat(rows, len(typical), axis=0)
        mixed[:, others] = np.tile(typical[:, others], (len(rows), 1))
        found[start : start + size] = output(mixed).reshape(len(rows), -1).mean(axis=1)
    return found
