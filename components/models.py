"""The models behind a pipeline's forecasts: trainings, what became of them, and wins against expectation."""

from collections.abc import Sequence
from datetime import date
from functools import partial
from typing import Any

import streamlit as st

from components import charts, format, marks, pictures
from components.blocks import empty, section
from components.frame import View
from components.tables import clickable, day_column
from components.text import t
from core.pictures.courses import peak
from core.pictures.parts import leading
from data.forecast_words import name_of
from data.queries.drift import Model, Month

_MOST_FACTORS = 12


def trainings(found: Sequence[Model], view: View) -> None:
    """Every training, and why it was put in use or refused."""
    section(t("replay.models"), help=t("replay.models_help"))
    if not found:
        empty(t("replay.no_models"), t("replay.no_models_hint"), icon=":material/model_training:")
        return
    column, language, zone = st.column_config, view.language, view.who.timezone
    shown: dict[str, list[Any]] = {
        "version": [m.version for m in found],
        "state": [t(f"replay.model_{m.state}") for m in found],
        "why": [t(f"replay.why_{m.reason}") for m in found],
        "trained": [m.trained_at for m in found],
        "from": [m.data_from for m in found],
        "wins": [m.wins for m in found],
        "loss": [format.number(m.loss, language, 4) for m in found],
        "rate": [format.number(m.stage_rate_loss, language, 4) for m in found],
        "in_use": [format.number(m.in_use_loss, language, 4) for m in found],
    }
    st.dataframe(
        shown,
        hide_index=True,
        height="content",
        column_config={
            "version": column.NumberColumn(t("replay.version"), pinned=True),
            "state": column.TextColumn(t("replay.state")),
            "why": column.TextColumn(t("replay.why")),
            "trained": day_column(t("replay.trained"), language, zone),
            "from": day_column(t("replay.data_from"), language, zone),
            "wins": column.NumberColumn(t("replay.wins"), help=t("replay.wins_help")),
            "loss": column.TextColumn(t("replay.model_loss"), help=t("replay.model_loss_help")),
            "rate": column.TextColumn(t("replay.loss_rates"), help=t("replay.log_loss_stage_rate")),
            "in_use": column.TextColumn(t("replay.loss_in_use"), help=t("replay.loss_in_use_help")),
        },
        alt=t("replay.models"),
    )


def looks_at(found: Sequence[Model], view: View) -> None:
    """What the model in use looks at, by factor; nothing where none is in use."""
    told = next((m.importance for m in found if m.state == "in_use"), {})
    if not told:
        return
    section(t("replay.importance"), help=t("replay.importance_help"))
    shown = list(told.items())[:_MOST_FACTORS][::-1]
    bars = marks.bar(
        y=[name_of(view.language, name) for name, _ in shown],
        x=[share for _, share in shown],
        orientation="h",
        marker={"color": charts.MARK},
        text=[format.percent(share, view.language) for _, share in shown],
        textposition="outside",
        cliponaxis=False,
        hoverinfo="skip",
    )
    chart = charts.figure(bars, height=28 * len(shown) + 40, xaxis={"visible": False}, margin={"r": 60})
    finding = pictures.words("importance", leading(told), view.language, name=partial(name_of, view.language))
    pictures.show(chart, "model-looks-at", finding, t("replay.importance_alt"), view.language)


def rhythm(found: Sequence[Model], view: View) -> None:
    """How often wins come in each week of a quarter, as the model in use counts; nothing without a rhythm."""
    told = next((m.rhythm for m in found if m.state == "in_use"), ())
    if not told:
        return
    section(t("replay.rhythm"), help=t("replay.rhythm_help"))
    weeks = [t("replay.week_short", week=week + 1) for week in range(len(told))]
    bars = marks.bar(
        x=weeks,
        y=told,
        marker={"color": charts.MARK},
        text=[format.number(rate, view.language, 1) for rate in told],
        textposition="outside",
        cliponaxis=False,
        hoverinfo="skip",
    )
    axis = {"visible": False, "rangemode": "tozero"}
    chart = charts.figure(bars, height=220, yaxis=axis, shapes=[charts.across(1)])
    finding = pictures.words("rhythm", peak(told), view.language)
    pictures.show(chart, "model-rhythm", finding, t("replay.rhythm_alt"), view.language)


def expectation(found: Sequence[Month], view: View) -> date | None:
    """Wins of whole months against what had been expected, and whether chance explains the difference.

    Returns the first day of the month that was clicked: what was open then, with its chances.
    """
    if not found:
        return None
    section(t("replay.months"), help=t("replay.months_help"))
    column, language = st.column_config, view.language
    shown: dict[str, list[Any]] = {
        "month": [format.period(m.starts_on, "month", language) for m in found],
        "open": [m.found.n for m in found],
        "expected": [format.number(m.found.expected, language, 1) for m in found],
        "won": [m.found.won for m in found],
        "chance": [t("replay.beyond" if m.found.beyond_chance else "replay.within") for m in found],
    }
    return clickable(
        shown,
        [m.starts_on for m in found],
        "replay-months",
        config={
            "month": column.TextColumn(t("outlook.month"), pinned=True),
            "open": column.NumberColumn(t("replay.open_then")),
            "expected": column.TextColumn(t("replay.wins_expected")),
            "won": column.NumberColumn(t("replay.wins_came")),
            "chance": column.TextColumn(t("replay.by_chance")),
        },
        alt=t("replay.months"),
    )
