"""Drawing the replay: a day, why the number moved since, and backtests."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import streamlit as st

from components import address, format
from components.blocks import empty, section
from components.forms import Marks
from components.frame import View
from components.outlook_charts import reliability, waterfall
from components.tables import amounts, clickable, money_column, name_column
from components.text import t
from core.access import Permission, Reach, reach
from core.forecast.movement import Move, movement, sums
from data.commands.forecasts import HORIZONS, LEVELS
from data.queries.backtests import Asked
from data.queries.snapshots import Named, Snapshot

BASELINES = ("last", "mean", "same_season", "stage_rate")
FIGURES = ("accuracy_mean", "wape", "bias", "coverage")
CHANCES = ("log_loss", "log_loss_stage_rate", "brier", "auc")
_WATCH_SECONDS = 3


def day(latest: date, today: date) -> date:
    """The day that is replayed, any up to today; kept in the address."""
    said = address.said("day") or ""
    try:
        chosen = min(date.fromisoformat(said), today)
    except ValueError:
        chosen = latest
    key = "replay-day"
    st.session_state[key] = chosen

    def changed() -> None:
        picked = st.session_state[key]
        address.write(day=None if picked == latest else picked.isoformat(), since=None, part=None)

    st.date_input(
        t("replay.day"), key=key, on_change=changed, max_value=today, format="YYYY-MM-DD", width=170
    )
    return chosen


def missing(asked: date, computing: bool, view: View, ask: Callable[[], Any]) -> None:
    """No snapshot of that day: have it computed, or wait for it."""
    words = format.day(asked, view.language)
    empty(t("replay.missing", day=words), t("replay.missing_hint"), icon=":material/history_toggle_off:")
    if computing:
        st.info(t("replay.computing"), icon=":material/hourglass_top:")
        _again()
    elif st.button(t("replay.compute"), type="primary", icon=":material/play_arrow:"):
        ask()
        st.rerun()


def _again() -> None:
    """Look again in a few seconds."""

    @st.fragment(run_every=_WATCH_SECONDS)
    def watch() -> None:
        if st.session_state.get("replay-watched"):
            st.session_state["replay-watched"] = False
            st.rerun()
        st.session_state["replay-watched"] = True

    watch()


def since(days: Sequence[date], chosen: date, language: str) -> date | None:
    """The earlier day that a snapshot is compared with; None where it is the period's first."""
    earlier = [d for d in days if d < chosen]
    if not earlier:
        return None
    options = {d.isoformat(): format.day(d, language) for d in reversed(earlier)}
    picked = address.choose(
        st.selectbox,
        t("replay.since"),
        "since",
        options,
        earlier[0].isoformat(),
        drops=("part",),
        width=220,
    )
    return date.fromisoformat(picked)


def moved(before: Snapshot | None, after: Snapshot, view: View) -> int | None:
    """The waterfall between two snapshots and the rows of a bar; returns the customer that was chosen."""
    if before is None:
        empty(t("replay.first"), t("replay.first_hint"), icon=":material/waterfall_chart:")
        return None
    was, now = before.moved(), after.moved()
    moves = movement(was, now)
    parts = sums(moves)
    if not parts:
        empty(t("replay.still"), icon=":material/waterfall_chart:")
        return None
    if clicked := waterfall(was.value, parts, now.value, after.run.currency, view.language):
        address.write(part=clicked)
    names = {part: t(f"replay.{part}") for part in parts}
    part = address.choose(st.pills, t("replay.parts"), "part", names, "", label_visibility="collapsed")
    mine = [m for m in moves if part in ("", m.part)]
    return _rows(mine, _named(before, after), after, view)


def _named(before: Snapshot, after: Snapshot) -> dict[int | None, Named]:
    rows = (*before.lines, *before.wins, *after.lines, *after.wins)
    return {row.opportunity_id: row for row in rows}


def _rows(
    moves: Sequence[Move], names: Mapping[int | None, Named], shown: Snapshot, view: View
) -> int | None:
    ordered = sorted(moves, key=lambda m: (-abs(m.value), m.opportunity_id or 0))
    known = [names.get(m.opportunity_id) for m in ordered]
    column, currency, language = st.column_config, shown.run.currency, view.language
    chosen = clickable(
        {
            "opportunity": [n.opportunity if n else t("replay.no_rows") for n in known],
            "customer": [n.customer if n else "" for n in known],
            "rep": [(n.rep or t("outlook.without_rep")) if n else "" for n in known],
            "part": [t(f"replay.{m.part}") for m in ordered],
            "value": amounts([m.value for m in ordered], currency),
        },
        [n.customer_id if n else None for n in known],
        "replay-moves",
        config={
            "opportunity": name_column(t("outlook.opportunity"), pinned=True),
            "customer": name_column(t("outlook.customer")),
            "rep": column.TextColumn(t("outlook.by_rep")),
            "part": column.TextColumn(t("replay.part")),
            "value": money_column(t("replay.change"), currency, language),
        },
        alt=t("replay.moves_alt"),
    )
    total = format.worth(sum((m.value for m in moves), Decimal(0)), currency, language)
    st.caption(t("replay.adds_up", n=len(moves), sum=total))
    return chosen


def backtest_form(first: date, last: date, view: View, ask: Callable[[str, str, date, date], Any]) -> None:
    """Ask for a backtest."""
    section(t("replay.backtest"), help=t("replay.backtest_help"))
    levels = LEVELS if reach(view.who, Permission.SEE_FORECAST) is Reach.ALL else LEVELS[:1]
    with st.form("backtest", border=True):
        marks = Marks(view)
        with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
            with marks.field("first"):
                begin = st.date_input(t("replay.from"), first, format="YYYY-MM-DD", key="backtest-first")
            with marks.field("last"):
                end = st.date_input(t("replay.to"), last, format="YYYY-MM-DD", key="backtest-last")
            horizon = st.selectbox(
                t("replay.horizon"), HORIZONS, format_func=_horizon, key="backtest-horizon"
            )
            level = st.selectbox(t("replay.level"), levels, format_func=_level, key="backtest-level")
            sent = st.form_submit_button(t("replay.run"), type="primary", icon=":material/play_arrow:")
        if sent and marks.sent(lambda: ask(horizon, level, begin, end)):
            st.rerun()


def _horizon(key: str) -> str:
    return t(f"replay.every_{key}")


def _level(key: str) -> str:
    return t(f"replay.level_{key}")


def backtests(found: Sequence[Asked], view: View) -> None:
    """Those that were asked for, the latest open."""
    if not found:
        st.caption(t("replay.no_backtest"))
        return
    names = {str(a.id): _head(a, view) for a in found}
    picked = address.choose(st.selectbox, t("replay.asked"), "backtest", names, str(found[0].id))
    asked = next(a for a in found if str(a.id) == picked)
    if asked.result is not None:
        _result(asked.result, view.language)
    elif asked.state == "failed":
        st.error(t("replay.failed"), icon=":material/error:")
    else:
        st.info(t("replay.running", progress=asked.progress or "0%"), icon=":material/hourglass_top:")
        _again()


def _head(asked: Asked, view: View) -> str:
    first, last = (format.day(d, view.language) for d in (asked.first_on, asked.last_on))
    return t(
        "replay.head", horizon=_horizon(asked.horizon), level=_level(asked.level), first=first, last=last
    )


def _result(result: dict[str, Any], language: str) -> None:
    origins, totals = result["origins"], result["totals"]
    if not origins:
        empty(t("replay.no_origins"), t("replay.no_origins_hint"), icon=":material/query_stats:")
        return
    _figures(totals, language)
    _origins(origins)
    if result.get("reliability"):
        section(t("replay.reliability"), help=t("replay.reliability_help"))
        reliability(result["reliability"], language)


def _figures(totals: dict[str, Any], language: str) -> None:
    """How good the forecast was, and each simple baseline beside it."""
    column = st.column_config
    lines: list[tuple[str, str]] = [
        (t(f"replay.{n}"), format.percent(totals[n], language, 1)) for n in FIGURES
    ]
    lines += [
        (t("replay.baseline", name=t(f"replay.{n}")), format.percent(totals["baselines"].get(n), language, 1))
        for n in BASELINES
    ]
    lines += [(t(f"replay.{n}"), format.number(totals[n], language, 3)) for n in CHANCES]
    st.dataframe(
        {"figure": [name for name, _ in lines], "value": [value for _, value in lines]},
        hide_index=True,
        height="content",
        column_config={
            "figure": column.TextColumn(t("replay.figure")),
            "value": column.TextColumn(t("replay.value")),
        },
        alt=t("replay.figures_alt"),
    )
    st.caption(t("replay.counted", periods=totals["periods"], n=totals["n"]))


def _origins(origins: Sequence[dict[str, Any]]) -> None:
    column = st.column_config
    numbers = ("actual", "forecast", "low", "high")
    shown: dict[str, list[Any]] = {
        "origin": [date.fromisoformat(o["origin"]) for o in origins],
        **({"group": [o["group"] for o in origins]} if "group" in origins[0] else {}),
        **{name: [_whole(o[name]) for o in origins] for name in numbers},
        "held": [None if o["low"] is None else o["low"] <= o["actual"] <= o["high"] for o in origins],
        **{name: [_whole(o["baselines"].get(name)) for o in origins] for name in BASELINES},
    }
    words = {n: column.NumberColumn(t(f"replay.{n}"), format="localized") for n in (*numbers, *BASELINES)}
    words["group"] = column.TextColumn(t("replay.group"))
    words["origin"] = column.DateColumn(t("replay.origin"), pinned=True)
    words["held"] = column.CheckboxColumn(t("replay.held"))
    st.dataframe(shown, hide_index=True, column_config=words, alt=t("replay.origins_alt"))


def _whole(value: float | None) -> float | None:
    return None if value is None else round(value)
