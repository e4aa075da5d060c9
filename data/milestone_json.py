"""Milestones as JSON, and back."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from core.milestones.assess import Assessment, State, Trend
from core.milestones.evidence import Evidence, Week
from data.jsontext import to_json


def assessments_json(found: Sequence[Assessment]) -> dict[str, Any]:
    """Every criterion's assessment, in order."""
    return {"criteria": [to_json(asdict(a)) for a in found]}


def assessments_from(kept: Mapping[str, Any]) -> tuple[Assessment, ...]:
    """Assessments as they were kept."""
    return tuple(_assessment(a) for a in kept["criteria"])


def rows_json(rows: Mapping[str, Sequence[Evidence]]) -> dict[str, Any]:
    """Rows by criterion."""
    return {name: [evidence_json(row) for row in found] for name, found in rows.items()}


def rows_from(kept: Mapping[str, Any], criterion: str) -> tuple[Evidence, ...]:
    """The rows of one criterion as they were kept."""
    return tuple(evidence_from(row) for row in kept.get(criterion, ()))


def evidence_json(row: Evidence) -> dict[str, Any]:
    """One row."""
    return dict(to_json(asdict(row)))


def evidence_from(kept: Mapping[str, Any]) -> Evidence:
    """One row as it was kept."""
    return Evidence(**(dict(kept) | {"on": date.fromisoformat(kept["on"])}))


def _assessment(kept: Mapping[str, Any]) -> Assessment:
    typed = {
        "state": State(kept["state"]),
        "trend": Trend(kept["trend"]),
        "first": date.fromisoformat(kept["first"]),
        "end": date.fromisoformat(kept["end"]),
        "weeks": tuple(Week(date.fromisoformat(w["starts_on"]), w["value"], w["n"]) for w in kept["weeks"]),
        "causes": tuple((code, n) for code, n in kept["causes"]),
    }
    return Assessment(**(dict(kept) | typed))
