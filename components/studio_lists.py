"""The studio's short lists, drawn: tags, action types, grade rules; each kept as a whole."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any
from zlib import crc32

import streamlit as st

from components.action_fields import name_of
from components.blocks import Row, plain, rows, section
from components.condition_builder import build
from components.condition_words import condition_words
from components.format import NOTHING
from components.forms import Marks
from components.frame import View
from components.navigation import open_page
from components.text import language, t, term
from components.type_icons import type_icon
from core.definitions import LANGUAGES
from core.fields import Field, Kind
from core.grades import readable
from core.studio import ORDER, Difference
from core.terms import Grade
from core.vocabulary import ActionType, Tag
from data.queries.studio import Desk
from data.queries.studio_lists import GradesPreview, Reach, StageUse, TagUse

Keep = Callable[[Any], Any]
_FRESH = Tag("", {})


def tags_block(found: Sequence[TagUse], desk: Desk, keep: Keep, view: View) -> None:
    """Every tag with its names, and one line for a new one."""
    section(
        t("studio.tags"), icon=":material/sell:", help=t("studio.tags_help", n=desk.policy.high_value_tags)
    )
    at = _turn("tags", desk, desk.policy.tags)
    marks = Marks(view)
    with st.form(at, border=False):
        tags = [_tag(use.tag, t("studio.carried_by", n=use.customers), marks, at) for use in found]
        tags.append(_tag(_FRESH, t("studio.new_tag"), marks, at))
        sent = st.form_submit_button(t("studio.keep"), type="primary", icon=":material/save:")
    if sent and marks.sent(partial(keep, tags)):
        st.rerun()


def _turn(part: str, desk: Desk, content: Sequence[Any]) -> str:
    """Prefix of a list's widgets: others once the draft is another, so that they show what it holds."""
    return f"{part}-{desk.in_force.version}-{crc32(repr(content).encode())}"


def _tag(tag: Tag, detail: str, marks: Marks, at: str) -> Tag:
    with st.container(
        border=True, horizontal=True, vertical_alignment="center", gap="small", key=f"{at}-line-{tag.key}"
    ):
        label = _names(tag.key, tag.label, marks, at)
        high = st.toggle(t("studio.high_value"), tag.high_value, key=f"{at}-high-{tag.key}")
        used = True
        if tag.key:
            used = st.toggle(t("studio.tag_used"), not tag.retired, key=f"{at}-used-{tag.key}")
        st.caption(plain(detail), width="content")
    return Tag(tag.key, label, high_value=high, retired=not used)


def _names(key: str, held: Mapping[str, str], marks: Marks, at: str) -> dict[str, str]:
    """A name in each language."""
    found = {}
    for one in LANGUAGES:
        with st.container(width=220), marks.field(f"{key}.name_{one}"):
            widget = f"{at}-{one}-{key}"
            found[one] = st.text_input(t(f"studio.name_{one}"), held.get(one, ""), key=widget).strip()
    return found


def tags_effect(reach: Reach) -> None:
    """For whom the draft opens or closes following up together."""
    section(t("studio.preview"), icon=":material/preview:")
    st.markdown(t("studio.reach", before=reach.before, after=reach.after))
    _customers("tags", [(str(key), name, "") for key, name in reach.examples])


def stages_block(
    found: Sequence[StageUse], shipped: Mapping[str, Mapping[str, str]], desk: Desk, keep: Keep, view: View
) -> None:
    """The action types in their order, with what the company calls them, and one line for a new one."""
    section(t("studio.stages"), icon=":material/flag:", help=t("studio.stages_help"))
    at = _turn("stages", desk, desk.policy.stages)
    marks = Marks(view)
    with st.form(at, border=False):
        types = [_stage(use, n, shipped.get(use.type.key, {}), marks, at) for n, use in enumerate(found, 1)]
        types.append(_new_stage(len(found) + 1, marks, at))
        sent = st.form_submit_button(t("studio.keep"), type="primary", icon=":material/save:")
    ordered = [one for _, one in sorted(types, key=lambda pair: pair[0])]
    if sent and marks.sent(partial(keep, ordered)):
        st.rerun()


def _stage(
    use: StageUse, place: int, shipped: Mapping[str, str], marks: Marks, at: str
) -> tuple[float, ActionType]:
    """One action type's line; returns its place in the order and what it is to be."""
    key = use.type.key
    with st.container(
        border=True, horizontal=True, vertical_alignment="center", gap="small", key=f"{at}-line-{key}"
    ):
        chosen = _place(place, f"{at}-place-{key}")
        label = _names(key, use.type.label or shipped, marks, at)
        used = st.toggle(t("studio.type_used"), not use.type.off, key=f"{at}-used-{key}")
        known = plain(shipped.get(language(), t("studio.type_added")))
        st.caption(f"{type_icon(key)} {known} · {_touched(use)}", width="content")
    return chosen, ActionType(key, label, off=not used, off_since=use.type.off_since)


def _new_stage(place: int, marks: Marks, at: str) -> tuple[float, ActionType]:
    with st.container(
        border=True, horizontal=True, vertical_alignment="center", gap="small", key=f"{at}-line-new"
    ):
        chosen = _place(place, f"{at}-place-new")
        label = _names("", {}, marks, at)
        st.caption(t("studio.new_type"), width="content")
    return chosen, ActionType("", label)


def _place(place: int, key: str) -> float:
    """Where it stands; what is put at another's place stands before that one."""
    shown = st.number_input(t("studio.place"), min_value=1, value=place, step=1, key=key, width=110)
    return shown if shown == place else shown - (0.5 if shown < place else -0.5)


def _touched(use: StageUse) -> str:
    if use.fresh:
        return t("studio.not_published")
    return t("studio.stage_use", actions=use.actions, planned=use.planned, opportunities=use.opportunities)


def stages_effect(found: Sequence[StageUse], in_force: Sequence[str]) -> None:
    """What is planned, or stands, under action types that the draft switches off."""
    section(t("studio.preview"), icon=":material/preview:")
    going = [use for use in found if use.type.off and use.type.key in in_force]
    if not going:
        st.caption(t("studio.nothing_goes"))
    for use in going:
        name = plain(term("stage", use.type.key))
        said = t("studio.goes", planned=use.planned, opportunities=use.opportunities, actions=use.actions)
        st.markdown(f"**{name}**  \n{said}")


def grades_block(desk: Desk, keep: Keep, view: View) -> None:
    """One condition for each grade, and what conditions may read."""
    rest = desk.policy.grade_rest_days
    section(t("studio.grades"), icon=":material/military_tech:", help=t("studio.grades_help", days=rest))
    held = {rule.grade: rule.condition for rule in desk.policy.grade_rules}
    fields = readable(desk.policy.own_fields)
    at = _turn("grades", desk, desk.policy.grade_rules)
    marks = Marks(view)
    with st.container(border=True):
        rules = {str(grade): _rule(str(grade), held.get(grade, ""), fields, marks, at) for grade in Grade}
        _builder(fields, at)
        sent = st.button(t("studio.keep"), type="primary", icon=":material/save:", key=f"{at}-keep")
    with st.popover(t("studio.condition_how"), icon=":material/help:"):
        st.markdown(t("studio.condition_help"))
        for field in fields:
            choices = ", ".join(field.choices) if field.kind is Kind.CHOICE else ""
            st.markdown(
                f"`{field.key}` {plain(name_of(field))}" + (f" :gray[{plain(choices)}]" if choices else "")
            )
    if sent and marks.sent(partial(keep, rules)):
        st.rerun()


def _builder(fields: Sequence[Field], at: str) -> None:
    """Choices that add a test to a grade's condition, for whoever does not want to write it."""
    grade = st.segmented_control(
        t("studio.build.grade"), [str(grade) for grade in Grade], default="A", required=True, key=f"{at}-of"
    )
    build({f.key: f for f in fields}, [f.key for f in fields], f"{at}-{grade}", f"{at}-build")


def _rule(grade: str, held: str, fields: Sequence[Field], marks: Marks, at: str) -> str:
    with marks.field(grade):
        text = st.text_input(
            t("studio.grade_when", grade=grade),
            held,
            placeholder=t(f"studio.grade_hint.{grade}"),
            key=f"{at}-{grade}",
        )
    if text and text.strip():
        st.caption(plain(t("studio.read_as", condition=condition_words(text.strip(), fields))))
    return str(text)


def grades_effect(found: GradesPreview) -> None:
    """How many customers each grade would be proposed for, and who has another."""
    section(t("studio.preview"), icon=":material/preview:")
    said = " · ".join(f"{grade} {n}" for grade, n in found.proposals.items())
    st.markdown(t("studio.graded_so", n=found.customers, said=plain(said or NOTHING), other=found.other))
    _customers(
        "grades",
        [
            (str(r.id), r.name, t("studio.regraded", now=r.grade or NOTHING, then=r.proposal))
            for r in found.examples
        ],
    )


def _customers(key: str, found: Sequence[tuple[str, str, str]]) -> None:
    if not found:
        return
    with st.expander(t("studio.examples")):
        lines = [Row(i, name, detail, action=t("studio.look")) for i, name, detail in found]
        if pressed := rows(lines, f"examples-{key}"):
            open_page("customer", customer=int(pressed))


def describer(own: Sequence[Field]) -> Callable[[Difference], list[str]]:
    """What says a difference of one of these lists as Markdown lines.

    Args:
        own: the company's own fields, to name what conditions read.
    """
    return lambda one: _described(one, own)


def _described(one: Difference, own: Sequence[Field]) -> list[str]:
    if one.item == ORDER:
        return [f"**{t('studio.order_changed')}**"]
    before, after = (_said(document, own) for document in (one.before, one.after))
    name = one.item if "grade" in (one.after or one.before) else _called(one)
    return [f"**{plain(name)}** :gray[{plain(before or NOTHING)}] → {plain(after or NOTHING)}"]


def _called(one: Difference) -> str:
    label = (one.before or one.after)["label"]
    area = "stage" if "off" in (one.after or one.before) else "tag"
    return str(label.get(language()) or term(area, one.item))


def _said(document: Mapping[str, Any] | None, own: Sequence[Field]) -> str:
    if document is None:
        return ""
    if "condition" in document:
        return condition_words(document["condition"], readable(own))
    names = " / ".join(document["label"].values()) or t("studio.as_the_product")
    marks = [t(f"studio.{word}") for word, part in _PARTS.items() if document.get(part)]
    return " · ".join((names, *marks))


_PARTS = {"high_value": "high_value", "retired_tag": "retired", "type_off": "off"}
