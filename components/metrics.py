"""Drawing the metric catalogue: what each number counts, and which numbers are refused (D1)."""

from collections.abc import Sequence

import streamlit as st

from components import address
from components.blocks import empty, plain, section
from components.navigation import open_page
from components.text import t
from core.reports.catalogue import METRICS, REFUSED, Metric


def catalogue() -> None:
    """Every metric with its formula in words; a search narrows them."""
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button(t("metrics.back"), icon=":material/arrow_back:", type="tertiary"):
            open_page("reports")
    st.markdown(t("metrics.rule"))
    wanted = address.search(t("metrics.search"), "q").casefold()
    found = [m for m in METRICS.values() if wanted in f"{t(m.title)} {t(m.formula)}".casefold()]
    if not found:
        empty(t("metrics.none"), t("metrics.none_hint"), icon=":material/search_off:")
        return
    _table(found)


def _table(metrics: Sequence[Metric]) -> None:
    column = st.column_config
    st.dataframe(
        {
            "name": [t(m.title) for m in metrics],
            "formula": [t(m.formula) for m in metrics],
            "good": [t(f"metrics.goods.{m.good}") for m in metrics],
            "unit": [t(f"metrics.units.{m.unit}") for m in metrics],
            "counts": [t(f"metrics.grains.{m.grain}") for m in metrics],
            "splits": [" · ".join(t(f"reports.dimension.{d}") for d in m.splits) for m in metrics],
            "source": [m.source for m in metrics],
        },
        hide_index=True,
        height=35 * (len(metrics) + 1) + 3,
        column_config={
            "name": column.TextColumn(t("metrics.name"), pinned=True, width=150),
            "formula": column.TextColumn(t("metrics.formula"), width=520),
            "good": column.TextColumn(t("metrics.good"), width=95),
            "unit": column.TextColumn(t("metrics.unit"), width=75),
            "counts": column.TextColumn(t("metrics.counts"), width=240),
            "splits": column.TextColumn(t("metrics.splits"), width=260),
            "source": column.TextColumn(t("metrics.source"), width=190),
        },
        alt=t("metrics.title"),
    )


def refused() -> None:
    """The numbers that no report shows, why, and what to look at instead."""
    section(t("metrics.refused_title"), icon=":material/block:")
    st.caption(t("metrics.refused_note"))
    with st.container(border=True, gap="small"):
        for name in REFUSED:
            why, instead = (t(f"metrics.refused.{name}.{part}") for part in ("why", "instead"))
            instead = plain(t("metrics.instead", metrics=instead))
            st.markdown(
                f"**{plain(t(f'metrics.refused.{name}.name'))}** — {plain(why)}  \n:small[:gray[{instead}]]"
            )
