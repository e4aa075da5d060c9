"""A condition put together by choosing: field, comparison, value; for whoever does not want to write it."""

from collections.abc import Mapping, Sequence

import streamlit as st

from components.action_fields import choice_name, name_of
from components.text import t, term
from core.definitions import readable
from core.fields import Field, Kind
from core.own_records import SHIPPED
from core.terms import Outcome

_TESTS = ("filled", "empty", "=", "!=", ">", "<", "contains")
_SAID = {"=": "is", "!=": "is_not", ">": "more", "<": "less", "contains": "contains"}
_BARE = ("filled", "empty")
_NUMBERS = (Kind.NUMBER, Kind.MONEY)


def condition_builder(types: Sequence[str], own: Sequence[Field], target: str, key: str) -> None:
    """Choices that make one test, and a button that adds it to the condition.

    Args:
        types: action types, or the kind of record, whose fields can be read.
        target: key of the text that holds the condition.
        key: of these widgets, unique on the page.
    """
    known = {f.key: f for type_ in types for f in SHIPPED.get(type_, ())} | {f.key: f for f in own}
    build(known, readable(types, own, SHIPPED), target, key, types)


def build(
    known: Mapping[str, Field], readable: Sequence[str], target: str, key: str, types: Sequence[str] = ()
) -> None:
    """The choices themselves.

    Args:
        known: fields by key, of what can be read and is one; readable: names of all that can be read.
        types: action types to choose from where the type is read.
    """
    names = {n: _name(n, known) for n in readable}
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        name = st.selectbox(
            t("studio.build.field"), list(names), format_func=names.__getitem__, key=f"{key}-field", width=240
        )
        tests = {one: _say_test(one) for one in _TESTS}
        test = st.selectbox(
            t("studio.build.test"), list(tests), format_func=tests.__getitem__, key=f"{key}-test", width=150
        )
        value = "" if test in _BARE else _value(name, known.get(name), key, types)
        st.button(
            t("studio.build.add"),
            key=f"{key}-add",
            icon=":material/add:",
            on_click=_add,
            args=(target, f"{name} is {test}" if test in _BARE else f"{name} {test} {value}"),
            disabled=test not in _BARE and not value,
        )


def _name(name: str, known: Mapping[str, Field]) -> str:
    return name_of(known[name]) if name in known else t(f"studio.context_name.{name}")


def _say_test(test: str) -> str:
    return t(f"studio.read.{_SAID.get(test, test)}", name="", value="…").strip()


def _value(name: str, field: Field | None, key: str, types: Sequence[str]) -> str:
    """The value as the condition writes it."""
    label = t("studio.build.value")
    choices = _choices(name, field, types)
    if choices:
        chosen = st.selectbox(
            label, list(choices), format_func=choices.__getitem__, key=f"{key}-choice-{name}", width=200
        )
        return f"'{chosen}'"
    if field is not None and field.kind in _NUMBERS:
        number: float | None = st.number_input(label, value=None, format="%g", key=f"{key}-number", width=160)
        return "" if number is None else f"{number:f}".rstrip("0").rstrip(".")
    text = st.text_input(label, key=f"{key}-text", width=200)
    return f"'{text.replace(chr(39), '')}'" if text.strip() else ""


def _choices(name: str, field: Field | None, types: Sequence[str]) -> dict[str, str]:
    if name == "type":
        return {s: term("stage", s) for s in types}
    if name == "outcome":
        return {str(o): term("outcome", str(o)) for o in Outcome}
    if field is None or field.kind is not Kind.CHOICE:
        return {}
    return {c: choice_name(field, c) for c in field.choices}


def _add(target: str, test: str) -> None:
    held = str(st.session_state.get(target) or "").strip()
    st.session_state[target] = f"{held} and {test}" if held else test
