"""A simulated pipeline whose truth is known: opportunities arrive, move through stages, are won or lost."""

from __future__ import annotations

import numpy as np
from scipy.stats import norm

from core.forecast.history import LOST, OPEN, WON, Events, Floats, History, Ints, Track

START = 20_000.0  # days since 1970
PASS = np.array([0.85, 0.8, 0.7, 0.75])
DWELL = np.array([2.0, 4.0, 6.0, 5.0])  # median days
SPREAD = 0.7  # of the logarithm of a stay
AMOUNT = (9.0, 0.6)  # mean and spread of an amount's logarithm


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
            t += DWELL[s] * np.exp(SPREAD * rng.normal())
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
    value = np.round(np.exp(rng.normal(*AMOUNT, n))) if amounts else np.full(n, np.nan)
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


def oracle(
    history: History, t: float, horizon: float, per_day: float, draws: int = 60
) -> tuple[Floats, float]:
    """What one would say who knows how the simulation works, but not how it went on.

    Returns:
        The chance of each opportunity that is open at `t` to be won within the horizon, and the expected
        value won, that of opportunities still to come included. Amounts must be kept.
    """
    rng, books = np.random.default_rng(1), history.as_of(t)
    of = np.flatnonzero(books.is_open)
    stage, since = books.standing.stage[of], books.standing.since[of]
    won = np.zeros(len(of))
    for _ in range(draws):
        won += _goes_on(rng, stage, since, t) < t + horizon
    value = float(won @ books.amount[of]) / draws
    coming = rng.uniform(t, t + horizon, 20_000)
    share = (_goes_on(rng, np.zeros(len(coming), np.int64), coming, coming) < t + horizon).mean()
    mean = float(np.exp(AMOUNT[0] + AMOUNT[1] ** 2 / 2))
    return won / draws, value + per_day * horizon * share * mean


def _goes_on(rng: np.random.Generator, stage: Ints, since: Floats, t: float | Floats) -> Floats:
    """When each is won in one course of things, its stay lasting since `since`; infinity if it never is."""
    stayed = norm.cdf(np.log(np.maximum(t - since, 1e-9) / DWELL[stage]) / SPREAD)
    late = norm.ppf(np.minimum(stayed + (1 - stayed) * rng.random(len(stage)), 1 - 1e-12))
    at = since + DWELL[stage] * np.exp(SPREAD * late)
    passed = rng.random(len(stage)) < PASS[stage]
    for s in range(1, len(PASS)):
        on = stage < s
        at = np.where(on, at + DWELL[s] * np.exp(SPREAD * rng.normal(size=len(stage))), at)
        passed &= ~on | (rng.random(len(stage)) < PASS[s])
    return np.where(passed, at, np.inf)
