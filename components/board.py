"""Drawing the board: filters, figures, red list, stages, the table, and the rows behind a number."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import plotly.graph_objects as go
import streamlit as st

from components import address, charts, format
from components.blocks import Card, Row, Tone, cards, empty, rows, section
from components.frame import View
from components.tables import bars_column, clickable, day_column, days_column, rate_column
from components.text import t, term
from core.access import Permission, Reach, reach
from core.process.metrics import COMPLETION_DAYS, DWELL_DAYS, FEW_RUNS
from data.queries.board import AlertLine, Board, Choice, Choices, GroupLine, StageLine
from data.queries.board_rows import DueLine, OpenLine, Rows, RunLine
from data.queries.board_sets import NO_STAGE, Ask, By

DRILL = ("pick", "stage", "show")  # names in the address that narrow the rows behind
EVERY_SECONDS = 5
FIRST_ALERTS = 5


def filters(choices: Choices, view: View) -> Ask:
    """The filter bar; what it says is kept in the address."""
    wide = reach(view.who, Permission.SEE_BOARD) is Reach.ALL
    with st.container(horizontal=True, gap="small"):
        by = address.choose(
            st.segmented_control,
            t("board.by"),
            "by",
            {b: t(f"board.by_{b}") for b in By},
            By.TEAM if wide else By.REP,
            drops=DRILL,
            required=True,
        )
        team = _select("team", choices.teams) if wide and len(choices.teams) > 1 else ""
        rep = _select("rep", [c for c in choices.reps if team in ("", c.team)])
        pipeline = choices.pipelines[0].key
        if len(choices.pipelines) > 1:
            names = {c.key: f"{c.name} ({c.count})" for c in choices.pipelines}
            pipeline = address.choose(
                st.selectbox, t("board.pipeline"), "pipeline", names, pipeline, drops=DRILL, width=180
            )
    return Ask(view.now, By(by), pipeline, team=int(team) if team else None, rep=int(rep) if rep else None)


def _select(name: str, choices: Sequence[Choice]) -> str:
    options = {"": t(f"board.all_{name}s")} | {c.key: f"{c.name} ({c.count})" for c in choices}
    drops = DRILL if name == "rep" else (*DRILL, "rep")
    return address.choose(st.selectbox, t(f"board.by_{name}"), name, options, "", drops=drops, width=180)


def stage_name(key: str) -> str:
    """A stage in words; an imported stage keeps its own name."""
    return t("board.no_stage") if key == NO_STAGE else term("stage", key)


def headline(board: Board, language: str) -> None:
    """The figures that stand first."""
    share = format.percent(board.past / board.open, language) if board.open else ""
    due = board.completion
    none_due = t("board.none_due", days=COMPLETION_DAYS)
    cards(
        [
            Card(t("board.open"), format.number(board.open, language)),
            _value(board.money, language),
            Card(
                t("board.red"),
                format.number(board.alert_count, language),
                t("board.red_note" if board.alert_count else "board.red_none"),
                Tone.RED if board.alert_count else Tone.GREEN,
            ),
            Card(
                t("board.completion"),
                format.percent(due.rate, language),
                t("board.of_due", done=due.completed, due=due.due) if due.due else none_due,
                help=t("board.completion_help", days=COMPLETION_DAYS),
            ),
            Card(
                t("board.past"),
                format.number(board.past, language),
                t("board.past_note", share=share) if board.past else "",
                Tone.AMBER,
                help=t("board.past_help"),
            ),
        ]
    )


def _value(money: Sequence[tuple[str, Decimal]], language: str) -> Card:
    sums = [format.money(total, currency, language, compact=True) for currency, total in money]
    others = t("board.and_in", sums=" · ".join(sums[1:])) if sums[1:] else ""
    return Card(t("board.value"), sums[0] if sums else format.NOTHING, others, help=t("board.value_help"))


def nothing(filtered: bool) -> None:
    """No open opportunity to show."""
    key = "filtered" if filtered else "empty"
    empty(t(f"board.{key}"), t(f"board.{key}_hint"), icon=":material/monitoring:")


def red_list(alerts: Sequence[AlertLine], count: int, view: View) -> int | None:
    """The red alerts; returns the customer that was chosen."""
    if not alerts:
        return None
    section(t("board.red"), icon=":material/local_fire_department:")
    lines = [_alert(a, view) for a in alerts]
    pressed = rows(lines[:FIRST_ALERTS], "red")
    if lines[FIRST_ALERTS:]:
        with st.expander(t("board.more_red", n=count - FIRST_ALERTS), key="red-rest"):
            pressed = rows(lines[FIRST_ALERTS:], "red-more") or pressed
            if count > len(alerts):
                st.caption(t("board.first_of", shown=len(alerts), total=count))
    return next((a.customer_id for a in alerts if str(a.id) == pressed), None)


def _alert(alert: AlertLine, view: View) -> Row:
    why = t(f"alerts.{alert.rule}.why", **alert.params)
    who = alert.rep or t("board.without_rep")
    since = t("board.raised", ago=format.ago(alert.raised_at, view.now, view.language))
    return Row(
        key=str(alert.id),
        title=alert.customer or alert.opportunity,
        detail=f"{who} · {alert.opportunity} · {why} {since}",
        mark=t(f"alerts.{alert.rule}.name"),
        tone=Tone.RED,
        action=t("board.open_customer") if alert.customer_id else "",
        icon=":material/arrow_forward:",
    )


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
    parts = (
        ("open", t("board.within"), charts.MARK, [s.open - s.past for s in lines]),
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
        for show, name, colour, counts in parts
    ]
    return charts.figure(
        *bars,
        height=_height(lines),
        barmode="stack",
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


SHOWS = ("open", "past", "runs", "due")


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


def live(version: Callable[[int | None], tuple[int, int]]) -> None:
    """Repaint when something changed; otherwise leave the screen alone.

    Args:
        version: a mark of the data, given its own first part again.
    """
    seen = version(None)

    @st.fragment(run_every=EVERY_SECONDS)
    def watch() -> None:
        if version(seen[0]) != seen:
            st.rerun()

    watch()
