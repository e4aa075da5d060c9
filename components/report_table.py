"""A report's groups beside one another, with bars and courses; a click on a number opens its rows."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from components import charts
from components.blocks import section
from components.report_charts import ordered
from components.report_drill import TABLE, drill
from components.reports import Focus
from components.tables import cell_clicked
from components.text import t
from core.reports.catalogue import Good, Unit
from core.reports.drivers import Part, parts
from core.reports.spans import PIECES
from core.rounding import half_up
from data.queries.metrics.course import Course
from data.queries.metrics.report import Shown
from data.report_words import delta_words, group_words, value_words


def table(shown: Shown, focus: Focus, courses: Course, language: str) -> None:
    """A line per group."""
    metric, split = focus.metric, focus.split
    now, before = shown.now[metric.name], shown.before[metric.name]
    keys = ordered(now, before, focus)
    section(t("reports.table"))
    st.caption(t("reports.table_note" if keys else "reports.table_empty"))
    if not keys:
        return
    moved = {part.key: part for part in parts(metric, split, before, now)}
    columns = _values(shown, focus, keys, moved, language)
    if courses:
        columns["course"] = [courses.get(key, []) for key in keys]
    chosen = cell_clicked(columns, keys, TABLE, config=_config(focus, columns), alt=t("reports.table"))
    if chosen:
        key, column = chosen
        gone = not now.group(split, key).n
        drill(metric.name, split, key, before=column == "before" or gone)


def _values(
    shown: Shown, focus: Focus, keys: Sequence[str], moved: Mapping[str, Part], language: str
) -> dict[str, list[Any]]:
    metric, split, currency = focus.metric, focus.split, shown.ask.currency
    now, before = shown.now[metric.name], shown.before[metric.name]
    values = {key: now.group(split, key).value(metric.ratio) for key in keys}
    old = {key: before.group(split, key).value(metric.ratio) for key in keys}
    change = [_less(values[key], old[key]) for key in keys]
    signed = metric.good is Good.NEAR_ZERO  # a bar has no room for what lies below zero
    return {
        "group": [
            group_words(language, split, key, now.name(split, key) or before.name(split, key)) for key in keys
        ],
        "now": [value_words(language, metric, values[key], currency) for key in keys],
        **({} if signed else {"bar": [_bar(values[key], now.whole.top, focus) for key in keys]}),
        "before": [value_words(language, metric, old[key], currency) for key in keys],
        "change": [delta_words(language, metric, delta, currency) for delta in change],
        "part": [
            delta_words(language, metric, moved[key].part if key in moved else None, currency) for key in keys
        ],
        "rows": [now.group(split, key).n or None for key in keys],
    }


def _less(value: float | None, other: float | None) -> float | None:
    return None if value is None or other is None else value - other


def _bar(value: float | None, whole: float, focus: Focus) -> float | None:
    """A sum's share of the whole; a ratio's own size."""
    if value is None or focus.metric.ratio:
        return None if value is None else float(half_up(value, 2))
    return float(half_up(value / whole, 2)) if whole else None


def _config(focus: Focus, columns: Mapping[str, Sequence[Any]]) -> dict[str, Any]:
    column = st.column_config
    dimension = t(f"reports.dimension.{focus.split}").capitalize()
    share = not focus.metric.ratio or focus.metric.unit is Unit.RATE
    ends = [abs(v) for v in columns.get("bar", ()) if v is not None]
    floor = None if focus.metric.good is Good.NEAR_ZERO else 0
    config = {
        "group": column.TextColumn(dimension, pinned=True, width=150),
        "now": column.TextColumn(t("reports.col_now"), width=95),
        "bar": column.ProgressColumn(
            t("reports.col_share") if not focus.metric.ratio else t(focus.metric.title),
            format="percent" if share else "%.1f",
            min_value=0,
            max_value=1 if share else max([*ends, 1e-9]),
            color=charts.MARK,
            width=130,
        ),
        "before": column.TextColumn(t("reports.col_before"), width=95),
        "change": column.TextColumn(t("reports.col_change"), width=110),
        "part": column.TextColumn(t("reports.col_part"), width=130),
        "rows": column.NumberColumn(t("reports.col_rows"), width=70),
        "course": column.LineChartColumn(
            t("reports.col_course"), help=t("reports.course_help", n=PIECES), y_min=floor, width=150
        ),
    }
    return {name: how for name, how in config.items() if name in columns}
