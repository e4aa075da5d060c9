"""Fields of actions, customers and opportunities, drawn by their kind: a new field needs no code here."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import streamlit as st

from components.amounts import say_back
from components.blocks import plain
from components.text import language, t, term
from core.customers import ContactInput
from core.fields import Field, Kind
from core.process.sheet import role_name
from data.queries.record import Known

CURRENCIES = ("CNY", "USD", "EUR", "GBP", "HKD", "JPY", "SGD")


class FieldForm(Protocol):
    """What fields are drawn in: `drafts.DraftForm` saves each by itself, `own_values.SheetForm` is sent."""

    def get(self, field: str, default: Any = None) -> Any: ...
    def text(self, field: str, label: str, **more: Any) -> Any: ...
    def long_text(self, field: str, label: str, **more: Any) -> Any: ...
    def number(self, field: str, label: str, **more: Any) -> Any: ...
    def day(self, field: str, label: str, **more: Any) -> Any: ...
    def choice(
        self, field: str, label: str, options: Sequence[Any], say: Callable[[Any], str], **more: Any
    ) -> Any: ...
    def select(
        self, field: str, label: str, options: Sequence[Any], say: Callable[[Any], str], **more: Any
    ) -> Any: ...


class Newcomer(Protocol):
    """The way to put somebody on file beside a field of people."""

    def __call__(
        self, at: str, put: Callable[[int, ContactInput], object], *, name: str, role: str | None
    ) -> None: ...


@dataclass(frozen=True, slots=True)
class Around:
    """What fields offer beside their own choices.

    Attributes:
        known: the customer's people, each with their part in the decision where that is known.
        currency: preselected where a field asks for money.
        records: colleagues and customers to choose from, by id.
        newcomer: puts somebody on file who is not; None where nobody can be.
    """

    known: Mapping[str, Any]
    currency: str
    records: Mapping[Kind, Mapping[int, str]]
    newcomer: Newcomer | None


def action_fields(
    form: FieldForm,
    fields: Sequence[Field],
    *,
    contacts: Sequence[Known],
    currency: str,
    records: Mapping[Kind, Mapping[int, str]] | None = None,
    within: str = "fields-",
    newcomer: Newcomer | None = None,
) -> None:
    """Draw fields in a form.

    Args:
        contacts: people to pick from where a field asks for people.
        currency: preselected where a field asks for money.
        records: colleagues and customers to pick from where a field asks for one.
        within: what the form's names of these fields begin with.
        newcomer: puts somebody on file whom a field of people does not offer.
    """
    around = Around({c.name: c.decision_role for c in contacts}, currency, records or {}, newcomer)
    for field in fields:
        _DRAWERS[field.kind](form, field, f"{within}{field.key}", around)


def label_of(field: Field) -> str:
    """A field's name: the company's own, else the catalogue's; optional ones say so."""
    name = plain(name_of(field))
    return name if field.required else t("record.optional", field=name)


def name_of(field: Field) -> str:
    """A field's bare name in the reader's language."""
    if field.label is None:
        return t(f"fields.{field.key}")
    return field.label.get(language()) or next((name for name in field.label.values() if name), "–")


def choice_name(field: Field, choice: str) -> str:
    """A choice's name in the reader's language: the company's own, else the catalogue's."""
    own = (field.choice_labels or {}).get(choice)
    return own.get(language(), choice) if own else term(field.key, choice)


def _help(field: Field) -> str | None:
    said = (field.help or {}).get(language())
    form = t("record.mask_help", form=field.mask) if field.mask else ""
    return plain(" ".join(part for part in (said, form) if part)) or None


def _text(form: FieldForm, field: Field, name: str, around: Around) -> None:
    form.text(name, label_of(field), help=_help(field))


def _long_text(form: FieldForm, field: Field, name: str, around: Around) -> None:
    form.long_text(name, label_of(field), help=_help(field))


def _date(form: FieldForm, field: Field, name: str, around: Around) -> None:
    form.day(name, label_of(field), width=180, help=_help(field))


def _choice(form: FieldForm, field: Field, name: str, around: Around) -> None:
    form.choice(
        name,
        label_of(field),
        field.choices,
        lambda choice: plain(choice_name(field, choice)),
        help=_help(field),
    )


def _number(form: FieldForm, field: Field, name: str, around: Around) -> None:
    form.number(name, label_of(field), least=None, form="%g", width=200, help=_help(field))


def _record(form: FieldForm, field: Field, name: str, around: Around) -> None:
    offered = around.records.get(field.kind, {})
    gone = form.get(name)
    shown = dict(offered) if gone is None or gone in offered else {**offered, gone: t("record.out_of_reach")}
    form.select(
        name,
        label_of(field),
        list(shown),
        shown.__getitem__,
        placeholder=t("record.choose"),
        help=_help(field),
        width=320,
    )


def _money(form: FieldForm, field: Field, name: str, around: Around) -> None:
    with st.container(horizontal=True, gap="small"):
        typed = form.text(name, label_of(field), width=200, help=_help(field))
        choices = list(dict.fromkeys([around.currency, *CURRENCIES]))
        currency = form.select(
            f"{name}-currency",
            t("record.currency"),
            choices,
            str,
            default=around.currency,
            settle=bool(typed),
            width=110,
        )
    if currency:  # None in a form that is sent as a whole: there it would say what stood before
        say_back(typed, currency)


def _people(form: Any, field: Field, name: str, around: Around) -> None:
    chosen = form.names(name, label_of(field), list(around.known), placeholder=t("record.people_hint"))
    if chosen:
        with st.grid(len(chosen), min_column_width=150, gap="small"):
            for person in chosen:
                form.select(
                    role_name(field, person),
                    plain(person),
                    field.choices,
                    lambda role: term("decision_role", role),
                    default=around.known.get(person),
                    settle=True,
                    placeholder=t("record.role_hint"),
                )
    if around.newcomer:
        _newcomer(form, field, name, chosen, around)


def _newcomer(form: Any, field: Field, name: str, chosen: Sequence[str], around: Around) -> None:
    """Who was named and is not on file can be put there, under the name that is found right then."""
    strange = next((person for person in chosen if person not in around.known), "")
    role = form.get(role_name(field, strange)) if strange else None

    def put(_: int, contact: ContactInput) -> None:
        named = [contact.name if person == strange else person for person in chosen]
        there = {role_name(field, contact.name): contact.decision_role or role}
        form.set({name: list(dict.fromkeys([*named, contact.name])), **there})

    if around.newcomer:
        around.newcomer(name, put, name=strange, role=role)


_DRAWERS: Mapping[Kind, Callable[[Any, Field, str, Around], None]] = {
    Kind.TEXT: _text,
    Kind.LONG_TEXT: _long_text,
    Kind.MONEY: _money,
    Kind.DATE: _date,
    Kind.CHOICE: _choice,
    Kind.PEOPLE: _people,
    Kind.NUMBER: _number,
    Kind.PERSON: _record,
    Kind.CUSTOMER: _record,
}


def sample(field: Field) -> None:
    """A field as its form will show it, to be looked at only."""
    key, label = f"sample-{field.key}-{field.kind}", label_of(field)
    more: dict[str, Any] = {"key": key, "help": _help(field), "disabled": True}
    match field.kind:
        case Kind.CHOICE:
            st.pills(label, [plain(choice_name(field, c)) for c in field.choices], **more)
        case Kind.LONG_TEXT:
            st.text_area(label, height=68, **more)
        case Kind.MONEY:
            st.text_input(label, width=200, **more)
        case Kind.NUMBER:
            st.number_input(label, value=None, width=200, **more)
        case Kind.DATE:
            st.date_input(label, value=None, format="YYYY-MM-DD", width=180, **more)
        case Kind.PERSON | Kind.CUSTOMER:
            st.selectbox(label, [], placeholder=t("record.choose"), width=320, **more)
        case _:
            st.text_input(label, **more)
