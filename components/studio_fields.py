"""The company's own fields, drawn: the list, the editor, and what a draft would have meant."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from functools import partial
from typing import Any

import streamlit as st

from components import address
from components.action_fields import name_of, sample
from components.blocks import Row, Tone, badge, empty, plain, rows, section
from components.condition_builder import condition_builder
from components.condition_words import condition_words
from components.forms import Marks
from components.frame import View
from components.navigation import open_page
from components.record_story import type_icon
from components.studio_differences import described
from components.text import t, term
from core.definitions import (
    LANGUAGES,
    MADE,
    RECORDS,
    from_document,
    new_key,
    read_choices,
    readable,
    write_choices,
)
from core.fields import Field, Kind
from core.own_records import SHIPPED
from core.studio import Difference
from core.vocabulary import offered
from data.queries.studio import Desk
from data.queries.studio_preview import ACTION, DAYS, FieldPreview

Does = Mapping[str, Callable[..., Any]]
NEW = "new"
_ICONS = {"customer": ":material/apartment:", "opportunity": ":material/target:"}
_ASKED = ("never", "always", "when")
_BOUNDED, _MASKED = (Kind.NUMBER, Kind.MONEY), (Kind.TEXT,)


def fields_block(desk: Desk, does: Does) -> None:
    """The fields in use as the draft has them, and those retired."""
    own = desk.policy.own_fields
    used = [f for f in own if not f.retired]
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="bottom"):
        section(t("studio.fields"), icon=":material/input:", help=t("studio.fields_help"))
        if st.button(t("studio.add_field"), type="primary", icon=":material/add:"):
            address.write(field=NEW)
            st.rerun()
    with st.container(key="studio-fields"):
        if not used:
            empty(t("studio.no_fields"), t("studio.no_fields_hint"), icon=":material/input:")
        for place, field in enumerate(used):
            _line(field, said(field, own), does, waiting=field.key in desk.waiting, first=place == 0)
    if retired := [f for f in own if f.retired]:
        with st.expander(t("studio.retired", n=len(retired)), icon=":material/archive:"):
            lines = [Row(f.key, name_of(f), said(f, own), action=t("studio.bring_back")) for f in retired]
            if key := rows(lines, "studio-retired"):
                _carry_out(does["back"], key)


def _line(field: Field, detail: str, does: Does, *, waiting: bool, first: bool) -> None:
    with st.container(border=True, horizontal=True, vertical_alignment="center", key=f"own-{field.key}"):
        mark = f" :orange-badge[{t('studio.not_published')}]" if waiting else ""
        st.markdown(f"**{plain(name_of(field))}**{mark}  \n:small[:gray[{plain(detail)}]]", width="stretch")
        for name, icon, allowed in (
            ("edit", ":material/edit:", True),
            ("up", ":material/arrow_upward:", not first),
            ("drop", ":material/archive:", True),
        ):
            key = f"{name}-{field.key}"
            if st.button(t(f"studio.{name}"), key=key, icon=icon, type="tertiary", disabled=not allowed):
                if name == "edit":
                    address.write(field=field.key)
                    st.rerun()
                _carry_out(does[name], field.key)


def _carry_out(work: Callable[[str], Any], key: str) -> None:
    work(key)
    address.write(field=None)
    st.rerun()


def place_name(place: str) -> str:
    """What a field is asked for with: a type of actions, customers, or opportunities."""
    return t(f"studio.of.{place}") if place in RECORDS else term("stage", place)


def said(field: Field, own: Sequence[Field]) -> str:
    """A definition in a line: what it holds, where it is asked for, and when it must be filled."""
    where = ", ".join(map(place_name, field.types))
    return " · ".join((t(f"studio.kind.{field.kind}"), where, _must(field, own)))


def _must(field: Field, own: Sequence[Field]) -> str:
    if field.required or not field.required_when:
        return t("studio.must.always" if field.required else "studio.must.never")
    return t("studio.must.when", condition=condition_words(field.required_when, own))


def editor(desk: Desk, keep: Callable[[Field], Any], view: View) -> None:
    """The field that the address names, new or known; kept in the draft, in force for nobody yet."""
    with st.container(key="studio-editor"):
        asked = address.said("field")
        own = desk.policy.own_fields
        before = next((f for f in own if f.key == asked and not f.retired), None)
        if asked != NEW and before is None:
            return
        with st.container(border=True):
            title = t("studio.new_field") if before is None else name_of(before)
            st.markdown(f"**{plain(title)}**")
            marks = Marks(view)
            places = (*offered(desk.in_force.stages), *RECORDS)
            places = tuple(dict.fromkeys((*places, *(before.types if before else ()))))
            field = _parts(before, own, places, marks)
            _shown(field)
            _keep(field, keep, marks)


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


def _keep(field: Field, keep: Callable[[Field], Any], marks: Marks) -> None:
    with st.container(horizontal=True, gap="small"):
        pressed = st.button(t("studio.keep"), type="primary", icon=":material/save:", key="studio-keep")
        if st.button(t("studio.leave"), type="tertiary", icon=":material/close:", key="studio-leave"):
            address.write(field=None)
            st.rerun()
    if pressed and marks.sent(partial(keep, field)):
        address.write(field=None)
        st.rerun()


def describer(own: Sequence[Field]) -> Callable[[Difference], list[str]]:
    """What says a difference of fields as Markdown lines.

    Args:
        own: all definitions, to name what conditions read.
    """
    return lambda one: described(
        one,
        from_document,
        name_of,
        lambda field: said(field, own),
        lambda field: _attributes(field, own),
        t("studio.retires"),
    )


def _attributes(field: Field, own: Sequence[Field]) -> dict[str, str]:
    bounds = ["" if b is None else f"{b:f}" for b in (field.low, field.high)]
    return {
        t("studio.name"): " / ".join((field.label or {}).values()),
        t("studio.choices"): write_choices(field).replace("\n", "; "),
        t("studio.types"): ", ".join(map(place_name, field.types)),
        t("studio.required"): _must(field, own),
        t("studio.help"): " / ".join((field.help or {}).values()),
        t("studio.bounds"): " … ".join(bounds) if any(bounds) else "",
        t("studio.mask"): field.mask,
    }


def preview(found: Sequence[FieldPreview], own: Sequence[Field], view: View) -> None:
    """The draft's fields held against the records of the last months."""
    if not found:
        return
    section(t("studio.preview"), icon=":material/preview:", help=t("studio.preview_help", days=DAYS))
    names = {f.key: name_of(f) for f in own}
    for one in found:
        with st.container(border=True, key=f"preview-{one.key}"):
            _verdict(one, names[one.key])
            lines = [
                Row(str(e.id), e.customer, f"{e.name or place_name(e.type)} · {view.instant(e.at)}",
                    action=t("studio.look") if e.customer_id else "")
                for e in one.examples
            ]  # fmt: skip
            if lines:
                with st.expander(t("studio.examples")):
                    if pressed := rows(lines, f"examples-{one.key}"):
                        example = next(e for e in one.examples if str(e.id) == pressed)
                        of = {"action": example.id} if one.place == ACTION else {}
                        open_page("customer", customer=example.customer_id or 0, **of)


def _verdict(one: FieldPreview, name: str) -> None:
    st.markdown(f"**{plain(name)}**")
    if not one.records:
        st.caption(t(f"studio.no_{one.place}", days=DAYS))
        return
    held_up = one.missing + one.wrong
    badge(
        t("studio.would_hold_up", n=held_up) if held_up else t("studio.would_pass"),
        Tone.AMBER if held_up else Tone.GREEN,
    )
    st.caption(
        t(
            f"studio.rests_on_{one.place}",
            n=one.records,
            days=DAYS,
            filled=one.filled,
            missing=one.missing,
            wrong=one.wrong,
        )
    )
