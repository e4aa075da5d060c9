"""The layout of Today by role, drawn: what a draft changes, and what waits for the role's people."""

from collections.abc import Callable, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from components import address
from components.blocks import empty, plain, section
from components.frame import View
from components.home_layout import layout_editor
from components.text import listed, pair, t, term
from core.home import BLOCKS, Layout, from_document, in_order, is_hidden, kinds_of, layout_of
from core.studio import ORDER, Difference
from core.terms import Role
from data.queries.home_preview import Waiting
from data.queries.studio import Desk

ROLES = tuple(role for role in Role if len(kinds_of(role)) > 1)
"""Roles with kinds of to-dos enough to be laid out."""


def chosen_role() -> str:
    """The role whose Today is laid out, kept in the address."""
    names = {str(role): term("role", role) for role in ROLES}
    return address.choose(st.segmented_control, t("home.role"), "role", names, str(ROLES[0]), required=True)


def home_block(desk: Desk, role: str, keep: Callable[[Layout], Any], view: View) -> None:
    """A role's layout as the draft has it."""
    section(t("home.studio"), icon=":material/dashboard:", help=t("home.studio_help"))
    held = layout_of(desk.policy.home, role)
    if layout_editor(held, role, keep, f"home-{role}", view, label=t("studio.keep")):
        st.rerun()


def describer() -> Callable[[Difference], Sequence[str]]:
    """What says a difference of layouts as Markdown lines."""
    return _described


def _described(one: Difference) -> list[str]:
    if one.item == ORDER:
        return [f"**{t('studio.order_changed')}**"]
    before, after = (from_document(d) if d else Layout(one.item) for d in (one.before, one.after))
    lines = [f"**{plain(term('role', one.item))}**"]
    kinds = kinds_of(one.item)
    was, now = (listed(_name(k) for k in in_order(x, kinds)) for x in (before, after))
    lines += [pair(f":gray[{t('home.order')}]", now)] if was != now else []
    for part in (*kinds, *BLOCKS):
        if is_hidden(before, part) is not is_hidden(after, part):
            lines.append(t("home.hides" if is_hidden(after, part) else "home.shows", kind=_name(part)))
    lines += [
        t("home.limits", kind=_name(k), before=before.limit(k), after=after.limit(k))
        for k in kinds
        if before.limit(k) != after.limit(k)
    ]
    return lines


def _name(part: str) -> str:
    return t(f"home.block.{part}") if part in BLOCKS else t(f"today.{part}")


def preview(desk: Desk, role: str, found: Waiting) -> None:
    """What waits for the role's people now, and what of it they would see at first."""
    section(
        t("home.preview", role=term("role", role)), icon=":material/preview:", help=t("home.preview_help")
    )
    if not found.totals:
        empty(t("home.nothing_waits"), icon=":material/preview:")
        return
    st.caption(plain(t("home.people", names=listed(found.names))))
    now, then = (layout_of(policy.home, role) for policy in (desk.in_force, desk.policy))
    places = [{k: n for n, k in enumerate(_shown(layout, role), start=1)} for layout in (now, then)]
    kinds = sorted(found.totals, key=lambda k: places[1].get(k, len(places[1]) + 1))
    table = [
        {
            t("home.kind"): _name(kind),
            t("home.waiting"): found.totals[kind],
            t("home.now"): _place(places[0].get(kind), now.limit(kind)),
            t("home.then"): _place(places[1].get(kind), then.limit(kind)),
        }
        for kind in kinds
    ]
    st.dataframe(pd.DataFrame(table), hide_index=True, alt=t("home.studio"), key="home-effects")


def _shown(layout: Layout, role: str) -> list[str]:
    return [str(k) for k in in_order(layout, kinds_of(role)) if not is_hidden(layout, k)]


def _place(place: int | None, limit: int) -> str:
    return t("home.not_shown") if place is None else t("home.place", place=place, limit=limit)
