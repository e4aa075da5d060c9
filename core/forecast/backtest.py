"""Every period between two days, forecast as it would have been then and scored by what came (B7)."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

import numpy as np

from core.forecast.candidates import period_values
from core.forecast.groups import NOBODY, Group, group_outlooks, group_values
from core.forecast.history import History
from core.forecast.outlook import looked_at
from core.forecast.periods import Horizon, instant
from core.forecast.scoring import Bin, Scored, Totals, reliability, totals
from core.forecast.walk import Outlook, walk

_CERTAIN = np.inf  # what came is read from all that is in the books today


@dataclass(frozen=True, slots=True)
class Backtest:
    """Scored forecasts with their totals; `starts` and `ends` are the days of each row.

    `reliability` holds the chances that were told beside what came true.
    """

    starts: tuple[date, ...]
    ends: tuple[date, ...]
    rows: tuple[Scored, ...]
    totals: Totals
    reliability: tuple[Bin, ...] = ()


def backtest(
    history: History,
    horizon: Horizon,
    first: date,
    last: date,
    *,
    level: str = "company",
    zone: ZoneInfo,
    country: str = "CN",
    tick: Callable[[float], None] = lambda share: None,
) -> Backtest:
    """Forecast every period that begins from `first` to `last` and whose end the books have seen.

    Earlier periods are forecast too, to learn the views' skill from; they are not scored. No origin sees
    what was recorded after it.

    Args:
        level: `company`, `team` or `rep`.
    """
    days = periods(history, horizon, first, last, zone)
    warm = _warm_up(history, horizon, days[0], zone) if len(days) > 1 else []
    edges = [instant(day, zone) for day in (*warm, *days)]
    outlooks = walk(history, edges, horizon.cycles, country=country, tick=tick) if len(days) > 1 else []
    rows = _scored(history, outlooks, edges, level, horizon)
    asked = [row for row in rows if row.start >= edges[len(warm)] - 1e-9] if edges else []
    by_start = {edge: day for edge, day in zip(edges, (*warm, *days), strict=True)}
    return Backtest(
        tuple(by_start[row.start] for row in asked),
        tuple(by_start[row.end] for row in asked),
        tuple(asked),
        *_judged(history, outlooks[len(warm) :], asked),
    )


def periods(history: History, horizon: Horizon, first: date, last: date, zone: ZoneInfo) -> list[date]:
    """The edges of the periods that begin from `first` to `last` and have ended in the books."""
    day = horizon.start(first)
    found = [day]
    while day <= last and instant(horizon.step(day), zone) <= history.last_known + 1:
        day = horizon.step(day)
        found.append(day)
    return found


def _warm_up(history: History, horizon: Horizon, first: date, zone: ZoneInfo) -> list[date]:
    count = looked_at(history, horizon, first, zone)
    earlier = [horizon.step(first, -n) for n in range(count, 0, -1)]
    known = history.as_of(instant(first, zone)).first_closing
    return [day for day in earlier if instant(day, zone) >= known - 3]


def _scored(
    history: History, outlooks: list[Outlook], edges: list[float], level: str, horizon: Horizon
) -> list[Scored]:
    if not outlooks:
        return []
    if level == "company":
        actual = period_values(history, _CERTAIN, edges)
        return [
            Scored(o.start, o.end, None, a, o.company.forecast, o.company.low, o.company.high, o.baselines)
            for o, a in zip(outlooks, map(float, np.nan_to_num(actual)), strict=True)
        ]
    groups = _groups(history, level)
    found = group_outlooks(history, outlooks, groups, horizon.cycles)
    names = [g.group for g in found[0]]
    code = np.array([names.index(g) for g in (*groups, NOBODY)], np.int64)
    values = np.nan_to_num(group_values(history, _CERTAIN, edges, code, len(names)))
    return [
        Scored(
            g.start,
            g.end,
            g.group[0],
            float(values[k, n]),
            g.said.forecast,
            g.said.low,
            g.said.high,
            g.baselines,
        )
        for n, period in enumerate(found)
        for k, g in enumerate(period)
        if g.group[0] or values[k].any() or g.said.forecast
    ]


def _groups(history: History, level: str) -> list[Group]:
    """The group of each owner code: its team, whose name is its own, or the person, who may share a name."""
    if level == "team":
        return [(name, 0) if name else NOBODY for name in history.teams]
    return [(name, n) for n, name in enumerate(history.owners)]


def _judged(history: History, outlooks: list[Outlook], asked: list[Scored]) -> tuple[Totals, tuple[Bin, ...]]:
    books = history.as_of(_CERTAIN)
    chance, rate, won = [np.zeros(0)], [np.zeros(0)], [np.zeros(0)]
    for o in outlooks:
        lines = o.pipeline
        if lines.model.wins:
            chance.append(lines.chance)
            rate.append(lines.baseline)
            won.append(books.won(o.start, o.end)[lines.rows.of].astype(float))
    told, came = np.concatenate(chance), np.concatenate(won)
    return totals(asked, told, np.concatenate(rate), came), reliability(told, came)
