"""Drafts read as a demand, an answer or a promise: what is missing stays empty, `check` names it."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from core.promises.demands import DELIVERABLES, Anew, Answer, Decline, DemandInput, Effect, PromiseInput

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


def read_answer(sheet: Mapping[str, Any], known: Answer | None = None) -> Answer:
    """What product answers; a feature that is planned already brings its name and deliverable, and its path,
    resources and date where they are left empty.

    >>> read_answer({"feature": " Dashboard ", "planned_on": "2026-04-10"}).planned_on
    datetime.date(2026, 4, 10)
    >>> read_answer({"path": " "}, Answer("Dashboard", "A view", "Two days", "screen", "D-1", None)).path
    'A view'
    """
    day = _day(sheet.get("planned_on"))
    path, resources = (str(sheet.get(name) or "").strip() for name in ("path", "resources"))
    if known:
        kept = path or known.path, resources or known.resources
        return Answer(known.feature, *kept, known.deliverable, known.reference, day or known.planned_on)
    name, reference = (str(sheet.get(n) or "").strip() for n in ("feature", "reference"))
    kind = str(sheet.get("deliverable") or DELIVERABLES[0])  # one of the two stands chosen in the form
    return Answer(name, path, resources, kind, reference, day)


def read_decline(sheet: Mapping[str, Any]) -> Decline:
    """What product answers where it will not be done."""
    return Decline(str(sheet.get("reason") or ""), str(sheet.get("reply") or ""))


def read_anew(sheet: Mapping[str, Any]) -> Anew | None:
    """Why the answer replaces one that stands; None of a first answer."""
    after = sheet.get("after")
    if after is None:
        return None
    return Anew(str(sheet.get("anew") or "").strip(), after, bool(sheet.get("corrects")))


def read_promise(sheet: Mapping[str, Any]) -> PromiseInput:
    """What a customer was told; the words are taken as they are."""
    return PromiseInput(
        str(sheet.get("words") or ""),
        _day(sheet.get("promised_on")),
        demand_id=sheet.get("demand"),
        contact_id=sheet.get("contact"),
        action_id=sheet.get("action"),
    )


BROUGHT = ("path", "resources")  # by a planned feature
# what is asked for by one way of answering only, or by each in its own words
_OF_THE_WAY = frozenset(
    {*BROUGHT, "known", "feature", "deliverable", "reference", "planned_on", "reason", "reply", "promise"}
)


def concerns(problem: str, field: str) -> bool:
    """Whether a change of the form's field may settle a problem.

    >>> concerns("effect.after", "effect-before"), concerns("words", "pain"), concerns("reference", "way")
    (True, False, True)
    """
    at = problem.replace(".", "-")
    if at == field or (at in _BOTH_ENDS and field in _BOTH_ENDS):
        return True
    return (field == "way" and at in _OF_THE_WAY) or (field == "known" and at in BROUGHT)


def _day(value: Any) -> date | None:
    try:
        return date.fromisoformat(str(value)) if value else None
    except ValueError:
        return None


def _number(value: Any) -> Decimal | None:
    try:
        return Decimal(str(value)) if value not in (None, "") else None
    except InvalidOperation:
        return None
