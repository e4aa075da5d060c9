"""What a fitted learner is: numbers that can be written down and read again (B2, B7)."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from core.forecast.arrays import Floats
from core.forecast.contributions import Parts
from core.forecast.factors import FACTORS
from core.forecast.features import NAMES

_STAGE, _DAYS = NAMES.index("stage"), NAMES.index("days_in_stage")
_SKEWED = [factor.name for factor in FACTORS if factor.unit in ("count", "days", "minutes", "hours")]
_LOGGED = frozenset(
    ("age_days", "days_in_stage", "days_since_event", "events", "recent_events", "owner_open", *_SKEWED)
)


@dataclass(frozen=True, slots=True)
class Logistic:
    """A regularised logistic regression on `dummies`.

    Attributes:
        chosen: columns of the features that it looks at.
        mean, scale, weights: of each dummy; `bias` the intercept.
    """

    chosen: tuple[int, ...]
    stages: int
    mean: Floats
    scale: Floats
    weights: Floats
    bias: float

    def __call__(self, x: Floats) -> Floats:
        """Chances 0–1, shape (rows,)."""
        z = (dummies(x, self.stages, self.chosen) - self.mean) / self.scale
        found: Floats = 1 / (1 + np.exp(-(z @ self.weights + self.bias)))
        return found

    def parts(self, x: Floats, _typical: Floats) -> Parts:
        """Each feature's part in the log odds, beside the mean of the rows that it was fitted to."""
        told = (dummies(x, self.stages, self.chosen) - self.mean) / self.scale * self.weights
        by = np.zeros((len(x), len(NAMES)))
        np.add.at(by.T, _told_by(self.stages, self.chosen), told.T)
        return Parts(np.full(len(x), self.bias), by)


@dataclass(frozen=True, slots=True)
class Trees:
    """Boosted trees; `booster` is LightGBM's."""

    chosen: tuple[int, ...]
    booster: Any

    def __call__(self, x: Floats) -> Floats:
        """Chances 0–1, shape (rows,)."""
        return np.asarray(self.booster.predict(x[:, list(self.chosen)]), np.float64)

    def parts(self, x: Floats, _typical: Floats) -> Parts:
        """Each feature's part in the log odds, beside the mean of the rows that they were fitted to.

        SHAP values, exact for trees (Lundberg et al., From local explanations to global understanding with
        explainable AI for trees, 2020), as LightGBM reckons them.
        """
        found = np.asarray(self.booster.predict(x[:, list(self.chosen)], pred_contrib=True), np.float64)
        by = np.zeros((len(x), len(NAMES)))
        by[:, list(self.chosen)] = found[:, :-1]
        return Parts(found[:, -1], by)


def dummies(x: Floats, stages: int, chosen: tuple[int, ...]) -> Floats:
    """For the logistic regression: logged times, a column per stage with its time, gaps marked."""
    values = x[:, list(chosen)]
    logged = [place for place, n in enumerate(chosen) if NAMES[n] in _LOGGED]
    values[:, logged] = np.log1p(values[:, logged])
    stage = np.nan_to_num(x[:, _STAGE], nan=-1).astype(int)
    at = (stage[:, None] == np.arange(-1, stages)).astype(float)
    gaps = np.isnan(values).astype(float)
    within = np.log1p(x[:, _DAYS])[:, None] * at
    return np.column_stack([np.nan_to_num(values), at, within, gaps])


def _told_by(stages: int, chosen: tuple[int, ...]) -> list[int]:
    """The feature that each of the `dummies` tells of."""
    return [*chosen, *[_STAGE] * (stages + 1), *[_DAYS] * (stages + 1), *chosen]
