"""The product's one chart template, and how a chart is shown.

Streamlit's theme supplies fonts and text colours for light and dark; this template takes away what does
not carry data. Teal and orange are told apart by colour-blind people and stand on both backgrounds:
`MARK` is plain data, `OVER` what needs attention, `QUIET` what says little.
"""

from typing import Any

import plotly.graph_objects as go
import streamlit as st

MARK = "#14897F"
OVER = "#D97706"
QUIET = "#8A949C"
SEQUENCE = (MARK, OVER, "#3B6FB6", "#A855A0", "#64748B", "#65A30D")

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
)
_CONFIG = {"displayModeBar": False, "scrollZoom": False, "doubleClick": False}


def figure(*traces: Any, height: int, **layout: Any) -> go.Figure:
    """A figure in the product's look.

    Args:
        traces: plotly.graph_objects traces; `customdata` of a mark is what a click on it gives.
        height: pixels.
    """
    made = go.Figure(list(traces), {"template": TEMPLATE, "height": height, **layout})
    dims = {"unselected": {"marker": {"opacity": 1}}}  # a click opens rows, it does not dim
    made.update_traces(dims, selector=lambda trace: trace.type != "waterfall")
    return made


def show(chart: go.Figure, key: str, *, alt: str) -> None:
    """Draw a figure.

    Args:
        alt: what it shows, in a sentence, for people who do not see it.
    """
    st.plotly_chart(chart, key=key, config=_CONFIG, alt=alt)


def clicked(chart: go.Figure, key: str, *, alt: str) -> Any:
    """Draw a figure; returns the customdata of the mark that was clicked in this run."""
    mark = f"{key}-clicked"

    def remember() -> None:
        if points := st.session_state[key].selection.points:
            st.session_state[mark] = points[0].get("customdata")

    st.plotly_chart(chart, key=key, config=_CONFIG, alt=alt, on_select=remember, selection_mode="points")
    return st.session_state.pop(mark, None)
