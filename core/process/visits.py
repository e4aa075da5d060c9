"""A visit that a device kept until there was network (PRODUCT.md F4): what it says, taken apart with care.

A device's words are a stranger's: of them only the fields of the action's type and known kinds of values are
taken; `core.process.actions.check` says what is wrong with the rest.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from core.fields import Field, Kind
from core.process.actions import ActionInput, fields_of
from core.process.sheet import read_sheet, role_name
from core.terms import ActionStatus, Outcome

KEY = re.compile(r"[0-9a-f-]{16,64}")  # a UUID as browsers write it
MOST_PEOPLE = 50
LONGEST_MINUTES = 24 * 60
_LARGEST_ID = 2**31 - 1
_AMOUNT = re.compile(r"-?\d{1,15}(\.\d{1,4})?")
_TEXTS = ("type", "day", "start", "until", "summary")
_NEXT = ("next_step-type", "next_step-day", "next_step-time", "next_step-note")


@dataclass(frozen=True, slots=True)
class Visit:
    """One kept visit.

    Attributes:
        key: made on the device when the visit was begun; the same visit sent twice has the same.
        person_id: who recorded it on the device.
        sheet: flat words as `core.process.sheet` reads them, clock times in the person's time zone.
    """

    key: str
    person_id: int
    opportunity_id: int
    sheet: Mapping[str, Any]

    def action(self, timezone: str, own: Iterable[Field] = ()) -> ActionInput:
        """The completed action that it tells of; `own` are the company's own fields."""
        return read_sheet(self.sheet, timezone, own)


def read_visit(said: Any, own: Iterable[Field] = ()) -> Visit | None:
    """A visit from a device's JSON; None when it is none at all.

    Args:
        own: the company's own fields, as they are defined now.

    >>> read_visit({"key": "x", "person": 1}) is None
    True
    """
    if not isinstance(said, Mapping):
        return None
    key, person, opportunity = (said.get(name) for name in ("key", "person", "opportunity"))
    if not (isinstance(key, str) and KEY.fullmatch(key) and _id(person)):
        return None
    told = said.get("sheet")
    sheet = _sheet(told if isinstance(told, Mapping) else {}, own)
    return Visit(key, _id(person) or 0, _id(opportunity) or 0, sheet)


def _sheet(told: Mapping[str, Any], own: Iterable[Field]) -> dict[str, Any]:
    sheet: dict[str, Any] = {"state": str(ActionStatus.COMPLETED)}
    sheet |= {name: _text(told.get(name)) for name in (*_TEXTS, *_NEXT)}
    outcome, minutes, follows = (told.get(name) for name in ("outcome", "minutes", "follows"))
    sheet["outcome"] = outcome if outcome in tuple(Outcome) else str(Outcome.OPEN)
    sheet["minutes"] = min(_id(minutes) or 0, LONGEST_MINUTES)
    sheet["follows"] = _id(follows)
    for field in fields_of(sheet["type"], own):
        sheet |= _READERS.get(field.kind, _plain)(field, told.get(f"fields-{field.key}"))
    return sheet


def _plain(field: Field, value: Any) -> dict[str, Any]:
    return {f"fields-{field.key}": _text(value)}


def _money(field: Field, value: Any) -> dict[str, Any]:
    given = value if isinstance(value, Mapping) else {}
    name = f"fields-{field.key}"
    return {name: _text(given.get("amount")) or None, f"{name}-currency": _text(given.get("currency"))}


def _people(field: Field, value: Any) -> dict[str, Any]:
    told = value[:MOST_PEOPLE] if isinstance(value, list) else []
    people = [p for p in told if isinstance(p, Mapping) and _text(p.get("name")).strip()]
    names = [_text(p["name"]).strip() for p in people]
    roles = {role_name(field, n): _text(p.get("role")) for n, p in zip(names, people, strict=True)}
    return {f"fields-{field.key}": list(dict.fromkeys(names))} | roles


def _number(field: Field, value: Any) -> dict[str, Any]:
    amount = _text(value)
    return {f"fields-{field.key}": amount if _AMOUNT.fullmatch(amount) else None}


def _somebody(field: Field, value: Any) -> dict[str, Any]:
    return {f"fields-{field.key}": _id(value)}


_READERS = {
    Kind.MONEY: _money,
    Kind.PEOPLE: _people,
    Kind.NUMBER: _number,
    Kind.PERSON: _somebody,
    Kind.CUSTOMER: _somebody,
}


def _text(value: Any) -> str:
    """Text that every database keeps: without NUL and lone surrogates; anything else is no text."""
    if not isinstance(value, str):
        return ""
    return value.replace("\x00", "").encode("utf-8", "ignore").decode()


def _id(value: Any) -> int | None:
    whole = isinstance(value, int) and not isinstance(value, bool)
    return value if whole and 0 < value <= _LARGEST_ID else None
