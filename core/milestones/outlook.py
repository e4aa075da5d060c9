"""How likely a criterion is reached by its day, if things go on as of late (PRODUCT.md E, "the outlook").

Every method takes the rows that already count, adds as many as the pace of the last 28 days promises for the
days that are left, and asks how likely the whole comes out on the right side. None means that nothing
can be said: too few rows, or nothing is left to come.
"""

from collections.abc import Sequence
from math import ceil, exp, lgamma
from statistics import NormalDist, fmean, variance

from core.milestones.evidence import Evidence

RECENT_DAYS = 28
_ROUNDING = 1e-9


def share_chance(
    held: Sequence[Evidence], recent: Sequence[Evidence], coming: int, limit: float, least: int
) -> float | None:
    """The chance that a share of rows reaches its limit.

    Those to come are beta-binomial: yes with the share of the recent rows, itself known no better than
    their number allows (one yes and one no added before, Laplace's rule).

    Args:
        held: rows that already count.
        recent: rows of the last 28 days.
        coming: rows still to come.
        limit: share 0–1 to reach.

    >>> from datetime import date
    >>> rows = [Evidence(n, date(2026, 3, 1), "", "", float(n < 9)) for n in range(10)]
    >>> share_chance(rows, rows, 0, 0.85, 5), round(share_chance(rows, rows, 10, 0.95, 5), 3)
    (1.0, 0.262)
    """
    if len(held) + coming == 0 or max(len(recent), len(held)) < least:
        return None
    yes = sum(row.value for row in held)
    needed = ceil(limit * (len(held) + coming) - yes - _ROUNDING)
    good = sum(row.value for row in recent)
    return beta_binomial_tail(needed, coming, good + 1, len(recent) - good + 1)


def beta_binomial_tail(needed: int, n: int, a: float, b: float) -> float:
    """The probability of at least `needed` of `n`, the share being Beta(a, b).

    >>> [round(beta_binomial_tail(needed, 4, 1, 1), 6) for needed in (0, 3, 5)]
    [1.0, 0.4, 0.0]
    """
    if needed <= 0:
        return 1.0
    return min(sum((_beta_binomial(k, n, a, b) for k in range(needed, n + 1)), 0.0), 1.0)


def _beta_binomial(k: int, n: int, a: float, b: float) -> float:
    choose = lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)
    return exp(choose + _log_beta(k + a, n - k + b) - _log_beta(a, b))


def _log_beta(a: float, b: float) -> float:
    return lgamma(a) + lgamma(b) - lgamma(a + b)


def mean_chance(
    held: Sequence[Evidence], recent: Sequence[Evidence], coming: int, limit: float, least: int
) -> float | None:
    """The chance that a mean stays at or under its limit.

    The mean of those to come is normal around the mean of the recent rows, with the spread of such a mean
    and of the recent one together; values are seldom normal, means of several nearly so.

    Args:
        coming: rows still to come.
        limit: in the rows' unit.
    """
    if len(recent) < max(least, 2):
        return None
    total, n = sum(row.value for row in held), len(held)
    if coming == 0:
        return None if n == 0 else float(total <= limit * n + _ROUNDING)
    values = [row.value for row in recent]
    spread = (variance(values) * (1 / coming + 1 / len(values))) ** 0.5
    room = (limit * (n + coming) - total) / coming - fmean(values)
    return NormalDist().cdf(room / spread) if spread > 0 else float(room >= -_ROUNDING)


def everybody_chance(waited: Sequence[tuple[float, bool]], days_left: int) -> float | None:
    """The chance that everybody who has not begun begins in the days that are left.

    People begin at one rate a day: those who began over the days that all of them waited, half a person
    added; each begins on their own.

    Args:
        waited: of each person the days until they began, or so far, and whether they began.

    >>> everybody_chance([(3, True), (5, True)], 10), everybody_chance([(3, True), (20, False)], 0)
    (1.0, 0.0)
    """
    if not waited:
        return None
    missing = sum(not began for _, began in waited)
    rate = (len(waited) - missing + 0.5) / max(sum(days for days, _ in waited), 1.0)
    return float((1 - exp(-rate * max(days_left, 0))) ** missing)
