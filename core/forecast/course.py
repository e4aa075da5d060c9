"""What rates of leaving stages make of the days ahead: the chance of a win before a horizon's end (B2).

What follows a stay depends on its stage, its product and the calendar alone, so chances add up over all ways
through the stages.
"""

from collections.abc import Callable

import numpy as np

from core.forecast.arrays import Floats

Rates = tuple[Floats, Floats]  # edges of bins of days stayed, from 0; per day by bin and end


def won_within(rates: list[Rates], ages: Floats, step: float, factors: Floats) -> Floats:
    """The chance of a win within all coming steps, by case, stage and days stayed: (cases, states, ages).

    Args:
        rates: by state. Ends are the states, a win, a loss.
        step: days; `factors` rates over the usual ones in each, shape (cases, steps, states + 2).
    """
    steps = factors.shape[1]
    new = np.stack([_each_step(of, np.zeros(1), step, steps)[0] for of in rates])
    old = np.stack([_each_step(of, ages, step, steps) for of in rates])
    return np.stack([_won(old, of, _after(new, of, step), step) for of in factors])


def ends(rates: Rates) -> Callable[[Floats], Floats]:
    """Ends expected from the beginning of a stay up to each age; shape (*age, ends).

    >>> ends((np.array([0.0, 2.0]), np.array([[1.0], [0.5]])))(np.array([1.0, 2.0, 4.0])).ravel()
    array([1., 2., 3.])
    """
    edges, rate = rates
    before = np.r_[np.zeros((1, rate.shape[1])), np.cumsum(rate[:-1] * np.diff(edges)[:, None], axis=0)]

    def up_to(age: Floats) -> Floats:
        place = np.searchsorted(edges, age, side="right") - 1
        found: Floats = before[place] + rate[place] * (age - edges[place])[..., None]
        return found

    return up_to


def _each_step(rates: Rates, ages: Floats, step: float, steps: int) -> Floats:
    """Rates per day of each end in each coming step of a stay of each age; shape (ages, steps, ends).

    What a step holds is counted whole, also where most stays end in its first minutes.
    """
    at: Floats = ages[:, None] + np.arange(steps + 1) * step
    return np.diff(ends(rates)(at), axis=1) / step


def _won(each: Floats, factors: Floats, after: Floats, step: float) -> Floats:
    """The chance of a win of stays of each age, by what is `after` each end; shape (states, ages).

    Args:
        each: usual rates, shape (states, ages, steps, ends).
        factors: shape (steps, ends); `after` the chance of a win after an end in each step, alike.
    """
    of = np.stack([factors, factors * after], axis=-1)
    whole, won = np.transpose(each.swapaxes(0, 2) @ of[:, None], (3, 2, 1, 0))
    found: Floats = np.clip((_over(whole, step) * won).sum(axis=2), 0.0, 1.0)
    return found


def _over(whole: Floats, step: float) -> Floats:
    """Days of each step that a stay is still there for; shape as of the rates' sums."""
    lasts = np.exp(-np.cumsum(whole, axis=-1) * step)
    before = np.concatenate([np.ones_like(lasts[..., :1]), lasts[..., :-1]], axis=-1)
    found: Floats = np.divide(before - lasts, whole, out=np.zeros_like(whole), where=whole > 0)
    return found


def _after(each: Floats, factors: Floats, step: float) -> Floats:
    """The chance of a win by the end of all steps, after each end in a step; shape (steps, ends).

    Who moves to another state does so in a step's middle: what follows is taken as the mean of what follows
    from both its ends, so a step's own chances stand on both sides of an equation.

    Args:
        each: usual rates of who enters a state, shape (states, steps, ends).
    """
    states, steps = each.shape[:2]
    later = np.minimum(np.add.outer(np.arange(steps), np.arange(steps)), steps - 1)
    over = _over(np.einsum("sve,bve->sbv", each, factors[later]), step)
    moves = each[:, :1, :states] * factors[:, :states] * over[:, :, :1]
    at_once = np.linalg.inv(np.eye(states) - moves.swapaxes(0, 1) / 2)
    found, entered = np.zeros_like(factors), np.zeros(states)
    found[:, states] = 1.0
    for begin in range(steps - 1, -1, -1):
        found[begin, :states] = entered / 2  # of the step itself nothing is known yet
        ways = (each[:, : steps - begin] * (factors * found)[begin:]).sum(axis=2)
        enters = at_once[begin] @ (over[:, begin, : steps - begin] * ways).sum(axis=1)
        found[begin, :states] += enters / 2
        entered = enters
    return found
