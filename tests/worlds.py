"""Simulated companies that differ in kind: what a forecast has to stand that nobody tuned it to.

Each world breaks another assumption: a season or none, rules that drift, a break, people who are the
bottleneck, few or very unequal deals, a history of bare stage changes.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from core.forecast.history import LOST, OPEN, WON, Events, Floats, History, Track

START = (date(2022, 1, 1) - date(1970, 1, 1)).days  # the first day of a quarter
YEAR = 365.25
GIVES_UP = 60.0  # days that a customer waits for somebody who has time


@dataclass(frozen=True, slots=True)
class World:
    """How a company's opportunities come, pass and end.

    Attributes:
        days: length of the history; `per_day` opportunities a day at first.
        passes, dwell: by stage, the share that goes on, 0-1, and the median days of a stay.
        spread: of the logarithm of a stay.
        amount: mean and spread of an amount's logarithm; None where none is kept.
        amount_at_closing: the books know an amount only once it is paid.
        growth: arrivals after a year over those before it.
        yearly: how far arrivals swing around their mean within the year, 0-1.
        push: share of closings that wait for the end of their quarter.
        drift: change of every stage's log odds of going on, from the first day to the last.
        slower: how many times longer stays are on the last day.
        break_at, break_by: from this share of the history on arrivals are so many times as many.
        capacity: opportunities that each person works on at once; others wait. None: as many as come.
        people: how many; `skill` the spread of their log odds.
        bare: only stage changes and closings are known, no openings, owners or amounts.
        weekdays: nothing happens on Saturdays and Sundays.
    """

    days: int
    per_day: float
    passes: tuple[float, ...] = (0.85, 0.8, 0.7, 0.75)
    dwell: tuple[float, ...] = (5.0, 10.0, 14.0, 12.0)
    spread: float = 0.7
    amount: tuple[float, float] | None = (9.0, 0.6)
    amount_at_closing: bool = False
    growth: float = 1.0
    yearly: float = 0.0
    push: float = 0.0
    drift: float = 0.0
    slower: float = 1.0
    break_at: float = 1.0
    break_by: float = 1.0
    capacity: int | None = None
    people: int = 6
    skill: float = 0.2
    bare: bool = False
    weekdays: bool = False


MONTHS = {
    "steady": World(740, 3),
    "quarter's end": World(740, 3, passes=(0.6,), dwell=(50.0,), push=0.6, amount_at_closing=True),
    "quarter's end in stages": World(740, 4, push=0.5),
    "yearly season": World(1150, 3, yearly=0.5),
    "growing": World(740, 2, growth=2.0),
    "drifting": World(740, 4, drift=-1.2, slower=1.5),
    "a break": World(740, 3, break_at=0.75, break_by=0.5),
    "people are the bottleneck": World(740, 3, capacity=12, growth=1.5),
    "few deals": World(1100, 0.5, dwell=(10.0, 20.0, 25.0, 20.0)),
    "unequal amounts": World(740, 3, amount=(8.0, 1.5)),
}
DAYS = {
    "stage-rich": World(150, 40, dwell=(2.0, 4.0, 6.0, 5.0)),
    "long stages": World(180, 20, passes=(0.9, 0.85, 0.8, 0.8, 0.9), dwell=(6.0, 9.0, 12.0, 9.0, 6.0)),
    "bare stage changes": World(
        150, 30, (0.95, 0.9, 0.95), (1.0, 5.0, 8.0), amount=None, bare=True, weekdays=True
    ),
    "quick growth": World(150, 12, dwell=(2.0, 4.0, 6.0, 5.0), growth=6.0),
    "small and young": World(150, 5, dwell=(2.0, 4.0, 6.0, 5.0)),
}


def history_of(world: World, seed: int) -> History:
    """A world's books on its last day, as one course of things filled them."""
    rng = np.random.default_rng(seed)
    opened = _arrivals(world, rng)
    n, until = len(opened), START + world.days
    owner = rng.integers(0, world.people, n)
    skill = rng.normal(0, world.skill, world.people)
    free = [np.full(world.capacity or 0, float(START)) for _ in range(world.people)]
    outcome, closed = np.full(n, float(OPEN)), np.full(n, np.nan)
    events: list[tuple[int, int, float]] = []
    for i in range(n):
        waits, slot = _begins(world, opened[i], free[owner[i]])
        ways, end, won = _course(world, rng, opened[i], waits, skill[owner[i]])
        if slot is not None and waits - opened[i] <= GIVES_UP:
            free[owner[i]][slot] = end
        events += [(i, stage, at) for stage, at in ways if at < min(end, until)]
        if end < until:
            outcome[i], closed[i] = (WON if won else LOST), end
    return _books(world, rng, opened, owner, outcome, closed, events)


def _arrivals(world: World, rng: np.random.Generator) -> Floats:
    most = world.per_day * max(world.growth, 1.0) ** (world.days / YEAR) * (1 + world.yearly)
    most *= max(world.break_by, 1.0)
    t = np.sort(rng.uniform(0, world.days, rng.poisson(most * world.days)))
    rate = world.per_day * world.growth ** (t / YEAR) * (1 + world.yearly * np.sin(2 * np.pi * t / YEAR))
    rate *= np.where(t > world.break_at * world.days, world.break_by, 1.0)
    return START + _working(t[rng.random(len(t)) < rate / most], world)


def _begins(world: World, t: float, free: Floats) -> tuple[float, int | None]:
    """When somebody has time for what arrives at `t`, and which of their places it takes."""
    if world.capacity is None:
        return t, None
    slot = int(free.argmin())
    return max(t, float(free[slot])), slot


def _course(
    world: World, rng: np.random.Generator, opened: float, begins: float, skill: float
) -> tuple[list[tuple[int, float]], float, bool]:
    """Stages with the time of entering them, when it ends, and whether it is won."""
    if begins - opened > GIVES_UP:
        return [(0, opened)], opened + GIVES_UP, False
    t, ways = begins, []
    for stage, passes in enumerate(world.passes):
        ways.append((stage, opened if stage == 0 else t))
        old = (t - START) / world.days
        t += world.dwell[stage] * world.slower**old * float(np.exp(world.spread * rng.normal()))
        odds = np.log(passes / (1 - passes)) + skill + world.drift * old
        if rng.random() > 1 / (1 + np.exp(-odds)):
            return ways, _closing(world, rng, t), False
    return ways, _closing(world, rng, t), True


def _closing(world: World, rng: np.random.Generator, t: float) -> float:
    if rng.random() < world.push:
        quarter = YEAR / 4
        t = START + quarter * np.ceil((t - START) / quarter) - min(float(rng.exponential(7.0)), 28.0)
    return float(START + _working(np.array([t - START]), world)[0])


def _working(t: Floats, world: World) -> Floats:
    """Days since the start, those on a weekend moved to the Monday after it."""
    weekday = (START + np.floor(t) + 3) % 7  # 1970-01-01 was a Thursday
    return t + np.where(world.weekdays & (weekday >= 5), 7 - weekday, 0)


def _books(
    world: World,
    rng: np.random.Generator,
    opened: Floats,
    owner: np.ndarray,
    outcome: Floats,
    closed: Floats,
    events: list[tuple[int, int, float]],
) -> History:
    n = len(opened)
    over = np.flatnonzero(outcome != OPEN)
    order = over[np.argsort(closed[over])]
    nothing, nobody = np.full(n, np.nan), np.full(n, -1.0)
    value = nothing if world.amount is None else np.round(np.exp(rng.normal(*world.amount, n)))
    of, stage, at = (np.array(column) for column in zip(*events, strict=True))
    return History(
        ids=np.arange(n) + 1,
        recorded=opened,
        opened=Track(nothing if world.bare else opened),
        product=Track(nobody),
        outcome=Track(np.full(n, float(OPEN)), order, closed[order], outcome[order]),
        closed=Track(nothing, order, closed[order], closed[order]),
        amount=Track(nothing, order, closed[order], value[order])
        if world.amount_at_closing
        else Track(value),
        close_on=Track(nothing),
        owner=Track(nobody if world.bare else owner.astype(float)),
        events=Events(of, stage, at, at, np.full(len(at), np.nan)),
        stages=len(world.passes),
        owners=() if world.bare else tuple(f"Rep {k}" for k in range(world.people)),
        teams=() if world.bare else ("East", "West") * (world.people // 2),
    )
