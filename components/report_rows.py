"""The rows behind a report's number, and what they add up to (D3)."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import streamlit as st

from components import format
from components.blocks import empty, plain, section
from components.frame import View
from components.report_drill import PANEL, Drilled, close
from components.scrolling import arrive
from components.tables import clickable, day_column
from components.text import t
from core.access import Permission, decide
from core.reports.catalogue import Dimension, Metric, Unit
from core.reports.facts import Fact
from data.exchange.metric_rows import rows_file
from data.queries.metrics.rows import ROWS_EXPORTED, Behind
from data.report_words import exact_words, group_words


def panel(what: Drilled, found: Behind, every: Callable[[], Behind], currency: str, view: View) -> int | None:
    """The rows and their sum; returns the customer of the one that was clicked.

    Args:
        every: reads all rows, for the file.
    """
    with st.container(horizontal=True, vertical_alignment="bottom", key=PANEL):
        section(t("reports.behind", metric=t(what.metric.title)), help=t(what.metric.formula))
        st.button(t("reports.close"), icon=":material/close:", type="tertiary", on_click=close)
    arrive(PANEL)
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
