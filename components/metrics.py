"""Drawing the metric catalogue: what each number counts, and which numbers are refused (D1)."""

from collections.abc import Sequence

import streamlit as st

from components import address
from components.blocks import empty, plain, section
from components.navigation import open_page
from components.text import listed, t
from core.reports.catalogue import METRICS, REFUSED, SPLITS, Metric

_SEARCH = "q"  # its name in the address; the others are those of the report that one came from


def catalogue() -> None:
    """Every metric with its formula in words; a search narrows them."""
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button(t("metrics.back"), icon=":material/arrow_back:", type="tertiary"):
            open_page("reports", **{k: v for k, v in st.query_params.items() if k != _SEARCH})
    st.markdown(t("metrics.rule"))
    wanted = address.search(t("metrics.search"), _SEARCH).casefold()
    found = [m for m in METRICS.values() if wanted in f"{t(m.title)} {t(m.formula)}".casefold()]
    if not found:
        empty(t("metrics.none"), t("metrics.none_hint"), icon=":material/search_off:")
    for grain in dict.fromkeys(m.grain for m in found):
        section(t(f"metrics.grains.{grain}"))
        splits = " · ".join(t(f"reports.dimension.{d}") for d in SPLITS[grain])
        st.caption(t("metrics.splits", dimensions=splits))
        _definitions([m for m in found if m.grain is grain])


def _definitions(metrics: Sequence[Metric]) -> None:
    with st.container(border=True, gap="small"):
        for metric in metrics:
            sources = listed(t(f"metrics.sources.{name}") for name in metric.sources)
            facts = (
                t(f"metrics.units.{metric.unit}"),
                t(f"metrics.goods.{metric.good}"),
                t("metrics.from", sources=sources),
            )
            st.markdown(
                f"**{plain(t(metric.title))}** — {plain(t(metric.formula))}  \n"
                f":small[:gray[{plain(' · '.join(facts))}]]"
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
