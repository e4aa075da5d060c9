"""The rows behind the board's numbers, as tables."""

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from components import format
from components.board_words import stage_name
from components.frame import View
from components.tables import clickable, day_column, days_column
from components.text import t, term
from data.notices import alert_words
from data.queries.board_rows import DueLine, FateLine, Line, OpenLine, RedLine, RunLine

_FIRST = 2
Columns = dict[str, tuple[Sequence[Any], Any]]  # values and how they are shown, by name


def table_of(lines: Sequence[Line], show: str, view: View, *, without: Sequence[str] = ()) -> int | None:
    """Draw rows; returns the customer of the one that was clicked.

    Args:
        without: columns that say nothing where the table stands.
    """
    names = [line.customer or line.opportunity for line in lines]
    own = [*_COLUMNS[show](lines, view).items()]
    first = _FIRST + any(name == "counted" for name, _ in own)  # it stands beside the days that it is about
    columns: Columns = {
        "customer": (names, _text("board.by_customer", 130, pinned=True)),
        **dict(own[:first]),  # what a phone shows beside the customer
        "rep": ([line.rep or t("board.without_rep") for line in lines], _text("board.by_rep", 75)),
        "opportunity": ([line.opportunity for line in lines], _text("board.opportunity", 145)),
        **dict(own[first:]),
    }
    columns = {name: column for name, column in columns.items() if name not in without}
    return clickable(
        {name: values for name, (values, _) in columns.items()},
        [line.customer_id for line in lines],
        f"board-rows-{show}",
        config={name: how for name, (_, how) in columns.items()},
        alt=t(f"board.show_{show}"),
    )


def _text(label: str, width: int, **how: Any) -> Any:
    return st.column_config.TextColumn(t(label), width=width, **how)


def _day(label: str, view: View) -> Any:
    return day_column(t(label), view.language, view.who.timezone, width=118)


def _open(lines: Sequence[OpenLine], view: View) -> Columns:
    return {
        "stage": ([stage_name(o.stage) for o in lines], _text("board.stage", 130)),
        "dwell": ([o.dwell_days for o in lines], days_column(t("board.days_here"), width=75)),
        **_least(lines),
        "benchmark": ([o.benchmark_days for o in lines], days_column(t("board.benchmark_short"), width=90)),
        "alerts": (
            [o.alerts or None for o in lines],
            st.column_config.NumberColumn(t("board.red_short"), width=50),
        ),
        "value": (
            [format.money(o.amount, o.currency, view.language) for o in lines],
            st.column_config.TextColumn(t("board.value_short"), width=125, alignment="right"),
        ),
        "next": ([o.next_step_at for o in lines], _day("board.next_step", view)),
        "touch": ([o.last_touch_at for o in lines], _day("board.last_touch", view)),
        "latest": ([stage_name(o.latest) for o in lines], _text("board.latest", 125)),
    }


def _least(lines: Sequence[OpenLine]) -> Columns:
    """Beside the days, which of them count from an import on; nothing where none do."""
    if not any(line.at_least for line in lines):
        return {}
    said = [t("board.at_least") if line.at_least else "" for line in lines]
    how = st.column_config.TextColumn(t("board.counted"), help=t("board.counted_help"), width=80)
    return {"counted": (said, how)}


def _red(lines: Sequence[RedLine], view: View) -> Columns:
    words = [alert_words(view.language, line.rule, line.params) for line in lines]
    return {
        "rule": ([w["name"] for w in words], _text("board.alert", 180)),
        "why": ([w["why"] for w in words], _text("board.why", 320)),
        "raised": ([line.raised_at for line in lines], _day("board.since", view)),
    }


def _runs(lines: Sequence[RunLine], view: View) -> Columns:
    return {
        "stage": ([stage_name(r.stage) for r in lines], _text("board.stage", 120)),
        "days": ([r.days for r in lines], days_column(t("board.days_taken"), width=90)),
        "benchmark": ([r.benchmark_days for r in lines], days_column(t("board.benchmark_short"), width=90)),
        "started": ([r.started_at for r in lines], _day("board.started", view)),
        "ended": ([r.ended_at for r in lines], _day("board.ended", view)),
    }


def _due(lines: Sequence[DueLine], view: View) -> Columns:
    return {
        "type": ([stage_name(d.type) for d in lines], _text("board.action", 130)),
        "planned": ([d.planned_for for d in lines], _day("board.planned_for", view)),
        "status": ([term("status", d.status) for d in lines], _text("board.status", 110)),
        "done": (
            [bool(d.done) for d in lines],
            st.column_config.CheckboxColumn(t("board.counts_done"), width=110),
        ),
    }


def _fates(lines: Sequence[FateLine], view: View) -> Columns:
    return {
        "stage": ([stage_name(f.stage) for f in lines], _text("board.stage", 120)),
        "reached": ([f.reached_at for f in lines], _day("board.reached", view)),
        "fate": ([t(f"board.fate_{f.fate}") for f in lines], _text("board.fate", 150)),
        "outcome": ([term("outcome", f.outcome) for f in lines], _text("board.outcome", 90)),
    }


_COLUMNS: dict[str, Callable[[Any, View], Columns]] = {
    "open": _open,
    "past": _open,
    "red": _red,
    "runs": _runs,
    "timed": _runs,
    "due": _due,
    "fates": _fates,
}
