"""What nobody knew at a period's start: how much it brings, and how unsure that is."""

from __future__ import annotations

import numpy as np
import pytest

from core.forecast.arrivals import arrivals
from core.forecast.history import WON, Events, History, Track

WEEK = 7.0


def quick(per_week: list[int]) -> History:
    """So many opportunities of 100 in each week, evenly spread, each won an hour after it came."""
    came = np.concatenate([w * WEEK + (np.arange(n) + 0.5) / n * WEEK for w, n in enumerate(per_week)])
    n, closed = len(came), came + 1 / 24
    return History(
        ids=np.arange(n) + 1,
        recorded=came,
        opened=Track(came),
        product=Track(np.full(n, -1.0)),
        outcome=Track(np.zeros(n), np.arange(n), closed, np.full(n, float(WON))),
        closed=Track(np.full(n, np.nan), np.arange(n), closed, closed),
        amount=Track(np.full(n, 100.0)),
        close_on=Track(np.full(n, np.nan)),
        owner=Track(np.full(n, -1.0)),
        events=Events(*[np.zeros(0, np.int64)] * 2, *[np.zeros(0)] * 3),
        stages=1,
    )


def test_what_comes_is_the_present_pace():
    found = arrivals(quick([20] * 20), 20 * WEEK, WEEK)
    assert found.value == pytest.approx(2000, rel=0.02)


def test_even_arrivals_are_as_unsure_as_chance_and_the_pace_make_them():
    """Twenty a week: a variance of 20, and of a quarter more since four weeks tell the pace."""
    found = arrivals(quick([20] * 20), 20 * WEEK, WEEK)
    assert found.variance == pytest.approx(20 * 1.25 * 100**2, rel=0.1)


def test_arrivals_that_come_in_waves_are_less_sure():
    even, waves = quick([20] * 20), quick([2, 38] * 10)
    assert arrivals(waves, 20 * WEEK, WEEK).variance > 2 * arrivals(even, 20 * WEEK, WEEK).variance
