"""The board's two charts: where open opportunities stand, and how long stages take."""

from collections.abc import Sequence

import plotly.graph_objects as go
import streamlit as st

from components import address, charts, format
from components.blocks import empty, section
from components.text import t, term
from core.process.metrics import DWELL_DAYS, FEW_RUNS
from data.queries.board import StageLine
from data.queries.board_sets import NO_STAGE


def stage_name(key: str) -> str:
    """A stage in words; an imported stage keeps its own name."""
    return t("board.no_stage") if key == NO_STAGE else term("stage", key)


def stages(lines: Sequence[StageLine], language: str) -> None:
    """Where open opportunities stand, and how long finished runs took; a click goes to the rows behind."""
    left, right = st.columns(2, gap="medium")
    with left:
        section(t("board.standing"), help=t("board.standing_help"))
        stood = charts.clicked(_standing(lines), "board-standing", alt=t("board.standing_alt"))
    with right:
        section(t("board.dwell"), help=t("board.dwell_help", days=DWELL_DAYS))
        if any(line.dwell for line in lines):
            ran = charts.clicked(_dwell(lines, language), "board-dwell", alt=t("board.dwell_alt"))
        else:
            ran = None
            empty(t("board.no_runs"), t("board.no_runs_hint", days=DWELL_DAYS), icon=":material/timer:")
    if chosen := stood or ran:
        address.write(stage=chosen[0], show=chosen[1], pick=None)


def _height(lines: Sequence[StageLine]) -> int:
    return 60 + 40 * len(lines)


def _standing(lines: Sequence[StageLine]) -> go.Figure:
    names = [stage_name(s.key) for s in lines]
    known = any(line.benchmark_days for line in lines)
    first = "board.within" if known else "board.open_short"
    parts = (
        ("open", t(first), charts.MARK, [s.open - s.past for s in lines]),
        ("past", t("board.past"), charts.OVER, [s.past for s in lines]),
    )
    bars = [
        go.Bar(
            y=names,
            x=counts,
            name=name,
            orientation="h",
            marker={"color": colour},
            text=[n or "" for n in counts],
            textposition="inside",
            textangle=0,
            insidetextanchor="middle",
            customdata=[[s.key, show] for s in lines],
            hovertemplate="%{y}: %{x}<extra>" + name + "</extra>",
        )
        for show, name, colour, counts in parts[: 1 + known]
    ]
    return charts.figure(
        *bars,
        height=_height(lines),
        barmode="stack",
        showlegend=known,
        yaxis={"autorange": "reversed"},
        xaxis={"visible": False},
    )


def _dwell(lines: Sequence[StageLine], language: str) -> go.Figure:
    known = [s for s in lines if s.key != NO_STAGE]
    names = [stage_name(s.key) for s in known]
    marked = [s for s in known if s.benchmark_days is not None]
    bars = go.Bar(
        y=names,
        x=[s.dwell.median_days if s.dwell else 0 for s in known],
        name=t("board.median"),
        orientation="h",
        marker={"color": [_dwell_colour(s) for s in known]},
        hovertext=[_dwell_text(s, language) for s in known],
        customdata=[[s.key, "runs"] for s in known],
        hovertemplate="%{y}: %{hovertext}<extra></extra>",
        showlegend=False,
    )
    benchmark = go.Scatter(
        y=[stage_name(s.key) for s in marked],
        x=[s.benchmark_days for s in marked],
        name=t("board.benchmark"),
        mode="markers",
        marker={"symbol": "line-ns", "size": 22, "line": {"width": 3, "color": charts.QUIET}},
        customdata=[[s.key, "runs"] for s in marked],
        hovertemplate="%{y}: %{x}<extra>" + t("board.benchmark") + "</extra>",
        showlegend=True,
    )
    ends = [max(s.dwell.median_days if s.dwell else 0, s.benchmark_days or 0) for s in known]
    words = [
        {
            "x": end,
            "y": name,
            "text": _dwell_text(s, language),
            "xanchor": "left",
            "xshift": 8,
            "showarrow": False,
        }
        for s, name, end in zip(known, names, ends, strict=True)
    ]
    return charts.figure(
        bars,
        benchmark,
        annotations=words,
        height=_height(lines),
        yaxis={"autorange": "reversed"},
        xaxis={"range": [0, max(ends) * 1.6], "visible": False},
    )


def _dwell_colour(line: StageLine) -> str:
    if line.dwell is None or line.dwell.runs < FEW_RUNS:
        return charts.QUIET
    over = line.benchmark_days is not None and line.dwell.median_days > line.benchmark_days
    return charts.OVER if over else charts.MARK


def _dwell_text(line: StageLine, language: str) -> str:
    if line.dwell is None:
        return t("board.no_run")
    days = format.number(line.dwell.median_days, language, 1)
    key = "board.few_runs" if line.dwell.runs < FEW_RUNS else "board.runs"
    return t(key, days=days, runs=line.dwell.runs)
