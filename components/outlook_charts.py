"""The charts of forecasts: day by day with its band, why it moved, and how far chances were right."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from itertools import accumulate, pairwise
from typing import Any

import plotly.graph_objects as go

from components import charts, format
from components.blocks import empty, section
from components.text import t
from data.queries.outlook import Point

_BAND = "rgba(20,137,127,0.18)"
_LEAST = 2  # snapshots that make a course


def course(points: Sequence[Point], currency: str, language: str) -> None:
    """How the forecast moved since the period began."""
    section(t("outlook.course"), help=t("outlook.course_help"))
    told = [p for p in points if p.value is not None]
    if len(told) < _LEAST:
        empty(t("outlook.no_course"), t("outlook.no_course_hint"), icon=":material/show_chart:")
        return
    charts.show(_course(told, currency, language), "outlook-course", alt=t("outlook.course_alt"))


def _course(points: Sequence[Point], currency: str, language: str) -> go.Figure:
    days = [p.taken_on for p in points]
    words = [
        f"{format.day(p.taken_on, language)}: {format.worth(p.value, currency, language)}"
        + (f" · {t('outlook.computed_short')}" if p.computed else "")
        for p in points
    ]
    line = go.Scatter(
        x=days,
        y=_floats([p.value for p in points]),
        name=t("outlook.line"),
        mode="lines+markers",
        line={"color": charts.MARK, "width": 2},
        marker={"symbol": ["circle-open" if p.computed else "circle" for p in points], "size": 7},
        hovertext=words,
        hoverinfo="text",
    )
    won = go.Scatter(
        x=days,
        y=_floats([p.won for p in points]),
        name=t("outlook.won"),
        mode="lines",
        line={"color": charts.QUIET, "width": 2, "shape": "hv"},
        hovertemplate="%{y:,.0f}<extra>" + t("outlook.won") + "</extra>",
    )
    top = max(float(max(p.value or 0, p.high or 0, p.won or 0)) for p in points)
    axes: dict[str, Any] = {
        "xaxis": {"tickformat": "%m-%d"},
        "yaxis": charts.money_axis(top, currency, language),
    }
    return charts.figure(*_band(points), line, won, height=300, showlegend=True, **axes)


def _band(points: Sequence[Point]) -> list[go.Scatter]:
    known = [p for p in points if p.low is not None]
    if not known:
        return []
    days = [p.taken_on for p in known]
    high, low = _floats([p.high for p in known]), _floats([p.low for p in known])
    return [
        go.Scatter(
            x=[*days, *days[::-1]],
            y=[*high, *low[::-1]],
            name=t("outlook.band_name"),
            fill="toself",
            fillcolor=_BAND,
            line={"width": 0},
            mode="lines",
            hoverinfo="skip",
        )
    ]


def _floats(amounts: Sequence[Decimal | None]) -> list[float | None]:
    return [None if a is None else float(a) for a in amounts]


def waterfall(
    before: Decimal, parts: Mapping[str, Decimal], after: Decimal, currency: str, language: str
) -> str | None:
    """Why the forecast moved; returns the part whose bar was clicked."""
    values = [before, *parts.values(), after]
    names = [t("replay.before"), *(t(f"replay.{part}") for part in parts), t("replay.after")]
    at = _levels(before, parts)
    bars = go.Bar(
        y=names,
        x=[abs(float(v)) for v in values],
        base=[0.0, *(min(pair) for pair in pairwise(at)), 0.0],
        orientation="h",
        marker={"color": [charts.QUIET, *(_colour(v) for v in parts.values()), charts.QUIET]},
        customdata=["", *parts, ""],
        text=[format.worth(v, currency, language, compact=True) for v in values],
        textposition="outside",
        cliponaxis=False,
        hovertemplate="%{y}: %{text}<extra></extra>",
    )
    chart = charts.figure(
        bars,
        height=60 + 36 * len(values),
        yaxis={"autorange": "reversed"},
        xaxis={"visible": False, "range": charts.room(at)},
    )
    chosen: str | None = charts.clicked(chart, "replay-waterfall", alt=t("replay.waterfall_alt"))
    return chosen or None


def _levels(before: Decimal, parts: Mapping[str, Decimal]) -> list[float]:
    """The forecast before, and after each part."""
    return list(accumulate((float(v) for v in parts.values()), initial=float(before)))


def _colour(value: Decimal) -> str:
    return charts.MARK if value > 0 else charts.OVER


def reliability(bins: Sequence[Mapping[str, float]], language: str) -> None:
    """Chances as they were told, beside the share that came true."""
    diagonal = go.Scatter(
        x=[0, 1],
        y=[0, 1],
        mode="lines",
        name=t("replay.perfect"),
        line={"color": charts.QUIET, "dash": "dot"},
    )
    points = go.Scatter(
        x=[b["chance"] for b in bins],
        y=[b["won"] for b in bins],
        mode="lines+markers",
        name=t("replay.came_true"),
        line={"color": charts.MARK},
        marker={"size": 9},
        hovertext=[_bin(b, language) for b in bins],
        hoverinfo="text",
    )
    percent = {"tickformat": ".0%", "rangemode": "tozero"}
    chart = charts.figure(
        diagonal,
        points,
        height=300,
        showlegend=True,
        xaxis=percent | {"title": {"text": t("replay.told_chance")}},
        yaxis=percent | {"title": {"text": t("replay.share_won")}},
    )
    charts.show(chart, "replay-reliability", alt=t("replay.reliability_alt"))


def _bin(one: Mapping[str, float], language: str) -> str:
    chance, won = (format.percent(one[k], language, 1) for k in ("chance", "won"))
    return t("replay.bin", chance=chance, won=won, n=int(one["n"]))
