"""Values of fields in the reader's words, under the definitions that they were written by."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from components import format
from components.action_fields import choice_name, name_of
from components.blocks import plain
from components.frame import View
from components.text import listed, t, term
from core.fields import Field, Kind
from data.text import has


def said_fields(values: Mapping[str, Any], defined: Sequence[Field], view: View) -> list[tuple[str, str]]:
    """(label, text) of what a record holds, in the order of the definitions; then whatever else it kept."""
    known = {f.key: f for f in defined}
    keys = [k for k in known if k in values] + [k for k in values if k not in known]
    shown = [(_label(k, known.get(k)), text_of(known.get(k), values[k], view)) for k in keys]
    return [(label, text) for label, text in shown if text]


def _label(key: str, field: Field | None) -> str:
    if field is not None and field.label:
        return plain(name_of(field))
    return t(f"fields.{key}") if has("en", f"fields.{key}") else key


def text_of(field: Field | None, value: Any, view: View) -> str:
    """One value as text; as it is where nobody knows the field."""
    if value in (None, "", [], {}):
        return ""
    match field.kind if field else None:
        case Kind.PEOPLE:
            return listed(
                t("shell.aside", label=p["name"], more=term("decision_role", p.get("role"))) for p in value
            )
        case Kind.MONEY:
            amount = Decimal(value["amount"]) if value.get("amount") is not None else None
            return format.money(amount, value.get("currency", ""), view.language)
        case Kind.DATE:
            return format.day(date.fromisoformat(value), view.language)
        case Kind.CHOICE:
            return choice_name(field, value) if field else str(value)
        case Kind.PERSON | Kind.CUSTOMER:
            return str(value.get("name") or value.get("id"))
        case Kind.NUMBER:
            return format.exact(Decimal(str(value)), view.language)
        case _:
            return str(value)
