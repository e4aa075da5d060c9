"""The company's own fields, drawn (F2): the list, and what a draft would have meant for records."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from components import address
from components.action_fields import name_of
from components.blocks import Row, Tone, badge, empty, plain, rows, section
from components.condition_words import condition_words
from components.frame import View
from components.navigation import open_page
from components.studio import edit
from components.studio_differences import described
from components.text import clauses, listed, t, term
from core.definitions import RECORDS, from_document, write_choices
from core.fields import Field
from core.studio import Difference
from data.queries.studio import Desk
from data.queries.studio_preview import ACTION, DAYS, FieldPreview

Does = Mapping[str, Callable[..., Any]]
NEW = "new"


def fields_block(desk: Desk, does: Does) -> None:
    """The fields in use as the draft has them, and those retired."""
    own = desk.policy.own_fields
    used = [f for f in own if not f.retired]
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="bottom"):
        section(t("studio.fields"), icon=":material/input:", help=t("studio.fields_help"))
        if st.button(t("studio.add_field"), type="primary", icon=":material/add:"):
            edit("field", NEW)
    with st.container(key="studio-fields"):
        if not used:
            empty(t("studio.no_fields"), t("studio.no_fields_hint"), icon=":material/input:")
        for place, field in enumerate(used):
            _line(field, said(field, own), does, waiting=field.key in desk.waiting, first=place == 0)
    if retired := [f for f in own if f.retired]:
        with st.expander(t("studio.retired", n=len(retired)), icon=":material/archive:"):
            lines = [
                Row(f.key, name_of(f), said(f, own), action=t("studio.bring_back"), at_once=True)
                for f in retired
            ]
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
                    edit("field", field.key)
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
    where = listed(map(place_name, field.types))
    return " · ".join((t(f"studio.kind.{field.kind}"), where, _must(field, own)))


def _must(field: Field, own: Sequence[Field]) -> str:
    if field.required or not field.required_when:
        return t("studio.must.always" if field.required else "studio.must.never")
    return t("studio.must.when", condition=condition_words(field.required_when, own))


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
        t("studio.choices"): clauses(write_choices(field).splitlines()),
        t("studio.types"): listed(map(place_name, field.types)),
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
