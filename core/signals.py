"""Signals: what is told about a customer and has no record of its own; one rule for page and import (B1)."""

from dataclasses import dataclass
from datetime import datetime

from core.fields import MAX_TEXT
from core.messages import Problem
from core.terms import SIGNAL_KINDS

MAX_SOURCE = 100


@dataclass(frozen=True, slots=True)
class Measure:
    """What a kind's value is.

    Attributes:
        unit: catalogue key under `terms.signal_value`.
        low, high: its range.
        required: whether the signal says nothing without it.
    """

    unit: str
    low: float = 0.0
    high: float = 100_000.0
    required: bool = False


MEASURES = {
    "trial_activity": Measure("uses"),
    "video_meeting": Measure("minutes", high=1_440),
    "ticket": Measure("hours", required=True),
    "category_added": Measure("categories", low=1, high=1_000),
    "complaint_satisfaction": Measure("points", low=1, high=5, required=True),
}


@dataclass(frozen=True, slots=True)
class SignalInput:
    """One signal about a customer, or about one opportunity of it.

    Attributes:
        value: as `MEASURES` says; None for kinds that only happen.
        source: where it comes from: a person's word, a system, a newspaper.
    """

    kind: str
    happened_at: datetime | None
    opportunity_id: int | None = None
    value: float | None = None
    source: str = ""
    note: str = ""


def check_signal(signal: SignalInput, now: datetime) -> tuple[Problem, ...]:
    """All problems of a signal; it cannot lie in the future."""
    problems = []
    if signal.kind not in SIGNAL_KINDS:
        problems.append(
            Problem("kind", "unknown_choice" if signal.kind else "required", {"value": signal.kind})
        )
    else:
        problems += _check_value(signal)
    if signal.happened_at is None:
        problems.append(Problem("happened_at", "required"))
    elif signal.happened_at > now:
        problems.append(Problem("happened_at", "instant_in_future"))
    for name, text, limit in (("note", signal.note, MAX_TEXT), ("source", signal.source, MAX_SOURCE)):
        if len(text) > limit:
            problems.append(Problem(name, "too_long", {"limit": limit}))
    return tuple(problems)


def _check_value(signal: SignalInput) -> list[Problem]:
    measure, value = MEASURES.get(signal.kind), signal.value
    if value is None:
        return [Problem("value", "required")] if measure and measure.required else []
    if measure is None:
        return [Problem("value", "no_value_here")]
    if not measure.low <= value <= measure.high:
        return [Problem("value", "out_of_range", {"low": f"{measure.low:g}", "high": f"{measure.high:g}"})]
    return []
