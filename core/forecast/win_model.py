"""The chance that an open opportunity is won within a horizon, learnt from landmarks (B2).

Five learners, the stage's share of wins, a regularised logistic regression, boosted trees without and with
the calendar, and the passage through the stages (`core.forecast.passage`), are mixed by their log loss on
the latest landmarks, of whose outcomes none of them saw any. Nothing is recalibrated after that: one period
held out says too little about the level of the next.

A factor counts as far as the history has it: what is missing or the same in every row is left out. The trees
keep to the direction that a factor can only speak in (`Factor.direction`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.forecast.contributions import Parts, none
from core.forecast.factors import FACTORS
from core.forecast.features import NAMES, OWN, PRODUCT, SEASON
from core.forecast.history import WON, Floats, History, Ints
from core.forecast.landmarks import FEW_WINS, Sample, held_out, sample
from core.forecast.learners import Logistic, Trees, dummies
from core.forecast.odds import EDGE, believed, chance, logit
from core.forecast.passage import passage

_UNJUDGED = (0.0, 0.15, 0.15, 0.0, 0.7)  # the mix before any could be held against later landmarks
_PASSAGE_ALONE = (0.0, 0.0, 0.0, 0.0, 1.0)
_TEMPERATURE = 0.01  # log loss a row by which a learner's weight falls to a third, or more where it is chance
_STAGE = NAMES.index("stage")
_APART = ("stage_dwell_ratio", PRODUCT)  # the stage and the days in it say the first, its win rate the second
_DIRECTIONS = {factor.name: factor.direction for factor in FACTORS if factor.name not in OWN}


@dataclass(frozen=True, slots=True)
class StageRate:
    """The transparent baseline: the share of a stage's landmark rows that was won within the horizon."""

    rates: Floats  # by stage; the last cell is for opportunities without one
    whole: float

    def __call__(self, x: Floats) -> Floats:
        stage = np.nan_to_num(x[:, _STAGE], nan=-1).astype(int)
        known = np.where(stage < len(self.rates) - 1, stage, -1)
        return np.clip(self.rates[known], EDGE, 1 - EDGE)

    def parts(self, x: Floats, _typical: Floats) -> Parts:
        """The stage's part in the log odds, beside the whole's."""
        base, by = np.full(len(x), float(logit(np.array(self.whole)))), np.zeros((len(x), len(NAMES)))
        by[:, _STAGE] = logit(self(x)) - base
        return Parts(base, by)


def stage_rate(rows: Sample, stages: int) -> StageRate:
    """Weighted win shares by stage, drawn towards the whole by ten rows."""
    whole = float(np.average(rows.y, weights=rows.weight)) if len(rows.y) else 0.0
    stage = np.nan_to_num(rows.x[:, _STAGE], nan=-1).astype(int) % (stages + 1)
    n = np.bincount(stage, rows.weight, minlength=stages + 1)
    k = np.bincount(stage, rows.weight * rows.y, minlength=stages + 1)
    return StageRate((k + 10 * whole) / (n + 10), whole)


@dataclass(frozen=True, slots=True)
class WinModel:
    """Calibrated chances.

    Attributes:
        kind: what they rest on, `learnt` or `stage_rate`.
        wins: different opportunities that were won in the landmark rows; where the passage speaks alone,
            those of the books.
    """

    kind: str
    rate: StageRate
    wins: int
    learners: tuple[Any, ...] = ()
    mix: tuple[float, ...] = ()

    def __call__(self, x: Floats) -> Floats:
        """Win probabilities 0–1 within the horizon, shape (rows,)."""
        if not self.learners or not len(x):
            return self.rate(x)
        return _mixed(self.mix, [learner(x) for learner in self.learners])

    def parts(self, x: Floats, typical: Floats) -> Parts:
        """Each feature's part in the chances, shape (rows, len(NAMES)).

        Args:
            typical: rows that stand for all open opportunities, for learners which have no base of their own.
        """
        found = none(*x.shape)
        for weight, learner in zip(self.mix, self.learners, strict=True):
            if weight:
                found = found.plus(learner.parts(x, typical).through(believed), weight)
        return found.through(chance)

    def disagreement(self, x: Floats) -> Floats:
        """Variance of the learners' log odds by the mix's weights, shape (rows,)."""
        odds = np.array([logit(learner(x)) for learner in self.learners])
        weights = np.array(self.mix)[:, None]
        return np.asarray((weights * (odds - (weights * odds).sum(axis=0)) ** 2).sum(axis=0))


def fit(history: History, t: float, horizon: float) -> WinModel:
    """The model that can be made at `t` for the next `horizon` days.

    Where no landmark has seen enough wins yet, a whole horizon being long, but the books have, the passage
    through the stages speaks alone.
    """
    rows = sample(history, t, horizon)
    wins = int((history.as_of(t).outcome == WON).sum())
    if rows.wins < FEW_WINS <= wins:
        rate = stage_rate(rows, history.stages)
        learners = (*[rate] * (len(_UNJUDGED) - 1), rows.passage or passage(history, t, horizon))
        return WinModel("learnt", rate, wins, learners, _PASSAGE_ALONE)
    return learn(rows, t, horizon, history.stages)


def learn(rows: Sample, t: float, horizon: float, stages: int) -> WinModel:
    """The model that landmark rows allow."""
    rate = stage_rate(rows, stages)
    if rows.wins < FEW_WINS or rows.y.all():
        return WinModel("stage_rate", rate, rows.wins)
    return WinModel("learnt", rate, rows.wins, _learners(rows, stages), _mix(rows, t, horizon, stages))


def unjudged(rows: Sample, stages: int) -> WinModel:
    """A model with the shipped mix, for comparing rows to learn from without choosing by the result."""
    return WinModel("learnt", stage_rate(rows, stages), rows.wins, _learners(rows, stages), _UNJUDGED)


def _mix(rows: Sample, t: float, horizon: float, stages: int) -> tuple[float, ...]:
    """The learners' weights, by landmarks later than all that they were fitted to."""
    early, late = held_out(rows, t, horizon)
    if early.wins < FEW_WINS or late.wins < FEW_WINS:
        return _UNJUDGED
    return weights_by_loss(
        late.of, np.stack([losses(late.y, learner(late.x)) for learner in _learners(early, stages)])
    )


def weights_by_loss(of: Ints, found: Floats) -> tuple[float, ...]:
    """Weights that add up to 1 of learners with these losses, shape (learners, rows).

    A loss above the least counts against `_TEMPERATURE`, or against its standard error where that is more:
    a difference that few opportunities show is no reason to drop a learner.
    """
    worse = found - found[found.mean(axis=1).argmin()]
    doubt = np.array([_standard_error(of, row) for row in worse])
    weights = np.exp(-worse.mean(axis=1) / np.maximum(doubt, _TEMPERATURE))
    return tuple(float(w) for w in weights / weights.sum())


def _standard_error(of: Ints, values: Floats) -> float:
    """Of the mean of values, those of one opportunity taken together: it stands in many rows.

    >>> round(_standard_error(np.array([0, 1, 2, 3]), np.array([1.0, -1.0, 1.0, -1.0])), 3)
    0.5
    >>> round(_standard_error(np.array([0, 0, 1, 1]), np.array([1.0, 1.0, -1.0, -1.0])), 3)
    0.707
    """
    sums = np.bincount(of, values - values.mean())
    return float((sums**2).sum() ** 0.5 / len(values))


def _mixed(mix: Sequence[float], said: Sequence[Floats]) -> Floats:
    """The mean of chances on the scale of log odds."""
    return chance(np.asarray(sum(w * logit(p) for w, p in zip(mix, said, strict=True))))


def columns(x: Floats) -> list[int]:
    """The features that a model can learn from these rows: our own, and each factor that tells rows apart."""
    known = np.isfinite(x)
    low, high = np.where(known, x, np.inf).min(axis=0), np.where(known, x, -np.inf).max(axis=0)
    tells = (low < high) | (known.any(axis=0) & ~known.all(axis=0))
    return [n for n, name in enumerate(NAMES) if name in OWN or (tells[n] and name not in _APART)]


def _learners(rows: Sample, stages: int) -> tuple[Any, ...]:
    with_calendar = columns(rows.x)
    plain = [n for n in with_calendar if NAMES[n] not in SEASON]
    return (
        stage_rate(rows, stages),
        _logistic(rows, stages, plain),
        _trees(rows, plain),
        _trees(rows, with_calendar),
        *([rows.passage] if rows.passage else []),
    )


def _logistic(rows: Sample, stages: int, chosen: list[int]) -> Any:
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    model = make_pipeline(StandardScaler(), LogisticRegression(C=0.3, max_iter=100, solver="newton-cholesky"))
    told = dummies(rows.x, stages, tuple(chosen))
    model.fit(told, rows.y, logisticregression__sample_weight=rows.weight)
    scaler, fitted = model[0], model[1]
    return Logistic(
        tuple(chosen), stages, scaler.mean_, scaler.scale_, fitted.coef_[0], float(fitted.intercept_[0])
    )


def _trees(rows: Sample, chosen: list[int]) -> Any:
    from lightgbm import Booster, Dataset, train

    told: dict[str, Any] = {
        "objective": "binary",
        "learning_rate": 0.05,
        "num_leaves": 15,
        "min_data_in_leaf": 40,
        "lambda_l2": 5.0,
        "feature_fraction": 0.8,
        "num_threads": 1,
        "deterministic": True,
        "seed": 7,
        "verbosity": -1,
    }
    directions = [_DIRECTIONS.get(NAMES[n], 0) for n in chosen]
    if any(directions):
        told["monotone_constraints"] = directions
    data = Dataset(rows.x[:, chosen], rows.y, weight=rows.weight, free_raw_data=False)
    model: Booster = train(told, data, num_boost_round=100)
    return Trees(tuple(chosen), model)


def losses(y: Floats, p: Floats) -> Floats:
    """Log loss of every row."""
    p = np.clip(p, EDGE, 1 - EDGE)
    return -(y * np.log(p) + (1 - y) * np.log(1 - p))
