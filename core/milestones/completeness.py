"""What makes the record of an action complete: the evidence of A2, looked at again afterwards (E, day 30)."""

from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from core.fields import is_empty
from core.milestones.evidence import Evidence
from core.policies import Policy
from core.process.actions import FIELDS


@dataclass(frozen=True, slots=True)
class Follow:
    """A follow-up that was done, or that was due.

    Attributes:
        recorded: False for a planned action whose time passed without a record.
        heard: whether a voice recording stands with it.
        linked: whether it names the customer's earlier record, or there was none.
        continued: whether a next step was planned, or the opportunity closed.
    """

    type: str
    recorded: bool
    fields: Mapping[str, Any]
    summary: str
    heard: bool
    linked: bool
    continued: bool


def missing(action: Follow, policy: Policy) -> tuple[str, ...]:
    """Codes of what an action's record lacks; nothing for a complete one.

    The form refuses most of these (A2); imported records, records made under looser rules and
    steps that nobody recorded are what is left.

    >>> from core.policies import DEFAULTS
    >>> missing(Follow("appointment", False, {}, "", False, False, False), DEFAULTS)
    ('not_recorded',)
    """
    return tuple(_missing(action, policy)) if action.recorded else ("not_recorded",)


def _missing(action: Follow, policy: Policy) -> Iterator[str]:
    own = FIELDS.get(action.type, ())
    if any(f.required and is_empty(action.fields.get(f.key)) for f in own):
        yield "fields"
    if len(action.summary.strip()) < policy.min_summary_chars:
        yield "summary"
    if policy.recording_required and not action.heard:
        yield "voice"
    if not action.linked:
        yield "link"
    if not action.continued:
        yield "next_step"


def weakest(found: Iterable[tuple[Hashable, Evidence]]) -> list[Evidence]:
    """One row of each thing: of several records of the same, the one that lacks most; of equals the latest.

    Whoever enters one visit several times gains nothing by it, and hides nothing.

    Args:
        found: rows, each with what it is about.

    >>> from datetime import date
    >>> row = lambda of, why: ("demo", Evidence(of, date(2026, 3, 1), "", "", float(not why), why=why))
    >>> [one.of for one in weakest([row(1, ""), row(2, "link summary"), row(3, "voice")])]
    [2]
    """
    kept: dict[Hashable, Evidence] = {}
    for about, row in found:
        if about not in kept or len(row.why.split()) >= len(kept[about].why.split()):
            kept[about] = row
    return list(kept.values())
