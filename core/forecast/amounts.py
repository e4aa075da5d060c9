"""What an opportunity brings if it is won (B2)."""

from dataclasses import dataclass

import numpy as np

from core.forecast.history import WON, Floats, History, Ints, Snapshot

_LOOK_BACK = 365.0  # days of closings that say what is paid
_SMOOTH = 5.0  # wins that a product's mean is drawn towards the whole by


@dataclass(frozen=True, slots=True)
class Amounts:
    """Learnt from won opportunities.

    Attributes:
        by_product: mean amount by product code; the last cell is for those without one.
        ratio: paid over booked, for amounts that stood in the books while open; 1 when unknown.
        spread: standard deviation over mean within a product.
        booked_spread: the same for amounts that stood in the books, after the ratio.
    """

    by_product: Floats
    ratio: float
    spread: float
    booked_spread: float = 0.0

    def of(self, history: History, t: float, which: Ints) -> Floats:
        """Expected amounts of these opportunities if won."""
        books = history.as_of(t)
        booked = books.amount[which]
        usual = self.by_product[books.product[which] % len(self.by_product)]
        return np.where(np.isfinite(booked) & (booked > 0), booked * self.ratio, usual)

    def spreads(self, history: History, t: float, which: Ints) -> Floats:
        """Standard deviation over mean of these amounts if won."""
        return np.where(history.as_of(t).amount[which] > 0, self.booked_spread, self.spread)


def amounts(history: History, t: float) -> Amounts:
    """What the books say at `t`; every win counts 1 where no amount is kept.

    As long as no win's amount is known, only those that stand in the books count: an unknown one is 0.
    """
    books = history.as_of(t)
    won = books.known & (books.outcome == WON) & (books.closed > t - _LOOK_BACK)
    paid = won & (books.amount > 0)
    size = int(books.product.max(initial=-1)) + 2
    if not paid.any():
        return Amounts(np.zeros(size) if in_money(books) else np.ones(size), 1.0, 0.0)
    product = books.product[paid] % size
    values = books.amount[paid]
    whole = float(values.mean())
    n = np.bincount(product, minlength=size)
    means = (np.bincount(product, values, minlength=size) + _SMOOTH * whole) / (n + _SMOOTH)
    spread = float(np.sqrt(np.mean((values / means[product] - 1) ** 2)))
    ratio, booked_spread = _ratio(history, t, np.flatnonzero(paid))
    return Amounts(means, ratio, min(spread, 3.0), min(booked_spread, 3.0))


def _ratio(history: History, t: float, which: Ints) -> tuple[float, float]:
    """Paid over booked a month or more before, among what was booked then, and how it varies."""
    books = history.as_of(t)
    paid, booked = [], []
    for back in (30.0, 60.0, 90.0):
        then = history.as_of(t - back)
        both = which[then.is_open[which] & (then.amount[which] > 0)]
        paid.append(books.amount[both])
        booked.append(then.amount[both])
    total, whole = np.concatenate(paid), np.concatenate(booked)
    if not len(whole):
        return 1.0, 0.0
    mean = total.sum() / whole.sum()
    spread = float(np.sqrt(np.average((total / whole / mean - 1) ** 2, weights=whole)))
    return float(np.clip(mean, 0.3, 3.0)), spread


def usual_win(history: History, t: float) -> float:
    """The size by which a sum of wins jumps, as the books say at `t`: mean square over mean of what was paid.

    Of what stands in the books before the first win of a known amount; 1 where no amount is kept.
    """
    books, paid = history.as_of(t), paid_amounts(history, t)
    known = books.known & (paid > 0)
    won = known & (books.outcome == WON)
    size = paid[won if won.any() else known]
    return float((size**2).mean() / size.mean()) if len(size) else 1.0


def paid_amounts(history: History, t: float) -> Floats:
    """What each opportunity counts if won, as the books say at `t`: its amount, or 1 where none is kept."""
    books = history.as_of(t)
    return np.nan_to_num(books.amount) if in_money(books) else np.ones(len(history.ids))


def in_money(books: Snapshot) -> bool:
    """Whether any amount stands in the books; else a forecast counts wins."""
    return bool((books.amount[books.known] > 0).any())
