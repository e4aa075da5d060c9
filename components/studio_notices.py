"""Rules of notices, drawn: each kind with how it is told, its editor, and what it would have sent."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import streamlit as st

from components import address
from components.blocks import Row, plain, rows, section
from components.forms import Marks
from components.frame import View
from components.studio import edit, editing, keep_or_leave
from components.text import listed, t, term
from core.messages import Problem
from core.studio import ORDER, Difference
from core.telling import KINDS, LONGEST_WAIT, MANDATORY, Pace, Rule, To, check_rule, from_document, rule_of
from data.notices import sentence
from data.queries.studio import Desk
from data.queries.telling_preview import DAYS, Told

ASKED = "own"  # the address's name for the kind in hand
Channels = Sequence[str]


class _Named:
    """Problems with the names of roles in the reader's words."""

    def __init__(self, view: View) -> None:
        self._view = view

    def explain(self, problem: Problem) -> str:
        said = {k: term("role", v) if k == "role" else v for k, v in problem.params.items()}
        return self._view.explain(Problem(problem.field, problem.code, said))


def notices_block(desk: Desk, lately: Mapping[str, int]) -> None:
    """Every kind as the draft has it told; those told most lately first."""
    section(t("telling.kinds"), icon=":material/notifications:", help=t("telling.kinds_help"))
    kinds = sorted(KINDS, key=lambda kind: -lately[kind])
    lines = [_line(rule_of(desk.policy.notice_rules, kind), lately[kind], desk) for kind in kinds]
    if kind := rows(lines, "studio-notices"):
        edit(ASKED, kind)


def _line(rule: Rule, lately: int, desk: Desk) -> Row:
    told = t("telling.lately", n=lately, days=DAYS)
    waiting = t("studio.not_published") if rule.kind in desk.waiting else ""
    detail = f"{said(rule)} · {told}"
    return Row(rule.kind, kind_name(rule.kind), detail, mark=waiting, action=t("telling.edit"))


def kind_name(kind: str) -> str:
    """A kind of notice in the reader's words."""
    return t(f"telling.kind.{kind}")


def said(rule: Rule) -> str:
    """A rule in a line."""
    if rule.shipped:
        return t("telling.as_shipped")
    parts = [t("telling.to_said", names=listed(t(f"telling.to.{to}") for to in rule.to))]
    if rule.off:
        names = listed(t(f"channels.kinds.{name}") for name in rule.off)
        parts.append(t("telling.off_said", names=names))
    if rule.pace is not Pace.WISHED:
        parts.append(t(f"telling.pace.{rule.pace}"))
    if rule.wait_hours:
        parts.append(t("telling.wait_said", n=rule.wait_hours))
    return " · ".join(parts)


def editor(
    desk: Desk, keep: Callable[[Rule], Any], try_out: Callable[[Rule], Told], channels: Channels, view: View
) -> None:
    """The rule of the kind that the address names; kept in the draft, in force for nobody yet."""
    with st.container(key="studio-notice-editor"):
        kind = address.said(ASKED)
        if kind is None or kind not in KINDS:
            return
        with st.container(border=True):
            editing(kind_name(kind))
            marks = Marks(_Named(view))
            rule = _parts(rule_of(desk.policy.notice_rules, kind), channels, marks)
            with st.container(border=True, key="studio-notice-sample"):
                _sample(rule, channels, try_out, view)
            keep_or_leave(partial(keep, rule), marks, ASKED)


def _parts(before: Rule, channels: Channels, marks: Marks) -> Rule:
    key = f"notice-{before.kind}"
    if before.kind in MANDATORY:
        st.caption(t("telling.mandatory"))
    with marks.field("to"):
        to = st.pills(
            t("telling.who"), list(To), selection_mode="multi", default=list(before.to),
            format_func={one: t(f"telling.to.{one}") for one in To}.__getitem__, key=f"{key}-to",
        )  # fmt: skip
    off = _off(before, channels, key, marks)
    with marks.field("pace"):
        pace = st.segmented_control(
            t("telling.when"), list(Pace), default=before.pace, required=True, help=t("telling.when_help"),
            format_func={one: t(f"telling.pace.{one}") for one in Pace}.__getitem__, key=f"{key}-pace",
        )  # fmt: skip
    with marks.field("wait_hours"):
        wait = st.number_input(
            t("telling.wait"), 0, LONGEST_WAIT, before.wait_hours, width=260, help=t("telling.wait_help"),
            key=f"{key}-wait",
        )  # fmt: skip
    return Rule(before.kind, tuple(one for one in To if one in to), off, Pace(pace), wait)


def _off(before: Rule, channels: Channels, key: str, marks: Marks) -> tuple[str, ...]:
    """Channels by which it does not go; as they stand where none is set up."""
    names = {name: t(f"channels.kinds.{name}") for name in channels}
    with marks.field("off"):
        if not names:
            st.caption(t("telling.no_channels"))
            return before.off
        on = st.pills(
            t("telling.by"), list(names), selection_mode="multi", format_func=names.__getitem__,
            default=[name for name in names if name not in before.off], help=t("telling.by_help"),
            key=f"{key}-by",
        )  # fmt: skip
    return tuple(name for name in names if name not in on)


def _sample(rule: Rule, channels: Channels, try_out: Callable[[Rule], Told], view: View) -> None:
    st.markdown(f"**{t('telling.preview', days=DAYS)}**")
    if check_rule(rule, (*channels, *rule.off)):
        st.caption(t("builder.preview_later"))
    else:
        would_have(rule, try_out(rule), view)


def would_have(rule: Rule, found: Told, view: View) -> None:
    """What a rule would have sent in these days, and to whom."""
    if not found.causes:
        st.caption(t("telling.nothing_told", days=DAYS))
        return
    named = found.named if To.NAMED in rule.to else 0
    st.markdown(t("telling.would", n=found.causes, named=named, copies=found.copies))
    if rule.wait_hours and To.NAMED in rule.to:
        st.markdown(t("telling.would_follow", n=found.unread, hours=rule.wait_hours))
    for one in found.examples:
        title = plain(sentence(view.language, one.kind, one.params)[0])
        to = [*one.named, *(t("telling.copy", name=name) for name in one.others)]
        names = plain(listed(to) or t("telling.nobody"))
        st.markdown(f":small[:gray[{view.instant(one.at)}] {title} → {names}]")


def describer() -> Callable[[Difference], Sequence[str]]:
    """What says a difference of rules as Markdown lines."""
    return _described


def _described(one: Difference) -> list[str]:
    if one.item == ORDER:
        return [f"**{t('studio.order_changed')}**"]
    before, after = (from_document(d) if d else Rule(one.item) for d in (one.before, one.after))
    return [f"**{plain(kind_name(one.item))}**", f"{plain(said(before))} → {plain(said(after))}"]


def preview(rules: Sequence[Rule], found: Sequence[Told], view: View) -> None:
    """What the draft's rules would have sent."""
    section(t("telling.preview", days=DAYS), icon=":material/preview:", help=t("telling.preview_help"))
    for rule, told in zip(rules, found, strict=True):
        with st.container(border=True, key=f"preview-{rule.kind}"):
            st.markdown(f"**{kind_name(rule.kind)}**")
            would_have(rule, told, view)
