"""The product's one chart template, and how a chart is shown.

Streamlit's theme supplies fonts, grid and text colours for light and dark; this template takes away
what does not carry data. Colours are Okabe and Ito's, told apart by colour-blind people and readable
on both backgrounds; `MARK` is the one colour of plain data, `OVER` of what needs attention.
"""

from typing import Any

import plotly.graph_objects as go
import streamlit as st

MARK = "#0072B2"
SOFT = "#56B4E9"
OVER = "#D55E00"
GOOD = "#009E73"
QUIET = "#8A8F98"
SEQUENCE = (MARK, "#E69F00", GOOD, "#CC79A7", SOFT, OVER, QUIET)

_AXIS = {
    "showgrid": False,
    "zeroline": False,
    "showline": False,
    "ticks": "",
    "automargin": True,
    "title": {"text": ""},
    "fixedrange": True,
}
TEMPLATE = go.layout.Template(
    layout={
        "colorway": SEQUENCE,
        "margin": {"l": 0, "r": 8, "t": 8, "b": 0},
        "xaxis": _AXIS,
        "yaxis": _AXIS,
        "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "title": {"text": ""}},
        "bargap": 0.45,
        "hoverlabel": {"align": "left"},
        "dragmode": False,
        "uirevision": "kept",
    }
)
_CONFIG = {"displayModeBar": False, "scrollZoom": False, "doubleClick": False}


def figure(*traces: Any, height: int, **layout: Any) -> go.Figure:
    """A figure in the product's look.

    Args:
        traces: plotly.graph_objects traces; `customdata` of a mark is what a click on it gives.
        height: pixels.
    """
    return go.Figure(list(traces), {"template": TEMPLATE, "height": height, **layout})


def show(chart: go.Figure, key: str, *, alt: str) -> None:
    """Draw a figure.

    Args:
        alt: what it shows, in a sentence, for people who do not see it.
    """
    st.plotly_chart(chart, key=key, config=_CONFIG, alt=alt)


def pick(chart: go.Figure, key: str, *, alt: str) -> Any:
    """Draw a figure; returns the customdata of the mark that was clicked, None without a click."""
    event = st.plotly_chart(
        chart, key=key, config=_CONFIG, alt=alt, on_select="rerun", selection_mode="points"
    )
    points = event.selection.points
    return points[0].get("customdata") if points else None
