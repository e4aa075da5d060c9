"""The charts of forecasts: day by day with its band, why it moved, and how far chances were right."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import partial
from itertools import accumulate, pairwise
from typing import Any

import streamlit as st

from components import charts, format, marks, pictures
from components.blocks import empty, section
from components.marks import Figure, Trace
from components.text import pair, t
from core.pictures.courses import moved
from core.pictures.parts import step
from core.pictures.rates import Rate, came_true
from data.queries.outlook_course import Point

_BAND = "rgba(20,137,127,0.18)"
LEAST = 2  # snapshots that make a course
BEFORE, AFTER = "before", "after"  # the ends of a waterfall
LEAST_CHANCES = 30  # opportunities; chances of fewer cannot be judged


def course(points: Sequence[Point], currency: str, language: str) -> str | None:
    """How the forecast moved since the period began; returns the day whose replay was asked for."""
    section(t("outlook.course"), help=t("outlook.course_help"))
    told = [p for p in points if p.value is not None]
    if len(told) < LEAST:
        empty(t("outlook.no_course"), t("outlook.no_course_hint"), icon=":material/show_chart:")
        return None
    note = t("outlook.course_alt" if any(p.low is not None for p in told) else "outlook.course_alt_bare")
    finding = went(told, currency, language)
    chosen: str | None = pictures.draw(
        _course(told, currency, language), "outlook-course", finding, note, language
    )
    if st.button(t("outlook.why_moved"), icon=":material/waterfall_chart:", key="outlook-why"):
        return told[-1].taken_on.isoformat()
    return chosen


def went(points: Sequence[Point], currency: str, language: str) -> str:
    """From where to where a forecast went, and whether it left the interval that it began with."""
    told = [p for p in points if p.value is not None]
    first, last = told[0], told[-1]
    band = (float(first.low), float(first.high)) if first.low is not None and first.high is not None else None
    said = moved(float(first.value or 0), float(last.value or 0), band)
    return pictures.words("course", said, language, value=partial(_amount, currency, language))


def _amount(currency: str, language: str, amount: float) -> str:
    return format.worth(Decimal(repr(amount)), currency, language, compact=True)


def _course(points: Sequence[Point], currency: str, language: str) -> Figure:
    days = [p.taken_on for p in points]
    words = [
        pair(format.day(p.taken_on, language), format.worth(p.value, currency, language))
        + (f" · {t('outlook.computed_short')}" if p.computed else "")
        for p in points
    ]
    line = marks.scatter(
        x=days,
        y=_floats([p.value for p in points]),
        name=t("outlook.line"),
        mode="lines+markers",
        line={"color": charts.MARK, "width": 2},
        marker={"symbol": ["circle-open" if p.computed else "circle" for p in points], "size": 7},
        customdata=[day.isoformat() for day in days],
        hovertext=words,
        hoverinfo="text",
    )
    won = marks.scatter(
        x=days,
        y=_floats([p.won for p in points]),
        name=t("outlook.won"),
        mode="lines",
        line={"color": charts.QUIET, "width": 2, "shape": "hv"},
        hovertemplate="%{y:,.0f}<extra>" + t("outlook.won") + "</extra>",
    )
    top = max(float(max(p.value or 0, p.high or 0, p.won or 0)) for p in points)
    axes: dict[str, Any] = {
        "xaxis": charts.day_axis(days[0], days[-1], language),
        "yaxis": charts.money_axis(top, currency, language),
    }
    return charts.figure(*_band(points), line, won, height=300, showlegend=True, **axes)


def _band(points: Sequence[Point]) -> list[Trace]:
    known = [p for p in points if p.low is not None]
    if not known:
        return []
    days = [p.taken_on for p in known]
    high, low = _floats([p.high for p in known]), _floats([p.low for p in known])
    return [
        marks.scatter(
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
    """Why the forecast moved; returns the part whose bar was clicked, `BEFORE` or `AFTER` for an end."""
    values = [before, *parts.values(), after]
    names = [t(f"replay.{part}") for part in (BEFORE, *parts, AFTER)]
    at = _levels(before, parts)
    bars = marks.bar(
        y=names,
        x=[abs(float(v)) for v in values],
        base=[0.0, *(min(pair) for pair in pairwise(at)), 0.0],
        orientation="h",
        marker={"color": [charts.QUIET, *(_colour(v) for v in parts.values()), charts.QUIET]},
        customdata=[BEFORE, *parts, AFTER],
        text=[_signed(n, v, len(values), currency, language) for n, v in enumerate(values)],
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
    said = step({part: float(v) for part, v in parts.items()}, float(before), float(after))
    finding = pictures.words(
        "moves",
        said,
        language,
        name=lambda part: t(f"replay.{part}"),
        value=partial(_amount, currency, language),
    )
    note = t("replay.waterfall_alt")
    chosen: str | None = pictures.draw(chart, "replay-waterfall", finding, note, language)
    return chosen


def _signed(n: int, value: Decimal, bars: int, currency: str, language: str) -> str:
    """An amount; a step's with its sign, which tells it from the other kind without its colour."""
    sign = "+" if value > 0 and 0 < n < bars - 1 else ""
    return sign + format.worth(value, currency, language, compact=True)


def _levels(before: Decimal, parts: Mapping[str, Decimal]) -> list[float]:
    """The forecast before, and after each part."""
    return list(accumulate((float(v) for v in parts.values()), initial=float(before)))


def _colour(value: Decimal) -> str:
    return charts.MARK if value > 0 else charts.OVER


def reliability(bins: Sequence[Mapping[str, float]], language: str) -> None:
    """Chances as they were told, beside the share that came true."""
    diagonal = marks.scatter(
        x=[0, 1],
        y=[0, 1],
        mode="lines",
        name=t("replay.perfect"),
        line={"color": charts.QUIET, "dash": "dot"},
    )
    points = marks.scatter(
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
    groups = [Rate(b["chance"], round(b["won"] * b["n"]), int(b["n"]), b["chance"]) for b in bins]
    said = came_true(groups, LEAST_CHANCES)
    finding = pictures.words(
        "chances", said, language, name=lambda chance: format.percent(chance, language, 1)
    )
    pictures.show(chart, "replay-reliability", finding, t("replay.reliability_alt"), language)


def _bin(one: Mapping[str, float], language: str) -> str:
    chance, won = (format.percent(one[k], language, 1) for k in ("chance", "won"))
    return t("replay.bin", chance=chance, won=won, n=int(one["n"]))
