"""Stays in stages as the books knew them at an instant: how long each lasted, and what ended it."""

from dataclasses import dataclass

import numpy as np

from core.forecast.features import began, product_keys
from core.forecast.history import LOST, WON, Floats, History, Ints

LOOK_BACK = 540.0  # days of ended stays
SHORTEST = 1 / 96  # days that a stay lasts at least: many logs close a case with its last step
_HALF_LIFE = 180.0  # days after which a stay counts half, by when it began: ended or not


@dataclass(frozen=True, slots=True)
class Stays:
    """Stays in stages as known at an instant, shape (stays,).

    Attributes:
        state: the stage, or the number of stages where there is none yet.
        begun: instant of its beginning.
        entered, left: days stayed when it came under watch, and at its end or the instant.
        end: what ended it: a state, `states` for a win, `states` + 1 for a loss, -1 for nothing yet.
        weight: how much it counts.
        product: key of the opportunity's product, NaN without one.
    """

    state: Ints
    begun: Floats
    entered: Floats
    left: Floats
    end: Ints
    weight: Floats
    product: Floats


def stays(history: History, t: float) -> Stays:
    """Every stay that was known at `t`, from the first closing on record on: earlier ends were not kept."""
    books = history.as_of(t)
    of, state, start, end_at, end = _spells(history, t)
    watched = max(min(books.first_closing, t), t - LOOK_BACK)
    begun = np.maximum(start, watched)
    kept = (end_at > watched) & (end_at >= start)
    entered = np.maximum(begun - start, 0.0)
    return Stays(
        state[kept],
        start[kept],
        entered[kept],
        np.maximum(end_at - start, SHORTEST)[kept],
        end[kept],
        0.5 ** ((t - start[kept]) / _HALF_LIFE),
        product_keys(history, books)[of[kept]],
    )


def _spells(history: History, t: float) -> tuple[Ints, Ints, Floats, Floats, Ints]:
    """Opportunity, state, start, end (or `t`) and what ended it, of every stay, by opportunity and time."""
    books, e, states = history.as_of(t), history.events, history.stages + 1
    closed = np.where(np.isfinite(books.closed), books.closed, np.inf)
    known = e.known(t) & books.known[e.of] & (e.at <= closed[e.of])
    of, state, at = e.of[known], e.stage[known], e.at[known]
    begun = began(history, books)
    first = np.full(len(begun), np.inf)
    np.minimum.at(first, of, at)
    bare = np.flatnonzero(books.known & (begun < np.minimum(first, t)))  # before the first stage
    of, state, at = np.r_[bare, of], np.r_[np.full(len(bare), states - 1), state], np.r_[begun[bare], at]
    order = np.lexsort((at, of))
    of, state, at = of[order], state[order], at[order]
    moved = np.r_[True, (of[1:] != of[:-1]) | (state[1:] != state[:-1])][: len(of)]
    of, state, at = of[moved], state[moved], at[moved]
    goes_on = np.r_[of[1:] == of[:-1], False][: len(of)]
    over = np.select((books.outcome == WON, books.outcome == LOST), (states, states + 1), default=-1)[of]
    end = np.where(goes_on, np.r_[state[1:], -1][: len(of)], over)
    end_at = np.where(goes_on, np.r_[at[1:], t][: len(of)], np.minimum(closed[of], t))
    return of, state, at, end_at, end
