"""The product's own fit score drawn: the score, its three parts, and what each of them counts."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from components import format
from components.blocks import Card, cards, section
from components.frame import View
from components.navigation import open_page
from components.tables import clickable, first_of
from components.text import t
from core.milestones.fit import CAPABILITIES, FIT_DAYS, Fit
from data.milestone_words import day_words


def fit_block(fit: Fit, view: View) -> None:
    """How well the product fits the work, from use."""
    language = view.language
    section(t("milestones.fit"), icon=":material/join_inner:", help=t("milestones.fit_help"))
    used = sum(n > 0 for n in fit.used.values())
    recorded = sum(row.value for row in fit.steps)
    cards(
        [
            Card(
                t("milestones.fit_score"), format.number(fit.score, language, 2), t("milestones.fit_formula")
            ),
            Card(
                t("milestones.fit_coverage"),
                format.percent(fit.coverage, language),
                t("milestones.fit_of", n=used, of=len(CAPABILITIES)),
            ),
            Card(
                t("milestones.fit_daily"),
                format.percent(fit.daily, language),
                t("milestones.fit_of", n=int(recorded), of=len(fit.steps)),
            ),
            Card(
                t("milestones.fit_effort"),
                format.number(fit.effort, language, 1),
                t("milestones.fit_days"),
            ),
        ],
        key="fit-cards",
    )
    with st.expander(t("milestones.fit_rows", n=FIT_DAYS), icon=":material/table_rows:"):
        _capabilities(fit, language)
        _steps(fit, language)


def _capabilities(fit: Fit, language: str) -> None:
    names = sorted(fit.used, key=lambda name: -fit.used[name])
    columns: dict[str, Sequence[Any]] = {
        t("milestones.fit_capability"): [t(f"{name}.title") for name in names],
        t("milestones.fit_used"): [fit.used[name] for name in names],
    }
    if clicked := clickable(columns, names, "fit-used", config={}, alt=t("milestones.fit_coverage")):
        open_page("forecast_health" if clicked == "coaching" else clicked)


def _steps(fit: Fit, language: str) -> None:
    late = [row for row in fit.steps if not row.value]
    if not late:
        return
    st.caption(t("milestones.fit_late"))
    late = list(first_of(late))
    columns: dict[str, Sequence[Any]] = {
        t("milestones.on"): [day_words(language, row.on) for row in late],
        t("milestones.who"): [row.whose for row in late],
        t("milestones.about"): [row.about for row in late],
    }
    ids = [row.of for row in late]
    if clicked := clickable(columns, ids, "fit-late", config={}, alt=t("milestones.fit_late")):
        customer = next(row.link for row in late if row.of == clicked)
        if customer is not None:
            open_page("customer", customer=customer)
