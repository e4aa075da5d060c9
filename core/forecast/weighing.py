"""Factor weights over time, and what other weights would have said of the past (B6).

Old and new weights are held against the same past: at earlier instants (landmarks, one period apart) the
scorecard says a chance for every opportunity that was open in the books then, with rates and usual points
from what was known then; today's books tell which were won within the period. Nothing is fitted to the
periods that are judged, so this is out of time.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from core.forecast.factors import FACTOR_NAMES, factor_values
from core.forecast.features import open_rows
from core.forecast.history import Floats, History
from core.forecast.scorecard import (
    DEFAULT_WEIGHTS,
    Weights,
    basis,
    chance_of,
    industry_of,
    points_of,
    weights_of,
)
from core.forecast.scoring import auc, log_loss
from core.messages import Problem
from core.terms import INDUSTRIES

LANDMARKS = 9
HORIZON_DAYS = 30.0
MOST_WEIGHT = 3.0
ALL = ""  # the key of the weights that hold for every industry


@dataclass(frozen=True, slots=True)
class WeightTimes:
    """Which weights were in force from when on, days since 1970, in order."""

    uses: tuple[tuple[float, Weights], ...] = ()

    def at(self, t: float) -> Weights:
        """The weights in force at `t`.

        >>> new = Weights(version=2)
        >>> WeightTimes(((5.0, new),)).at(4.9).version, WeightTimes(((5.0, new),)).at(5.0).version
        (0, 2)
        """
        found = DEFAULT_WEIGHTS
        for begin, weights in self.uses:
            if begin <= t:
                found = weights
        return found


def check_weights(weights: Mapping[str, Mapping[str, float]]) -> list[Problem]:
    """What is wrong with weights by industry and factor.

    >>> check_weights({"": {"stage": 1.5}, "chemicals": {"touches_14d": 0}})
    []
    >>> [p.code for p in check_weights({"moon": {"stage": 9, "luck": 1}})]
    ['unknown_choice', 'out_of_range', 'unknown_choice']
    """
    found = []
    for industry, by_factor in weights.items():
        if industry not in (ALL, *INDUSTRIES):
            found.append(Problem("industry", "unknown_choice", {"value": industry}))
        for name, weight in by_factor.items():
            if name not in FACTOR_NAMES:
                found.append(Problem(name, "unknown_choice", {"value": name}))
            elif not 0 <= weight <= MOST_WEIGHT:
                found.append(Problem(name, "out_of_range", {"low": 0, "high": MOST_WEIGHT}))
    return found


@dataclass(frozen=True, slots=True)
class Score:
    """How good chances were over `n` opportunities at landmarks, of which `wins` were won in time.

    Attributes:
        expected: sum of the chances; `accuracy` is 1 - |expected - wins| / wins.
    """

    n: int
    wins: int
    expected: float
    log_loss: float | None
    brier: float | None
    auc: float | None

    @property
    def accuracy(self) -> float | None:
        """How near the expected number of wins came to the wins; None without any."""
        return 1 - abs(self.expected - self.wins) / self.wins if self.wins else None


@dataclass(frozen=True, slots=True)
class Compared:
    """Old and new weights over the same opportunities.

    Attributes:
        gain: by how much the new ones lowered the log loss; above 0 is better.
        noise: standard error of `gain` over opportunities; a gain below twice it may be luck.
    """

    old: Score
    new: Score
    gain: float | None
    noise: float | None


@dataclass(frozen=True, slots=True)
class WeightBacktest:
    """The comparison over all opportunities and by industry, "" for those without one."""

    landmarks: int
    whole: Compared
    by_industry: Mapping[str, Compared]


def weight_backtest(
    history: History,
    t: float,
    old: Weights,
    new: Weights,
    *,
    horizon: float = HORIZON_DAYS,
    tick: Callable[[float], None] = lambda share: None,
) -> WeightBacktest:
    """What both weights would have said at landmarks whose period had ended by `t`."""
    starts = [t - horizon * n for n in range(LANDMARKS, 0, -1)]
    starts = [s for s in starts if s > history.as_of(s).first_closing]
    parts = []
    for n, start in enumerate(starts):
        parts.append(_landmark(history, start, t, horizon, old, new))
        tick((n + 1) / len(starts))
    if not parts:
        parts = [tuple(np.zeros(0) for _ in range(5))]
    of, before, after, won, industry = (np.concatenate(column) for column in zip(*parts, strict=True))
    names = history.industries
    found = {
        names[int(code)] if code >= 0 else ALL: _compared(
            *(x[industry == code] for x in (of, before, after, won))
        )
        for code in np.unique(industry)
    }
    return WeightBacktest(len(starts), _compared(of, before, after, won), found)


def _landmark(
    history: History, start: float, t: float, horizon: float, old: Weights, new: Weights
) -> tuple[Floats, ...]:
    of = open_rows(history, start).of
    based = basis(history, start, start + horizon)
    values = factor_values(history, start, of)
    said = [chance_of(points_of(values, based, weights_of(history, start, of, w)), based) for w in (old, new)]
    won = history.as_of(t).won(start, start + horizon)[of].astype(np.float64)
    industry = industry_of(history, start, of)
    return of.astype(np.float64), *said, won, industry.astype(np.float64)


def _compared(of: Floats, old: Floats, new: Floats, won: Floats) -> Compared:
    gains = _losses(won, old) - _losses(won, new)
    whole = [_score(won, chances) for chances in (old, new)]
    if not len(won):
        return Compared(whole[0], whole[1], None, None)
    return Compared(whole[0], whole[1], float(gains.mean()), _noise(of, gains))


def _losses(won: Floats, chance: Floats) -> Floats:
    said: Floats = -(won * np.log(chance) + (1 - won) * np.log(1 - chance))
    return said


def _noise(of: Floats, gains: Floats) -> float | None:
    """Standard error of the mean gain; rows of one opportunity count as one, for they hang together."""
    _, place = np.unique(of, return_inverse=True)
    sums = np.bincount(place, gains - gains.mean())
    return float(np.sqrt((sums**2).sum()) / len(gains)) if len(sums) > 1 else None


def _score(won: Floats, chance: Floats) -> Score:
    n = len(won)
    brier = float(((won - chance) ** 2).mean()) if n else None
    return Score(n, int(won.sum()), float(chance.sum()), log_loss(won, chance), brier, auc(won, chance))
