"""Chances and their log odds."""

from math import log

import numpy as np

from core.forecast.arrays import Floats

EDGE = 1e-4  # no learner is believed nearer to 0 or 1
_FURTHEST = log((1 - EDGE) / EDGE)
_LEAST = 1e-12  # of a hazard


def logit(p: Floats) -> Floats:
    """Log odds of chances 0–1, as far as a learner is believed."""
    p = np.clip(p, EDGE, 1 - EDGE)
    return np.asarray(np.log(p / (1 - p)), np.float64)


def chance(odds: Floats) -> Floats:
    """Chances 0–1 of log odds."""
    return np.asarray(1 / (1 + np.exp(-odds)), np.float64)


def believed(odds: Floats) -> Floats:
    """Log odds as far as a learner is believed."""
    return np.clip(odds, -_FURTHEST, _FURTHEST)


def hazard(odds: Floats) -> Floats:
    """What adds up over the days until a win: the negative logarithm of the chance of none, by log odds."""
    return np.logaddexp(0.0, odds)


def odds_of(hazards: Floats) -> Floats:
    """Log odds of hazards above 0."""
    return np.asarray(np.log(np.expm1(np.maximum(hazards, _LEAST))), np.float64)
