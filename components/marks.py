"""What figures are drawn of: plotly's traces and figures as plain values.

plotly's own classes look at every value as it is put in, and copy all of it on its way out: they took two
thirds of the time of a page with charts. Here nothing is looked at; the tests let plotly check each figure.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from plotly.basedatatypes import BaseFigure

Trace = dict[str, Any]


class Figure(BaseFigure):  # type: ignore[misc]  # plotly has no types
    """Traces and a layout, as `st.plotly_chart` takes them: it asks for `to_dict` and nothing else."""

    def __init__(self, traces: Sequence[Trace], layout: Mapping[str, Any]) -> None:
        # not plotly's own, which looks at everything: neither its state nor its methods are used
        self.__dict__["drawn"] = {"data": list(traces), "layout": dict(layout)}

    def to_dict(self) -> dict[str, Any]:
        """Both, by the names that plotly gives them."""
        drawn: dict[str, Any] = self.__dict__["drawn"]
        return drawn


def bar(**said: Any) -> Trace:
    """Bars; arguments as of `plotly.graph_objects.Bar`, without words joined by underscores."""
    return _trace("bar", said)


def scatter(**said: Any) -> Trace:
    """Points or a line, as of `plotly.graph_objects.Scatter`."""
    return _trace("scatter", said)


def waterfall(**said: Any) -> Trace:
    """Bars that each begin where the last one ends, as of `plotly.graph_objects.Waterfall`."""
    return _trace("waterfall", said)


def _trace(kind: str, said: Mapping[str, Any]) -> Trace:
    return {"type": kind} | {name: value for name, value in said.items() if value is not None}
