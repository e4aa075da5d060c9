"""The calendar's rhythm in how stays end: a month's place in its quarter, the days left in a month (B2).

Quotas end with months and quarters, and so do the delays. Events of a kind over those that the rates by days
stayed alone expect, in each month and part of it, are a place's own effect, the month's own luck, and chance.
How large effects and luck are is not assumed: every combination of a grid counts by how likely it makes what
was seen (an empirical Bayes mixed model; Robinson, That BLUP is a good thing, 1991). A rhythm that was seen
once may have been luck and is believed in part; where there is none, nothing moves.
"""

from dataclasses import dataclass
from itertools import product

import numpy as np

from core.forecast.arrays import Floats, Ints

KINDS = ("moved", "won", "lost")
MONTH_DAYS = 365.25 / 12
_PARTS = (3.0, 7.0, 14.0)  # days left in the month, edges of its parts, the last part first
_PLACES = 3  # of a month in its quarter; one effect more is that of its last two weeks
_SPREADS = (0.0, 0.1, 0.2, 0.4, 0.8)  # of effects, shares of the usual rate
_PRIORS = (0.5, 0.125, 0.125, 0.125, 0.125)  # of each: there is an effect, or there is none
_LUCK = (0.05, 0.1, 0.2, 0.4, 0.8)  # of a month's own
_LEAST_EVENTS = 30  # of a kind
_LEAST_MOVED = 0.05  # a rhythm that moves no rate by more is none
_WEEKS = 13  # of a quarter
_LOW, _HIGH = 0.1, 5.0  # of a factor


@dataclass(frozen=True, slots=True)
class Rhythm:
    """By how much rates are above or below the usual ones.

    Attributes:
        places: shares of the usual rate by kind of end and place: the quarter's first, second and third
            month, and its last two weeks in addition; shape (kinds, 4).
        parts: the same by days left in the month; shape (kinds, 4).
    """

    places: Floats
    parts: Floats

    @property
    def moves(self) -> bool:
        """Whether any rate is moved enough to speak of."""
        return bool(max(np.abs(self.places).max(), np.abs(self.parts).max()) > _LEAST_MOVED)

    def weeks(self, kind: str = "won") -> tuple[float, ...]:
        """Rates of a kind of end over the usual ones, in the middle of each of a quarter's thirteen weeks."""
        ahead: Floats = (np.arange(_WEEKS) + 0.5) * _PLACES * MONTH_DAYS / _WEEKS
        return tuple(self.factors(0, MONTH_DAYS, ahead)[:, KINDS.index(kind)].round(3).tolist())

    def factors(self, place: int, left: float, ahead: Floats) -> Floats:
        """Rates over the usual ones so many days `ahead`; shape (days ahead, kinds).

        Args:
            place: the present month's in its quarter, 0–2; `left` the days that are left of it. Later months
                are taken as of equal length.
        """
        on = np.where(ahead < left, 0, np.floor((ahead - left) / MONTH_DAYS) + 1).astype(int)
        months, remains = (place + on) % _PLACES, left + on * MONTH_DAYS - ahead
        found = 1 + _effects(months, remains) @ np.concatenate([self.places, self.parts], axis=1).T
        return np.asarray(np.clip(found, _LOW, _HIGH), np.float64)


NONE = Rhythm(np.zeros((len(KINDS), _PLACES + 1)), np.zeros((len(KINDS), len(_PARTS) + 1)))


@dataclass(frozen=True, slots=True)
class Spans:
    """The parts of the calendar's months between two instants, in order, shape (spans,).

    Attributes:
        edges: instants, one more than spans.
        month: number of the month; `effects` which effects hold, shape (spans, 8).
    """

    edges: Floats
    month: Ints
    effects: Floats


def spans(begin: float, end: float) -> Spans:
    """The parts of months from the day of `begin` to `end`, UTC."""
    days = np.arange(np.floor(begin), np.ceil(end)).astype("datetime64[D]")
    month = days.astype("datetime64[M]")
    left = ((month + 1).astype("datetime64[D]") - days).astype(np.float64)
    number = month.astype(np.int64)
    part = np.searchsorted(_PARTS, left - 0.5)
    first = np.flatnonzero(np.r_[True, np.diff(number * 10 - part) != 0][: len(days)])
    edges = np.r_[days[first].astype(np.int64), end].astype(np.float64)
    return Spans(edges, number[first], _effects(number[first] % _PLACES, left[first] - 0.5))


def _effects(place: Ints, left: Floats) -> Floats:
    """Which effects hold at a month's place in its quarter with so many days left; shape (instants, 8)."""
    part = np.searchsorted(_PARTS, left)
    last = (place == _PLACES - 1) & (left <= _PARTS[-1])
    return np.column_stack(
        [place[:, None] == np.arange(_PLACES), last, part[:, None] == np.arange(len(_PARTS) + 1)]
    ).astype(np.float64)


def rhythm(over: Spans, seen: Floats, expected: Floats) -> Rhythm:
    """What was seen of each kind beside what rates without a calendar expect, both shape (kinds, spans)."""
    found = np.zeros((len(KINDS), over.effects.shape[1]))
    for kind in range(len(KINDS)):
        if seen[kind].sum() >= _LEAST_EVENTS:
            found[kind] = _believed(over, seen[kind], expected[kind])
    made = Rhythm(found[:, : _PLACES + 1], found[:, _PLACES + 1 :])
    return made if made.moves else NONE


def _believed(over: Spans, seen: Floats, expected: Floats) -> Floats:
    """The effects' means over all combinations of spreads, by how likely each makes what was seen."""
    kept = expected > 0
    effects, expected = over.effects[kept], expected[kept]
    above = (seen[kept] - expected) / (expected + 0.5)
    same = (over.month[kept][:, None] == over.month[kept]).astype(np.float64)
    at_place, at_part = effects[:, : _PLACES + 1], effects[:, _PLACES + 1 :]
    shared = [at_place @ at_place.T, at_part @ at_part.T]
    likely, means = [], []
    spreads = list(zip(_SPREADS, _PRIORS, strict=True))
    for luck, (place, taken), (part, too) in product(_LUCK, spreads, spreads):
        cover = np.diag(1 / (expected + 0.5)) + luck**2 * same + place**2 * shared[0] + part**2 * shared[1]
        solved = np.linalg.solve(cover, above)
        likely.append(np.log(taken * too) - 0.5 * (above @ solved + np.linalg.slogdet(cover)[1]))
        means.append(np.r_[place**2 * (at_place.T @ solved), part**2 * (at_part.T @ solved)])
    weights = np.exp(np.array(likely) - max(likely))
    return np.asarray(weights @ np.array(means) / weights.sum())
