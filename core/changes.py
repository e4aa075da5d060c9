"""What changed between two pictures of a record, and how two people's edits of one record go together."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.access import Permission

UNDOABLE = {
    "customer.edit": Permission.EDIT_CUSTOMERS,
    "customer.grade": Permission.EDIT_CUSTOMERS,
    "customer.tag": Permission.EDIT_CUSTOMERS,
    "customer.assign": Permission.ASSIGN,
    "contact.edit": Permission.EDIT_CUSTOMERS,
    "opportunity.edit": Permission.EDIT_CUSTOMERS,
    "opportunity.close": Permission.EDIT_CUSTOMERS,
    "opportunity.assign": Permission.ASSIGN,
    "action.record": Permission.RECORD_ACTIONS,
    "action.cancel": Permission.RECORD_ACTIONS,
}


@dataclass(frozen=True, slots=True)
class Merge:
    """Two edits of one record laid over each other.

    Attributes:
        values: what to go on with: the other's value where only the other changed a field.
        theirs: fields that the other changed, with what stands now.
        both: fields that both changed to different values; `values` keeps one's own.
    """

    values: dict[str, Any]
    theirs: dict[str, Any]
    both: frozenset[str]


def changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[str, ...]:
    """Fields whose value differs, in the order of `after`.

    >>> changed({"name": "A", "grade": None}, {"name": "A", "grade": "B"})
    ('grade',)
    """
    return tuple(name for name in after if before.get(name) != after[name])


def merge(seen: Mapping[str, Any], typed: Mapping[str, Any], now: Mapping[str, Any]) -> Merge:
    """Lay one's edit of a record over what somebody else has made of it since.

    Args:
        seen: the record as one opened it; typed: as one wants it; now: as it stands.

    >>> m = merge({"a": 1, "b": 1, "c": 1}, {"a": 2, "b": 1, "c": 2}, {"a": 1, "b": 3, "c": 3})
    >>> m.values, m.theirs, sorted(m.both)
    ({'a': 2, 'b': 3, 'c': 2}, {'b': 3, 'c': 3}, ['c'])
    """
    theirs = {name: now[name] for name in changed(seen, now) if name in typed}
    mine = set(changed(seen, typed))
    values = {name: value if name in mine else theirs.get(name, value) for name, value in typed.items()}
    both = frozenset(name for name, value in theirs.items() if name in mine and typed[name] != value)
    return Merge(values, theirs, both)
