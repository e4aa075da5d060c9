"""The weekly health report first: whose and which week, what it says, its figures, its files."""

from collections.abc import Sequence
from datetime import date
from functools import partial

import streamlit as st

from components import address
from components.blocks import Card, cards, empty, plain, section
from components.frame import View
from components.health_rows import COUNTED_BY, open_rows
from components.text import t
from core.access import Permission, decide
from core.process.health import MEASURES
from core.process.stays import week_name
from data.commands.health import export_health, issue_health
from data.health_words import issued_words, measured, team_name, week_short, week_words
from data.health_words import verdict as said_of
from data.queries.health import Issued, TeamChoice, WeekChoice, health_teams, health_weeks

NARROWS = ("stage", "show")  # names in the address that narrow the rows behind
_MIME = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "html": "text/html",
}
_ICONS = {"xlsx": ":material/table:", "html": ":material/print:"}


def choose(view: View) -> tuple[int | None, date | None]:
    """Whose report is shown, and of which week; both are kept in the address."""
    with st.container(horizontal=True, gap="small"):
        team = _team(view.read(health_teams))
        return team, _week(view.read(health_weeks, team, view.now), view.language)


def _team(teams: Sequence[TeamChoice]) -> int | None:
    """None is the whole company."""
    options = {str(c.team_id or ""): c.name or t("health.company") for c in teams}
    if not options:
        empty(t("health.no_team"), t("health.no_team_hint"), icon=":material/group_off:")
        st.stop()
    first = next(iter(options))
    chosen = first
    if len(options) > 1:
        chosen = address.choose(
            st.selectbox, t("health.team"), "team", options, first, drops=NARROWS, width=260
        )
    return int(chosen) if chosen else None


def _week(weeks: Sequence[WeekChoice], language: str) -> date | None:
    """The latest issued one at first; None where there is none yet."""
    if not weeks:
        return None
    named = {week_name(w.monday): w for w in weeks}
    first = next((name for name, w in named.items() if w.issued), next(iter(named)))
    options = {name: _week_label(w, language) for name, w in named.items()}
    chosen = address.choose(st.selectbox, t("health.week"), "week", options, first, width=360)
    return named[chosen].monday


def _week_label(week: WeekChoice, language: str) -> str:
    words = week_words(language, week.monday)
    return words if week.issued else t("health.week_open", week=words)


def not_issued(team: int | None, monday: date | None, view: View) -> None:
    """There is no report of this week: why, and what can be done."""
    if monday is None:
        empty(t("health.no_weeks"), t("health.no_weeks_hint"), icon=":material/calendar_month:")
        return
    empty(t("health.not_issued"), t("health.not_issued_hint"), icon=":material/pending_actions:")
    may = decide(view.who, Permission.ISSUE_HEALTH).allowed
    if may and st.button(
        t("health.issue"), icon=":material/assignment_turned_in:", help=t("health.issue_help")
    ):
        view.do(issue_health, team, monday)
        st.toast(t("health.was_issued"))
        st.rerun()


def verdict(report: Issued, view: View) -> None:
    """The bottleneck in one sentence, its cause, and what to do."""
    said = said_of(view.language, report.health)
    with st.container(border=True, gap="xsmall", key="health-verdict"):
        st.markdown(f"#### {plain(said.sentence)}", anchors=False)
        if said.action:
            st.markdown(f":material/arrow_forward: **{t('health.do_this')}** {plain(said.action)}")
        st.caption(plain(issued_words(view.language, report)))
        with st.container(horizontal=True, gap="medium"):
            told = report.health.bottleneck
            if told and st.button(t("health.show_rows"), type="tertiary", icon=":material/table_rows:"):
                open_rows(told.stage, "late")
            _files(report, view)


def _files(report: Issued, view: View) -> None:
    """The report as files to take along."""
    name = f"{t('health.file')}-{team_name(view.language, report)}-{week_name(report.monday)}"
    for form, mime in _MIME.items():
        st.download_button(
            t(f"health.export_{form}"),
            partial(view.do, export_health, report.team_id, report.monday, form, view.language),
            file_name=f"{name}.{form}",
            mime=mime,
            type="tertiary",
            icon=_ICONS[form],
            on_click="ignore",
            key=f"health-export-{form}",
        )


def figures(report: Issued, weeks: Sequence[Issued], language: str) -> None:
    """The report's rates, each with what it is made of and what was said before; each opens its rows."""
    section(t("health.figures"))
    earlier = weeks[-2] if weeks[1:] else None
    if pressed := cards(_card(report, earlier, measure, language) for measure in MEASURES):
        open_rows(None, COUNTED_BY[pressed])


def _card(report: Issued, earlier: Issued | None, measure: str, language: str) -> Card:
    return Card(
        t(f"health.measure.{measure}"),
        measured(language, measure, report.health),
        " · ".join(_notes(report, earlier, measure, language)),
        opens=measure,
    )


def _notes(report: Issued, earlier: Issued | None, measure: str, language: str) -> list[str]:
    notes = []
    if measure != "lost":
        part, whole = report.health.parts(measure)
        notes.append(t("health.of", part=part, whole=whole) if whole else t("health.nothing_counts"))
    if earlier:
        value = measured(language, measure, earlier.health)
        notes.append(t("health.before", week=week_short(earlier.monday), value=value))
    return notes
