"""The company's own fields of a customer or an opportunity, written with the record itself (F2)."""

from collections.abc import Mapping
from typing import Any

from core.messages import Problem
from core.own_records import about, settle
from core.process.actions import own_fields
from data.commands.command import Tx
from data.commands.naming import named
from data.jsontext import to_json
from data.schema import Customer, Opportunity


def settled(
    tx: Tx, place: str, said: Any, given: Mapping[str, Any], row: Customer | Opportunity | None = None
) -> tuple[dict[str, Any], list[Problem]]:
    """What a record's own fields hold afterwards, as the store keeps it, and all that is wrong with them.

    Args:
        said: the record's other values as attributes, for conditions.
        given: own values that somebody names.
        row: the record as it stands; None for a new one.
    """
    mine = own_fields(place, tx.policy.own_fields)
    kept = dict(row.fields) if row else {}
    fresh = {key: value for key, value in given.items() if to_json(value) != kept.get(key)}
    values, problems = named(tx, mine, _unnamed(fresh, kept))
    found = settle(place, kept, values, about(place, said, row), mine, tx.now)
    known = {p.field for p in problems}
    return to_json(found.fields), [*problems, *(p for p in found.problems if p.field not in known)]


def put(tx: Tx, row: Customer | Opportunity, fields: dict[str, Any]) -> None:
    """Set a record's own fields, with the definitions under which they are written."""
    if row.fields != fields:
        row.fields, row.policy_version = fields, tx.policy.version


def _unnamed(fresh: Mapping[str, Any], kept: Mapping[str, Any]) -> dict[str, Any]:
    """Values without those that name the very record that is named already."""
    same = {key for key, value in fresh.items() if _id(value) and _id(value) == _id(kept.get(key))}
    return {key: value for key, value in fresh.items() if key not in same}


def _id(value: Any) -> Any:
    return value.get("id") if isinstance(value, Mapping) else None
