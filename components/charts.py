"""The product's one chart template, and how a chart is shown.

Streamlit's theme supplies fonts and text colours for light and dark; this template takes away what does
not carry data. Teal and orange are told apart by colour-blind people and stand on both backgrounds:
`MARK` is plain data, `OVER` what needs attention, `ALARM` what is wrong, `QUIET` what says little. Grey is
told from teal by more than its colour: by shape, by words beside it, or hatched (`HATCH`).
"""

import html
import math
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import accumulate
from typing import Any

import streamlit as st

from components import format, marks
from components.marks import Figure, Trace

MARK = "#117E75"
OVER = "#D97706"
ALARM = "#D14343"
QUIET = "#8A949C"
ON_MARK, ON_OVER = "#FFFFFF", "#10171D"  # no ink: the style sheet gives that the theme's colour
HATCH = {"shape": "/", "size": 6, "solidity": 0.3}
_INK = {"light": "#0F1820", "dark": "#E6ECEF"}
SEQUENCE = (MARK, OVER, "#3B6FB6", "#A855A0", "#64748B", "#65A30D")

CHECKED = False  # whether plotly checks what figures are made of; the tests do

_AXIS = {
    "showgrid": False,
    "zeroline": False,
    "showline": False,
    "ticks": "",
    "automargin": True,
    "title": {"text": "", "font": {"size": 12}},
    "fixedrange": True,
}
TEMPLATE = {
    "layout": {
        "colorway": SEQUENCE,
        "margin": {"l": 0, "r": 8, "t": 8, "b": 0},
        "xaxis": _AXIS,
        "yaxis": _AXIS,
        "legend": {
            "orientation": "h",
            "y": 1.02,
            "yanchor": "bottom",
            "x": 0,
            "title": {"text": ""},
            "traceorder": "normal",
        },
        "bargap": 0.45,
        "hoverlabel": {"align": "left"},
        "dragmode": False,
        "uirevision": "kept",
    }
}
_CONFIG = {"displayModeBar": False, "scrollZoom": False, "doubleClick": False}
_STEPS = ((2.0, 5.0), (1.0, 2.5), (0.5, 0.0))  # between ticks, from which leading digit on
_IMAGE = {"displayModeBar": True, "displaylogo": False, "modeBarButtons": [["toImage"]]}


def figure(*traces: Trace, height: int, **layout: Any) -> Figure:
    """A figure in the product's look.

    Args:
        traces: of `components.marks`; `customdata` of a mark is what a click on it gives.
        height: pixels.
    """
    for trace in traces:
        if trace["type"] != "waterfall":
            trace.setdefault("unselected", {"marker": {"opacity": 1}})  # a click opens rows, it does not dim
    return made(traces, {"template": TEMPLATE, "height": height, **layout})


def made(traces: Sequence[Trace], layout: Mapping[str, Any]) -> Figure:
    """A figure; the tests let plotly check what it is made of, which takes more time than all else."""
    if CHECKED:
        from plotly.graph_objects import Figure as Checked

        Checked(list(traces), dict(layout))
    return Figure(traces, layout)


def money_axis(top: float, currency: str, language: str) -> dict[str, Any]:
    """A vertical axis from zero on whose amounts are written as the reader's language writes them.

    Args:
        top: the largest amount drawn.

    >>> money_axis(4_012_890.0, "CNY", "zh")["ticktext"]
    ['¥0', '¥100万', '¥200万', '¥300万', '¥400万']
    """
    power = 10.0 ** math.floor(math.log10(top)) if top > 0 else 1.0
    step = power * next(part for part, least in _STEPS if top / power >= least or not least)
    places = [step * n for n in range(math.floor(max(top, 0.0) / step) + 1)]
    said = [format.money(Decimal(str(p)), currency, language, compact=True) for p in places]
    return {"rangemode": "tozero", "tickmode": "array", "tickvals": places, "ticktext": said}


def day_axis(first: date, last: date, language: str) -> dict[str, Any]:
    """A horizontal axis whose days are named as the reader's language writes them: six at most, evenly.

    >>> day_axis(date(2026, 3, 2), date(2026, 3, 12), "zh")["ticktext"]
    ['3月2日', '3月4日', '3月6日', '3月8日', '3月10日', '3月12日']
    """
    days = (last - first).days
    named = [first + timedelta(days=n) for n in range(0, days + 1, math.ceil(days / 5) or 1)]
    return {
        "tickmode": "array",
        "tickvals": [day.isoformat() for day in named],
        "ticktext": [format.short_day(day, language) for day in named],
    }


def tint(colour: str, strength: float) -> str:
    """A colour that lets the theme's background through; `strength` 0–1.

    >>> tint("#D97706", 0.5)
    'rgba(217,119,6,0.50)'
    """
    red, green, blue = (int(colour[n : n + 2], 16) for n in (1, 3, 5))
    return f"rgba({red},{green},{blue},{strength:.2f})"


def ink() -> str:
    """The colour of words on a tint or beside a mark, in the theme that the reader has."""
    return _INK.get(st.context.theme.type or "light", _INK["light"])


def words(
    x: Sequence[float],
    y: Sequence[str | float],
    text: Sequence[str],
    colour: str = "",
    *,
    beside: bool = False,
) -> Trace:
    """Words of one colour on a picture, at the middle of their places or to the right of them.

    A trace of their own: words of a layout take several times as long to draw, and a mark's own would be
    dimmed by a click on another mark.

    Args:
        colour: without it the grey of what stands at the axes.
    """
    colour = colour or QUIET  # which the style sheet sets apart
    return marks.scatter(
        mode="text",
        x=list(x),
        y=list(y),
        text=[f"\u2002{one}" for one in text] if beside else list(text),
        textposition="middle right" if beside else "middle center",
        textfont={"color": colour, "size": 12 if beside else 13},
        unselected={"textfont": {"color": colour}},
        hoverinfo="skip",
        showlegend=False,
        cliponaxis=False,
    )


def across(value: float) -> dict[str, Any]:
    """A dotted line over the whole width, among the `shapes` of a figure."""
    place = {"type": "line", "xref": "x domain", "x0": 0, "x1": 1, "yref": "y", "y0": value, "y1": value}
    return place | {"line": {"color": QUIET, "width": 1, "dash": "dot"}}


def room(ends: Sequence[float], *, both: bool = False) -> list[float]:
    """The ends of an axis of bars, with room for the words beside them.

    Args:
        both: words stand at the left ends as well, as where bars fall.

    >>> room([0.0, 100.0]), room([0.0, 100.0], both=True)
    ([0.0, 165.0], [-100.0, 200.0])
    """
    low, high = min(0.0, *ends), max(0.0, *ends)
    span = high - low or 1.0
    if both:
        return [low - span, high + span]
    return [low - span * 0.12 if low < 0 else low, high + span * 0.65]


def escaped(text: str) -> str:
    """People's text inside a chart, where some HTML is understood.

    >>> escaped("<b>A & B")
    '&lt;b&gt;A &amp; B'
    """
    return html.escape(text, quote=False)


def clipped(text: str, length: int = 14) -> str:
    """A name short enough for an axis; ten Chinese letters take the room of fourteen others.

    >>> clipped("Haihe Pumps and Valves"), clipped("深圳顺达液压件科技有限公司")
    ('Haihe Pumps a…', '深圳顺达液压件科技…')
    """
    room = 10 * length
    takes = [10 + 4 * (wide(letter) - 1) for letter in text]
    if sum(takes) <= room:
        return escaped(text)
    fits = sum(used <= room - 10 for used in accumulate(takes))
    return escaped(text[:fits] + "…")


def wide(text: str) -> int:
    """How many Latin letters' room a text takes; a Chinese letter takes two."""
    return sum(1 + (unicodedata.east_asian_width(letter) in "WF") for letter in text)


def show(chart: Figure, key: str, *, alt: str, image: str = "") -> None:
    """Draw a figure.

    Args:
        alt: what it shows, in a sentence, for people who do not see it.
        image: name of the file under which it can be saved as a picture; without it there is no button.
    """
    st.plotly_chart(chart, key=key, config=_config(image), alt=alt)


def _config(image: str) -> dict[str, Any]:
    return _CONFIG | (_IMAGE | {"toImageButtonOptions": {"filename": image, "scale": 2}} if image else {})


def clicked(chart: Figure, key: str, *, alt: str, image: str = "") -> Any:
    """Draw a figure; returns the customdata of the mark that was clicked in this run.

    A second click on the same mark takes the browser's selection away; it means the same mark again.

    Args:
        image: name of the file under which it can be saved as a picture; without it there is no button.
    """
    mark, latest = f"{key}-clicked", f"{key}-latest"

    def remember() -> None:
        if points := st.session_state[key].selection.points:
            st.session_state[latest] = points[0].get("customdata")
        st.session_state[mark] = st.session_state.get(latest)

    st.plotly_chart(
        chart, key=key, config=_config(image), alt=alt, on_select=remember, selection_mode="points"
    )
    return st.session_state.pop(mark, None)
