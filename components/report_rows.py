"""The rows behind a report's number, what they add up to, and what stands beside them."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import plotly.graph_objects as go
import streamlit as st

from components import charts, format
from components.blocks import empty, plain, section
from components.frame import View
from components.report_drill import Drilled, close, went
from components.scrolling import into_view
from components.tables import clickable, day_column, instant_column
from components.text import t, term
from core.access import Permission, decide
from core.reports.catalogue import Dimension, Metric, Unit
from core.reports.facts import Fact
from data.exchange.metric_rows import rows_file
from data.queries.metrics.beside import ACTIONS_SHOWN, COMPETITOR_DAYS, ActionLine, Beside, Customers
from data.queries.metrics.rows import ROWS_EXPORTED, Behind
from data.report_words import exact_words, group_words

PANEL = "reports_rows"
_MOST_INDUSTRIES = 6
_STANDS_OUT = 0.1  # of the customers, by which an industry's share differs enough to name it


def panel(what: Drilled, found: Behind, every: Callable[[], Behind], currency: str, view: View) -> int | None:
    """The rows and their sum; returns the customer of the one that was clicked.

    Args:
        every: reads all rows, for the file.
    """
    with st.container(horizontal=True, vertical_alignment="bottom", key=PANEL):
        section(t("reports.behind", metric=t(what.metric.title)), help=t(what.metric.formula))
        st.button(t("reports.close"), icon=":material/close:", type="tertiary", on_click=close)
    if pressed := went():
        into_view(PANEL, pressed, key="reports_into_view")
    st.caption(" · ".join(plain(word) for word in _narrowed(what, found, view.language)))
    if not found.facts:
        empty(t("reports.no_rows"), t("reports.no_rows_hint"), icon=":material/table_rows:")
        return None
    st.markdown(f"**{plain(_sum(what.metric, found, currency, view.language))}**")
    chosen = _table(found.facts, what.metric, currency, view)
    with st.container(horizontal=True, vertical_alignment="center"):
        if found.total.n > len(found.facts):
            st.caption(t("reports.first_of", shown=len(found.facts), most=ROWS_EXPORTED))
        st.caption(t("reports.row_opens"))
        if decide(view.who, Permission.EXPORT).allowed:
            st.download_button(
                t("reports.download"),
                partial(_file, what.metric, every, view),
                f"{what.metric.name}.csv",
                "text/csv",
                icon=":material/download:",
                on_click="ignore",
            )
    return chosen


def _file(metric: Metric, every: Callable[[], Behind], view: View) -> bytes:
    return rows_file(view.language, metric, every().facts, view.who.timezone)


def _narrowed(what: Drilled, found: Behind, language: str) -> list[str]:
    words = []
    if what.dimension is not None:
        group = t("reports.none")
        if found.facts:
            group = group_words(language, what.dimension, *found.facts[0].groups[what.dimension])
        dimension = t(f"reports.dimension.{what.dimension}").capitalize()
        words.append(t("reports.behind_of", dimension=dimension, group=group))
    return [*words, t("reports.behind_before" if what.before else "reports.now")]


def _sum(metric: Metric, found: Behind, currency: str, language: str) -> str:
    """What the rows add up to, in full: the number that was pressed."""
    total = found.total
    value = exact_words(language, metric, total.value(metric.ratio), currency)
    if not metric.ratio:
        return t("reports.adds_up", n=total.n, value=value)
    digits = 0 if float(total.top).is_integer() else 1
    top = format.number(total.top, language, digits)
    of = format.number(total.of, language, 0 if float(total.of).is_integer() else 1)
    return t("reports.adds_up_ratio", n=total.n, top=top, of=of, value=value)


def _table(facts: Sequence[Fact], metric: Metric, currency: str, view: View) -> int | None:
    own = metric.splits[0]
    columns: dict[str, tuple[Sequence[Any], Any]] = {
        "customer": (
            [f.customer or t("reports.none") for f in facts],
            _text("reports.customer", 160, pinned=True),
        ),
        "adds": _adds(facts, metric, currency, view.language),
        "when": (
            [f.at for f in facts],
            day_column(t("reports.when"), view.language, view.who.timezone, width=118),
        ),
        "rep": ([f.rep or t("reports.without.rep") for f in facts], _text("reports.rep", 90)),
        "opportunity": (
            [f.opportunity or t("reports.none") for f in facts],
            _text("reports.opportunity", 200),
        ),
    }
    if own is not Dimension.TEAM:
        words = [group_words(view.language, own, *f.groups[own]) for f in facts]
        columns["own"] = (
            words,
            st.column_config.TextColumn(t(f"reports.dimension.{own}").capitalize(), width=110),
        )
    if metric.ratio and any(f.values[metric.name][1] != 1 for f in facts):
        columns["over"] = (
            [f.values[metric.name][1] for f in facts],
            st.column_config.NumberColumn(t("reports.over"), format="%.0f", width=100),
        )
    return clickable(
        {name: values for name, (values, _) in columns.items()},
        [f.customer_id for f in facts],
        "reports-behind",
        config={name: how for name, (_, how) in columns.items()},
        alt=t("reports.behind", metric=t(metric.title)),
    )


def _text(label: str, width: int, **how: Any) -> Any:
    return st.column_config.TextColumn(t(label), width=width, **how)


def _adds(facts: Sequence[Fact], metric: Metric, currency: str, language: str) -> tuple[Sequence[Any], Any]:
    """What each row adds: a tick for a share of rows, else its number."""
    tops = [f.values[metric.name][0] for f in facts]
    if metric.unit is Unit.RATE and all(f.values[metric.name][1] == 1 for f in facts):
        label = t("reports.counts_as")
        return [top == 1 for top in tops], st.column_config.CheckboxColumn(label, width=80)
    if metric.unit is Unit.RATE:
        digits = st.column_config.NumberColumn(t("reports.adds"), format="localized", width=110)
        return [round(top, 2) for top in tops], digits
    words = [exact_words(language, metric, top, currency) for top in tops]
    return words, _text("reports.adds", 110)


def beside(found: Beside, what: Drilled, view: View) -> None:
    """The actions behind, the customers' industries, and competitor contact compared."""
    left, right = st.columns([3, 2], gap="medium")
    with left:
        _actions(found.actions, view)
    with right:
        _industries(found, what, view.language)
        _competitor(found, view.language)


def _actions(actions: Sequence[ActionLine], view: View) -> None:
    section(t("reports.actions"))
    if not actions:
        empty(t("reports.no_actions"), icon=":material/event_busy:")
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
            "type": _text("reports.action", 100),
            "rep": _text("reports.rep", 80),
            "opportunity": _text("reports.opportunity", 150),
            "summary": _text("reports.summary", 260),
        },
    )


def _industries(found: Beside, what: Drilled, language: str) -> None:
    section(t("reports.industries"))
    if not found.mine.n:
        st.caption(t("reports.no_customers"))
        return
    st.caption(t("reports.industries_note", n=found.mine.n, rest=_compared(found, what)))
    keys = sorted(found.mine.industries, key=lambda k: -found.mine.industries[k])[:_MOST_INDUSTRIES]
    st.markdown(plain(_stands_out(found, keys, language)))
    charts.show(_mix(found, keys, language), "reports-industries", alt=t("reports.industries_alt"))


def _compared(found: Beside, what: Drilled) -> str:
    if not found.rest.n:
        return t("reports.no_rest")
    key = "rest_others" if what.dimension is not None else "rest_before"
    return t(f"reports.{key}", n=found.rest.n)


def _stands_out(found: Beside, keys: Sequence[str], language: str) -> str:
    differs = {key: _share(found.mine, key) - _share(found.rest, key) for key in keys}
    most = max(differs, key=differs.__getitem__)
    if not found.rest.n or differs[most] < _STANDS_OUT:
        return t("reports.industry_same")
    return t(
        "reports.industry_most",
        industry=group_words(language, Dimension.INDUSTRY, most, None),
        mine=format.percent(_share(found.mine, most), language),
        rest=format.percent(_share(found.rest, most), language),
    )


def _share(customers: Customers, industry: str) -> float:
    return customers.industries.get(industry, 0) / customers.n if customers.n else 0.0


def _mix(found: Beside, keys: Sequence[str], language: str) -> go.Figure:
    names = [group_words(language, Dimension.INDUSTRY, key, None) for key in keys]
    pairs = [(t("reports.these"), found.mine, charts.MARK)]
    pairs += [(t("reports.the_rest"), found.rest, charts.QUIET)] if found.rest.n else []
    bars = [
        go.Bar(
            y=names,
            x=[_share(customers, key) for key in keys],
            name=name,
            orientation="h",
            marker={"color": colour},
            hovertemplate="%{y}: %{x:.0%}<extra>" + name + "</extra>",
        )
        for name, customers, colour in pairs
    ]
    return charts.figure(
        *bars,
        height=60 + 40 * len(keys),
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
