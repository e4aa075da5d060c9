"""The collaboration report as JSON, and back."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from core.promises.collaboration import Collaboration, Fact, Figure, Level, Measure
from data.jsontext import to_json


def report_json(report: Collaboration) -> dict[str, Any]:
    """A whole report with its rows."""
    return dict(to_json(asdict(report)))


def evidence_json(figure: Figure, rows: tuple[Fact, ...]) -> dict[str, Any]:
    """A figure with the rows that it counts."""
    return dict(to_json({"figure": asdict(figure), "rows": [asdict(row) for row in rows]}))


def report_from(kept: Mapping[str, Any]) -> Collaboration:
    """A report as it was kept."""
    return Collaboration(
        date.fromisoformat(kept["quarter"]),
        tuple(figure_from(f) for f in kept["figures"]),
        tuple(fact_from(f) for f in kept["facts"]),
        tuple(Measure(m) for m in kept["unmeasured"]),
        kept["share"],
        kept["least"],
    )


def figure_from(kept: Mapping[str, Any]) -> Figure:
    """A figure as it was kept."""
    return Figure(**(dict(kept) | {"measure": Measure(kept["measure"]), "level": Level(kept["level"])}))


def fact_from(kept: Mapping[str, Any]) -> Fact:
    """A row as it was kept."""
    on = date.fromisoformat(kept["on"]) if kept.get("on") else None
    return Fact(**(dict(kept) | {"measure": Measure(kept["measure"]), "on": on}))
