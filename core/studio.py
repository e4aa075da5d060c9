"""The studio's parts of the policy: what each holds, what two states of one differ in, and two people's
edits of one laid over each other (PRODUCT.md F2).

A part's content is JSON as the store keeps it: overrides of `core.policies.Policy` by name. Parts of `LISTS`
hold one override alone, a list of documents that each have a key: fields (`core.definitions`), tags and
action types (`core.vocabulary`), grade rules (`core.grades`), reports (`core.reports.own`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from core.vocabulary import all_types, to_document

OWN = "own_fields"
ORDER = "order"
_DATED = ("since", "off_since")  # set when a definition is published, no difference by itself

Content = Mapping[str, Any]


class Area(StrEnum):
    """A part of the policy that is drafted, published and rolled back by itself."""

    FIELDS = "fields"
    RULES = "rules"
    REPORTS = "reports"
    TAGS = "tags"
    GRADES = "grades"
    STAGES = "stages"
    HOME = "home"
    NOTICES = "notices"


LISTS: Mapping[Area, str] = {
    Area.FIELDS: OWN,
    Area.REPORTS: "own_reports",
    Area.TAGS: "tags",
    Area.GRADES: "grade_rules",
    Area.STAGES: "stages",
    Area.HOME: "home",
    Area.NOTICES: "notice_rules",
}
"""Parts that are a list of documents, with the attribute of the policy that holds it."""
_KEYS = {Area.GRADES: "grade"}  # what is a document's key; elsewhere it is called so


_ORDERED = (Area.FIELDS, Area.STAGES, Area.REPORTS)


@dataclass(frozen=True, slots=True)
class Difference:
    """One item of a part before and after; None where there is none: a rule as shipped, no such field."""

    item: str
    before: Any
    after: Any


def part_of(area: Area, changes: Content) -> dict[str, Any]:
    """An area's part of a policy's overrides.

    >>> part_of(Area.RULES, {"own_fields": [], "min_gap_minutes": 15})
    {'min_gap_minutes': 15}
    """
    mine = LISTS.get(area)
    return {k: v for k, v in changes.items() if (k == mine if mine else k not in LISTS.values())}


def with_part(area: Area, changes: Content, content: Content) -> dict[str, Any]:
    """A policy's overrides with one area's part replaced; the others stay."""
    return {k: v for k, v in changes.items() if k not in part_of(area, changes)} | dict(content)


def items(area: Area, content: Content) -> dict[str, Any]:
    """A part's single items by their key."""
    if area in LISTS:
        key = _KEYS.get(area, "key")
        found = {document[key]: document for document in content.get(LISTS[area], ())}
        return found if area is not Area.STAGES else found | _as_shipped(found)
    return dict(content)


def _as_shipped(found: Mapping[str, Any]) -> dict[str, Any]:
    """Action types that a content does not name: they are there all the same."""
    return {one.key: to_document(one) for one in all_types(()) if one.key not in found}


def from_items(area: Area, by_key: Mapping[str, Any]) -> dict[str, Any]:
    """A part's content from its items; the inverse of `items`."""
    return {LISTS[area]: list(by_key.values())} if area in LISTS else dict(by_key)


def differences(area: Area, before: Content, after: Content) -> tuple[Difference, ...]:
    """What differs between two contents of an area, in the order of `after`.

    >>> differences(Area.RULES, {"silent_days": 20}, {"silent_days": 10})
    (Difference(item='silent_days', before=20, after=10),)
    """
    old, new = (_undated(items(area, content)) for content in (before, after))
    found = [
        Difference(key, old.get(key), new.get(key))
        for key in dict.fromkeys([*new, *old])
        if old.get(key) != new.get(key)
    ]
    if area in _ORDERED and not found and list(old) != list(new):
        found.append(Difference(ORDER, list(old), list(new)))
    return tuple(found)


def rebase(area: Area, seen: Content, mine: Content, now: Content) -> dict[str, Any]:
    """One's edit of a content laid over what somebody else has published since.

    What only the other changed stays the other's; what one changed oneself stays one's own.

    Args:
        seen: the content that the edit began from; mine: as one wants it; now: as it stands.

    >>> rebase(Area.RULES, {"a": 1}, {"a": 2}, {"a": 1, "b": 3})
    {'a': 2, 'b': 3}
    """
    before, typed, result = items(area, seen), items(area, mine), items(area, now)
    for key in dict.fromkeys([*typed, *before]):
        if _undated({"": before.get(key)}) == _undated({"": typed.get(key)}):
            continue
        if key in typed:
            result[key] = typed[key]
        else:
            result.pop(key, None)
    return from_items(area, result)


def said(found: Sequence[Difference]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Differences as an audit row keeps them: before and after by item, of a field only the parts that moved.

    >>> said([Difference("own_x", None, {"label": {"en": "X", "zh": "叉"}, "required": True})])[1]
    {'X / 叉': 'label: X / 叉, required: True'}
    """
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    for one in found:
        name, old, new = _name(one), one.before, one.after
        if isinstance(old or new, Mapping):
            parts = [p for p in (new or old) if (old or {}).get(p) != (new or {}).get(p) and p not in _DATED]
            old, new = (_parts(document, parts) for document in (old or {}, new or {}))
        before[name], after[name] = old, new
    return before, after


def _name(one: Difference) -> str:
    document = one.after or one.before
    label = document.get("label") if isinstance(document, Mapping) else None
    return " / ".join(label.values()) if label else one.item


def _parts(document: Mapping[str, Any], parts: Sequence[str]) -> str:
    return ", ".join(f"{p}: {_flat(document[p])}" for p in parts if document.get(p) not in (None, "", [], {}))


def _flat(value: Any) -> str:
    if isinstance(value, Mapping):
        return " / ".join(_flat(v) for v in value.values())
    return " / ".join(map(_flat, value)) if isinstance(value, list) else str(value)


def moved(keys: Sequence[str], key: str, by: int) -> list[str]:
    """Keys with one of them moved up (-1) or down (1); at the end it stays.

    >>> moved(["a", "b", "c"], "c", -1)
    ['a', 'c', 'b']
    """
    rest = [k for k in keys if k != key]
    place = max(0, keys.index(key) + by)
    return [*rest[:place], key, *rest[place:]]


def _undated(by_key: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key: {k: v for k, v in item.items() if k not in _DATED} if isinstance(item, Mapping) else item
        for key, item in by_key.items()
    }
