"""The fields that an action type asks for, drawn by their kind: a new field needs no code here."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from components.blocks import plain
from components.drafts import DraftForm
from components.text import language, t, term
from core.fields import Field, Kind
from core.process.sheet import role_name
from data.queries.record import Known

CURRENCIES = ("CNY", "USD", "EUR", "GBP", "HKD", "JPY", "SGD")


def action_fields(
    form: DraftForm, fields: Sequence[Field], *, contacts: Sequence[Known], currency: str
) -> None:
    """Draw fields over a draft.

    Args:
        contacts: people to pick from where a field asks for people.
        currency: preselected where a field asks for money.
    """
    known = {c.name: c.decision_role for c in contacts}
    for field in fields:
        _DRAWERS[field.kind](form, field, f"fields-{field.key}", known, currency)


def label_of(field: Field) -> str:
    """A field's name: the company's own, else the catalogue's; optional ones say so."""
    own = (field.label or {}).get(language())
    name = plain(own) if own else t(f"fields.{field.key}")
    return name if field.required else t("record.optional", field=name)


def _text(form: DraftForm, field: Field, name: str, known: Mapping[str, Any], currency: str) -> None:
    form.text(name, label_of(field))


def _long_text(form: DraftForm, field: Field, name: str, known: Mapping[str, Any], currency: str) -> None:
    form.long_text(name, label_of(field))


def _date(form: DraftForm, field: Field, name: str, known: Mapping[str, Any], currency: str) -> None:
    form.day(name, label_of(field), width=180)


def _choice(form: DraftForm, field: Field, name: str, known: Mapping[str, Any], currency: str) -> None:
    form.choice(name, label_of(field), field.choices, lambda choice: term(field.key, choice))


def _money(form: DraftForm, field: Field, name: str, known: Mapping[str, Any], currency: str) -> None:
    with st.container(horizontal=True, gap="small"):
        amount = form.number(name, label_of(field), width=200)
        choices = list(dict.fromkeys([currency, *CURRENCIES]))
        form.select(
            f"{name}-currency",
            t("record.currency"),
            choices,
            str,
            default=currency,
            settle=amount is not None,
            width=110,
        )


def _people(form: DraftForm, field: Field, name: str, known: Mapping[str, Any], currency: str) -> None:
    chosen = form.names(name, label_of(field), list(known), placeholder=t("record.people_hint"))
    if not chosen:
        return
    with st.grid(len(chosen), min_column_width=150, gap="small"):
        for person in chosen:
            form.select(
                role_name(field, person),
                plain(person),
                field.choices,
                lambda role: term("decision_role", role),
                default=known.get(person),
                settle=True,
                placeholder=t("record.role_hint"),
            )


_DRAWERS: Mapping[Kind, Callable[[DraftForm, Field, str, Mapping[str, Any], str], None]] = {
    Kind.TEXT: _text,
    Kind.LONG_TEXT: _long_text,
    Kind.MONEY: _money,
    Kind.DATE: _date,
    Kind.CHOICE: _choice,
    Kind.PEOPLE: _people,
}
