"""A model that serves from one training to the next: when an opportunity is won, for any horizon (B2, B7).

It is a win model for each of a few horizons. In between, the hazard of winning is taken as even: what lies
between two horizons is spread evenly over the days between them, and a shorter horizon than the shortest has
its share of that one's. The gate judges a model on the latest whole month, which a trial of the same making
has not seen: a candidate that is worse than the stages' rates, or than the model in use, is refused.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.forecast.contributions import Parts, none
from core.forecast.features import Rows, open_rows
from core.forecast.history import Floats, History
from core.forecast.odds import hazard, odds_of
from core.forecast.scoring import auc
from core.forecast.win_model import StageRate, WinModel, fit, losses

HORIZONS = (7.0, 14.0, 31.0, 62.0, 92.0)  # days
JUDGED = 31.0  # days held out
LEAST_WINS = 10  # among the rows that a model is judged on
_CERTAIN = 1 - 1e-9

Grid = Mapping[float, WinModel]


@dataclass(frozen=True, slots=True)
class Between:
    """Chances for a horizon between those of two learners, at `share` (0–1, or over) of the way."""

    early: Any
    late: Any
    share: float

    def __call__(self, x: Floats) -> Floats:
        """Chances 0–1, shape (rows,)."""
        return between(self.early(x) if self.early else np.zeros(len(x)), self.late(x), self.share)

    def parts(self, x: Floats, typical: Floats) -> Parts:
        """Each feature's part in the log odds, through the hazards of both learners."""
        last = self.late.parts(x, typical).through(hazard)
        first = self.early.parts(x, typical).through(hazard) if self.early else none(*x.shape)
        share = np.where(last.output > first.output, self.share, 0.0)
        return first.plus(first, -share).plus(last, share).through(odds_of)


def between(early: Floats, late: Floats, share: float) -> Floats:
    """Chances between two horizons, at an even hazard; a later one is never less likely.

    >>> between(np.array([0.0]), np.array([0.19]), 0.5).round(6).tolist()
    [0.1]
    """
    first, last = (-np.log1p(-np.minimum(p, _CERTAIN)) for p in (early, late))
    found: Floats = -np.expm1(-(first + share * np.maximum(last - first, 0)))
    return found


def train(history: History, t: float) -> dict[float, WinModel]:
    """A model for each horizon that has enough wins to learn from; empty where none has."""
    found = {h: fit(history, t, h) for h in HORIZONS}
    return {h: model for h, model in found.items() if model.kind == "learnt"}


def model_for(grid: Grid, horizon: float) -> WinModel:
    """The model for the next `horizon` days."""
    known = sorted(grid)
    late = next((h for h in known if h >= horizon), known[-1])
    early = max((h for h in known if h < late), default=0.0)
    if late == horizon:
        return grid[late]
    last, first = grid[late], grid.get(early)
    share = (horizon - early) / (late - early)
    pairs = [*zip(first.learners if first else [None] * len(last.learners), last.learners, strict=True)]
    learners = tuple(Between(a, b, share) for a, b in pairs)
    rates = between(first.rate.rates if first else np.zeros(len(last.rate.rates)), last.rate.rates, share)
    return WinModel("learnt", StageRate(rates, last.rate.whole), last.wins, learners, last.mix)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the gate says.

    Attributes:
        better: whether the candidate may be put in use.
        reason: a code: `better`, `first`, `worse_than_stage_rate`, `worse_than_in_use`, `few_wins`.
        loss, stage_rate_loss, in_use_loss: log loss of each on the judged rows; None where not judged.
        n, wins: how many rows, how many of them were won.
    """

    better: bool
    reason: str
    loss: float | None = None
    stage_rate_loss: float | None = None
    in_use_loss: float | None = None
    auc: float | None = None
    n: int = 0
    wins: int = 0


def judge(history: History, t: float, in_use: Grid | None) -> Verdict:
    """Hold a trial, made as it could have been a month before `t`, against that month.

    The model in use is judged as it is. It may have seen some of the month, which is to its advantage: a
    model is replaced by one that is better in spite of that.
    """
    then = t - JUDGED
    trial, rows = fit(history, then, JUDGED), open_rows(history, then)
    won = history.as_of(t).won(then, t)[rows.of].astype(np.float64)
    if trial.kind != "learnt" or won.sum() < LEAST_WINS:
        return Verdict(False, "few_wins", n=len(won), wins=int(won.sum()))
    return verdict(trial, rows, won, model_for(in_use, JUDGED) if in_use else None)


def verdict(trial: WinModel, rows: Rows, won: Floats, in_use: WinModel | None) -> Verdict:
    """Judge a trial on rows whose outcome is known."""
    chance = trial(rows.x)
    loss, rate = _loss(won, chance), _loss(won, trial.rate(rows.x))
    standing = _loss(won, in_use(rows.x)) if in_use else None
    reason = "better" if standing is not None else "first"
    if loss > rate:
        reason = "worse_than_stage_rate"
    elif standing is not None and loss > standing:
        reason = "worse_than_in_use"
    better = reason in ("better", "first")
    return Verdict(better, reason, loss, rate, standing, auc(won, chance), len(won), int(won.sum()))


def _loss(won: Floats, chance: Floats) -> float:
    return float(losses(won, chance).mean())
