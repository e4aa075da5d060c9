"""The weekly health report's charts: time per stage, where it goes, and the weeks before."""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from typing import Any

import streamlit as st

from components import address, charts, marks, pictures
from components.blocks import empty, section
from components.health_rows import open_rows
from components.marks import Figure
from components.text import t, term
from core.pictures.courses import trend as course
from core.pictures.limits import Bar, over
from core.pictures.parts import leading
from core.process.health import MEASURES, StageWeek, WeeklyHealth
from core.process.stays import week_name
from data.health_words import measured, number, percent, week_short, week_words
from data.queries.health import Issued


def stages(health: WeeklyHealth, language: str) -> None:
    """Median time against the benchmark, and the days lost; a click goes to the rows behind."""
    left, right = st.columns(2, gap="medium")
    with left:
        section(t("health.by_stage"), help=t("health.by_stage_help", least=health.least))
        stayed = _drawn(_medians(health, language), "medians", _slowest(health, language), language)
    with right:
        section(t("health.lost_by_stage"), help=t("health.lost_help"))
        lost = _drawn(_lost(health, language), "lost", _most_lost(health, language), language)
    if chosen := stayed or lost:
        open_rows(*chosen)


def _drawn(chart: Figure, name: str, finding: str, language: str) -> Any:
    return pictures.draw(chart, f"health-{name}", finding, t(f"health.{name}_alt"), language)


def _slowest(health: WeeklyHealth, language: str) -> str:
    bars = [Bar(s.stage, s.median_days, s.benchmark_days, s.ended) for s in health.stages]
    return pictures.words("dwell", over(bars, health.least), language, name=partial(term, "stage"))


def _most_lost(health: WeeklyHealth, language: str) -> str:
    said = leading({s.stage: s.lost_days for s in health.stages})
    return pictures.words("lost", said, language, name=partial(term, "stage"))


def trend(weeks: Sequence[Issued], language: str) -> None:
    """One measure over the issued reports; a click opens a week's."""
    section(t("health.trend"), help=t("health.trend_help"))
    labels = {m: t(f"health.measure.{m}") for m in MEASURES}
    measure = address.choose(
        st.segmented_control,
        t("health.trend"),
        "measure",
        labels,
        MEASURES[0],
        required=True,
        label_visibility="collapsed",
    )
    if not weeks[1:]:
        empty(t("health.trend_first"), icon=":material/show_chart:")
        return
    note = t("health.trend_alt", measure=labels[measure])
    chart = _weeks(weeks, measure, language)
    finding = _course(weeks, measure, language)
    if chosen := pictures.draw(chart, f"health-weeks-{measure}", finding, note, language):
        address.write(week=chosen[0])
        st.rerun()


def _course(weeks: Sequence[Issued], measure: str, language: str) -> str:
    said = course([r.health.measure(measure) for r in weeks])
    value = partial(number, language, digits=1) if measure == "lost" else partial(percent, language)
    return pictures.words("weeks", said, language, value=value)


def _weeks(weeks: Sequence[Issued], measure: str, language: str) -> Figure:
    values = [r.health.measure(measure) for r in weeks]
    words = [measured(language, measure, r.health) for r in weeks]
    bars = marks.bar(
        x=[week_short(r.monday) for r in weeks],
        y=[v or 0 for v in values],
        text=words,
        textposition="outside",
        cliponaxis=False,
        marker={"color": [charts.QUIET] * (len(weeks) - 1) + [charts.MARK]},
        customdata=[[week_name(r.monday)] for r in weeks],
        hovertext=[week_words(language, r.monday) for r in weeks],
        hovertemplate="%{hovertext}: %{text}<extra></extra>",
    )
    highest = max(v or 0 for v in values) or 1
    axis = _all_weeks(weeks)
    return charts.figure(
        bars,
        height=200,
        xaxis={"type": "category", "categoryarray": axis, "range": [-0.5, len(axis) - 0.5]},
        yaxis={"visible": False, "range": [0, highest * 1.2]},
    )


def _all_weeks(weeks: Sequence[Issued]) -> list[str]:
    """From the first to the last, with those between that have no report."""
    first, last = weeks[0].monday, weeks[-1].monday
    return [week_short(first + timedelta(days=n)) for n in range(0, (last - first).days + 1, 7)]


def _height(health: WeeklyHealth) -> int:
    return 60 + 40 * len(health.stages)


def _medians(health: WeeklyHealth, language: str) -> Figure:
    lines = health.stages
    marked = [s for s in lines if s.benchmark_days]
    bars = marks.bar(
        y=[term("stage", s.stage) for s in lines],
        x=[s.median_days or 0 for s in lines],
        orientation="h",
        marker={"color": [_colour(s, health.least) for s in lines]},
        hovertext=[_median_words(s, health.least, language) for s in lines],
        customdata=[[s.stage, "stays"] for s in lines],
        hovertemplate="%{y}: %{hovertext}<extra></extra>",
        showlegend=False,
    )
    benchmark = marks.scatter(
        y=[term("stage", s.stage) for s in marked],
        x=[s.benchmark_days for s in marked],
        name=t("health.benchmark"),
        mode="markers",
        marker={"symbol": "line-ns", "size": 22, "line": {"width": 3, "color": charts.QUIET}},
        customdata=[[s.stage, "stays"] for s in marked],
        hovertemplate="%{y}: %{x}<extra>" + t("health.benchmark") + "</extra>",
        showlegend=True,
    )
    ends = [max(s.median_days or 0, s.benchmark_days or 0) for s in lines]
    words = [_median_words(s, health.least, language) for s in lines]
    return _beside(health, (bars, benchmark), ends, words)


def _lost(health: WeeklyHealth, language: str) -> Figure:
    lines = health.stages
    worst = health.bottleneck.stage if health.bottleneck else None
    bars = marks.bar(
        y=[term("stage", s.stage) for s in lines],
        x=[s.lost_days for s in lines],
        orientation="h",
        marker={"color": [charts.OVER if s.stage == worst else charts.MARK for s in lines]},
        hovertext=[_lost_words(s, language) for s in lines],
        customdata=[[s.stage, "late"] for s in lines],
        hovertemplate="%{y}: %{hovertext}<extra></extra>",
        showlegend=False,
    )
    return _beside(health, (bars,), [s.lost_days for s in lines], [_lost_words(s, language) for s in lines])


def _beside(
    health: WeeklyHealth, traces: Sequence[Any], ends: Sequence[float], words: Sequence[str]
) -> Figure:
    """Bars with their words at the right end."""
    return charts.figure(
        *traces,
        charts.words(ends, [term("stage", s.stage) for s in health.stages], words, beside=True),
        height=_height(health),
        yaxis={"autorange": "reversed"},
        xaxis={"range": [0, max([*ends, 1]) * 2.3], "visible": False},
    )


def _colour(line: StageWeek, least: int) -> str:
    if line.ended < least:
        return charts.QUIET
    return charts.OVER if (line.ratio(least) or 0) > 1 else charts.MARK


def _median_words(line: StageWeek, least: int, language: str) -> str:
    if line.median_days is None:
        return t("health.no_ended")
    key = "health.few_runs" if line.ended < least else "health.runs"
    return t(key, days=number(language, line.median_days, 1), n=line.ended)


def _lost_words(line: StageWeek, language: str) -> str:
    if not line.benchmark_days:
        return t("board.no_benchmark")
    days = number(language, line.lost_days, 1)
    return t("health.late_of", days=days, late=line.past, n=line.stays)
