"""What of the calendar lies ahead of each row, and what that does to the chance of a win (B2)."""

from dataclasses import dataclass

import numpy as np

from core.forecast.arrays import Floats, Ints
from core.forecast.features import NAMES, SEASON
from core.forecast.rhythm import KINDS, MONTH_DAYS, Rhythm

_PLACES = 3  # of a month in its quarter
_MONTH, _QUARTER = (NAMES.index(name) for name in SEASON)
_WON = KINDS.index("won")


def places(x: Floats) -> Ints:
    """The month's place in its quarter and the whole days that are left of it, by row; shape (rows, 2)."""
    place = np.round(_PLACES * x[:, _QUARTER] - x[:, _MONTH]) % _PLACES
    return np.column_stack([place, np.round((1 - x[:, _MONTH]) * MONTH_DAYS)]).astype(np.int64)


@dataclass(frozen=True, slots=True)
class Ahead:
    """The rhythm over a horizon of days."""

    rhythm: Rhythm
    horizon: float

    def log_odds(self, x: Floats) -> Floats:
        """Log of wins over the usual ones in the horizon, by row: about what chances gain in log odds."""
        of, row = np.unique(places(x), axis=0, return_inverse=True)
        days: Floats = np.arange(0.5, max(self.horizon, 1.0))
        rates = [self.rhythm.factors(int(place), int(left), days)[:, _WON].mean() for place, left in of]
        found: Floats = np.log(np.array(rates))[row.ravel()]
        return found
