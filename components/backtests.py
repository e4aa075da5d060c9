"""Backtests drawn: the form that asks for one, and what each found (B7)."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import streamlit as st

from components import address, format
from components.blocks import empty, plain, section
from components.form_turns import next_turn, turn_of
from components.forms import Marks
from components.frame import View
from components.outlook_charts import reliability
from components.replay import look_again
from components.text import t
from core.access import Permission, Reach, reach
from data.commands.forecasts import HORIZONS, LEVELS
from data.queries.backtests import Asked

BASELINES = ("last", "mean", "same_season", "stage_rate")
FIGURES = ("accuracy_mean", "wape", "bias", "coverage")
CHANCES = ("log_loss", "log_loss_stage_rate", "brier", "auc")


def backtest_form(
    first: date, last: date, today: date, view: View, ask: Callable[[str, str, str, date, date], Any]
) -> None:
    """Ask for a backtest.

    Args:
        today: the company's day; what comes after it has not been.
        ask: `ask(key, horizon, level, first, last)`.
    """
    section(t("replay.backtest"), help=t("replay.backtest_help"))
    levels = LEVELS if reach(view.who, Permission.SEE_FORECAST) is Reach.ALL else LEVELS[:1]
    turn = turn_of("backtest")
    with st.form(turn, border=True):
        marks = Marks(view)
        with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
            with marks.field("first"):
                begin = _day("first", t("replay.from"), first, today)
            with marks.field("last"):
                end = _day("last", t("replay.to"), last, today)
            horizon = st.selectbox(
                t("replay.horizon"), HORIZONS, format_func=_horizon, key="backtest-horizon"
            )
            level = st.selectbox(t("replay.level"), levels, format_func=_level, key="backtest-level")
            sent = st.form_submit_button(t("replay.run"), type="primary", icon=":material/play_arrow:")
        if sent and marks.sent(lambda: ask(turn, horizon, level, begin, end)):
            next_turn("backtest")
            st.rerun()


def _day(name: str, label: str, on: date, today: date) -> date:
    return st.date_input(label, on, max_value=today, format="YYYY-MM-DD", key=f"backtest-{name}")


def _horizon(key: str) -> str:
    return t(f"replay.every_{key}")


def _level(key: str) -> str:
    return t(f"replay.level_{key}")


def backtests_block(found: Sequence[Asked], view: View) -> None:
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
        look_again()


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
    _verdict(totals, language)  # below the table, whose buttons lie over the line above it on a phone
    st.caption(t("replay.counted", periods=totals["periods"], n=totals["n"]))
    _origins(origins)
    if result.get("reliability"):
        section(t("replay.reliability"), help=t("replay.reliability_help"))
        reliability(result["reliability"], language)


def _verdict(totals: dict[str, Any], language: str) -> None:
    """Whether it was worth the trouble, in a sentence; nothing where a side has no accuracy."""
    own, told = totals["accuracy_mean"], totals["baselines"]
    held = {name: told[name] for name in BASELINES if told.get(name) is not None}
    if own is None or not held:
        return
    best = max(held, key=lambda name: held[name])
    said = {
        "ahead": sum(own > other for other in held.values()),
        "of": len(held),
        "name": t(f"replay.{best}"),
        "share": format.percent(held[best], language, 1),
        "own": format.percent(own, language, 1),
    }
    st.markdown(f"**{plain(t('replay.verdict', **said))}**")


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
    words = {n: column.NumberColumn(t(f"replay.{n}"), format="localized") for n in numbers}
    words |= {
        n: column.NumberColumn(t("replay.by_baseline", name=t(f"replay.{n}")), format="localized")
        for n in BASELINES
    }
    words["group"] = column.TextColumn(t("replay.group"))
    words["origin"] = column.DateColumn(t("replay.origin"), pinned=True)
    words["held"] = column.CheckboxColumn(t("replay.held"))
    st.dataframe(shown, hide_index=True, column_config=words, alt=t("replay.origins_alt"))


def _whole(value: float | None) -> float | None:
    return None if value is None else round(value)
