"""Forecast health, drawn: filters, figures and groups."""

from decimal import Decimal
from enum import StrEnum
from typing import Any

import streamlit as st

from components import address, format
from components.blocks import Card, Tone, cards, empty, section
from components.forecast_words import money, verdict_words
from components.frame import View
from components.scrolling import arrive, lead_to
from components.tables import amounts, clickable, money_column, rate_column, share_column, shares
from components.text import t
from core.forecast.calibration import REJECTED
from core.rounding import half_up
from data.queries.forecast_health import COMPANY, ForecastHealth, Group

SPANS = ("3", "6", "12")
_DRILL = ("month", "bin", "rows", "but")
PLACE = "forecast_health_place"


class Part(StrEnum):
    """What is looked at; one part at a time is drawn."""

    MONTHS = "months"
    WHO = "who"
    CHANCES = "chances"
    ROWS = "rows"


def parts(found: ForecastHealth) -> list[Part]:
    """What there is to look at; a single person has nobody beside them."""
    return [part for part in Part if part is not Part.WHO or len(found.groups) > 1]


def chosen_span() -> int:
    """How many months the address asks for."""
    return int(address.read("months", SPANS, "6"))


def filters(found: ForecastHealth) -> None:
    """Months, group and pipeline; what they say is kept in the address."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key=PLACE):
        spans = {n: t("forecast_health.months", n=int(n)) for n in SPANS}
        address.choose(
            st.segmented_control,
            t("forecast_health.span"),
            "months",
            spans,
            "6",
            drops=_DRILL,
            required=True,
        )
        if len(found.names) > 1:
            names = {key: group_name(key, name) for key, name in found.names.items()}
            default = next(iter(names))
            address.choose(
                st.selectbox,
                t("forecast_health.group"),
                "group",
                names,
                default,
                drops=_DRILL,
                width=220,
            )
        if len(found.pipelines) > 1:
            first = next(iter(found.pipelines))
            address.choose(
                st.selectbox,
                t("forecast_health.pipeline"),
                "pipeline",
                found.pipelines,
                first,
                drops=("group", *_DRILL),
                width=200,
            )
    arrive(PLACE)


def group_name(key: str, name: str | None) -> str:
    """The company, a team or a rep in words."""
    if key == COMPANY:
        return t("forecast_health.company")
    return name or t(f"forecast_health.without_{key.partition('-')[0]}")


def nothing() -> None:
    """No month can be judged yet: why, and from when on."""
    empty(t("forecast_health.none"), t("forecast_health.none_hint"), icon=":material/monitor_heart:")


def headline(found: ForecastHealth, group: Group, view: View) -> str | None:
    """The figures of the chosen group, each with what it rests on; returns the rows asked for by a press."""
    language, total = view.language, group.total
    bias = format.percent(total.bias, language)
    bias = f"+{bias}" if total.bias and total.bias > 0 else bias
    added = group.overrides
    pressed = cards(
        [
            Card(
                t("forecast_health.wape"),
                format.percent(total.wape, language),
                t("forecast_health.rests_on", n=total.lines),
                help=t("forecast_health.wape_help", n=total.months),
            ),
            Card(
                t("forecast_health.bias"), bias, _bias_note(total.bias), help=t("forecast_health.bias_help")
            ),
            Card(
                t("forecast_health.coverage"),
                f"{total.covered}/{total.intervals}",
                t("forecast_health.coverage_note"),
                help=t("forecast_health.coverage_help"),
            ),
            Card(
                t("forecast_health.adoption"),
                format.percent(total.adoption, language),
                t("forecast_health.of_submitted", accepted=total.accepted, submitted=total.submitted)
                if total.submitted
                else t("forecast_health.nobody_answered"),
                help=t("forecast_health.adoption_help"),
            ),
            Card(
                t("forecast_health.overrides"),
                money(added.added, found.currency, language) if added.lines else format.NOTHING,
                t("forecast_health.overrides_note", helped=added.helped, hurt=added.hurt)
                if added.lines
                else t("forecast_health.nothing_rejected"),
                _gain_tone(added.added),
                help=t("forecast_health.overrides_help"),
                opens=REJECTED if added.lines else "",
            ),
        ]
    )
    with st.container(key="forecast-left-out"):
        if found.left_out:
            st.caption(
                t("forecast_health.left_out", n=found.left_out), help=t("forecast_health.left_out_help")
            )
    return pressed


def _bias_note(bias: float | None) -> str:
    """Which way the forecasts leaned; "" where the figure shows no way.

    >>> _bias_note(0.004), _bias_note(None)
    ('', '')
    """
    if bias is None or not half_up(bias, 2):
        return ""
    return t("forecast_health.too_high" if bias > 0 else "forecast_health.too_low")


def _gain_tone(gain: Decimal) -> Tone:
    return Tone.GREEN if gain > 0 else Tone.AMBER if gain < 0 else Tone.QUIET


def groups(found: ForecastHealth, view: View) -> None:
    """A line per team and rep; a click on it shows that group's months."""
    section(t("forecast_health.by_group"))
    shown = [g for g in found.groups if g.months]
    last = [g.months[-1] for g in shown]
    picked = clickable(
        {
            "name": [group_name(g.key, g.name) for g in shown],
            "deviation": shares([m.deviation for m in last]),
            "verdict": [verdict_words(m.verdict) for m in last],
            "wape": shares([g.total.wape for g in shown]),
            "bias": shares([g.total.bias for g in shown]),
            "coverage": [f"{g.total.covered}/{g.total.intervals}" for g in shown],
            "adoption": shares([g.total.adoption for g in shown]),
            "overrides": amounts([_gain(g) for g in shown], found.currency),
            "lines": [g.total.lines for g in shown],
        },
        [g.key for g in shown],
        "health-groups",
        config=_group_columns(found, view),
        alt=t("forecast_health.by_group"),
    )
    if len(found.groups) < len(found.names):
        st.caption(t("forecast_health.most_of", shown=len(found.groups), total=len(found.names)))
    if picked:
        address.write(group=picked, part=None, month=None, bin=None, rows=None, but=None)
        lead_to(PLACE)
        st.rerun()


def _gain(group: Group) -> Decimal | None:
    return group.overrides.added if group.overrides.lines else None


def _group_columns(found: ForecastHealth, view: View) -> dict[str, Any]:
    column = st.column_config
    return {
        "name": column.TextColumn(t("forecast_health.group"), pinned=True),
        "deviation": share_column(t("forecast_health.last_deviation")),
        "verdict": column.TextColumn(t("forecast_health.verdict")),
        "wape": share_column(t("forecast_health.wape")),
        "bias": share_column(t("forecast_health.bias")),
        "coverage": column.TextColumn(t("forecast_health.coverage")),
        "adoption": rate_column(t("forecast_health.adoption"), width=110),
        "overrides": money_column(t("forecast_health.overrides"), found.currency, view.language),
        "lines": column.NumberColumn(t("forecast_health.lines")),
    }
