"""Minutes of a morning meeting as JSON, and back."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from core.reports.commitments import Checked, Commitment, Kept, Proof, Record
from data.jsontext import to_json


@dataclass(frozen=True, slots=True)
class Minutes:
    """What a meeting leaves.

    Attributes:
        followed: what earlier meetings had agreed on, as it stood when this one ended.
        made: what this one agreed on.
        red_alerts: red alerts of the team that stood then.
    """

    followed: tuple[Checked, ...]
    made: tuple[Checked, ...]
    red_alerts: int
    note: str


def minutes_json(kept: Minutes) -> dict[str, Any]:
    """Minutes, names included."""
    return dict(to_json(asdict(kept)))


def minutes_from(kept: Mapping[str, Any]) -> Minutes:
    """Minutes as they were kept."""
    return Minutes(_list(kept["followed"]), _list(kept["made"]), kept["red_alerts"], kept["note"])


def _list(kept: Sequence[Mapping[str, Any]]) -> tuple[Checked, ...]:
    return tuple(
        Checked(_commitment(c["commitment"]), Kept(c["state"]), _record(c["record"]), c.get("before", 0))
        for c in kept
    )


def _commitment(kept: Mapping[str, Any]) -> Commitment:
    times = {name: _instant(kept[name]) for name in ("due_at", "made_at", "dropped_at")}
    return Commitment(**dict(kept) | times | {"expects": Proof(kept["expects"])})


def _record(kept: Mapping[str, Any] | None) -> Record | None:
    if kept is None:
        return None
    times = {name: _instant(kept.get(name)) for name in ("happened_at", "started_at")}
    return Record(**dict(kept) | times | {"kind": Proof(kept["kind"])})


def _instant(value: str | None) -> Any:
    return datetime.fromisoformat(value) if value else None
