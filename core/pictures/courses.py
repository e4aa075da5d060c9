"""Pictures of a course in time: whether it leads anywhere beyond noise (A3, A5, B4, B7)."""

from collections import Counter
from collections.abc import Hashable, Sequence
from itertools import combinations
from math import comb, sqrt
from statistics import median
from typing import Literal

from core.pictures.said import SURE, Said, sure_z

LEAST_POINTS = 5  # fewer cannot rise or fall beyond noise
Luck = Literal["within", "edge", "beyond"]  # luck goes so far in four periods of five, seldom, hardly ever
_ENDS = 3  # points whose median stands for the beginning and the end


def trend(values: Sequence[float | None]) -> Said:
    """Whether values rise or fall from left to right beyond noise.

    The test of Mann and Kendall (Mann 1945, Kendall 1975): how many more pairs rise than fall, with its
    correction for ties and for continuity. It knows no shape and one outlier does not sway it.

    Args:
        values: one a week, in order; None where too little was counted.

    Returns:
        `few`, `noise`, `rises` or `falls`, with the median of the first and of the last three.

    >>> trend([1.0, 2.0, 3.0, 4.0, 5.0, 6.0]).code, trend([3.0, 1.0, 4.0, 1.0, 5.0]).code
    ('rises', 'noise')
    """
    known = [value for value in values if value is not None]
    if len(known) < LEAST_POINTS:
        return Said("few", counts={"n": len(known), "least": LEAST_POINTS})
    ends = {"first": median(known[:_ENDS]), "last": median(known[-_ENDS:]), "middle": median(known)}
    balance = sum((b > a) - (b < a) for a, b in combinations(known, 2))
    error = _error(known)
    if not error or (abs(balance) - 1) / error <= sure_z(1):
        return Said("noise", values=ends, counts={"n": len(known)})
    return Said("rises" if balance > 0 else "falls", values=ends, counts={"n": len(known)})


def _error(known: Sequence[float]) -> float:
    """Standard error of the balance of pairs; 0 when all values are one."""
    n = len(known)
    ties = sum(k * (k - 1) * (2 * k + 5) for k in Counter(known).values())
    return sqrt(max(n * (n - 1) * (2 * n + 5) - ties, 0) / 18)


def peak(rates: Sequence[float]) -> Said:
    """Where something comes most often, and where least.

    Args:
        rates: over the usual one, by place; at least one.

    >>> said = peak([0.5, 1.0, 2.5])
    >>> said.code, dict(said.values), dict(said.counts)
    ('peak', {'most': 2.5, 'least': 0.5}, {'at': 3, 'least_at': 1})
    """
    most, least = max(rates), min(rates)
    places = {"at": rates.index(most) + 1, "least_at": rates.index(least) + 1}
    return Said("peak", values={"most": most, "least": least}, counts=places)


def moved(first: float, last: float, band: tuple[float, float] | None) -> Said:
    """Whether a forecast left the interval that it was first told with.

    Args:
        band: low and high of the first forecast; None when it had none.

    Returns:
        `still`, `bare` (it had no interval), `inside`, `above` or `below`.

    >>> moved(10.0, 14.0, (8.0, 13.0)).code
    'above'
    """
    values = {"first": first, "last": last, "change": abs(last - first)}
    if band is None:
        return Said("bare" if last != first else "still", values=values)
    low, high = band
    code = "below" if last < low else "above" if last > high else "inside"
    return Said("still" if last == first else code, values={**values, "low": low, "high": high})


def against(periods: Sequence[tuple[Hashable, float, float, Luck | None]]) -> Said:
    """Whether forecasts came true, period by period.

    Args:
        periods: key, forecast, what came, and how luck explains the distance; None where it cannot be said.

    Returns:
        `few` when no period can be judged; `beyond` when luck does not explain some, with the furthest off;
        `high` or `low` when luck explains each but all lie on one side, which luck would hardly do (sign
        test); `edge` when luck seldom goes as far as in some; `explained`.

    >>> against([("a", 10.0, 9.0, "within"), ("b", 10.0, 2.0, "beyond")]).names
    {'most': 'b'}
    """
    judged = [one for one in periods if one[3] is not None and one[1] > 0]
    if not judged:
        return Said("few")
    above, below = (sum((c - f) * way > 0 for _, f, c, _ in judged) for way in (1, -1))
    codes = [luck for *_, luck in judged]
    code = "beyond" if "beyond" in codes else _side(above, below)
    code = "edge" if code == "explained" and "edge" in codes else code
    far = [one for one in judged if one[3] == code]
    counts = {"n": len(judged), "far": len(far)}
    if not far:
        return Said(code, counts=counts)
    key, said, came, _ = max(far, key=lambda one: abs(one[2] - one[1]) / one[1])
    return Said(code, {"most": key}, {"forecast": said, "came": came}, {}, counts)


def _side(above: int, below: int) -> str:
    """On which side of its forecasts what came lies more often than chance would have it."""
    n = above + below
    tail = sum(comb(n, k) for k in range(min(above, below) + 1)) / 2**n
    if 2 * tail > 1 - SURE:
        return "explained"
    return "low" if above > below else "high"
