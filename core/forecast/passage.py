"""The chance of a win by how opportunities pass through their stages, learnt from every stay so far (B2).

A stay in a stage ends in another stage, in a win, in a loss, or not yet. The rate of each end per day, by
the time already stayed, is events over exposure within bins of about as many ends each (a piecewise
exponential competing-risks model; Friedman, 1982), times a factor for the product and one for the calendar's
rhythm (`core.forecast.rhythm`). What follows a stay depends on these alone (semi-Markov), so the chance of a
win within a horizon adds up over all ways there (`core.forecast.course`). Stays that still last count with
the time that they have lasted: the history need not be as long as the horizon, and this is what a young
pipeline has to go by.
"""

from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from core.forecast.ahead import Ahead, places
from core.forecast.contributions import Parts, shapley
from core.forecast.course import Rates, ends, won_within
from core.forecast.features import NAMES, PRODUCT
from core.forecast.history import Floats, History, Ints
from core.forecast.odds import logit
from core.forecast.rhythm import KINDS, Rhythm, rhythm, spans
from core.forecast.stays import SHORTEST, Stays, stays

_AT_ONCE = 1.5 * SHORTEST
_BIN_ENDS, _MOST_BINS = 15, 10
_DRAWN = 2.0  # ends by which a bin's rates are drawn towards the stage's
_PRODUCT_ENDS = 10.0  # ends by which a product's own are drawn towards what all products' rates expect
_MOST_PRODUCTS = 20
_STEPS, _MOST_STEPS = 28, 60  # of a horizon, a day each where that lies between
_AGES = 160
_APART = 100  # more than the days of a month, so that a month's place and its days left make one number
_STAGE, _DAYS, _PRODUCT = (NAMES.index(name) for name in ("stage", "days_in_stage", PRODUCT))


@dataclass(frozen=True, slots=True)
class Course:
    """What chances are made of.

    Attributes:
        rates: by product (the last for all others) and state.
        ahead: the rhythm over the horizon.
    """

    rates: tuple[tuple[Rates, ...], ...]
    ahead: Ahead

    def chances(self, ages: Floats, at: list[tuple[int, int]]) -> Floats:
        """Chances of a win as in `Passage`, for each place of a month in its quarter and days left of it."""
        steps = int(np.clip(np.ceil(self.ahead.horizon), _STEPS, _MOST_STEPS))
        step, states = self.ahead.horizon / steps, len(self.rates[0])
        days: Floats = (np.arange(steps, dtype=np.float64) + 0.5) * step
        kinds = np.stack([self.ahead.rhythm.factors(place, left, days) for place, left in at])
        factors = np.repeat(kinds, [states, 1, 1], axis=2)
        return np.stack([won_within(list(of), ages, step, factors) for of in self.rates], axis=1)


@dataclass(frozen=True, slots=True)
class Passage:
    """Chances of a win within the horizon.

    Attributes:
        products: keys of products that are told apart, rising.
        ages: days stayed, rising from 0.
        course: what they are made of.
    """

    products: Floats
    ages: Floats
    course: Course
    _at: dict[tuple[int, int], Floats] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __call__(self, x: Floats) -> Floats:
        """Chances 0–1, shape (rows,)."""
        moves = self.course.ahead.rhythm.moves  # else it is the same wherever in the calendar a row stands
        packed = places(x) @ (_APART, 1) if moves else np.zeros(len(x), np.int64)  # pairs are slow to sort
        of, row = np.unique(packed, return_inverse=True)
        at = [divmod(int(one), _APART) for one in of]
        if new := [one for one in at if one not in self._at]:
            self._at.update(zip(new, self.course.chances(self.ages, new), strict=True))
        found = np.zeros(len(x))
        for n, one in enumerate(at):
            mine = row == n
            found[mine] = self._read(x[mine], self._at[one])
        return found

    def parts(self, x: Floats, typical: Floats) -> Parts:
        """What stage, days in it and product do to the log odds, beside the typical rows."""
        return shapley(lambda rows: logit(self(rows)), x, typical, (_STAGE, _DAYS, _PRODUCT))

    def _read(self, x: Floats, chances: Floats) -> Floats:
        """By product (the last for all others), stage (the last for opportunities without one) and age."""
        last = chances.shape[1] - 1
        stage = np.minimum(np.nan_to_num(x[:, _STAGE], nan=last).astype(int), last)
        product = group_of(x[:, _PRODUCT], self.products)
        days, found = np.nan_to_num(x[:, _DAYS]), np.zeros(len(x))
        cell = product * (last + 1) + stage
        for one in np.flatnonzero(np.bincount(cell)):
            p, s = divmod(int(one), last + 1)
            mine = cell == one
            found[mine] = np.interp(days[mine], self.ages, chances[p, s])
        return found


def passage(history: History, t: float, horizon: float) -> Passage:
    """What the stays known at `t` say of the next `horizon` days."""
    found, states = stays(history, t), history.stages + 1
    products = _told_apart(found)
    group = group_of(found.product, products)
    rates = [_rates(found, group, s, states, len(products)) for s in range(states)]
    longest = max((float(edges[-1]) for edges, _ in rates), default=0.0)
    ages = np.linspace(0.0, longest, _AGES)
    of = [tuple((edges, rate[p]) for edges, rate in rates) for p in range(len(products) + 1)]
    if t not in history.rhythms:
        history.rhythms[t] = _rhythm(found, states, t)
    return Passage(products, ages, Course(tuple(of), Ahead(history.rhythms[t], horizon)))


def _rhythm(found: Stays, states: int, t: float) -> Rhythm:
    """By how much more or fewer stays ended in parts of months than the days stayed alone lead to expect."""
    over = spans(float((found.begun + found.entered).min(initial=t)), t)
    seen, expected = (np.zeros((len(KINDS), len(over.month))) for _ in range(2))
    kind = np.where(found.end < 0, -1, np.maximum(found.end - states + 1, 0))
    for state in range(states):
        mine = found.state == state
        begun, entered, left = (a[mine] for a in (found.begun, found.entered, found.left))
        usual = ends(_usual(entered, left, kind[mine]))
        for n, (begin, end) in enumerate(pairwise(over.edges)):
            low, high = np.maximum(begin - begun, entered), np.minimum(end - begun, left)
            on = high > low
            within = usual(high[on]) - usual(low[on])
            expected[:, n] += within.sum(axis=0)
    at = np.searchsorted(over.edges, (found.begun + found.left)[kind >= 0], side="right") - 1
    np.add.at(seen, (kind[kind >= 0], np.minimum(at, len(over.month) - 1)), 1.0)
    return rhythm(over, seen, expected)


def _usual(entered: Floats, left: Floats, kind: Ints) -> Rates:
    """Rates of each kind of end by days stayed, at any time of the year alike: as many as were seen in all.

    A day at which many stays end closes a bin; in `_rates` it opens one.
    """
    over = kind >= 0
    edges = _bins(left[over])
    upper = np.r_[edges[1:], np.inf]
    exposure = np.zeros(len(edges))
    for n, (low, high) in enumerate(zip(edges, upper, strict=True)):
        exposure[n] = np.clip(np.minimum(left, high) - np.maximum(entered, low), 0, None).sum()
    counts = np.zeros((len(edges), len(KINDS)))
    np.add.at(counts, (np.maximum(np.searchsorted(edges, left[over], side="left") - 1, 0), kind[over]), 1.0)
    lasted = exposure[:, None]
    return edges, np.divide(counts, lasted, out=np.zeros_like(counts), where=lasted > 0)


def group_of(key: Floats, products: Floats) -> Ints:
    """The place of each key among the products, their number for all others."""
    at = np.minimum(np.searchsorted(products, key), max(len(products) - 1, 0))
    known = products[at] == key if len(products) else np.zeros(len(key), np.bool_)
    return np.where(known, at, len(products))


def _told_apart(found: Stays) -> Floats:
    """Keys of the products with most ended stays, rising; none where all are of one."""
    keys, n = np.unique(found.product[(found.end >= 0) & np.isfinite(found.product)], return_counts=True)
    most = keys[np.argsort(-n, kind="stable")][:_MOST_PRODUCTS]
    return np.sort(most) if len(keys) > 1 else np.zeros(0)


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
    each = np.stack([*map(_drawn_to, counts[:-1], exposure[:-1], rate * more[:-1, None, :]), rate])
    if _AT_ONCE in edges:
        each[:, 0] = _at_once(counts[:, 0].sum(axis=0), float(weight[found.entered[mine] == 0].sum()))
    return edges, each


def _at_once(counts: Floats, begun: float) -> Floats:
    """Rates under which as large a share of what begins ends at once as was seen, by end."""
    share = counts.sum() / (begun + 1)
    found: Floats = -np.log1p(-share) / _AT_ONCE * counts / counts.sum()
    return found


def _bins(left: Floats) -> Floats:
    """Lower edges of bins with about as many ends each; what ends at once has the first for itself."""
    later = left[left > _AT_ONCE]
    bins = int(np.clip(len(later) // _BIN_ENDS, 1, _MOST_BINS))
    edges = np.quantile(later, np.arange(1, bins) / bins) if len(later) else np.zeros(0)
    first = [0.0, _AT_ONCE] if len(later) < len(left) else [0.0]
    return np.unique(np.r_[first, edges])


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
