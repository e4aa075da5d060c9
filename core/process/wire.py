"""An action type's own fields as JSON says them, for programs (PRODUCT.md A1, F3).

Money is `{"amount": "1200.50", "currency": "CNY"}`, a number `12.5` or `"12.5"`, a date `"2026-03-04"`,
people `[{"name": "Wang Lei", "role": "decision_maker"}]`, a colleague or customer `{"id": 7}`, all else text.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from core.fields import Field, Kind
from core.messages import Problem
from core.money import is_currency

LARGEST = Decimal(10) ** 12  # of an amount
_YEARS = range(1900, 2201)
Read = tuple[Any, str]  # the value and a problem's code; "" for none


def read_fields(own: Sequence[Field], said: Mapping[str, Any]) -> tuple[dict[str, Any], tuple[Problem, ...]]:
    """Values that the action's check understands, and what cannot be read, each at `fields.<key>`.

    What is missing is left to the check.

    >>> read_fields((Field("valid_until", Kind.DATE),), {"valid_until": "soon", "colour": "red"})[1]
    (Problem(field='fields.valid_until', code='bad_date', params={}, severity=<Severity.ERROR: 'error'>), \
Problem(field='fields.colour', code='unknown_field', params={}, severity=<Severity.ERROR: 'error'>))
    """
    known = {field.key: field for field in own}
    values: dict[str, Any] = {}
    problems = []
    for key, value in said.items():
        field = known.get(key)
        if field is None:
            problems.append(Problem(f"fields.{key}", "unknown_field"))
            continue
        values[key], code = (None, "") if value is None else _READ.get(field.kind, _text)(value)
        if code:
            problems.append(Problem(f"fields.{key}", code))
    return values, tuple(problems)


def _text(value: Any) -> Read:
    return (value, "") if isinstance(value, str) and "\x00" not in value else (None, "not_text")


def _date(value: Any) -> Read:
    try:
        day = date.fromisoformat(value)
    except (TypeError, ValueError):
        return None, "bad_date"
    return (day, "") if day.year in _YEARS else (None, "bad_date")


def _money(value: Any) -> Read:
    if not isinstance(value, Mapping):
        return None, "not_number"
    amount, code = _number(value.get("amount"))
    currency = value.get("currency")
    if code:
        return None, code
    if not is_currency(currency):
        return None, "unknown_currency"
    return {"amount": amount, "currency": currency}, ""


def _number(value: Any) -> Read:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None, "not_number"
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None, "not_number"
    if not number.is_finite() or abs(number) >= LARGEST:
        return None, "number_too_large" if number.is_finite() else "not_number"
    kept = round(number, 4)  # as the store keeps amounts
    return (number if number == kept else kept), ""


def _record(value: Any) -> Read:
    key = value.get("id") if isinstance(value, Mapping) else None
    whole = isinstance(key, int) and not isinstance(key, bool) and 0 < key < 2**63
    return ({"id": key}, "") if whole else (None, "not_among_choices")


def _people(value: Any) -> Read:
    if not isinstance(value, list) or not all(isinstance(person, Mapping) for person in value):
        return None, "bad_value"
    people = [{"name": person.get("name"), "role": person.get("role")} for person in value]
    words = [word for person in people for word in person.values() if word is not None]
    return (people, "") if all(not _text(word)[1] for word in words) else (None, "not_text")


_READ: Mapping[Kind, Callable[[Any], Read]] = {
    Kind.MONEY: _money,
    Kind.DATE: _date,
    Kind.PEOPLE: _people,
    Kind.NUMBER: _number,
    Kind.PERSON: _record,
    Kind.CUSTOMER: _record,
}
