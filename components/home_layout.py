"""Laying out Today: kinds moved up and down, shown or not, and how many; kept when it is said."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import streamlit as st

from components.forms import Marks
from components.frame import View
from components.text import t
from components.today import ICONS
from core.home import (
    BLOCKS,
    MANDATORY,
    MOST,
    Kind,
    Layout,
    in_order,
    is_hidden,
    kinds_of,
    moved,
    with_limit,
    with_shown,
)
from core.messages import Problem
from data.commands.command import Command
from data.commands.home import keep_own, reset_own

KEEP: Command[..., int] = keep_own


class _Named:
    """Problems with the names of kinds in the reader's words."""

    def __init__(self, view: View) -> None:
        self._view = view

    def explain(self, problem: Problem) -> str:
        said = {k: t(f"today.{v}") if k == "kind" else v for k, v in problem.params.items()}
        return self._view.explain(Problem(problem.field, problem.code, said))


def own_card(layout: Layout, own: bool, view: View) -> None:
    """One's own order of Today, and the way back to the role's."""
    if not kinds_of(view.who.role):
        return
    with st.container(border=True, key="own-home"):
        st.subheader(t("home.own"), anchor=False, help=t("home.own_note"))
        st.caption(t("home.is_own" if own else "home.is_roles"))
        with st.expander(t("home.to_order"), icon=":material/tune:", key="own-home-open"):
            keep = partial(view.do, KEEP)
            if layout_editor(layout, view.who.role, keep, "home-own", view, label=t("home.keep")):
                st.toast(t("home.kept"), icon=":material/check_circle:")
                st.rerun()
        if own and st.button(t("home.reset"), key="home-reset", icon=":material/undo:", type="tertiary"):
            view.do(reset_own)
            st.rerun()


def layout_editor(
    held: Layout, role: str | None, keep: Callable[[Layout], Any], key: str, view: View, *, label: str
) -> bool:
    """A layout being changed in the browser; True when it was kept in this run.

    Args:
        held: the layout as it stands; what is typed is laid over it until it is kept.
        label: of the button that keeps it.
    """
    place = f"{key}-{hash(held)}"
    layout: Layout = st.session_state.get(place, held)
    marks = Marks(_Named(view))
    with marks.field("hidden", "order"), st.container(border=True, gap="xsmall", key=f"{key}-kinds"):
        kinds = in_order(layout, kinds_of(role))
        changed = layout
        for n, kind in enumerate(kinds):
            changed = _line(changed, kinds, n, kind, key)
    with st.container(horizontal=True, key=f"{key}-blocks"):
        for block in BLOCKS:
            shown = not is_hidden(layout, block)
            if st.toggle(t(f"home.block.{block}"), shown, key=f"{key}-{block}-{shown}") is not shown:
                changed = with_shown(changed, block, not shown)
    if changed != layout:
        st.session_state[place] = changed
        st.rerun()
    pressed = st.button(label, type="primary", icon=":material/save:", key=f"{key}-keep")
    if pressed and marks.sent(partial(keep, layout)):
        st.session_state.pop(place, None)
        return True
    return False


def _line(layout: Layout, kinds: Sequence[Kind], n: int, kind: Kind, key: str) -> Layout:
    line, name = f"{key}-{kind}", t(f"today.{kind}")
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"line-{line}"):
        for word, icon, by, allowed in (
            ("up", ":material/arrow_upward:", -1, n > 0),
            ("down", ":material/arrow_downward:", 1, n < len(kinds) - 1),
        ):
            said = t(f"home.{word}", kind=name)
            if st.button(
                "", key=f"{line}-{word}", icon=icon, type="tertiary", help=said, disabled=not allowed
            ):
                layout = moved(layout, kinds, kind, by)
        mandatory, shown, limit = kind in MANDATORY, not is_hidden(layout, kind), layout.limit(kind)
        mark = f" :gray-badge[{t('home.stays')}]" if mandatory else ""
        st.markdown(f"{ICONS[kind]} {name}{mark}", width="stretch")
        count = st.number_input(
            t("home.limit", kind=name), 1, MOST, limit, width=110, label_visibility="collapsed",
            help=t("home.limit_help"), key=f"{line}-limit-{limit}",
        )  # fmt: skip
        told = t("home.must" if mandatory else "home.shown_help")
        label = t("home.shown")
        now = st.toggle(label, shown, key=f"{line}-{shown}", disabled=mandatory, help=told)
    if now is not shown:
        layout = with_shown(layout, kind, now)
    return with_limit(layout, kind, count) if count != limit else layout
