"""Fields that a company can define: what they are called, what they hold, what is wrong with a value.

Definitions are data (PRODUCT.md F2). Labels are catalogue keys `fields.<key>` for the shipped
fields; a company's own fields (`core.definitions`) carry their names in `label`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from core.exchange.amounts import typed_amount
from core.exchange.cells import Wrong
from core.messages import Problem
from core.money import is_currency


class Kind(StrEnum):
    """What a field holds, and so which widget draws it and which check guards it."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    NUMBER = "number"  # Decimal
    MONEY = "money"  # {"amount": Decimal, "currency": "CNY"}
    DATE = "date"
    CHOICE = "choice"
    PEOPLE = "people"  # ({"name": "Wang Lei", "role": "decision_maker"}, …)
    PERSON = "person"  # a colleague: {"id": 7, "name": "Li Na"}
    CUSTOMER = "customer"  # {"id": 12, "name": "Haihe Pumps"}


MAX_TEXT = 4_000
_MASK: Mapping[str, Callable[[str], bool]] = {"#": str.isdigit, "@": str.isalpha, "?": lambda _: True}


@dataclass(frozen=True, slots=True)
class Field:
    """One field's definition.

    Attributes:
        key: its name in the record and in files.
        choices: allowed keys when `kind` is CHOICE, allowed roles when PEOPLE.
        label, help: by language; None for shipped fields.
        choice_labels: by choice, then by language.
        types: action types that a company's own field is shown for; or `customer`, or `opportunity`.
        required_when: condition (`core.conditions`) under which it must be filled, besides `required`.
        low, high: bounds of a number or an amount, both allowed.
        mask: form of a text, character by character: # a digit, @ a letter, ? anything, else itself.
        since: instant from which it must be filled: what was known before did not know of it.
        retired: kept for old records and files, asked for no more.
    """

    key: str
    kind: Kind
    required: bool = True
    choices: tuple[str, ...] = ()
    label: Mapping[str, str] | None = None
    help: Mapping[str, str] | None = None
    choice_labels: Mapping[str, Mapping[str, str]] | None = None
    types: tuple[str, ...] = ()
    required_when: str = ""
    low: Decimal | None = None
    high: Decimal | None = None
    mask: str = ""
    since: datetime | None = None
    retired: bool = False


def is_empty(value: Any) -> bool:
    """Whether nothing was given: None, blank text, an empty list, money without an amount.

    >>> [is_empty(v) for v in (None, "  ", [], {"amount": None}, "x", {"amount": 0}, {"id": 7})]
    [True, True, True, True, False, False, False]
    """
    if isinstance(value, str):
        return not value.strip()
    if isinstance(value, Mapping):
        return value.get("amount") is None and value.get("id") is None
    return value is None or (isinstance(value, list | tuple) and not value)


def check(field: Field, value: Any, prefix: str = "", *, required: bool | None = None) -> tuple[Problem, ...]:
    """All problems of one value against its definition; none when it may be stored.

    Args:
        prefix: put before the field's key, e.g. "fields." for the fields of an action.
        required: whether it must be filled here; as the definition says when None.
    """
    name = prefix + field.key
    if is_empty(value):
        wanted = field.required if required is None else required
        return (Problem(name, "required"),) if wanted else ()
    return _CHECKS[field.kind](field, name, value)


def fits_mask(text: str, mask: str) -> bool:
    """Whether a text has the form of a mask.

    >>> fits_mask("CN-0471", "@@-####"), fits_mask("CN-47", "@@-####")
    (True, False)
    """
    pairs = zip(text, mask, strict=False)
    return len(text) == len(mask) and all(_MASK[m](c) if m in _MASK else m == c for c, m in pairs)


def _text(field: Field, name: str, value: Any) -> tuple[Problem, ...]:
    if not isinstance(value, str):
        return (Problem(name, "not_text"),)
    if len(value) > MAX_TEXT:
        return (Problem(name, "too_long", {"limit": MAX_TEXT}),)
    wrong = field.mask and not fits_mask(value.strip(), field.mask)
    return (Problem(name, "wrong_form", {"form": field.mask}),) if wrong else ()


def _number(field: Field, name: str, value: Any) -> tuple[Problem, ...]:
    if not isinstance(value, Decimal) or not value.is_finite():
        return (Problem(name, "not_number"),)
    return _bounds(field, name, value)


def _bounds(field: Field, name: str, value: Decimal) -> tuple[Problem, ...]:
    if field.low is not None and value < field.low:
        return (Problem(name, "below_bound", {"limit": f"{field.low:f}"}),)
    if field.high is not None and value > field.high:
        return (Problem(name, "above_bound", {"limit": f"{field.high:f}"}),)
    return ()


def _money(field: Field, name: str, value: Any) -> tuple[Problem, ...]:
    amount, currency = value.get("amount"), value.get("currency")
    if isinstance(amount, str) and is_currency(currency):
        return (unread_amount(name, amount, currency),)
    if not isinstance(amount, Decimal) or not amount.is_finite():
        return (Problem(name, "not_number"),)
    if amount < 0:
        return (Problem(name, "negative_amount"),)
    return _bounds(field, name, amount) if is_currency(currency) else (Problem(name, "unknown_currency"),)


def unread_amount(name: str, text: str, currency: str) -> Problem:
    """Why a text that stands for an amount is none."""
    try:
        typed_amount(text, currency)
    except Wrong as wrong:
        return Problem(name, wrong.code, wrong.params)
    return Problem(name, "not_number")


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


def _somebody(field: Field, name: str, value: Any) -> tuple[Problem, ...]:
    known = isinstance(value, Mapping) and isinstance(value.get("id"), int)
    return () if known else (Problem(name, "not_among_choices"),)


_CHECKS = {
    Kind.TEXT: _text,
    Kind.LONG_TEXT: _text,
    Kind.NUMBER: _number,
    Kind.MONEY: _money,
    Kind.DATE: _date,
    Kind.CHOICE: _choice,
    Kind.PEOPLE: _people,
    Kind.PERSON: _somebody,
    Kind.CUSTOMER: _somebody,
}
