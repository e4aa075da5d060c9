"""What of the calendar lies ahead of each row, and what that does to the chance of a win (B2)."""

from dataclasses import dataclass

import numpy as np

from core.forecast.arrays import Floats, Ints
from core.forecast.features import NAMES, SEASON
from core.forecast.rhythm import MONTH_DAYS, Rhythm

_PLACES = 3  # of a month in its quarter
_MONTH, _QUARTER = (NAMES.index(name) for name in SEASON)


def places(x: Floats) -> Ints:
    """The month's place in its quarter and the whole days that are left of it, by row; shape (rows, 2)."""
    place = np.round(_PLACES * x[:, _QUARTER] - x[:, _MONTH]) % _PLACES
    return np.column_stack([place, np.round((1 - x[:, _MONTH]) * MONTH_DAYS)]).astype(np.int64)


@dataclass(frozen=True, slots=True)
class Ahead:
    """The rhythm over a horizon of days."""

    rhythm: Rhythm
    horizon: float
