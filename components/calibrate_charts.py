"""Why a suggestion differs from the scorecard: the waterfall, and the factors behind it."""

from decimal import Decimal

import pandas as pd
import streamlit as st

from components import charts, format, marks, pictures
from components.folding import folded
from components.frame import View
from components.tables import instant_column
from components.text import t
from core.forecast.factors import FACTOR_NAMES
from core.forecast.valuation import LEVEL
from core.pictures.parts import step
from data.forecast_words import Words, name_of
from data.queries.suggestions import Suggestion

_NO_PENNIES = 10
_STEPS = 7  # factors with a bar of their own; the rest are one


def steps(item: Suggestion) -> list[tuple[str, float]]:
    """The waterfall's bars between the two values: the largest reasons, then all others in one."""
    own, rest = item.reasons[:_STEPS], item.reasons[_STEPS:]
    others = [("others", sum(value for _, value in rest))] if rest else []
    return [*own, *others]


def waterfall(item: Suggestion, said: Words, language: str) -> None:
    """From the scorecard's value to the AI's; nothing where both are the same."""
    if not item.reasons:
        return
    between = steps(item)
    labels = [
        t("calibrate.scorecard"),
        *(_label(name, said) for name, _ in between),
        t("calibrate.suggested"),
    ]
    values = [float(item.scorecard_value), *(value for _, value in between), float(item.value)]
    said_money = [_signed(v, item, language, total=n in (0, len(values) - 1)) for n, v in enumerate(values)]
    bars = marks.waterfall(
        orientation="h",
        measure=["absolute", *("relative" for _ in between), "total"],
        y=labels,
        x=values,
        text=said_money,
        textposition="none",
        connector={"line": {"width": 1, "color": charts.QUIET}},
        increasing={"marker": {"color": charts.MARK}},
        decreasing={"marker": {"color": charts.OVER}},
        totals={"marker": {"color": charts.QUIET}},
        hovertemplate="%{y}: %{text}<extra></extra>",
    )
    chart = charts.figure(
        bars,
        height=60 + 34 * len(labels),
        showlegend=False,
        bargap=0.3,
        yaxis={"autorange": "reversed"},
        xaxis={"visible": False, "domain": [0, 0.66]},
        annotations=[
            {
                "xref": "paper",
                "x": 1,
                "xanchor": "right",
                "y": label,
                "text": money,
                "showarrow": False,
                "font": {"color": charts.ink()},
            }
            for label, money in zip(labels, said_money, strict=True)
        ],
    )
    finding = _weighs(item, said, language)
    pictures.show(chart, "calibrate_waterfall", finding, t("calibrate.waterfall_alt"), language)


def _weighs(item: Suggestion, said: Words, language: str) -> str:
    """The factor that takes the suggestion furthest from the scorecard."""
    told = step(dict(item.reasons), float(item.scorecard_value), float(item.value))
    return pictures.words(
        "reasons",
        told,
        language,
        name=lambda name: _label(name, said),
        value=lambda amount: shown_money(Decimal(repr(amount)), item.currency, language),
    )


def _label(name: str, said: Words) -> str:
    if name == "others":
        return t("calibrate.others")
    if name == LEVEL:
        return name_of(said.language, name)
    return f"{name_of(said.language, name)} · {said.value(name) or t('calibrate.unknown')}"


def _signed(value: float, item: Suggestion, language: str, *, total: bool) -> str:
    shown = shown_money(Decimal(str(abs(value))), item.currency, language)
    return shown if total else f"{'+' if value >= 0 else '−'}{shown}"


def shown_money(value: Decimal, currency: str, language: str) -> str:
    """Money without pennies that nobody reads; where no amounts are kept, how many wins."""
    if not currency:
        return format.number(float(value), language, 2)
    digits = 0 if abs(value) >= _NO_PENNIES else 2
    return format.money(round(value, digits), currency, language, compact=True)


def factor_table(item: Suggestion, said: Words, view: View) -> None:
    """Every factor, the largest part in the change first: its value in its unit, since when it was known."""
    with folded(t("calibrate.factors"), "calibrate-factors-box", icon=":material/table_rows:") as is_open:
        if is_open:
            _factors(item, said, view)


def _factors(item: Suggestion, said: Words, view: View) -> None:
    parts = dict(item.reasons)
    names = [*FACTOR_NAMES, *(n for n in (*item.factors, *parts) if n not in FACTOR_NAMES)]
    names = sorted(dict.fromkeys(n for n in names if n != LEVEL), key=lambda name: -abs(parts.get(name, 0)))
    whole = float(item.scorecard_value) or 1.0
    table = pd.DataFrame(
        {
            "factor": [name_of(view.language, n) for n in names],
            "value": [said.value(n) or t("calibrate.unknown") for n in names],
            "part": [100 * parts[n] / whole if n in parts else None for n in names],
            "known": [item.known.get(n) for n in names],
        }
    )
    st.dataframe(
        table,
        hide_index=True,
        key="calibrate_factors",
        column_config={
            "factor": t("calibrate.factor"),
            "value": t("calibrate.value"),
            "part": st.column_config.NumberColumn(t("calibrate.part"), format="%+.1f%%"),
            "known": instant_column(t("calibrate.known"), view.language, view.who.timezone),
        },
    )
    st.caption(t("calibrate.as_of", at=view.instant(item.taken_at)))
