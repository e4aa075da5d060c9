"""The collaboration report drawn: which quarter, its figures, and the rows behind each of them."""

from collections.abc import Callable, Sequence
from datetime import date
from functools import partial
from typing import Any

import streamlit as st

from components import address, format
from components.blocks import Card, Row, Tone, cards, empty, plain, rows, section
from components.forms import Marks
from components.frame import View
from components.navigation import open_page
from components.scrolling import arrive, lead_to
from components.tables import clickable, rate_column
from components.text import t
from core.access import Permission, decide
from core.promises.collaboration import Collaboration, Fact, Figure, Level, Measure, rows_of
from data.queries.collaboration import Issued, QuarterChoice

_BEHIND = "collaboration_behind"


def chosen_quarter(choices: Sequence[QuarterChoice]) -> QuarterChoice | None:
    """Which quarter is shown, kept in the address; the last that is over unless chosen, None without any."""
    if not choices:
        empty(t("collaboration.none"), t("collaboration.none_hint"), icon=":material/diversity_3:")
        return None
    known = {c.quarter.isoformat(): c for c in choices}
    options = {name: _choice(c) for name, c in known.items()}
    first = next((name for name, c in known.items() if not c.running), next(iter(known)))
    chosen = address.choose(
        st.selectbox, t("collaboration.quarter"), "quarter", options, first, drops=("figure",), width=320
    )
    return known[chosen]


def quarter_words(quarter: date) -> str:
    """A quarter in words."""
    return t("collaboration.quarter_name", year=quarter.year, n=(quarter.month + 2) // 3)


def _choice(choice: QuarterChoice) -> str:
    words = quarter_words(choice.quarter)
    if choice.running:
        return t("collaboration.quarter_running", quarter=words)
    return words if choice.issued else t("collaboration.quarter_open", quarter=words)


def not_issued(quarter: date, issue: Callable[[date], Any], view: View) -> None:
    """That it is not issued, and for leadership the way to issue it."""
    empty(t("collaboration.not_issued"), t("collaboration.not_issued_hint"), icon=":material/pending:")
    if (
        decide(view.who, Permission.ISSUE_COLLABORATION).allowed
        and st.button(t("collaboration.issue"), type="primary")
        and Marks(view).sent(partial(issue, quarter))
    ):
        st.rerun()


def report_block(found: Issued, view: View) -> None:
    """The company's figures, those of teams and people, and the rows behind a chosen one."""
    report = found.report
    st.caption(
        t("collaboration.issued" if found.issued_at else "collaboration.so_far", at=view.instant(found.as_of))
    )
    cards([_card(measure, report, view.language) for measure in Measure], key="collaboration-cards")
    section(t("collaboration.figures"), icon=":material/groups:")
    share = format.percent(report.share, view.language)
    note = t("collaboration.note", share=share, least=report.least)
    st.caption(f"{note} {t('collaboration.click')}")
    compared = [figure for figure in report.figures if figure.level is not Level.COMPANY]
    if not compared:
        st.caption(t("collaboration.no_figures"))
        return
    if clicked := _table(compared, report, view.language):
        address.write(figure=clicked)
        lead_to(_BEHIND)
        st.rerun()
    with st.container(key="collaboration-rows"):
        figure = next((f for f in compared if _name(f) == address.said("figure")), None)
        if figure is not None:
            _behind(figure, report, view)


def _card(measure: Measure, report: Collaboration, language: str) -> Card:
    label, words = t(f"collaboration.of.{measure}"), t(f"collaboration.help.{measure}")
    figure = next((f for f in report.figures if f.measure is measure and f.level is Level.COMPANY), None)
    if figure is None:
        return Card(label, format.NOTHING, t("collaboration.unmeasured"), help=words)
    note = t("collaboration.of_rows", n=figure.n)
    if measure is Measure.RESPONSE:
        note = f"{t('collaboration.hours', n=format.number(figure.hours, language, 1))} · {note}"
    return Card(label, format.percent(figure.value, language), note, help=words)


def _table(figures: Sequence[Figure], report: Collaboration, language: str) -> str | None:
    columns: dict[str, Sequence[Any]] = {
        t("collaboration.whose"): [f.name for f in figures],
        t("collaboration.measure"): [t(f"collaboration.of.{f.measure}") for f in figures],
        t("collaboration.value"): [round(f.value, 2) for f in figures],
        t("collaboration.mean"): [mean_words(f, language) for f in figures],
        t("collaboration.rows"): [f.n for f in figures],
        t("collaboration.judged"): [_judged(f, report.least) for f in figures],
    }
    ids = [_name(figure) for figure in figures]
    config = {t("collaboration.value"): rate_column(t("collaboration.value"))}
    return clickable(columns, ids, "collaboration-table", config=config, alt=t("collaboration.alt"))


def _name(figure: Figure) -> str:
    return f"{figure.measure}-{figure.level}-{figure.id}"


def mean_words(figure: Figure, language: str) -> str:
    """The mean that a figure is held against."""
    return format.percent(figure.mean, language) if figure.mean is not None else format.NOTHING


def _judged(figure: Figure, least: int) -> str:
    if figure.n < least:
        return t("collaboration.few")
    return t("collaboration.below") if figure.below else t("collaboration.fits")


def _behind(figure: Figure, report: Collaboration, view: View) -> None:
    name = f"{figure.name} · {t(f'collaboration.of.{figure.measure}')}"
    with st.container(key=_BEHIND):
        section(t("collaboration.behind", name=plain(name)), icon=":material/list:")
        arrive(_BEHIND)
    fact_rows(rows_of(report, figure), "collaboration-facts", view)
    if st.button(t("collaboration.close_rows"), type="tertiary"):
        address.write(figure=None)
        st.rerun()


def fact_rows(facts: Sequence[Fact], key: str, view: View) -> None:
    """Rows behind a figure; each opens its demand or promise."""
    lines = [
        Row(
            f"{n}",
            fact.about,
            " · ".join(part for part in (_said(fact, view.language), fact.person, fact.team) if part),
            tone=Tone.QUIET,
            action=t(f"collaboration.open_{'demand' if fact.measure is Measure.RESPONSE else 'promise'}"),
        )
        for n, fact in enumerate(facts)
    ]
    if pressed := rows(lines, key):
        fact = facts[int(pressed)]
        if fact.measure is Measure.RESPONSE:
            open_page("demands", demand=fact.of)
        open_page("promises", promise=fact.of)


def _said(fact: Fact, language: str) -> str:
    if fact.measure is not Measure.RESPONSE:
        return t(f"collaboration.{fact.measure}_{'yes' if fact.value else 'no'}")
    share = format.percent(fact.value, language)
    return t("collaboration.time_used", share=share, hours=format.number(fact.hours, language, 1))
