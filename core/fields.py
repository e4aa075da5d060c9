"""Fields that a company can define: what they are called, what they hold, what is wrong with a value.

Definitions are data (PRODUCT.md F2). Labels are catalogue keys `fields.<key>` for the shipped
fields; a company's own fields carry their names in `label`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from core.messages import Problem


class Kind(StrEnum):
    """What a field holds, and so which widget draws it and which check guards it."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    MONEY = "money"  # {"amount": Decimal, "currency": "CNY"}
    DATE = "date"
    CHOICE = "choice"
    PEOPLE = "people"  # ({"name": "Wang Lei", "role": "decision_maker"}, …)


MAX_TEXT = 4_000


@dataclass(frozen=True, slots=True)
class Field:
    """One field's definition.

    Attributes:
        key: its name in the record and in files.
        choices: allowed keys when `kind` is CHOICE, allowed roles when PEOPLE.
    """

    key: str
    kind: Kind
    required: bool = True
    choices: tuple[str, ...] = ()
    label: Mapping[str, str] | None = None


def is_empty(value: Any) -> bool:
    """Whether nothing was given: None, blank text, an empty list, money without an amount.

    >>> [is_empty(v) for v in (None, "  ", [], {"amount": None}, "x", {"amount": 0})]
    [True, True, True, True, False, False]
    """
    if isinstance(value, str):
        return not value.strip()
    if isinstance(value, Mapping):
        return value.get("amount") is None
    return value is None or (isinstance(value, list | tuple) and not value)


def check(field: Field, value: Any, prefix: str = "") -> tuple[Problem, ...]:
    """All problems of one value against its definition; none when it may be stored.

    Args:
        prefix: put before the field's key, e.g. "fields." for the fields of an action.
    """
    name = prefix + field.key
    if is_empty(value):
        return (Problem(name, "required"),) if field.required else ()
    return _CHECKS[field.kind](field, name, value)


def _text(field: Field, name: str, value: Any) -> tuple[Problem, ...]:
    if not isinstance(value, str):
        return (Problem(name, "not_text"),)
    return (Problem(name, "too_long", {"limit": MAX_TEXT}),) if len(value) > MAX_TEXT else ()


def _money(field: Field, name: str, value: Any) -> tuple[Problem, ...]:
    amount, currency = value.get("amount"), value.get("currency")
    if not isinstance(amount, Decimal) or not amount.is_finite():
        return (Problem(name, "not_number"),)
    if amount < 0:
        return (Problem(name, "negative_amount"),)
    return () if isinstance(currency, str) and len(currency) == 3 else (Problem(name, "unknown_currency"),)


def _date(field: Field, name: str, value: Any) -> tuple[Problem, ...]:
    return () if isinstance(value, date) else (Problem(name, "bad_date"),)


def _choice(field: Field, name: str, value: Any) -> tuple[Problem, ...]:
    return () if value in field.choices else (Problem(name, "unknown_choice", {"value": str(value)}),)


def _people(field: Field, name: str, value: Any) -> tuple[Problem, ...]:
    for person in value:
        if is_empty(person.get("name")):
            return (Problem(name, "person_without_name"),)
        if person.get("role") not in field.choices:
            return (Problem(name, "person_without_role", {"name": person["name"]}),)
    return ()


_CHECKS = {
    Kind.TEXT: _text,
    Kind.LONG_TEXT: _text,
    Kind.MONEY: _money,
    Kind.DATE: _date,
    Kind.CHOICE: _choice,
    Kind.PEOPLE: _people,
}
