"""Colleagues and customers that own fields name: kept with their name as it is now (F2)."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from core.fields import Field, Kind
from core.messages import Problem
from core.process.actions import ActionInput, own_fields
from data.commands.command import Tx
from data.queries.record import named_records
from data.schema import Customer, Person


def with_names(tx: Tx, action: ActionInput) -> tuple[ActionInput, list[Problem]]:
    """The action with the names of what its own fields point at, and what they may not point at."""
    fields, problems = named(tx, own_fields(action.type, tx.policy.own_fields), action.fields)
    return replace(action, fields=fields), problems


def named(tx: Tx, own: Iterable[Field], values: Mapping[str, Any]) -> tuple[dict[str, Any], list[Problem]]:
    """Values of own fields with the names of what they point at, and what they may not point at."""
    fields: dict[str, Any] = dict(values)
    problems = []
    for field in own:
        value = fields.get(field.key)
        if field.kind not in (Kind.PERSON, Kind.CUSTOMER) or not isinstance(value, dict):
            continue
        name = _name(tx, field.kind, value.get("id"))
        if name is None:
            problems.append(Problem(f"fields.{field.key}", "not_among_choices"))
        fields[field.key] = value | {"name": name}
    return fields, problems


def _name(tx: Tx, kind: Kind, key: Any) -> str | None:
    table = Person if kind is Kind.PERSON else Customer
    row = tx.session.execute(named_records(tx.who, kind).where(table.id == key)).first()
    return row[1] if row else None
