"""What an opportunity brings if it is won (B2)."""

from dataclasses import dataclass

import numpy as np

from core.forecast.history import WON, Floats, History, Ints

_LOOK_BACK = 365.0  # days of closings that say what is paid
_SMOOTH = 5.0  # wins that a product's mean is drawn towards the whole by


@dataclass(frozen=True, slots=True)
class Amounts:
    """Learnt from won opportunities.

    Attributes:
        by_product: mean amount by product code; the last cell is for those without one.
        ratio: paid over booked, for amounts that stood in the books while open; 1 when unknown.
        spread: standard deviation over mean within a product.
    """

    by_product: Floats
    ratio: float
    spread: float

    def of(self, history: History, t: float, which: Ints) -> Floats:
        """Expected amounts of these opportunities if won."""
        booked = history.as_of(t).amount[which]
        usual = self.by_product[history.product[which] % len(self.by_product)]
        return np.where(np.isfinite(booked) & (booked > 0), booked * self.ratio, usual)


def amounts(history: History, t: float) -> Amounts:
    """What the books say at `t`; every win counts 1 where no amount is kept."""
    books = history.as_of(t)
    won = books.known & (books.outcome == WON) & (books.closed > t - _LOOK_BACK)
    paid = won & (books.amount > 0)
    size = int(history.product.max(initial=-1)) + 2
    if not paid.any():
        return Amounts(np.ones(size), 1.0, 0.0)
    product = history.product[paid] % size
    values = books.amount[paid]
    whole = float(values.mean())
    n = np.bincount(product, minlength=size)
    means = (np.bincount(product, values, minlength=size) + _SMOOTH * whole) / (n + _SMOOTH)
    spread = float(np.sqrt(np.mean((values / means[product] - 1) ** 2)))
    return Amounts(means, _ratio(history, t, np.flatnonzero(paid)), min(spread, 3.0))


def _ratio(history: History, t: float, which: Ints) -> float:
    """Paid over booked a month before, among what was booked then."""
    books = history.as_of(t)
    total = booked = 0.0
    for back in (30.0, 60.0, 90.0):
        then = history.as_of(t - back)
        both = which[then.is_open[which] & (then.amount[which] > 0)]
        total, booked = total + books.amount[both].sum(), booked + then.amount[both].sum()
    return float(np.clip(total / booked, 0.3, 3.0)) if booked > 0 else 1.0


def paid_amounts(history: History, t: float) -> Floats:
    """What each opportunity counts if won, as the books say at `t`: its amount, or 1 where none is kept."""
    books = history.as_of(t)
    if not (books.amount[books.outcome == WON] > 0).any():
        return np.ones(len(history.ids))
    return np.nan_to_num(books.amount)
