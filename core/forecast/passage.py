"""The chance of a win by how opportunities pass through their stages, learnt from every stay so far (B2).

A stay in a stage ends in another stage, in a win, in a loss, or not yet. The rate of each end per day, by
the time already stayed, is events over exposure within bins of about as many ends each (a piecewise
exponential competing-risks model; Friedman, 1982), times a factor for the product. What follows a stay
depends on its stage and product alone (semi-Markov), so the chance of a win within a horizon adds up over
all ways there. Stays that still last count with the time that they have lasted: the history need not be as
long as the horizon, and this is what a young pipeline has to go by.
"""

from dataclasses import dataclass

import numpy as np

from core.forecast.features import NAMES, PRODUCT, began, product_keys
from core.forecast.history import LOST, WON, Floats, History, Ints

LOOK_BACK = 540.0  # days of ended stays
_HALF_LIFE = 180.0  # days after which a stay counts half, by when it began: ended or not
_SHORTEST = 1 / 96  # days that a stay lasts at least: many logs close a case with its last step
_BIN_ENDS, _MOST_BINS = 15, 10
_DRAWN = 2.0  # ends by which a bin's rates are drawn towards the stage's
_PRODUCT_ENDS = 10.0  # ends by which a product's own are drawn towards what all products' rates expect
_MOST_PRODUCTS = 20
_STEPS, _MOST_STEPS = 28, 60  # of a horizon, a day each where that lies between
_AGES = 160
_STAGE, _DAYS, _PRODUCT = (NAMES.index(name) for name in ("stage", "days_in_stage", PRODUCT))


@dataclass(frozen=True, slots=True)
class Passage:
    """Chances of a win within the horizon.

    Attributes:
        products: keys of products that are told apart, rising.
        ages: days stayed, rising from 0.
        chances: 0–1 by product (the last for all others), stage (the last for opportunities without one)
            and age; shape (products + 1, stages + 1, ages).
    """

    products: Floats
    ages: Floats
    chances: Floats

    def __call__(self, x: Floats) -> Floats:
        """Chances 0–1, shape (rows,)."""
        last = self.chances.shape[1] - 1
        stage = np.minimum(np.nan_to_num(x[:, _STAGE], nan=last).astype(int), last)
        product = group_of(x[:, _PRODUCT], self.products)
        days, found = np.nan_to_num(x[:, _DAYS]), np.zeros(len(x))
        for p, s in np.unique(np.c_[product, stage], axis=0):
            mine = (product == p) & (stage == s)
            found[mine] = np.interp(days[mine], self.ages, self.chances[p, s])
        return found


@dataclass(frozen=True, slots=True)
class Stays:
    """Stays in stages as known at an instant, shape (stays,).

    Attributes:
        state: the stage, or the number of stages where there is none yet.
        entered, left: days stayed when it came under watch, and at its end or the instant.
        end: what ended it: a state, `states` for a win, `states` + 1 for a loss, -1 for nothing yet.
        weight: how much it counts.
        product: key of the opportunity's product, NaN without one.
    """

    state: Ints
    entered: Floats
    left: Floats
    end: Ints
    weight: Floats
    product: Floats


def passage(history: History, t: float, horizon: float) -> Passage:
    """What the stays known at `t` say of the next `horizon` days."""
    found, states = stays(history, t), history.stages + 1
    products = _told_apart(found)
    group = group_of(found.product, products)
    rates = [_rates(found, group, s, states, len(products)) for s in range(states)]
    longest = max((float(edges[-1]) for edges, _ in rates), default=0.0)
    steps = int(np.clip(np.ceil(horizon), _STEPS, _MOST_STEPS))
    step = horizon / steps
    ages = np.linspace(0.0, longest, _AGES)
    chances = []
    for p in range(len(products) + 1):
        ends = np.stack([_ends(edges, rate[p], ages, steps, step) for edges, rate in rates])
        chances.append(_won_within(ends, _after_entering(ends[:, 0], states), states))
    return Passage(products, ages, np.stack(chances))


def group_of(key: Floats, products: Floats) -> Ints:
    """The place of each key among the products, their number for all others."""
    at = np.minimum(np.searchsorted(products, key), max(len(products) - 1, 0))
    known = products[at] == key if len(products) else np.zeros(len(key), np.bool_)
    return np.where(known, at, len(products))


def _told_apart(found: "Stays") -> Floats:
    """Keys of the products with most ended stays, rising; none where all are of one."""
    keys, n = np.unique(found.product[(found.end >= 0) & np.isfinite(found.product)], return_counts=True)
    most = keys[np.argsort(-n, kind="stable")][:_MOST_PRODUCTS]
    return np.sort(most) if len(keys) > 1 else np.zeros(0)


def stays(history: History, t: float) -> Stays:
    """Every stay that was known at `t`, from the first closing on record on: earlier ends were not kept."""
    books = history.as_of(t)
    of, state, start, end_at, end = _spells(history, t)
    watched = max(min(books.first_closing, t), t - LOOK_BACK)
    begun = np.maximum(start, watched)
    kept = (end_at > watched) & (end_at >= start)
    entered = np.maximum(begun - start, 0.0)
    return Stays(
        state[kept],
        entered[kept],
        np.maximum(end_at - start, _SHORTEST)[kept],
        end[kept],
        0.5 ** ((t - start[kept]) / _HALF_LIFE),
        product_keys(history, books)[of[kept]],
    )


def _spells(history: History, t: float) -> tuple[Ints, Ints, Floats, Floats, Ints]:
    """Opportunity, state, start, end (or `t`) and what ended it, of every stay, by opportunity and time."""
    books, e, states = history.as_of(t), history.events, history.stages + 1
    closed = np.where(np.isfinite(books.closed), books.closed, np.inf)
    known = e.known(t) & books.known[e.of] & (e.at <= closed[e.of])
    of, state, at = e.of[known], e.stage[known], e.at[known]
    begun = began(history, books)
    first = np.full(len(begun), np.inf)
    np.minimum.at(first, of, at)
    bare = np.flatnonzero(books.known & (begun < np.minimum(first, t)))  # before the first stage
    of, state, at = np.r_[bare, of], np.r_[np.full(len(bare), states - 1), state], np.r_[begun[bare], at]
    order = np.lexsort((at, of))
    of, state, at = of[order], state[order], at[order]
    moved = np.r_[True, (of[1:] != of[:-1]) | (state[1:] != state[:-1])][: len(of)]
    of, state, at = of[moved], state[moved], at[moved]
    goes_on = np.r_[of[1:] == of[:-1], False][: len(of)]
    over = np.select((books.outcome == WON, books.outcome == LOST), (states, states + 1), default=-1)[of]
    end = np.where(goes_on, np.r_[state[1:], -1][: len(of)], over)
    end_at = np.where(goes_on, np.r_[at[1:], t][: len(of)], np.minimum(closed[of], t))
    return of, state, at, end_at, end


def _rates(found: Stays, group: Ints, state: int, states: int, products: int) -> tuple[Floats, Floats]:
    """Edges of the bins of days stayed, from 0, and the rate per day of each end.

    A product's rates are drawn towards those of all, times how many more or fewer ends of a kind it had than
    those expect.

    Returns:
        Shapes (bins,) and (products + 1, bins, states + 2).
    """
    mine = found.state == state
    left, end, weight, group = found.left[mine], found.end[mine], found.weight[mine], group[mine]
    over = end >= 0
    edges = _bins(left[over])
    upper = np.r_[edges[1:], np.inf]
    lasted = np.minimum(left[:, None], upper) - np.maximum(found.entered[mine][:, None], edges)
    exposure = np.zeros((products + 1, len(edges)))
    np.add.at(exposure, group, weight[:, None] * np.clip(lasted, 0, None))
    counts = np.zeros((products + 1, len(edges), states + 2))
    bin_of = np.searchsorted(edges, left[over], side="right") - 1
    np.add.at(counts, (group[over], bin_of, end[over]), weight[over])
    rate = _drawn(counts.sum(axis=0), exposure.sum(axis=0))
    expected = np.einsum("pb,be->pe", exposure, rate)
    more = (counts.sum(axis=1) + _PRODUCT_ENDS) / (expected + _PRODUCT_ENDS)
    return edges, np.stack([*map(_drawn_to, counts[:-1], exposure[:-1], rate * more[:-1, None, :]), rate])


def _bins(left: Floats) -> Floats:
    """Lower edges of bins with about as many ends each."""
    bins = int(np.clip(len(left) // _BIN_ENDS, 1, _MOST_BINS))
    return np.unique(np.r_[0.0, np.quantile(left, np.arange(1, bins) / bins)]) if len(left) else np.zeros(1)


def _drawn_to(counts: Floats, exposure: Floats, rate: Floats) -> Floats:
    """Rates by bin and end, drawn towards given ones."""
    whole = rate.sum(axis=1, keepdims=True)
    drawn = np.divide(_PRODUCT_ENDS, whole, out=np.zeros_like(whole), where=whole > 0)
    total = exposure[:, None] + drawn
    found: Floats = np.divide(counts + drawn * rate, total, out=np.zeros_like(rate), where=total > 0)
    return found


def _drawn(counts: Floats, exposure: Floats) -> Floats:
    """Rates by bin and end, drawn towards those of all bins together."""
    if not counts.any() or not exposure.sum():
        return np.zeros_like(counts)
    whole = counts.sum(axis=0) / exposure.sum()
    drawn = _DRAWN / whole.sum()
    found: Floats = (counts + drawn * whole) / (exposure + drawn)[:, None]
    return found


def _ends(edges: Floats, rate: Floats, ages: Floats, steps: int, step: float) -> Floats:
    """The chance that a stay of each age ends so in each coming step; shape (ages, steps, states + 2)."""
    middle = ages[:, None] + (np.arange(steps) + 0.5) * step
    each = rate[np.searchsorted(edges, middle, side="right") - 1]
    whole = each.sum(axis=2)
    lasts = np.exp(-np.cumsum(whole, axis=1) * step)
    before = np.concatenate([np.ones((len(ages), 1)), lasts[:, :-1]], axis=1)
    share = np.divide(each, whole[:, :, None], out=np.zeros_like(each), where=whole[:, :, None] > 0)
    return np.asarray((before - lasts)[:, :, None] * share)


def _after_entering(ends: Floats, states: int) -> Floats:
    """The chance of a win within so many steps of entering a state; shape (states, steps + 1).

    A move within a step happens in its middle: what follows is taken as the mean of what follows from
    both its ends, so a step's own chances stand on both sides of an equation.
    """
    steps = ends.shape[1]
    found = np.zeros((states, steps + 1))
    won = np.cumsum(ends[:, :, states], axis=1)
    own = np.eye(states) - ends[:, 0, :states] / 2
    for u in range(1, steps + 1):
        moves = ends[:, :u, :states]
        later = found[:, u - 1 :: -1][:, :u] + np.c_[np.zeros(states), found[:, u - 1 : 0 : -1]][:, :u]
        known = won[:, u - 1] + np.einsum("svj,jv->s", moves, later) / 2
        found[:, u] = np.linalg.solve(own, known)
    return found


def _won_within(ends: Floats, after: Floats, states: int) -> Floats:
    """The chance of a win within all steps by state and age."""
    later = (after[:, -2::-1] + after[:, :0:-1]) / 2
    moves = np.einsum("savj,jv->sa", ends[:, :, :, :states], later)
    found: Floats = np.clip(ends[:, :, :, states].sum(axis=2) + moves, 0.0, 1.0)
    return found
