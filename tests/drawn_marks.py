"""A small history drawn in words: `"ANSWER@86 TALK@90=12 QUOTE@95~99 OBJECTION@96=1!98"`.

A mark is its kind, `@` its day, then `=` its value, `~` the day it was entered, `!` the day it was undone.
"""

from __future__ import annotations

import re

import numpy as np

from core.forecast.history import OPEN, Events, History, Track
from core.forecast.signals import Mark, Signals

T = 100.0  # the day that the tables ask about
_PATTERN = re.compile(r"([A-Z]+)@([\d.]+)(?:=(-?[\d.]+))?(?:~([\d.]+))?(?:!([\d.]+))?")


def signals(*of_each: str) -> Signals:
    """Marks of each opportunity in turn."""
    rows = []
    for of, text in enumerate(of_each):
        for word in text.split():
            kind, at, value, entered, undone = _PATTERN.fullmatch(word).groups()
            rows.append(
                (of, float(at), Mark[kind], *(float(x) if x else np.nan for x in (value, entered, undone)))
            )
    rows.sort(key=lambda row: row[:2])
    of, at, kind, value, entered, undone = (
        (np.array(c, np.float64) for c in zip(*rows, strict=True)) if rows else [np.zeros(0)] * 6
    )
    recorded = np.where(np.isnan(entered), at, entered)
    return Signals(of.astype(int), kind.astype(int), at, recorded, undone, value)


def stages(text: str) -> Events:
    """Stage events of the first opportunity: `"0@90 1@95~97"`."""
    found = [re.fullmatch(r"(\d)@([\d.]+)(?:~([\d.]+))?(?:!([\d.]+))?", w).groups() for w in text.split()]
    stage, at, entered, undone = (
        np.array([float(f[n]) if f[n] else np.nan for f in found], np.float64) for n in range(4)
    )
    recorded = np.where(np.isnan(entered), at, entered)
    return Events(np.zeros(len(found), np.int64), stage.astype(int), at, recorded, undone)


def drawn(*of_each: str, events: str = "", **changes) -> History:
    """Open opportunities with these marks; a second one stands by without any of its own."""
    marks = of_each or ("",)
    n = max(len(marks), 2)
    made = {
        "ids": np.arange(n) + 1,
        "opened": Track(np.zeros(n)),
        "recorded": np.zeros(n),
        "product": Track(np.full(n, -1.0)),
        "outcome": Track(np.full(n, float(OPEN))),
        "closed": Track(np.full(n, np.nan)),
        "amount": Track(np.full(n, np.nan)),
        "close_on": Track(np.full(n, np.nan)),
        "owner": Track(np.zeros(n)),
        "events": stages(events),
        "stages": 3,
        "signals": signals(*marks),
    }
    return History(**made | changes)
