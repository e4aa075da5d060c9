"""The policy's numbers and switches, drawn: one part at a time, and what a change would mean."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from components import address, format
from components.blocks import empty, plain, section
from components.forms import Marks
from components.frame import View
from components.text import listed, pair, t, term
from core.messages import Problem
from core.policies import DEFAULTS, Policy, override
from core.rules import GROUPS, RULES, Rule, Unit, value_of
from core.studio import Difference
from data.queries.rules_preview import Effect
from data.queries.studio import Desk


class _Named:
    """Problems with the names of rules in the reader's words."""

    def __init__(self, view: View) -> None:
        self._view = view

    def explain(self, problem: Problem) -> str:
        named = {k: rule_name(v) if v in RULES else v for k, v in problem.params.items()}
        return self._view.explain(Problem(problem.field, problem.code, named))


def rule_name(name: str) -> str:
    """A rule in the reader's words."""
    return t(f"rules.name.{name.replace('.', '_')}")


def rules_block(desk: Desk, keep: Callable[[Mapping[str, Any]], Any], view: View) -> None:
    """One part's rules as the draft has them; kept in the draft together."""
    st.caption(t("rules.question"))
    names = {group: t(f"rules.groups.{group}") for group in GROUPS}
    group = address.choose(st.selectbox, t("rules.group"), "group", names, GROUPS[0], width=320)
    with st.form(f"rules-{group}-{desk.in_force.version}", border=True):
        marks = Marks(_Named(view))
        chosen = [rule for rule in RULES.values() if rule.group == group]
        with st.grid(min_column_width=300, gap="medium"):
            said = {rule.name: _field(rule, desk.policy, marks, view) for rule in chosen}
        sent = st.form_submit_button(t("rules.keep"), type="primary", icon=":material/save:")
    changed = {n: v for n, v in said.items() if not _same(v, value_of(desk.policy, RULES[n]))}
    if sent and changed and marks.sent(partial(keep, changed)):
        st.toast(t("rules.kept"), icon=":material/check_circle:")
        st.rerun()


def _field(rule: Rule, policy: Policy, marks: Marks, view: View) -> Any:
    held, key = value_of(policy, rule), f"rule-{rule.name.replace('.', '-')}"
    with marks.field(rule.name):
        match rule.unit:
            case Unit.SWITCH:
                return st.toggle(rule_name(rule.name), held, help=_help(rule, view), key=f"{key}-{held}")
            case Unit.SOME:
                return _some(rule, held, key, view)
            case _:
                return _number(rule, held, key, view)


def _number(rule: Rule, held: float, key: str, view: View) -> float | None:
    percent = 100 if rule.unit is Unit.RATE else 1
    whole = isinstance(value_of(DEFAULTS, rule), int)
    name = rule_name(rule.name)
    unit = "" if rule.unit is Unit.COUNT else t(f"rules.unit.{rule.unit}")
    label = t("rules.with_unit", name=name, unit=unit) if unit else name
    shown = st.number_input(
        label,
        value=held if whole else round(float(held) * percent, 6),
        step=1 if whole else 1.0 if percent > 1 else 0.5,
        format="%d" if whole else "%g",
        help=_help(rule, view),
        key=f"{key}-{held}",
    )
    return shown if shown is None or whole else round(shown / percent, 8)


def _some(rule: Rule, held: Sequence[str], key: str, view: View) -> tuple[str, ...]:
    shown = [o for o in rule.options if (o in held) is not rule.off]
    chosen = st.pills(
        rule_name(rule.name),
        rule.options,
        selection_mode="multi",
        default=shown,
        format_func={o: option_name(rule, o) for o in rule.options}.__getitem__,
        help=_help(rule, view),
        key=f"{key}-{'-'.join(held)}",
    )
    return tuple(o for o in rule.options if (o in chosen) is not rule.off)


def option_name(rule: Rule, option: str) -> str:
    """One of a rule's options in the reader's words."""
    match rule.area:
        case "alerts":
            return t(f"alerts.{option}.name")
        case "told":
            return t(f"rules.told.{option}")
        case "milestone":
            return t("milestones.day", day=option)
        case _:
            return term(rule.area, option)


def said(rule: Rule, value: Any, view: View) -> str:
    """A rule's value in the reader's words, with its unit."""
    match rule.unit:
        case Unit.SWITCH:
            return t("rules.on" if value else "rules.off")
        case Unit.SOME:
            shown = [option_name(rule, o) for o in rule.options if (o in value) is not rule.off]
            return listed(shown) or t("rules.none")
        case Unit.RATE:
            return format.percent(value, view.language, 1 if round(value * 100, 6) % 1 else 0)
        case Unit.COUNT:
            return f"{value:g}"
        case _:
            return f"{value:g} {t(f'rules.unit.{rule.unit}')}"


def _help(rule: Rule, view: View) -> str:
    what = t(f"rules.help.{rule.name.replace('.', '_')}")
    shipped = said(rule, value_of(DEFAULTS, rule), view)
    if rule.unit in (Unit.SWITCH, Unit.SOME):
        return f"{what} {t('rules.shipped_only', value=shipped)}"
    bounds = {"low": said(rule, rule.low, view), "high": said(rule, rule.high, view)}
    return f"{what} {t('rules.shipped', value=shipped, **bounds)}"


def _same(a: Any, b: Any) -> bool:
    return set(a) == set(b) if isinstance(a, tuple) else bool(a == b)


def describer(view: View) -> Callable[[Difference], list[str]]:
    """What says a difference of rules as Markdown lines: every rule of the attribute that moved."""
    return lambda one: _described(one, view)


def _described(one: Difference, view: View) -> list[str]:
    before, after = (override({} if v is None else {one.item: v}, 0) for v in (one.before, one.after))
    moved = [
        r for r in RULES.values() if r.attribute == one.item and value_of(before, r) != value_of(after, r)
    ]
    lines = [
        pair(f"**{plain(rule_name(rule.name))}**", plain(_moved(rule, before, after, view))) for rule in moved
    ]
    return lines or [f"**{plain(one.item)}**"]


def _moved(rule: Rule, before: Policy, after: Policy, view: View) -> str:
    """A rule's value before and after; of choices only those that are new or gone."""
    old, new = value_of(before, rule), value_of(after, rule)
    if rule.unit is not Unit.SOME:
        return f"{said(rule, old, view)} → {said(rule, new, view)}"
    shown = {o: (o in old, o in new) for o in rule.options if (o in old) != (o in new)}
    return listed(
        t("rules.added" if is_new is not rule.off else "rules.taken", name=option_name(rule, option))
        for option, (_, is_new) in shown.items()
    )


def preview(found: Sequence[Effect], view: View) -> None:
    """What the draft would mean: each count under what is in force and under the draft."""
    section(t("rules.effect"), icon=":material/preview:", help=t("rules.effect_help"))
    if not found:
        empty(t("rules.no_effect"), icon=":material/preview:")
        return
    table = [
        {
            t("rules.effect"): t(f"rules.effects.{e.name}", name=_about(e)),
            t("rules.now"): format.number(e.before, view.language),
            t("rules.then"): format.number(e.after, view.language),
            t("rules.of"): format.number(e.of, view.language),
        }
        for e in found
    ]
    st.dataframe(pd.DataFrame(table), hide_index=True, alt=t("rules.effect"), key="rules-effects")


def _about(effect: Effect) -> str:
    match effect.name:
        case "alerts_open":
            return t(f"alerts.{effect.about}.name")
        case "demands_late":
            return term("urgency", effect.about)
        case _:
            return ""
