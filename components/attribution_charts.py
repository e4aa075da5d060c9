"""A month's miss as a waterfall: the parts that add up to it (B5)."""

from decimal import Decimal
from itertools import accumulate

import streamlit as st

from components import address, charts, marks, pictures
from components.blocks import section
from components.forecast_rows import leave_for_rows
from components.forecast_words import money, signed
from components.frame import View
from components.marks import Figure
from components.scrolling import lead_to
from components.text import t
from core.pictures.parts import step
from data.queries.attribution import MonthAttribution

_OTHERS = -1  # all but the largest, where a step has the id of its opportunity


def card(opportunity: int) -> str:
    """The container of a deal's deviation."""
    return f"deviation-{opportunity}"


def waterfall(month: MonthAttribution, view: View) -> None:
    """From the forecast to what was won; a click on a deal takes it up, on another bar opens its rows."""
    section(t("attribution.parts"), help=t("attribution.parts_help"))
    note = t("attribution.parts_alt")
    chart, finding = _waterfall(month, view), _furthest(month, view)
    chosen = pictures.draw(chart, "attribution-parts", finding, note, view.language)
    if isinstance(chosen, int) and chosen > 0:
        address.write(deal=chosen)
        lead_to(card(chosen))
        st.rerun()
    elif chosen is not None:
        said = {"but": "largest"} if chosen == _OTHERS else {}
        said |= {"group": f"team-{month.team}"} if month.team else {}
        leave_for_rows(month.month, pipeline=month.pipeline, **said)


def _steps(month: MonthAttribution) -> list[tuple[str, Decimal, int]]:
    """Name, what it added to the forecast or took from it, and the opportunity; `_OTHERS`, or 0 for none."""
    parts = month.parts
    steps = [
        (d.names.customer or d.names.opportunity, d.part.gap, d.line.opportunity) for d in month.deviations
    ]
    rest = [
        (t("attribution.others", n=parts.n_others), parts.others.gap, _OTHERS),
        (t("attribution.fresh"), parts.fresh.gap, 0),
        (t("attribution.rest"), parts.rest.gap, 0),
    ]
    return steps + [step for step in rest if abs(step[1]) >= 1]


def _furthest(month: MonthAttribution, view: View) -> str:
    """The largest part of the miss."""
    whole = month.parts.whole
    gaps = {(n, name): float(gap) for n, (name, gap, _) in enumerate(_steps(month))}
    return pictures.words(
        "miss",
        step(gaps, float(whole.forecast), float(whole.actual)),
        view.language,
        name=lambda key: key[1],
        value=lambda amount: money(Decimal(amount), month.currency, view.language),
    )


def _waterfall(month: MonthAttribution, view: View) -> Figure:
    parts, steps = month.parts, _steps(month)
    ends = [(t("attribution.forecast"), parts.whole.forecast), (t("attribution.actual"), parts.whole.actual)]
    names = [
        ends[0][0],
        *(f"{n + 1}. {charts.clipped(name) if one > 0 else name}" for n, (name, _, one) in enumerate(steps)),
        ends[1][0],
    ]
    values = [ends[0][1], *(gap for _, gap, _ in steps), ends[1][1]]
    bars = marks.waterfall(
        orientation="h",
        y=names,
        x=[float(v) for v in values],
        measure=["absolute", *["relative"] * len(steps), "total"],
        text=[_signed(n, v, month, len(values), view) for n, v in enumerate(values)],
        textposition="outside",
        customdata=[0, *(opportunity for _, _, opportunity in steps), 0],
        increasing={"marker": {"color": charts.MARK}},
        decreasing={"marker": {"color": charts.OVER}},
        totals={"marker": {"color": charts.QUIET}},
        connector={"line": {"color": charts.QUIET, "width": 1}},
        hovertemplate="%{y}: %{text}<extra></extra>",
        cliponaxis=False,
    )
    ends_at = list(accumulate(float(v) for v in values[:-1]))
    return charts.figure(
        bars,
        height=60 + 36 * len(values),
        yaxis={"autorange": "reversed"},
        xaxis={"visible": False, "range": charts.room(ends_at, both=True)},
        showlegend=False,
    )


def _signed(n: int, value: Decimal, month: MonthAttribution, bars: int, view: View) -> str:
    """An amount; a step's with its sign."""
    words = signed if 0 < n < bars - 1 else money
    return words(value, month.currency, view.language)
