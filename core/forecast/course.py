"""What rates of leaving stages make of the days ahead: the chance of a win before a horizon's end (B2).

What follows a stay depends on its stage, its product and the calendar alone, so chances add up over all ways
through the stages.
"""

import numpy as np

from core.forecast.arrays import Floats

Rates = tuple[Floats, Floats]  # edges of bins of days stayed, from 0; per day by bin and end


def won_within(rates: list[Rates], ages: Floats, step: float, factors: Floats) -> Floats:
    """The chance of a win within all coming steps, by stage and days stayed; shape (states, ages).

    Args:
        rates: by state. Ends are the states, a win, a loss.
        step: days; `factors` rates over the usual ones in each, shape (steps, states + 2).
    """
    states, steps = len(rates), len(factors)
    later = np.minimum(np.add.outer(np.arange(steps), np.arange(steps)), steps - 1)
    entering = np.stack([_ends(of, np.zeros(steps), step, factors[later]) for of in rates])
    after = _after_entering(entering, states)
    ends = np.stack([_ends(of, ages, step, factors[None]) for of in rates])
    moves = np.einsum("savj,jv->sa", ends[:, :, :, :states], (after[:, :-1] + after[:, 1:]) / 2)
    found: Floats = np.clip(ends[:, :, :, states].sum(axis=2) + moves, 0.0, 1.0)
    return found


def up_to(rates: Rates, age: Floats) -> Floats:
    """Ends expected from the beginning of a stay up to each age; shape (*age, ends).

    >>> up_to((np.array([0.0, 2.0]), np.array([[1.0], [0.5]])), np.array([1.0, 2.0, 4.0])).ravel()
    array([1., 2., 3.])
    """
    edges, rate = rates
    before = np.r_[np.zeros((1, rate.shape[1])), np.cumsum(rate[:-1] * np.diff(edges)[:, None], axis=0)]
    place = np.searchsorted(edges, age, side="right") - 1
    found: Floats = before[place] + rate[place] * (age - edges[place])[..., None]
    return found


def _ends(rates: Rates, ages: Floats, step: float, factors: Floats) -> Floats:
    """The chance that a stay of each age ends so in each coming step; shape (ages, steps, states + 2).

    What a step holds is counted whole, also where most stays end in its first minutes.

    Args:
        factors: by age (or one for all), step and end.
    """
    at: Floats = ages[:, None] + np.arange(factors.shape[1] + 1) * step
    each = np.diff(up_to(rates, at), axis=1) / step * factors
    whole = each.sum(axis=2)
    lasts = np.exp(-np.cumsum(whole, axis=1) * step)
    before = np.concatenate([np.ones((len(ages), 1)), lasts[:, :-1]], axis=1)
    share = np.divide(each, whole[:, :, None], out=np.zeros_like(each), where=whole[:, :, None] > 0)
    return np.asarray((before - lasts)[:, :, None] * share)


def _after_entering(entering: Floats, states: int) -> Floats:
    """The chance of a win by the end of all steps, of who enters a state as a step begins.

    A move within a step happens in its middle: what follows is taken as the mean of what follows from
    both its ends, so a step's own chances stand on both sides of an equation.

    Args:
        entering: ends by state, step of entering and steps after it; shape (states, steps, steps, ends).

    Returns:
        Shape (states, steps + 1).
    """
    steps = entering.shape[1]
    found = np.zeros((states, steps + 1))
    for begin in range(steps - 1, -1, -1):
        ends = entering[:, begin, : steps - begin]
        moves = ends[:, :, :states]
        later = found[:, begin:-1] + found[:, begin + 1 :]  # of the step itself nothing is known yet
        known = ends[:, :, states].sum(axis=1) + np.einsum("svj,jv->s", moves, later) / 2
        found[:, begin] = np.linalg.solve(np.eye(states) - moves[:, 0] / 2, known)
    return found
