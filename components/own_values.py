"""The company's own fields of customers and opportunities: drawn in their forms, and said as text (F2).

`SheetForm` has the widgets that `action_fields` draws with, over a form that is sent as a whole.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from typing import Any

import streamlit as st

from components.action_fields import action_fields, name_of
from components.blocks import plain
from components.field_words import said_fields, text_of
from components.forms import Marks
from components.frame import View
from components.text import pair
from core.definitions import value_of
from core.fields import Field, is_empty
from core.own_records import asked
from core.process.actions import own_fields
from core.process.sheet import read_field, write_field
from data.jsontext import to_json
from data.queries.own_fields import Company

_WITHIN = "fields."  # what a form's names of own fields begin with


class SheetForm:
    """Widgets over a sheet (`core.process.sheet`) inside a form; what they show is in `sheet` afterwards."""

    def __init__(self, start: Mapping[str, Any], prefix: str, marks: Marks) -> None:
        self._start, self._prefix, self._marks = start, prefix, marks
        self.sheet: dict[str, Any] = {}

    def get(self, field: str, default: Any = None) -> Any:
        """What the field held when the form was opened."""
        value = self._start.get(field)
        return default if value is None else value

    def text(self, field: str, label: str, **more: Any) -> None:
        """A line of text."""
        with self._at(field) as key:
            self.sheet[field] = st.text_input(label, self.get(field, ""), key=key, **more) or None

    def long_text(self, field: str, label: str, **more: Any) -> None:
        """A longer text."""
        with self._at(field) as key:
            self.sheet[field] = st.text_area(label, self.get(field, ""), key=key, **more) or None

    def number(
        self, field: str, label: str, *, least: float | None = 0.0, form: str = "%.2f", **more: Any
    ) -> Decimal | None:
        """A number; an amount, not negative, to two places, unless told otherwise."""
        kept = self.get(field)
        with self._at(field) as key:
            shown = st.number_input(
                label,
                value=None if kept is None else float(kept),
                min_value=least,
                step=0.01,
                format=form,
                key=key,
                **more,
            )
        self.sheet[field] = None if shown is None else str(Decimal(str(shown)).normalize() + 0)
        return None if shown is None else Decimal(str(shown))

    def day(self, field: str, label: str, **more: Any) -> None:
        """A date."""
        kept = self.get(field)
        with self._at(field) as key:
            value = date.fromisoformat(kept) if kept else None
            shown: date | None = st.date_input(label, value, format="YYYY-MM-DD", key=key, **more)
        self.sheet[field] = shown.isoformat() if shown else None

    def choice(
        self, field: str, label: str, options: Sequence[Any], say: Callable[[Any], str], **more: Any
    ) -> None:
        """One of a few, all in sight; a choice that was taken off meanwhile stays until another is made."""
        kept = self.get(field)
        offered = [*options, *([kept] if kept is not None and kept not in options else [])]
        with self._at(field) as key:
            said = {option: say(option) for option in offered}
            self.sheet[field] = st.pills(
                label, offered, default=kept, format_func=said.__getitem__, key=key, **more
            )

    def select(
        self,
        field: str,
        label: str,
        options: Sequence[Any],
        say: Callable[[Any], str],
        *,
        default: Any = None,
        settle: bool = False,
        **more: Any,
    ) -> None:
        """One of many. `settle` belongs to drafts: a form that is sent as a whole has nothing to save."""
        kept = self.get(field, default)
        with self._at(field) as key:
            said = {option: say(option) for option in options}
            index = options.index(kept) if kept in options else None
            self.sheet[field] = st.selectbox(
                label, options, index=index, format_func=said.__getitem__, key=key, **more
            )

    @contextmanager
    def _at(self, field: str) -> Iterator[str]:
        with self._marks.field(field.replace("-", ".")):
            yield f"{self._prefix}-{field}"


def own_now(place: str, kept: Mapping[str, Any], company: Company) -> dict[str, Any]:
    """What a record's own fields hold, as a form's values `fields.<key>`."""
    mine = own_fields(place, company.own)
    return {f"{_WITHIN}{f.key}": value_of(f, kept.get(f.key)) for f in mine}


def own_part(
    place: str, start: Mapping[str, Any], company: Company, view: View, marks: Marks, at: str
) -> dict[str, Any]:
    """Draw a record's own fields in its form; returns what is filled in, as `fields.<key>`.

    Args:
        start: the form's values, own fields among them (`own_now`).
        at: prefix of the widgets' keys.
    """
    mine = own_fields(place, company.own)
    held = {f.key: start.get(f"{_WITHIN}{f.key}") for f in mine}
    sheet: dict[str, Any] = {}
    for field in mine:
        sheet |= write_field(field, held[field.key])
    form = SheetForm(sheet, at, marks)
    fields = asked(place, dict(start) | held, mine, view.now)
    action_fields(form, fields, contacts=(), currency=company.currency, records=company.records)
    filled = {f.key: read_field(f, form.sheet) for f in mine}
    return {f"{_WITHIN}{key}": _kept(value, held[key]) for key, value in filled.items()}


def gathered(typed: Mapping[str, Any]) -> dict[str, Any]:
    """A form's values with those of own fields together under `fields`, as inputs take them."""
    own = {k.removeprefix(_WITHIN): v for k, v in typed.items() if k.startswith(_WITHIN)}
    return {k: v for k, v in typed.items() if not k.startswith(_WITHIN)} | {"fields": own}


def own_name(name: str, value: Any, company: Company, view: View) -> tuple[str, str] | None:
    """(label, text) of one of a form's own values; None when it is none."""
    field = next((f for f in company.own if name == f"{_WITHIN}{f.key}"), None)
    return (name_of(field), text_of(field, to_json(value), view)) if field else None


def own_lines(kept: Mapping[str, Any], defined: Sequence[Field], view: View) -> None:
    """A record's own fields, one after another; nothing where it holds none."""
    said = [pair(f":gray[{label}]", plain(text)) for label, text in said_fields(kept, defined, view)]
    if said:
        st.markdown(" · ".join(said))


def _kept(value: Any, before: Any) -> Any:
    """What was filled in: nothing where it is empty, the very record where it is the same one."""
    if is_empty(value):
        return None
    same = isinstance(value, dict) and isinstance(before, Mapping) and "id" in value
    return before if same and before["id"] == value["id"] else value
