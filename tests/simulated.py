"""A simulated pipeline whose truth is known: opportunities arrive, move through stages, are won or lost."""

from __future__ import annotations

import numpy as np

from core.forecast.history import LOST, OPEN, WON, Events, History, Track

START = 20_000.0  # days since 1970
PASS = np.array([0.85, 0.8, 0.7, 0.75])
DWELL = np.array([2.0, 4.0, 6.0, 5.0])  # median days


def simulated(
    days: int = 150, per_day: float = 40.0, seed: int = 3, late: float = 0.0, amounts: bool = True
) -> History:
    """A history as it stands `days` after its start.

    Args:
        late: share of the stage events that are entered up to ten days late.
        amounts: known from the opening on; otherwise none is ever known.
    """
    rng = np.random.default_rng(seed)
    until = START + days
    opened = np.sort(rng.uniform(START, until, rng.poisson(per_day * days)))
    n, stages = len(opened), len(PASS)
    outcome, closed = np.full(n, float(OPEN)), np.full(n, np.nan)
    of, stage, at = [], [], []
    for i in range(n):
        t = opened[i]
        for s in range(stages):
            if t > until:
                break
            of.append(i), stage.append(s), at.append(t)
            t += DWELL[s] * np.exp(0.7 * rng.normal())
            if rng.random() > PASS[s]:
                outcome[i], closed[i] = LOST, t
                break
        else:
            outcome[i], closed[i] = WON, t
        if closed[i] > until:
            outcome[i], closed[i] = OPEN, np.nan
    over = np.flatnonzero(outcome != OPEN)
    order = over[np.argsort(closed[over])]
    entered = np.array(at) + np.where(rng.random(len(at)) < late, rng.uniform(0, 10, len(at)), 0)
    value = np.round(np.exp(rng.normal(9, 0.6, n))) if amounts else np.full(n, np.nan)
    owner = rng.integers(0, 6, n)
    return History(
        ids=np.arange(n) + 1,
        recorded=opened,
        opened=Track(opened),
        product=Track(np.full(n, -1.0)),
        outcome=Track(np.full(n, float(OPEN)), order, closed[order], outcome[order]),
        closed=Track(np.full(n, np.nan), order, closed[order], closed[order]),
        amount=Track(value),
        close_on=Track(np.full(n, np.nan)),
        owner=Track(owner.astype(float)),
        events=Events(np.array(of), np.array(stage), np.array(at), entered, np.full(len(at), np.nan)),
        stages=stages,
        owners=tuple(f"Rep {k}" for k in range(6)),
        teams=("East", "East", "East", "West", "West", "West"),
    )
