"""Forecast health by month, drawn: what was said and what came, beside what luck does."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import streamlit as st

from components import charts, format, marks, pictures
from components.blocks import empty, section
from components.forecast_rows import open_rows
from components.forecast_words import money, month_name, verdict_words
from components.frame import View
from components.marks import Figure
from components.tables import amounts, clickable, money_column, share_column, shares
from components.text import t
from core.forecast.health import Figures, Verdict
from core.forecast.luck import RARE, USUAL
from core.pictures.courses import Luck, against
from data.queries.forecast_health import ForecastHealth, Group


def months(found: ForecastHealth, group: Group, view: View) -> None:
    """Forecast with its interval, what came, and whether luck explains the distance; a click opens rows."""
    section(t("forecast_health.by_month"), help=t("forecast_health.by_month_help"))
    if not group.months:  # it won something that was in no run
        empty(t("forecast_health.no_lines"), icon=":material/calendar_month:")
        return
    chart, finding = _months_chart(group.months, found, view), _came(group.months, found, view)
    note = t("forecast_health.chart_alt")
    if chosen := pictures.draw(chart, "health-months", finding, note, view.language):
        open_rows(month=chosen)
    picked = clickable(
        {
            "month": [month_name(m.month, view.language) for m in group.months],
            "forecast": amounts([m.forecast for m in group.months], found.currency),
            "actual": amounts([m.actual for m in group.months], found.currency),
            "deviation": shares([m.deviation for m in group.months]),
            "luck": [_band(m, view.language) for m in group.months],
            "verdict": [verdict_words(m.verdict) for m in group.months],
            "over": shares([m.luck_over(found.policy.deviation_limit) for m in group.months]),
            "lines": [m.lines for m in group.months],
            "answered": [m.submitted for m in group.months],
        },
        [m.month.isoformat() for m in group.months],
        "health-month-table",
        config=_month_columns(found, view),
        alt=t("forecast_health.by_month"),
    )
    if picked:
        open_rows(month=picked)
    st.caption(_spoken(group.months[-1], found, view))


def _came(figures: Sequence[Figures], found: ForecastHealth, view: View) -> str:
    """Whether luck explains every month's distance."""
    judged = [(m.month, float(m.forecast), float(m.actual), _luck(m.verdict)) for m in figures]
    return pictures.words(
        "months",
        against(judged),
        view.language,
        name=lambda month: month_name(month, view.language),
        value=lambda amount: money(Decimal(amount), found.currency, view.language),
    )


def _luck(verdict: Verdict | None) -> Luck | None:
    return None if verdict is None else verdict.value


def _months_chart(figures: Sequence[Figures], found: ForecastHealth, view: View) -> Figure:
    names = [month_name(m.month, view.language) for m in figures]
    days = [m.month.isoformat() for m in figures]
    said = marks.scatter(
        x=names,
        y=[float(m.forecast) for m in figures],
        name=t("forecast_health.forecast"),
        mode="markers",
        marker={"size": 10, "color": charts.MARK},
        error_y={
            "type": "data",
            "symmetric": False,
            "array": [float((m.high or m.forecast) - m.forecast) for m in figures],
            "arrayminus": [float(m.forecast - (m.low if m.low is not None else m.forecast)) for m in figures],
            "color": charts.QUIET,
        },
        customdata=days,
        hovertext=[money(m.forecast, found.currency, view.language) for m in figures],
        hovertemplate="%{x}: %{hovertext}<extra>" + t("forecast_health.forecast") + "</extra>",
    )
    came = marks.scatter(
        x=names,
        y=[float(m.actual) for m in figures],
        name=t("forecast_health.actual"),
        mode="markers",
        marker={"size": 13, "symbol": "diamond", "color": charts.OVER},
        cliponaxis=False,
        customdata=days,
        hovertext=[money(m.actual, found.currency, view.language) for m in figures],
        hovertemplate="%{x}: %{hovertext}<extra>" + t("forecast_health.actual") + "</extra>",
    )
    top = max(float(max(m.actual, m.forecast, m.high or m.forecast)) for m in figures)
    axis = charts.money_axis(top, found.currency, view.language)
    return charts.figure(said, came, height=260, yaxis=axis, showlegend=True)


def _month_columns(found: ForecastHealth, view: View) -> dict[str, Any]:
    column = st.column_config
    limit = format.percent(found.policy.deviation_limit, view.language)
    return {
        "month": column.TextColumn(t("forecast_health.month"), pinned=True),
        "forecast": money_column(t("forecast_health.forecast"), found.currency, view.language),
        "actual": money_column(t("forecast_health.actual"), found.currency, view.language),
        "deviation": share_column(t("forecast_health.deviation"), t("forecast_health.deviation_help")),
        "luck": column.TextColumn(t("forecast_health.luck"), help=t("forecast_health.luck_help")),
        "verdict": column.TextColumn(t("forecast_health.verdict")),
        "over": share_column(
            t("forecast_health.luck_over", limit=limit), t("forecast_health.luck_over_help", limit=limit)
        ),
        "lines": column.NumberColumn(t("forecast_health.lines"), help=t("forecast_health.lines_help")),
        "answered": column.NumberColumn(t("forecast_health.answered")),
    }


def _band(month: Figures, language: str) -> str:
    usual = month.by_luck(USUAL)
    return format.NOTHING if usual is None else f"≤ {format.percent(usual, language)}"


def _spoken(month: Figures, found: ForecastHealth, view: View) -> str:
    """The latest month in a sentence."""
    usual, rare = month.by_luck(USUAL), month.by_luck(RARE)
    if month.deviation is None or usual is None or rare is None:
        return t("forecast_health.spoken_nothing", month=month_name(month.month, view.language))
    return t(
        f"forecast_health.spoken_{month.verdict}",
        month=month_name(month.month, view.language),
        deviation=format.percent(month.deviation, view.language),
        usual=format.percent(usual, view.language),
        rare=format.percent(rare, view.language),
        n=month.lines,
        limit=format.percent(found.policy.deviation_limit, view.language),
        over=format.percent(month.luck_over(found.policy.deviation_limit), view.language),
    )
