"""A milestone's criteria drawn: value against limit, trend by week, outlook, the next step, and the rows."""

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from components import address, charts, format, marks, pictures
from components.blocks import Tone, badge, empty, plain, section
from components.forecast_rows import leave_for_rows
from components.frame import View
from components.navigation import open_page
from components.scrolling import arrive, lead_to
from components.tables import clickable, first_of, name_column
from components.text import t
from core.forecast.calibration import REJECTED
from core.milestones.assess import Assessment, State
from core.milestones.criteria import BY_NAME, Kind
from core.milestones.evidence import Evidence
from core.milestones.path import Phase
from core.pictures.parts import leading
from data.milestone_words import (
    about_words,
    chance_words,
    day_words,
    limit_words,
    next_words,
    row_value_words,
    rows_words,
    trend_words,
    value_words,
    why_words,
    whys_words,
)
from data.queries.forecast_health import COMPANY
from data.queries.milestones import Proof, Stop

_TONES = {State.MET: Tone.GREEN, State.MISSED: Tone.RED, State.LITTLE: Tone.QUIET}
_COLOURS = {State.MET: charts.MARK, State.MISSED: charts.OVER, State.LITTLE: charts.QUIET}
_OPENS = {
    "completeness": ("customer", "customer"),
    "adoption": ("calibrate", "opportunity"),
    "response": ("demands", "demand"),
    "kept": ("promises", "promise"),
}
_WIDTHS = {"on": 125, "who": 110, "why_col": 400}  # pixels: two reasons stand in full at 1440
_BEHIND = "milestone_behind"
_HEIGHT = 96  # pixels of a chart of weeks


def criteria(stop: Stop, view: View) -> None:
    """All criteria of a milestone; a button opens the rows behind one."""
    with st.grid(2, min_column_width=340, gap="small", key="milestone-criteria"):
        for told in stop.assessments:
            _criterion(told, stop, view)


def _criterion(told: Assessment, stop: Stop, view: View) -> None:
    language = view.language
    with st.container(border=True, gap="xsmall", height="stretch", key=f"criterion-{told.criterion}"):
        with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
            name = t(f"milestones.of.{told.criterion}")
            st.markdown(f"**{name}**", help=t(f"milestones.help.{told.criterion}"), width="content")
            area = "state" if stop.phase is Phase.OVER else "now"
            badge(t(f"milestones.{area}.{told.state}"), _TONES[told.state])
        value = value_words(language, told.criterion, told.value)
        st.markdown(f"### {plain(value)}  :small[:gray[{plain(limit_words(language, told))}]]", anchors=False)
        st.caption(plain(f"{rows_words(language, told)} · {trend_words(language, told)}"))
        _weeks(told, language)
        st.markdown(f":small[**{t('milestones.outlook')}** {plain(_outlook(told, stop, language))}]")
        step = plain(next_words(language, told, stop.phase is Phase.OVER))
        st.markdown(f":material/arrow_forward: **{t('milestones.next_step')}** {step}")
        if st.button(t("milestones.show_rows"), type="tertiary", icon=":material/table_rows:",
                     key=f"rows-{told.criterion}"):  # fmt: skip
            address.write(day=stop.day, criterion=told.criterion, item=None)
            lead_to(_BEHIND)
            st.rerun()


def _outlook(told: Assessment, stop: Stop, language: str) -> str:
    if stop.phase is Phase.OVER:
        return t("milestones.outlook_over")
    if told.chance is None:
        return t("milestones.outlook_none")
    return t("milestones.chance", chance=chance_words(language, told.chance))


def _weeks(told: Assessment, language: str) -> None:
    """Values by week with the limit as a line; one week alone is no trend."""
    if len(told.weeks) < 2 or BY_NAME[told.criterion].kind in (Kind.EVERY, Kind.MONTHS):
        return
    days = [week.starts_on for week in told.weeks]
    texts = [
        f"{format.short_day(w.starts_on, language)}: {value_words(language, told.criterion, w.value)} "
        f"({t('milestones.rows_n', n=w.n)})"
        for w in told.weeks
    ]
    line = marks.scatter(
        x=days,
        y=[week.value for week in told.weeks],
        mode="lines+markers",
        line={"color": _COLOURS[told.state], "width": 2},
        hovertext=texts,
        hoverinfo="text",
        showlegend=False,
    )
    top = max(told.limit, *(week.value for week in told.weeks))
    ticks = [days[0], days[-1]]
    chart = charts.figure(
        line,
        height=_HEIGHT,
        margin={"l": 16, "r": 16, "t": 8, "b": 0},  # half a day's name, or a phone leaves it out
        shapes=[charts.across(told.limit)],
        yaxis={"visible": False, "range": [-0.12 * top, 1.12 * top]},
        xaxis={"tickvals": ticks, "ticktext": [format.short_day(day, language) for day in ticks]},
    )
    alt = f"{trend_words(language, told)}. {t('milestones.alt_weeks')}"
    charts.show(chart, f"weeks-{told.criterion}", alt=alt)


def behind(proof: Proof, team: int | None, view: View, draw: Callable[[], None]) -> None:
    """The rows that a criterion counts, what speaks against it, and the record of each, one click away.

    Args:
        team: whose path it is; None for the company's.
        draw: draws the way to a sample of the rows.
    """
    told, language = proof.assessment, view.language
    with st.container(key=_BEHIND):
        section(t("milestones.behind", name=t(f"milestones.of.{told.criterion}")), icon=":material/list:")
        arrive(_BEHIND)
    weighed = told.criterion == "accuracy"  # the only one whose rows count differently
    st.caption(t("milestones.behind_weighed" if weighed else "milestones.behind_note"))
    draw()
    if not proof.rows:
        empty(t("milestones.no_rows"), t("milestones.no_rows_hint"), icon=":material/list:")
    else:
        _distribution(told, language)
        ordered = first_of(sorted(proof.rows, key=lambda row: (not row.why, row.on, row.of)))
        if clicked := _table(ordered, told.criterion, language):
            _open(told.criterion, next(row for row in proof.rows if _id(row) == clicked), team, view)
    if st.button(t("milestones.close_rows"), type="tertiary"):
        address.write(criterion=None, item=None)
        st.rerun()


def _distribution(told: Assessment, language: str) -> None:
    """How often each reason stands there, as bars."""
    if not told.causes:
        return
    names = [why_words(language, code) for code, _ in told.causes][::-1]
    counts = [n for _, n in told.causes][::-1]
    bars = marks.bar(
        y=names, x=counts, orientation="h", marker={"color": charts.OVER}, hoverinfo="skip", text=counts,
        textposition="outside", cliponaxis=False,
    )  # fmt: skip
    chart = charts.figure(
        bars,
        height=40 + 28 * len(names),
        margin={"l": 0, "r": 40, "t": 8, "b": 0},
        xaxis={"visible": False},
    )
    said = leading(dict(told.causes))
    finding = pictures.words(
        "causes",
        said,
        language,
        name=lambda code: why_words(language, code),
        value=lambda n: format.number(n, language),
    )
    pictures.show(chart, "milestone-causes", finding, t("milestones.distribution"), language)


def _table(rows: Sequence[Evidence], criterion: str, language: str) -> str | None:
    columns: dict[str, Sequence[Any]] = {
        t("milestones.on"): [day_words(language, row.on) for row in rows],
        t("milestones.who"): [row.whose for row in rows],
        t("milestones.about"): [about_words(language, criterion, row) for row in rows],
        t("milestones.value"): [row_value_words(language, criterion, row) for row in rows],
        t("milestones.why_col"): [whys_words(language, row) for row in rows],
    }
    shown = {name: values for name, values in columns.items() if any(values)}
    config = {t(f"milestones.{of}"): name_column(t(f"milestones.{of}"), width=w) for of, w in _WIDTHS.items()}
    ids, alt = [_id(row) for row in rows], t("milestones.alt_table")
    return clickable(shown, ids, "milestone-rows", config=config, alt=alt)


def _id(row: Evidence) -> str:
    return f"{row.of}-{row.on.isoformat()}-{row.about}"


def _open(criterion: str, row: Evidence, team: int | None, view: View) -> None:
    """Leave for the page that shows a row's record, where there is one.

    An answer of a month that is over stands beside what came of it; no page asks for it any more.
    """
    over = criterion == "adoption" and (row.on.year, row.on.month) < (view.today.year, view.today.month)
    if criterion == "accuracy" or over:
        which = {"rows": REJECTED} if over and row.why else {}
        group = f"team-{team}" if team else COMPANY
        leave_for_rows(row.on.replace(day=1), group=group, months=12, **which)
        return
    if criterion == "located" and row.link is not None:
        open_page("morning", team=row.link, day=row.on.isoformat())
    if criterion in _OPENS and row.link is not None:
        page, name = _OPENS[criterion]
        open_page(page, **{name: row.link})
