"""The editor of one of the company's own fields (F2), with the field as its form will show it."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from functools import partial
from typing import Any

import streamlit as st

from components import address
from components.action_fields import name_of, sample
from components.blocks import plain
from components.condition_builder import condition_builder
from components.condition_words import condition_words
from components.forms import Marks
from components.frame import View
from components.studio import editing, keep_or_leave
from components.studio_fields import NEW, place_name
from components.text import t
from components.type_icons import type_icon
from core.definitions import LANGUAGES, MADE, RECORDS, new_key, read_choices, readable, write_choices
from core.fields import Field, Kind
from core.own_records import SHIPPED
from core.vocabulary import offered
from data.queries.studio import Desk

_ICONS = {"customer": ":material/apartment:", "opportunity": ":material/target:"}
_ASKED = ("never", "always", "when")
_BOUNDED, _MASKED = (Kind.NUMBER, Kind.MONEY), (Kind.TEXT,)


def editor(desk: Desk, keep: Callable[[Field], Any], view: View) -> None:
    """The field that the address names, new or known; kept in the draft, in force for nobody yet."""
    with st.container(key="studio-editor"):
        asked = address.said("field")
        own = desk.policy.own_fields
        before = next((f for f in own if f.key == asked and not f.retired), None)
        if asked != NEW and before is None:
            return
        with st.container(border=True):
            editing(t("studio.new_field") if before is None else name_of(before))
            marks = Marks(view)
            places = (*offered(desk.in_force.stages), *RECORDS)
            places = tuple(dict.fromkeys((*places, *(before.types if before else ()))))
            field = _parts(before, own, places, marks)
            _shown(field)
            keep_or_leave(partial(keep, field), marks, "field")


def _parts(before: Field | None, own: Sequence[Field], places: Sequence[str], marks: Marks) -> Field:
    key = f"field-{before.key if before else NEW}"
    left, right = st.columns(2)
    with left:
        names = _texts(key, "name", before.label if before else None, marks)
        kind = _kind(key, before, marks)
        types = _types(key, before, places, marks)
    with right:
        helps = _texts(key, "help", before.help if before else None, marks)
        special = _special(key, kind, before, marks)
    required, condition = _required(key, before, types, own, marks)
    return Field(
        key=before.key if before else new_key(names["en"], [f.key for f in own]),
        kind=kind,
        required=required,
        label=names,
        help=helps if any(helps.values()) else None,
        types=types,
        required_when=condition,
        since=before.since if before else None,
        **special,
    )


def _texts(key: str, part: str, held: Mapping[str, str] | None, marks: Marks) -> dict[str, str]:
    """A name or a help in each language."""
    found = {}
    for one in LANGUAGES:
        with marks.field(f"{part}_{one}"):
            label, value = t(f"studio.{part}_{one}"), (held or {}).get(one, "")
            found[one] = st.text_input(label, value, key=f"{key}-{part}-{one}").strip()
    return found


def _kind(key: str, before: Field | None, marks: Marks) -> Kind:
    with marks.field("kind"):
        chosen: Kind = st.selectbox(
            t("studio.holds"),
            MADE,
            index=MADE.index(before.kind) if before else 0,
            format_func={k: t(f"studio.kind.{k}") for k in MADE}.__getitem__,
            disabled=before is not None,
            key=f"{key}-kind",
        )
    return chosen


def _types(key: str, before: Field | None, places: Sequence[str], marks: Marks) -> tuple[str, ...]:
    with marks.field("types"):
        chosen = st.pills(
            t("studio.types"),
            places,
            selection_mode="multi",
            default=list(before.types) if before else [],
            format_func={p: f"{_ICONS.get(p) or type_icon(p)} {place_name(p)}" for p in places}.__getitem__,
            help=t("studio.types_help"),
            key=f"{key}-types",
        )
    return tuple(p for p in places if p in chosen)


def _special(key: str, kind: Kind, before: Field | None, marks: Marks) -> dict[str, Any]:
    """What only some kinds have: choices, bounds, a form."""
    if kind is Kind.CHOICE:
        with marks.field("choices"):
            lines = st.text_area(
                t("studio.choices"),
                write_choices(before) if before else "",
                placeholder=t("studio.choices_hint"),
                help=t("studio.choices_help"),
                height=140,
                key=f"{key}-choices",
            )
        choices, labels = read_choices(lines, before)
        known = (before.choice_labels or {}) if before else {}  # what is taken off keeps its name
        return {"choices": choices, "choice_labels": {**known, **labels}}
    if kind in _BOUNDED:
        return {part: _bound(key, part, before, marks) for part in ("low", "high")}
    if kind in _MASKED:
        with marks.field("mask"):
            held = before.mask if before else ""
            return {
                "mask": st.text_input(t("studio.mask"), held, help=t("studio.mask_help"), key=f"{key}-mask")
            }
    return {}


def _bound(key: str, part: str, before: Field | None, marks: Marks) -> Decimal | None:
    held = getattr(before, part) if before else None
    with marks.field(part):
        value = st.number_input(
            t(f"studio.{part}"), value=None if held is None else float(held), format="%g", key=f"{key}-{part}"
        )
    return None if value is None else Decimal(str(value))


def _required(
    key: str, before: Field | None, types: Sequence[str], own: Sequence[Field], marks: Marks
) -> tuple[bool, str]:
    held = "never" if before is None else "always" if before.required else "when"
    held = "never" if held == "when" and before is not None and not before.required_when else held
    chosen = st.segmented_control(
        t("studio.required"),
        _ASKED,
        default=held,
        required=True,
        format_func={a: t(f"studio.asked.{a}") for a in _ASKED}.__getitem__,
        key=f"{key}-required",
    )
    if chosen != "when":
        return chosen == "always", ""
    with marks.field("required_when"):
        condition = st.text_input(
            t("studio.condition"),
            before.required_when if before else "",
            placeholder=t("studio.condition_hint"),
            key=f"{key}-condition",
        )
    if condition.strip():
        st.caption(plain(t("studio.read_as", condition=condition_words(condition.strip(), own))))
    others = [f for f in own if before is None or f.key != before.key]
    condition_builder(types, others, f"{key}-condition", f"{key}-build")
    with st.popover(t("studio.condition_how"), icon=":material/help:"):
        _readable(types, others)
    return False, condition.strip()


def _readable(types: Sequence[str], own: Sequence[Field]) -> None:
    """How conditions are written, and the names that they may use here with their choices."""
    st.markdown(t("studio.condition_help"))
    known = {f.key: f for type_ in types for f in SHIPPED.get(type_, ())} | {f.key: f for f in own}
    for name in readable(types, own, SHIPPED):
        field = known.get(name)
        choices = field.choices if field and field.kind is Kind.CHOICE else ()
        label = name_of(field) if field else t(f"studio.context.{name}")
        st.markdown(f"`{name}` {plain(label)}" + (f" :gray[{plain(', '.join(choices))}]" if choices else ""))


def _shown(field: Field) -> None:
    """The field as the form of an action will show it."""
    with st.container(border=True, key="studio-sample"):
        st.caption(t("studio.sample"))
        sample(field)
