"""The board's table of teams, reps or customers; a click on a figure opens its rows."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import streamlit as st

from components import format
from components.blocks import section
from components.board_drill import drill, table_key
from components.board_words import group_name, stage_name
from components.frame import View
from components.tables import cell_clicked, day_column, days_column, rate_column, shares
from components.text import t
from core.process.metrics import COMPLETION_DAYS
from data.queries.board import Board, GroupLine
from data.queries.board_ask import Ask

_BEHIND = {"red": "red", "past": "past", "completion": "due", "due": "due"}  # other columns: open ones


def table(board: Board, ask: Ask, view: View) -> None:
    """A line per team, rep or customer."""
    section(t(f"board.table_{ask.by}"))
    st.caption(t("board.table_note"))
    groups = board.groups
    if not groups:
        return
    chosen = cell_clicked(
        {
            "name": [group_name(g.name, ask.by) for g in groups],
            "red": [g.alerts or None for g in groups],
            "open": [g.open for g in groups],
            "past": [g.past or None for g in groups],
            "completion": shares([g.completion.rate for g in groups]),
            "due": [g.completion.due or None for g in groups],
            "longest": [g.longest_days for g in groups],
            **_least(groups),
            "where": [_where(g) for g in groups],
            "next": [g.next_step_at for g in groups],
            "unplanned": [g.without_step or None for g in groups],
            "value": [_sums(g.money, view.language) for g in groups],
        },
        [g.id for g in groups],
        table_key(ask.by),
        config=_columns(ask, view),
        alt=t(f"board.table_{ask.by}"),
    )
    if board.group_count > len(groups):
        st.caption(t("board.first_of", shown=len(groups), total=board.group_count))
    if chosen:
        drill({"show": _BEHIND.get(chosen[1], "open"), "pick": chosen[0]})


def _columns(ask: Ask, view: View) -> dict[str, Any]:
    column = st.column_config
    completion = t("board.completion_help", days=COMPLETION_DAYS)
    return {
        "name": column.TextColumn(t(f"board.by_{ask.by}"), pinned=True, width=110),
        "red": column.NumberColumn(t("board.red_short"), width=50),
        "open": column.NumberColumn(t("board.open_short"), width=60),
        "past": column.NumberColumn(t("board.past_short"), help=t("board.past_help"), width=60),
        "completion": rate_column(t("board.completion_short"), completion, width=102),
        "due": column.NumberColumn(t("board.due_short"), help=completion, width=55),
        "longest": days_column(t("board.longest"), t("board.longest_help"), width=128),
        "counted": column.TextColumn(t("board.counted"), help=t("board.counted_help"), width=80),
        "where": column.TextColumn(t("board.where"), width=120),
        "next": day_column(t("board.next_step"), view.language, view.who.timezone, width=117),
        "unplanned": column.NumberColumn(t("board.unplanned"), width=70),
        "value": column.TextColumn(t("board.value_short"), width=120, alignment="right"),
    }


def _least(groups: Sequence[GroupLine]) -> dict[str, list[str]]:
    """Beside the days, which of them count from an import on; nothing where none do."""
    said = [t("board.at_least") if g.at_least else "" for g in groups]
    return {"counted": said} if any(said) else {}


def _where(group: GroupLine) -> str:
    return stage_name(group.longest_stage) if group.longest_stage else ""


def _sums(money: Sequence[tuple[str, Decimal]], language: str) -> str:
    return " · ".join(format.money(amount, currency, language, compact=True) for currency, amount in money)
