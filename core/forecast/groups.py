"""Forecasts of teams and people that add up to the company's (B2, B4)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from core.forecast.amounts import paid_amounts, usual_win
from core.forecast.candidates import BASELINES, TOLERANCE, series
from core.forecast.combine import Combined, Past, combine
from core.forecast.history import Floats, History, Ints
from core.forecast.walk import Outlook, said_by_now

Group = tuple[str, int]  # what it is called, and a number that tells apart those who are called the same
NOBODY: Group = ("", -1)
_SHARE_DAYS = 180.0  # of wins that say who brings what is not yet known


@dataclass(frozen=True, slots=True)
class GroupOutlook:
    """One group's part of a period."""

    group: Group
    start: float
    end: float
    said: Combined

    @property
    def baselines(self) -> dict[str, float | None]:
        """What the simple baselines say of this group."""
        return {name: self.said.parts.get(name) for name in BASELINES}


def group_outlooks(
    history: History, outlooks: Sequence[Outlook], groups: Sequence[Group], cycles: Sequence[int]
) -> list[list[GroupOutlook]]:
    """Each period's forecast by group; a period's groups add up to its company forecast.

    Args:
        outlooks: consecutive periods from `walk`.
        groups: the group of each owner code; what has no owner is `NOBODY`'s.
    """
    names = sorted({*groups, NOBODY})
    code = np.array([names.index(g) for g in (*groups, NOBODY)], np.int64)
    edges = [o.start for o in outlooks] + [outlooks[-1].end] if outlooks else []
    pasts: dict[Group, list[tuple[int, Mapping[str, float], float]]] = {name: [] for name in names}
    found = []
    for n, outlook in enumerate(outlooks):
        values = group_values(history, outlook.start, edges[: n + 1], code, len(names))
        views = _views(history, outlook, values, code, len(names), cycles)
        weights = [said_by_now(o.pipeline.model.wins, outlook.pipeline.model.wins) for o in outlooks[:n]]
        past = [_known(pasts[name], values[g], weights) for g, name in enumerate(names)]
        win = usual_win(history, outlook.start)
        said = [
            combine(view.parts, mine, view.deviation, cycles, past, win)
            for view, mine in zip(views, past, strict=True)
        ]
        said = _adding_up(said, outlook.company.forecast)
        for name, one in zip(names, said, strict=True):
            pasts[name].append((n, one.parts, one.forecast))
        found.append(
            [
                GroupOutlook(name, outlook.start, outlook.end, one)
                for name, one in zip(names, said, strict=True)
            ]
        )
    return found


def group_values(history: History, t: float, edges: Sequence[float], code: Ints, groups: int) -> Floats:
    """Value won by group between each edge and the next, shape (groups, periods), as the books say at `t`.

    NaN before closings were kept. A win counts for whoever owned the opportunity in the end.
    """
    books, paid = history.as_of(t), paid_amounts(history, t)
    found = np.full((groups, max(len(edges) - 1, 0)), np.nan)
    for n, (begin, end) in enumerate(pairwise(edges)):
        if begin >= books.first_closing - TOLERANCE * (end - begin) and end <= t:
            won = books.won(begin, end)
            found[:, n] = np.bincount(code[books.owner[won]], paid[won], minlength=groups)
    return found


@dataclass(frozen=True, slots=True)
class _View:
    """What the candidates say of one group, and how far chance alone carries its sum."""

    parts: dict[str, float]
    deviation: float


def _views(
    history: History, outlook: Outlook, values: Floats, code: Ints, groups: int, cycles: Sequence[int]
) -> list[_View]:
    lines, books = outlook.pipeline, history.as_of(outlook.start)
    of = code[books.owner[lines.rows.of]]
    won, win = books.won(outlook.start - _SHARE_DAYS, outlook.start), usual_win(history, outlook.start)
    brought = np.bincount(code[books.owner[won]], minlength=groups) + 0.5
    brought[code[-1]] -= 0.5  # nobody's: only what nobody had before
    share = brought / brought.sum()
    found = []
    for g in range(groups):
        mine = of == g
        parts = series(values[g], cycles, win)
        if lines.model.wins:
            p, q, a = lines.chance[mine], lines.baseline[mine], lines.amount[mine]
            fresh = lines.fresh.value * share[g]
            parts |= {"bottom_up": float(p @ a + fresh), "stage_rate": float(q @ a)}
        found.append(_View(parts, lines.deviation(mine, float(share[g]))))
    return found


def _known(
    past: Sequence[tuple[int, Mapping[str, float], float]], values: Floats, weights: Sequence[float]
) -> list[Past]:
    return [
        Past(parts, said, float(values[n]), weights[n])
        for n, parts, said in past
        if np.isfinite(values[n]) and parts
    ]


def _adding_up(said: Sequence[Combined], company: float) -> list[Combined]:
    total = sum(c.forecast for c in said if np.isfinite(c.forecast))
    scale = company / total if total and np.isfinite(company) else 1.0
    return [replace(c, forecast=c.forecast * scale, low=c.low * scale, high=c.high * scale) for c in said]
