"""The picture of promises against the plan: what was told outside, what is planned inside, and the gap."""

from collections.abc import Sequence
from datetime import date, timedelta

from components import charts, format, marks, pictures
from components.marks import Figure, Trace
from components.text import t
from core.pictures.limits import late
from core.promises.acceptance import Fulfilment
from core.promises.consistency import Light
from data.queries.promise_board import BoardRow
from data.queries.promises import PromiseRow

MOST = 12
_COLOURS = {"red": charts.ALARM, "amber": charts.OVER, "green": charts.MARK}
_ROW, _AROUND = 46, 100  # pixels
_LETTERS = 28
_BELOW_NAME, _TO_NEXT_NAME = 0.12, 0.38  # rows around a row's marks that are free of names


def gap_words(row: BoardRow) -> str:
    """How far both dates are apart, in words."""
    state = row.promise.state
    return t(f"promises.why.{state.code}", n=abs(state.gap_days or 0))


def picture(rows: Sequence[BoardRow], today: date, language: str) -> int | None:
    """Draw the first promises; returns the promise that was clicked."""
    shown = rows[:MOST]
    made = _figure(shown, today, language)
    note = t("promises.picture_alt", n=len(shown))
    clicked = pictures.draw(made, "promise-picture", _finding(rows, language), note, language)
    return int(clicked[0]) if clicked else None


def _finding(rows: Sequence[BoardRow], language: str) -> str:
    """How many promised days the plan misses, of all that are listed, or how many passed unconfirmed."""
    gaps = [((r.promise.id, r.promise.customer), r.promise.state.gap_days) for r in rows]
    said = late(gaps, sum(r.promise.fulfilment is Fulfilment.MISSED for r in rows))
    return pictures.words(
        "promises", said, language, name=lambda key: key[1], value=lambda days: format.number(days, language)
    )


def _figure(rows: Sequence[BoardRow], today: date, language: str) -> Figure:
    days = [d for row in rows for d in (row.promise.promised_on, _awaited(row.promise)) if d] + [today]
    first, last = min(days), max(days)
    around = [day.isoformat() for day in (first - timedelta(days=3), last + timedelta(days=3))]
    return charts.figure(
        _today(len(rows), today),
        *(_gaps(rows, light) for light in _COLOURS),
        _marks(rows, language, planned=False),
        _marks(rows, language, planned=True),
        height=_AROUND + _ROW * len(rows),
        showlegend=True,
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        yaxis={"visible": False, "range": [len(rows) - 0.6, -0.8]},
        xaxis={"range": around} | charts.day_axis(first, last, language),
        annotations=[_name(n, row) for n, row in enumerate(rows)],
    )


def _light(promise: PromiseRow) -> Light:
    """How it stands beside the plan; red once its day has passed without the customer's confirmation."""
    return Light.RED if promise.fulfilment is Fulfilment.MISSED else promise.state.light


def _awaited(promise: PromiseRow) -> date | None:
    """The planned day; none where what keeps it was there already."""
    return None if promise.there else promise.planned_on


def _gaps(rows: Sequence[BoardRow], light: str) -> Trace:
    """What lies between both dates of all rows of a light: a line each, in one trace."""
    x: list[str | None] = []
    y: list[int | None] = []
    for n, promise in ((n, row.promise) for n, row in enumerate(rows) if _light(row.promise) == light):
        planned = _awaited(promise) or promise.promised_on
        x += [promise.promised_on.isoformat(), planned.isoformat(), None]
        y += [n, n, None]
    return marks.scatter(
        x=x,
        y=y,
        mode="lines",
        line={"color": _COLOURS[light], "width": 5},
        hoverinfo="skip",
        showlegend=False,
    )


def _marks(rows: Sequence[BoardRow], language: str, *, planned: bool) -> Trace:
    chosen = [(n, row.promise) for n, row in enumerate(rows) if not planned or _awaited(row.promise)]
    dates = [(p.planned_on if planned else p.promised_on) for _, p in chosen]
    name = t("promises.planned") if planned else t("promises.promised")
    return marks.scatter(
        x=[d.isoformat() for d in dates if d],
        y=[n for n, _ in chosen],
        mode="markers",
        name=name,
        marker={
            "symbol": "circle" if planned else "diamond",
            "size": 12 if planned else 13,
            "color": charts.QUIET if planned else [_COLOURS[_light(p)] for _, p in chosen],
        },
        text=[format.day(d, language) for d in dates],
        customdata=[[p.id] for _, p in chosen],
        hovertemplate=name + " %{text}<extra></extra>",
    )


def _today(rows: int, today: date) -> Trace:
    """Today beside every row's marks; it leaves out the stretches in which the names stand."""
    at = today.isoformat()
    ends = [(n - _BELOW_NAME, n + _TO_NEXT_NAME) for n in range(rows)]
    return marks.scatter(
        x=[at, at, None] * rows,
        y=[y for top, bottom in ends for y in (top, bottom, None)],
        mode="lines",
        name=t("promises.today"),
        line={"color": charts.QUIET, "width": 1.5, "dash": "dot"},
        hoverinfo="skip",
    )


def _name(n: int, row: BoardRow) -> dict[str, object]:
    name = row.promise.customer
    name = name if len(name) <= _LETTERS else f"{name[:_LETTERS]}…"
    return {
        "x": 0,
        "xref": "paper",
        "xanchor": "left",
        "y": n,
        "yshift": 15,
        "text": charts.escaped(f"{name} · {gap_words(row)}"),
        "showarrow": False,
        "font": {"size": 12, "color": charts.ink()},
    }
