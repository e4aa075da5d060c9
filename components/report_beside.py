"""What stands beside the rows of a report's number: actions, industries, competitor contact (D3)."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from components import charts, format, marks, pictures
from components.blocks import empty, section
from components.frame import View
from components.marks import Figure
from components.report_drill import Drilled
from components.tables import instant_column
from components.text import t, term
from core.reports.catalogue import Dimension
from core.reports.drivers import LEAST_ROWS
from data.queries.metrics.beside import ACTIONS_SHOWN, COMPETITOR_DAYS, Beside, Customers
from data.report_words import group_words

_MOST_INDUSTRIES = 6
_STANDS_OUT = 0.1  # of the customers, by which an industry's share differs enough to name it


def beside(found: Beside, what: Drilled, view: View) -> None:
    """The actions behind, the customers' industries, and competitor contact compared."""
    left, right = st.columns([3, 2], gap="medium")
    with left:
        _actions(found, view)
    with right:
        _industries(found, what, view.language)
        _competitor(found, view.language)


def _actions(found: Beside, view: View) -> None:
    section(t("reports.actions"))
    actions = found.actions
    if not actions:
        words = "reports.no_actions" if found.opportunities else "reports.no_opportunities"
        empty(t(words), icon=":material/event_busy:")
        return
    st.caption(t("reports.actions_note", most=ACTIONS_SHOWN))
    st.dataframe(
        {
            "at": [a.at for a in actions],
            "type": [term("stage", a.type) for a in actions],
            "rep": [a.rep for a in actions],
            "opportunity": [a.opportunity for a in actions],
            "summary": [a.summary for a in actions],
        },
        hide_index=True,
        height=320,
        column_config={
            "at": instant_column(t("reports.when"), view.language, view.who.timezone),
            "type": _column("reports.action", 100),
            "rep": _column("reports.rep", 80),
            "opportunity": _column("reports.opportunity", 150),
            "summary": _column("reports.summary", 260),
        },
    )


def _industries(found: Beside, what: Drilled, language: str) -> None:
    section(t("reports.industries"))
    if not found.mine.n:
        st.caption(t("reports.no_customers"))
        return
    note = t("reports.industries_note", n=found.mine.n, rest=_compared(found, what))
    keys = sorted(found.mine.industries, key=lambda k: -found.mine.industries[k])[:_MOST_INDUSTRIES]
    finding = _stands_out(found, keys, language)
    pictures.show(_mix(found, keys, language), "reports-industries", finding, note, language)


def _compared(found: Beside, what: Drilled) -> str:
    if not found.rest.n:
        return t("reports.no_rest")
    key = "rest_others" if what.dimension is not None else "rest_before"
    return t(f"reports.{key}", n=found.rest.n)


def _stands_out(found: Beside, keys: Sequence[str], language: str) -> str:
    if min(found.mine.n, found.rest.n) < LEAST_ROWS:
        return t("reports.industry_few", least=LEAST_ROWS)
    differs = {key: _share(found.mine, key) - _share(found.rest, key) for key in keys}
    most = max(differs, key=differs.__getitem__)
    if differs[most] < _STANDS_OUT:
        return t("reports.industry_same")
    return t(
        "reports.industry_most",
        industry=group_words(language, Dimension.INDUSTRY, most, None),
        mine=format.percent(_share(found.mine, most), language),
        rest=format.percent(_share(found.rest, most), language),
    )


def _share(customers: Customers, industry: str) -> float:
    return customers.industries.get(industry, 0) / customers.n if customers.n else 0.0


def _mix(found: Beside, keys: Sequence[str], language: str) -> Figure:
    names = [group_words(language, Dimension.INDUSTRY, key, None) for key in keys]
    pairs: list[tuple[str, Customers, dict[str, Any]]] = [
        (t("reports.these"), found.mine, {"color": charts.MARK})
    ]
    if found.rest.n:
        pairs.append((t("reports.the_rest"), found.rest, {"color": charts.QUIET, "pattern": charts.HATCH}))
    bars = [
        marks.bar(
            y=names,
            x=[_share(customers, key) for key in keys],
            name=name,
            orientation="h",
            marker=marker,
            hovertemplate="%{y}: %{x:.0%}<extra>" + name + "</extra>",
        )
        for name, customers, marker in pairs
    ]
    return charts.figure(
        *bars,
        height=80 + 40 * len(keys),
        showlegend=True,
        bargap=0.25,
        yaxis={"autorange": "reversed"},
        xaxis={"tickformat": ".0%", "rangemode": "tozero"},
    )


def _competitor(found: Beside, language: str) -> None:
    if not found.mine.n:
        return
    section(t("reports.competitor", days=COMPETITOR_DAYS))
    said: dict[str, Any] = {
        "mine": format.percent(found.mine.competitor / found.mine.n, language),
        "with_mine": found.mine.competitor,
        "n_mine": found.mine.n,
    }
    if not found.rest.n:
        st.markdown(t("reports.competitor_alone", **said))
        return
    rest = format.percent(found.rest.competitor / found.rest.n, language)
    st.markdown(
        t("reports.competitor_said", **said, rest=rest, with_rest=found.rest.competitor, n_rest=found.rest.n)
    )


def _column(label: str, width: int) -> Any:
    return st.column_config.TextColumn(t(label), width=width)
