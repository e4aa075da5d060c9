"""The demand form's draft, read as a demand: what is missing or unreadable stays empty, `check` names it."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from core.promises.demands import DemandInput, Effect

_BOTH_ENDS = frozenset({"effect-before", "effect-after"})


def read_demand(sheet: Mapping[str, Any]) -> DemandInput:
    """What the sheet says; the customer's words are taken as they are, not even trimmed.

    >>> read_demand({"words": " slow ", "effect-before": "45", "effect-after": "x"}).effect.before
    Decimal('45')
    """
    effect = Effect(
        str(sheet.get("effect-metric") or "").strip(),
        _number(sheet.get("effect-before")),
        _number(sheet.get("effect-after")),
        str(sheet.get("effect-unit") or "").strip(),
    )
    return DemandInput(
        words=str(sheet.get("words") or ""),
        pain=str(sheet.get("pain") or ""),
        effect=effect,
        urgency=str(sheet.get("urgency") or ""),
        opportunity_id=sheet.get("opportunity"),
        contact_id=sheet.get("contact"),
    )


def concerns(problem: str, field: str) -> bool:
    """Whether a change of the form's field may settle a problem.

    >>> concerns("effect.after", "effect-before"), concerns("words", "pain")
    (True, False)
    """
    at = problem.replace(".", "-")
    return at == field or (at in _BOTH_ENDS and field in _BOTH_ENDS)


def _number(value: Any) -> Decimal | None:
    try:
        return Decimal(str(value)) if value not in (None, "") else None
    except InvalidOperation:
        return None
