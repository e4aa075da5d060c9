"""The transparent factor scorecard: points by factor, and the chance that they make (B1, B2, B6).

    log odds = log odds of the whole's rate
             + STEP * (stage's points + strength * sum over the others of weight * (points - usual points))

The rate is the share of past open opportunities that was won within as long a time; `usual points` are the
mean of a factor's points among them, so that a typical opportunity stands at the rate. The stage's points are
the distance of its own rate from the whole's. A missing factor counts nothing: with none known the chance is
the stage's rate. `strength` is how much the points have told in this company's past, from nothing to twice
the rule; 1 while the past is too short to tell. With fewer than `FEW_WINS` wins on record the rates are the
documented defaults below, and `Basis.measured` says so.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import log

import numpy as np

from core.forecast.arrays import Floats, Ints
from core.forecast.factors import FACTOR_NAMES, LEAST_TALK_MINUTES, factor_values
from core.forecast.features import NAMES
from core.forecast.history import History
from core.forecast.landmarks import FEW_WINS as ENOUGH_WINS
from core.forecast.landmarks import Sample, sample
from core.forecast.win_model import StageRate, stage_rate

STEP = log(1.25)  # a point makes the odds a quarter better
FEW_WINS = 5  # fewer different wins than this, and rates are the defaults
FEW_ROWS = 30  # a factor known in fewer past rows than this has no usual points: they are zero
STRENGTHS = np.linspace(0.0, 2.0, 41)  # of which the past chooses
DEFAULT_RATE, DEFAULT_DAYS = 0.2, 90.0  # without a past: one in five is won within 90 days
DEFAULT_SPAN = 4.0  # and the last stage stands so many points above the first
_EDGE = 1e-3  # no chance is nearer than this to 0 or 1


@dataclass(frozen=True, slots=True)
class Bands:
    """A rule of points: `points[i]` from `edges[i - 1]` on and below `edges[i]`."""

    edges: tuple[float, ...]
    points: tuple[float, ...]

    def __call__(self, values: Floats) -> Floats:
        """Points, shape of `values`; NaN stays NaN.

        >>> Bands((1, 3), (-1, 0, 2))(np.array([0.0, 1.0, 2.9, 3.0, np.nan]))
        array([-1.,  0.,  0.,  2., nan])
        """
        found = np.asarray(self.points, np.float64)[np.digitize(values, self.edges) % len(self.points)]
        return np.where(np.isnan(values), np.nan, found)


BANDS: Mapping[str, Bands] = {
    "stage_dwell_ratio": Bands((1, 1.5, 3), (1, 0, -1, -3)),
    "touches_14d": Bands((1, 3, 6), (-2, 0, 1, 2)),
    "days_since_answer": Bands((4, 8, 15, 30), (1, 0, -1, -2, -3)),
    "questions_30d": Bands((1, 3, 6), (-1, 0, 1, 2)),
    "talk_minutes_30d": Bands((LEAST_TALK_MINUTES, 30, 90), (-1, 0, 1, 2)),
    "decision_maker": Bands((1,), (-1, 2)),
    "quote_changes_30d": Bands((1, 3), (0, 1, -1)),
    "competitor_30d": Bands((1, 2), (0, -2, -3)),
    "open_objections": Bands((1, 2), (0, -1, -2)),
    "close_date_pushes": Bands((1, 2, 3), (1, 0, -1, -2)),
    "industry_signal_30d": Bands((1, 3), (-1, 2, 3)),
    "downloads_7d": Bands((1, 3), (-1, 1, 2)),
    "video_meetings_7d": Bands((1, 2), (-1, 1, 2)),
    "ticket_hours_90d": Bands((8, 24, 48), (1, 0, -1, -2)),
    "categories_added_365d": Bands((1, 2), (0, 1, 2)),
    "satisfaction_365d": Bands((3, 4, 4.5), (-2, 0, 1, 2)),
}
_IN_FEATURES = {name: NAMES.index(name) for name in BANDS}


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each factor counts (B6): 1 as the rule says, 0 not at all.

    Attributes:
        version: 0 for the defaults.
        by_factor: for every industry; a factor that is not named counts 1.
        by_industry: what an industry has of its own, laid over them.
    """

    version: int = 0
    by_factor: Mapping[str, float] = field(default_factory=dict)
    by_industry: Mapping[str, Mapping[str, float]] = field(default_factory=dict)

    def of(self, industry: str | None) -> Floats:
        """Weights by `FACTORS` in an industry."""
        said = {**self.by_factor, **self.by_industry.get(industry or "", {})}
        return np.array([said.get(name, 1.0) for name in FACTOR_NAMES])


DEFAULT_WEIGHTS = Weights()


@dataclass(frozen=True, slots=True)
class Basis:
    """What the points start from.

    Attributes:
        whole: probability 0–1 of a win within the time, of any open opportunity.
        stages: the same by stage; the last cell is for those without one.
        usual: mean points by `FACTORS` of past open opportunities; 0 where too little is known.
        strength: what a point counts here against the rule, 0–2.
        wins: different wins that it was measured by.
        measured: whether the rates come from the past; else they are the documented defaults.
    """

    whole: float
    stages: Floats
    usual: Floats
    strength: float
    wins: int
    measured: bool


def basis(history: History, t: float, end: float, rows: Sample | None = None) -> Basis:
    """Rates and usual points as known at `t` for wins up to `end`.

    Args:
        rows: `landmarks.sample` for the same instant and time ahead, where it is at hand.
    """
    rows = rows or sample(history, t, end - t)
    told = _told(rows)
    usual = _usual(told, rows.weight)
    if rows.wins < FEW_WINS:
        whole = 1 - (1 - DEFAULT_RATE) ** ((end - t) / DEFAULT_DAYS)
        return Basis(whole, _default_stages(whole, history.stages), usual, 1.0, rows.wins, measured=False)
    rate = stage_rate(rows, history.stages)
    strength = _strength(rows, rate, np.nan_to_num(told - usual).sum(axis=1))
    return Basis(rate.whole, rate.rates, usual, strength, rows.wins, measured=True)


def _told(rows: Sample) -> Floats:
    """Points by `FACTORS` of past rows, NaN where missing; the stage's are not among them."""
    found = np.full((len(rows.of), len(FACTOR_NAMES)), np.nan)
    for n, name in enumerate(FACTOR_NAMES):
        if name in BANDS:
            found[:, n] = BANDS[name](rows.x[:, _IN_FEATURES[name]])
    return found


def _usual(told: Floats, weight: Floats) -> Floats:
    known = np.isfinite(told)
    heavy = weight[:, None] * known
    means = (np.nan_to_num(told) * heavy).sum(axis=0) / np.maximum(heavy.sum(axis=0), 1e-12)
    return np.where(known.sum(axis=0) >= FEW_ROWS, means, 0.0)


def _strength(rows: Sample, rate: StageRate, surplus: Floats) -> float:
    """The strength under which the points would have said most of the past; the rule's own by few wins."""
    if rows.wins < ENOUGH_WINS or not surplus.any():
        return 1.0
    odds = logit(rate(rows.x))
    said = [chances(odds + STEP * strength * surplus) for strength in STRENGTHS]
    losses = [-np.average(np.log(np.where(rows.y > 0, p, 1 - p)), weights=rows.weight) for p in said]
    return float(STRENGTHS[int(np.argmin(losses))])


def _default_stages(whole: float, stages: int) -> Floats:
    """Evenly spaced on the scale of log odds around the whole; without a stage, the whole."""
    place = np.linspace(-0.5, 0.5, stages) if stages > 1 else np.zeros(stages)
    odds = logit(np.array([whole])) + STEP * DEFAULT_SPAN * np.r_[place, 0.0]
    return chances(odds)


def points(
    history: History,
    t: float,
    end: float,
    of: Ints,
    weights: Weights = DEFAULT_WEIGHTS,
    based: Basis | None = None,
) -> Floats:
    """What each factor counts, in points: strength and weight times those above the usual; 0 where missing.

    The scorecard's log odds are those of `Basis.whole` plus `STEP` times a row's sum.

    Returns:
        Points by `FACTORS`, shape (len(of), len(FACTORS)).
    """
    return points_of(
        factor_values(history, t, of), based or basis(history, t, end), weights_of(history, t, of, weights)
    )


def points_of(values: Floats, based: Basis, weights: Floats) -> Floats:
    """Points of factor values with their weights; all of shape (rows, len(FACTORS))."""
    found = np.zeros_like(values)
    for n, name in enumerate(FACTOR_NAMES):
        if name in BANDS:
            found[:, n] = based.strength * np.nan_to_num(BANDS[name](values[:, n]) - based.usual[n])
        else:
            found[:, n] = _stage(based, values[:, n])
    return found * weights


def _stage(based: Basis, stage: Floats) -> Floats:
    rates = based.stages[np.nan_to_num(stage, nan=-1).astype(int)]
    return (logit(rates) - logit(np.array([based.whole]))) / STEP


def industry_of(history: History, t: float, of: Ints) -> Ints:
    """Codes of the industries of the customers that were known at `t`, shape (len(of),); -1 without."""
    code = history.industry[of] if len(history.industry) else np.full(len(of), -1)
    customer = history.as_of(t).customer
    return np.where(customer[of] >= 0, code, -1) if len(customer) else code


def weights_of(history: History, t: float, of: Ints, weights: Weights) -> Floats:
    """Each opportunity's weights by its customer's industry, shape (len(of), len(FACTORS))."""
    table = np.stack([weights.of(name) for name in (*history.industries, None)])
    found: Floats = table[industry_of(history, t, of)]  # -1, without an industry, is the last row
    return found


def scorecard_chances(
    history: History,
    t: float,
    end: float,
    of: Ints,
    weights: Weights = DEFAULT_WEIGHTS,
    based: Basis | None = None,
) -> Floats:
    """Probabilities 0–1 that these open opportunities are won by `end`, shape (len(of),)."""
    based = based or basis(history, t, end)
    return chance_of(points(history, t, end, of, weights, based), based)


def chance_of(found: Floats, based: Basis) -> Floats:
    """Probabilities 0–1 that points add up to, shape (rows,)."""
    return chances(logit(np.array([based.whole])) + STEP * found.sum(axis=1))


def logit(p: Floats) -> Floats:
    """Log odds."""
    p = np.clip(p, _EDGE, 1 - _EDGE)
    return np.asarray(np.log(p / (1 - p)), np.float64)


def chances(odds: Floats) -> Floats:
    """Probabilities of log odds, no nearer than a thousandth to 0 or 1."""
    return np.clip(1 / (1 + np.exp(-odds)), _EDGE, 1 - _EDGE)
