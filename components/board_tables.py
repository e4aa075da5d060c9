"""The board's table of teams, reps or customers, and the rows behind a number."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import streamlit as st

from components import address, format
from components.blocks import empty, section
from components.board_charts import stage_name
from components.frame import View
from components.tables import bars_column, clickable, day_column, days_column, rate_column
from components.text import t, term
from core.process.metrics import COMPLETION_DAYS
from data.queries.board import Board, GroupLine
from data.queries.board_rows import DueLine, OpenLine, Rows, RunLine
from data.queries.board_sets import Ask, By

SHOWS = ("open", "past", "runs", "due")


def table(board: Board, ask: Ask, view: View) -> None:
    """A line per team, rep or customer; a click on it narrows the rows behind."""
    section(t(f"board.table_{ask.by}"))
    names = [_group_name(g, ask.by) for g in board.groups]
    picked = clickable(
        {
            "name": names,
            "alerts": [g.alerts or None for g in board.groups],
            "open": [g.open for g in board.groups],
            "past": [g.past or None for g in board.groups],
            "stages": [list(g.by_stage) for g in board.groups],
            "completion": [_rounded(g.completion.rate) for g in board.groups],
            "longest": [g.longest_days for g in board.groups],
            "where": [_longest(g, view.language) for g in board.groups],
            "touch": [g.last_touch_at for g in board.groups],
            "next": [g.next_step_at for g in board.groups],
            "unplanned": [g.without_step or None for g in board.groups],
            "value": [_sums(g.money, view.language) for g in board.groups],
        },
        [g.id for g in board.groups],
        f"board-table-{ask.by}",
        config=_table_columns(board, ask, view),
        alt=t(f"board.table_{ask.by}"),
    )
    if board.group_count > len(board.groups):
        st.caption(t("board.first_of", shown=len(board.groups), total=board.group_count))
    if picked is not None:
        address.write(pick=picked, stage=None, show=None)


def _table_columns(board: Board, ask: Ask, view: View) -> dict[str, Any]:
    column = st.column_config
    order = " · ".join(stage_name(s.key) for s in board.stages)
    language, zone = view.language, view.who.timezone
    return {
        "name": column.TextColumn(t(f"board.by_{ask.by}"), pinned=True),
        "alerts": column.NumberColumn(t("board.red")),
        "open": column.NumberColumn(t("board.open_short")),
        "past": column.NumberColumn(t("board.past"), help=t("board.past_help")),
        "stages": bars_column(t("board.stages"), order),
        "completion": rate_column(
            t("board.completion_short"), t("board.completion_help", days=COMPLETION_DAYS)
        ),
        "longest": days_column(t("board.longest"), t("board.longest_help")),
        "where": column.TextColumn(t("board.where")),
        "touch": day_column(t("board.last_touch"), language, zone),
        "next": day_column(t("board.next_step"), language, zone),
        "unplanned": column.NumberColumn(t("board.unplanned")),
        "value": column.TextColumn(t("board.value_short")),
    }


def _rounded(rate: float | None) -> float | None:
    return None if rate is None else round(rate, 2)


def _group_name(group: GroupLine, by: By) -> str:
    return group.name or t(f"board.without_{by}")


def _longest(group: GroupLine, language: str) -> str:
    if group.longest_stage is None:
        return ""
    if group.longest_benchmark_days is None:
        return stage_name(group.longest_stage)
    days = format.number(group.longest_benchmark_days, language, 1)
    return t("board.at_stage", stage=stage_name(group.longest_stage), days=days)


def _sums(money: Sequence[tuple[str, Decimal]], language: str) -> str:
    return " · ".join(format.money(amount, currency, language, compact=True) for currency, amount in money)


def narrowed(ask: Ask, board: Board) -> tuple[str, Ask]:
    """Which rows are shown behind the numbers, and of what; chosen by clicks or here."""
    section(t("board.behind"), help=t("board.behind_help"))
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        show = address.choose(
            st.segmented_control,
            t("board.behind"),
            "show",
            {s: t(f"board.show_{s}") for s in SHOWS},
            "open",
            required=True,
            label_visibility="collapsed",
        )
        groups = {str(g.id): _group_name(g, ask.by) for g in board.groups}
        pick = address.read("pick", groups, "")
        keys = {s.key for s in board.stages}
        stage = address.read("stage", keys, "")
        shown = [groups[pick]] if pick else []
        shown += [stage_name(stage)] if stage else []
        if shown and st.button(" · ".join(shown), icon=":material/close:", help=t("board.show_all")):
            address.write(pick=None, stage=None)
            pick = stage = ""
    return show, replace(ask, pick=int(pick) if pick else None, stage=stage or None)


def behind(found: Rows, show: str, view: View) -> int | None:
    """The rows behind a number; returns the customer that was chosen."""
    if not found.lines:
        empty(t("board.no_rows"), icon=":material/table_rows:")
        return None
    columns, config = _COLUMNS[show](found.lines, view)
    people = {
        "customer": [line.customer or line.opportunity for line in found.lines],
        "rep": [line.rep or t("board.without_rep") for line in found.lines],
    }
    names = {
        "customer": st.column_config.TextColumn(t("board.by_customer"), pinned=True),
        "rep": st.column_config.TextColumn(t("board.by_rep")),
    }
    chosen = clickable(
        people | columns,
        [line.customer_id for line in found.lines],
        f"board-{show}",
        config=names | config,
        alt=t(f"board.show_{show}"),
    )
    st.caption(t("board.first_of", shown=len(found.lines), total=found.total))
    return chosen


def _open_columns(lines: Sequence[OpenLine], view: View) -> tuple[dict[str, Any], dict[str, Any]]:
    column, language, zone = st.column_config, view.language, view.who.timezone
    return {
        "opportunity": [o.opportunity for o in lines],
        "stage": [stage_name(o.stage) for o in lines],
        "dwell": [o.dwell_days for o in lines],
        "benchmark": [o.benchmark_days for o in lines],
        "alerts": [o.alerts or None for o in lines],
        "value": [format.money(o.amount, o.currency, language) for o in lines],
        "touch": [o.last_touch_at for o in lines],
        "next": [o.next_step_at for o in lines],
    }, {
        "opportunity": column.TextColumn(t("board.opportunity")),
        "stage": column.TextColumn(t("board.stage")),
        "dwell": days_column(t("board.days_here")),
        "benchmark": days_column(t("board.benchmark")),
        "alerts": column.NumberColumn(t("board.red")),
        "value": column.TextColumn(t("board.value_short")),
        "touch": day_column(t("board.last_touch"), language, zone),
        "next": day_column(t("board.next_step"), language, zone),
    }


def _run_columns(lines: Sequence[RunLine], view: View) -> tuple[dict[str, Any], dict[str, Any]]:
    column, language, zone = st.column_config, view.language, view.who.timezone
    return {
        "opportunity": [r.opportunity for r in lines],
        "stage": [stage_name(r.stage) for r in lines],
        "days": [r.days for r in lines],
        "benchmark": [r.benchmark_days for r in lines],
        "started": [r.started_at for r in lines],
        "ended": [r.ended_at for r in lines],
    }, {
        "opportunity": column.TextColumn(t("board.opportunity")),
        "stage": column.TextColumn(t("board.stage")),
        "days": days_column(t("board.days_taken")),
        "benchmark": days_column(t("board.benchmark")),
        "started": day_column(t("board.started"), language, zone),
        "ended": day_column(t("board.ended"), language, zone),
    }


def _due_columns(lines: Sequence[DueLine], view: View) -> tuple[dict[str, Any], dict[str, Any]]:
    column = st.column_config
    return {
        "opportunity": [d.opportunity for d in lines],
        "type": [stage_name(d.type) for d in lines],
        "planned": [d.planned_for for d in lines],
        "status": [term("status", d.status) for d in lines],
        "done": [d.done for d in lines],
    }, {
        "opportunity": column.TextColumn(t("board.opportunity")),
        "type": column.TextColumn(t("board.action")),
        "planned": day_column(t("board.planned_for"), view.language, view.who.timezone),
        "status": column.TextColumn(t("board.status")),
        "done": column.CheckboxColumn(t("board.counts_done")),
    }


_COLUMNS: dict[str, Callable[[Any, View], tuple[dict[str, Any], dict[str, Any]]]] = {
    "open": _open_columns,
    "past": _open_columns,
    "runs": _run_columns,
    "due": _due_columns,
}
