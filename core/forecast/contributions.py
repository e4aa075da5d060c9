"""Splitting a model's output among groups of inputs so that the parts add up to it exactly (B3).

Shapley values with a background: a group's part is what the output changes when the group is switched from a
background row's values to the row's own, averaged over orders of switching and over the background. Each
background row has one random order and its reverse, so all parts telescope: they add up to the row's output
minus the background's mean output, whatever the function. (Štrumbelj and Kononenko, 2014; antithetic orders
as in the library shap's permutation explainer, against which a test holds this.)

The function is asked only where a switch changes something: a group of which row and background say the same
has no part in their difference.
"""

from collections.abc import Callable, Sequence

import numpy as np

from core.forecast.history import Bools, Floats, Ints

_AT_ONCE = 60_000  # rows given to the function in one call
_SEED = 20_260_101


def parts(
    output: Callable[[Floats], Floats], x: Floats, background: Floats, groups: Sequence[Sequence[int]]
) -> Floats:
    """The groups' parts in each row's output.

    Args:
        output: maps rows of shape (n, columns) to (n,).
        x: rows to explain, shape (rows, columns).
        background: rows to compare with, shape (some, columns).
        groups: the columns of each group; columns in no group keep the row's own values.

    Returns:
        Shape (rows, groups); adds up to output(x) - mean output of the background.
    """
    orders = _orders(len(background), len(groups))
    own = _own(orders, groups, x.shape[1])
    against = np.repeat(background, 2, axis=0)
    found = np.zeros((len(x), len(groups)))
    size = max(1, _AT_ONCE // (own.shape[0] * own.shape[1]))
    for start in range(0, len(x), size):
        rows = x[start : start + size]
        fresh = _fresh(rows, against, orders, groups)
        row, order, switches = np.nonzero(fresh)
        states = np.where(own[order, switches], rows[row], against[order])
        said = output(states)[np.cumsum(fresh).reshape(fresh.shape) - 1]
        steps = np.zeros((len(rows), len(orders), len(groups)))
        np.put_along_axis(steps, np.broadcast_to(orders, steps.shape), np.diff(said, axis=2), axis=2)
        found[start : start + size] = steps.mean(axis=1)
    return found


def _orders(background: int, groups: int) -> Ints:
    """An order of switching and its reverse for each background row, shape (2 × background, groups)."""
    rng = np.random.default_rng(_SEED)
    there = [rng.permutation(groups) for _ in range(background)]
    return np.array([order for each in there for order in (each, each[::-1])], np.int64)


def _fresh(rows: Floats, against: Floats, orders: Ints, groups: Sequence[Sequence[int]]) -> Bools:
    """Whether a state differs from the one before it, shape (rows, orders, groups + 1); the first always."""
    left, right = rows[:, None, :], against[None, :, :]
    differs = (left != right) & ~(np.isnan(left) & np.isnan(right))
    by_group = np.stack([differs[:, :, list(group)].any(axis=2) for group in groups], axis=2)
    switched = np.take_along_axis(by_group, np.broadcast_to(orders, by_group.shape), axis=2)
    return np.concatenate([np.ones_like(switched[:, :, :1]), switched], axis=2)


def _own(orders: Ints, groups: Sequence[Sequence[int]], columns: int) -> Bools:
    """Whether a column is the row's own after so many switches, shape (orders, groups + 1, columns)."""
    switched_at = np.argsort(orders, axis=1)  # by group: after how many switches it is switched
    at = np.full((len(orders), columns), -1)
    for number, group in enumerate(groups):
        at[:, list(group)] = switched_at[:, number, None]
    return at[:, None, :] < np.arange(len(groups) + 1)[None, :, None]
