"""Walking forward: every period is forecast with what was known at its start (B7)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from core.forecast.amounts import usual_win
from core.forecast.candidates import BASELINES, Pipeline, pipeline, series, span_values
from core.forecast.combine import Combined, Past, combine
from core.forecast.history import WON, Floats, History
from core.forecast.season import seasonal
from core.forecast.win_model import WinModel

_PACE_DAYS, _PACE_WINS = 3.0, 10  # of a period before its pace says anything: one large win is none


@dataclass(frozen=True, slots=True)
class Outlook:
    """A period's forecast.

    Attributes:
        start, end: the period, days since 1970.
        company: the combined forecast.
        pipeline: the open opportunities that it rests on.
    """

    start: float
    end: float
    company: Combined
    pipeline: Pipeline

    @property
    def baselines(self) -> dict[str, float | None]:
        """What the simple baselines say; None where one has nothing to go by."""
        return {name: self.company.parts.get(name) for name in BASELINES}


def walk(
    history: History,
    edges: Sequence[float],
    cycles: Sequence[int],
    *,
    country: str = "CN",
    tick: Callable[[float], None] = lambda share: None,
) -> list[Outlook]:
    """Forecast the period that begins at each edge but the last, one after the other; see `walk_spans`."""
    return walk_spans(history, tuple(pairwise(edges)), cycles, country=country, tick=tick)


def walk_spans(
    history: History,
    spans: Sequence[tuple[float, float]],
    cycles: Sequence[int],
    *,
    country: str = "CN",
    learnt_at: Callable[[float], float] = float,
    began: Sequence[float] = (),
    model: WinModel | None = None,
    tick: Callable[[float], None] = lambda share: None,
) -> list[Outlook]:
    """Forecast each span at its beginning, one after the other.

    A span's forecast uses the earlier ones' views and what the books said of their outcome at its start.

    Args:
        began: when the period began whose rest a span is, by span; none where spans are whole periods.
        model: speaks for the last span, the present one; models of the past are made as they would have been.
        learnt_at: up to when the series' season is learnt for a span that begins at an instant.
    """
    outlooks: list[Outlook] = []
    for n, (start, end) in enumerate(spans):
        values = span_values(history, start, spans[:n])
        lines = pipeline(history, start, end, model if n == len(spans) - 1 else None)
        win = usual_win(history, start)
        parts = series(values, cycles, win)
        if (history.as_of(start).outcome == WON).any():
            parts["bottom_up"] = lines.expected
        if lines.model.wins:
            parts["stage_rate"] = float(lines.baseline @ lines.amount)
        if (prophet := seasonal(history, start, end, country, learnt_at(start))) is not None:
            parts["prophet"] = prophet
        parts |= _pace(history, began[n], start, end) if began else {}
        wins = lines.model.wins
        doubt = float(np.hypot(lines.deviation(), lines.expected / (wins + 1) ** 0.5))
        said = combine(parts, _past(outlooks, values, wins), doubt, cycles, win=win)
        outlooks.append(Outlook(start, end, said, lines))
        tick((n + 1) / len(spans))
    return outlooks


def _pace(history: History, began: float, t: float, end: float) -> dict[str, float]:
    """The rest of a running period if it goes on as it went so far; nothing after few days or wins."""
    if t - began < _PACE_DAYS or history.as_of(t).won(began, t).sum() < _PACE_WINS:
        return {}
    won = span_values(history, t, [(began, t)])[0]
    return {"pace": float(won) * (end - t) / (t - began)} if won > 0 else {}


def _past(outlooks: Sequence[Outlook], values: Floats, wins: int) -> list[Past]:
    return [
        Past(o.company.parts, o.company.forecast, float(actual), said_by_now(o.pipeline.model.wins, wins))
        for o, actual in zip(outlooks, values, strict=True)
        if np.isfinite(actual) and o.company.parts
    ]


def said_by_now(then: int, now: int) -> float:
    """How much a forecast that rested on so many wins says of one that rests on so many now, 0–1.

    >>> said_by_now(30, 120), said_by_now(150, 120), said_by_now(0, 0)
    (0.25, 1.0, 1.0)
    """
    return min(1.0, then / now) if now else 1.0
