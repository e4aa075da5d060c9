"""The weekly health report as JSON, and back."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from core.process.causes import Cause
from core.process.health import Bottleneck, Gap, Rows, StageWeek, WeeklyHealth
from core.process.stays import About, Mark, Stay
from data.jsontext import to_json


def health_json(health: WeeklyHealth) -> dict[str, Any]:
    """All figures of a report."""
    return dict(to_json(asdict(health)))


def rows_json(rows: Rows) -> dict[str, Any]:
    """The rows behind a report."""
    return dict(to_json(asdict(rows)))


def health_from(figures: Mapping[str, Any]) -> WeeklyHealth:
    """A report from its figures."""
    told = figures["bottleneck"]
    return WeeklyHealth(
        stages=tuple(StageWeek(**s) for s in figures["stages"]),
        bottleneck=Bottleneck(**(told | {"cause": Cause(**told["cause"])})) if told else None,
        gaps=tuple(Gap(**g) for g in figures["gaps"]),
        least=figures["least"],
        policy_version=figures["policy_version"],
    )


def rows_from(drivers: Mapping[str, Any]) -> Rows:
    """The rows of a report."""
    return Rows(
        tuple(
            Stay(
                **_about(s)
                | {
                    "started_at": datetime.fromisoformat(s["started_at"]),
                    "ended_at": datetime.fromisoformat(s["ended_at"]) if s["ended_at"] else None,
                    "skipped": tuple(s["skipped"]),
                }
            )
            for s in drivers["stays"]
        ),
        tuple(Mark(**_about(m) | {"at": datetime.fromisoformat(m["at"])}) for m in drivers["marks"]),
    )


def _about(row: Mapping[str, Any]) -> dict[str, Any]:
    return dict(row) | {"about": About(**row["about"])}
