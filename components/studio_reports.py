"""The company's own reports, drawn: the list, what a draft changes, and what it would show."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import streamlit as st

from components import address
from components.blocks import Card, Row, cards, empty, plain, rows, section
from components.format import NOTHING
from components.frame import View
from components.navigation import open_page
from components.studio import edit
from components.studio_differences import described
from components.text import language, listed, t, term
from core.access import Permission, decide
from core.reports.catalogue import METRICS, Dimension
from core.reports.library import Readers, Report
from core.reports.own import from_document
from core.studio import Difference
from data.queries.metrics.report import Shown
from data.queries.reports import Offered
from data.queries.studio import Desk
from data.report_words import driver_line, only_words, report_title, value_words

Does = Mapping[str, Callable[..., Any]]
NEW = "new"
ASKED = "own"  # the address's name for the report in hand


def reports_block(desk: Desk, does: Does, offered: Offered, view: View) -> None:
    """The reports in use as the draft has them, and those taken off."""
    own = desk.policy.own_reports
    used = [r for r in own if not r.retired]
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="bottom"):
        section(t("builder.reports"), icon=":material/query_stats:", help=t("builder.reports_help"))
        if st.button(t("builder.add"), type="primary", icon=":material/add:"):
            edit(ASKED, NEW)
    published = {r.name for r in desk.in_force.own_reports if not r.retired}
    published = published if decide(view.who, Permission.SEE_REPORTS).allowed else set()
    with st.container(key="studio-reports"):
        if not used:
            empty(t("builder.none"), t("builder.none_hint"), icon=":material/query_stats:")
        for report in used:
            waiting = report.name in desk.waiting
            _line(report, does, offered, waiting=waiting, opens=report.name in published)
    if retired := [r for r in own if r.retired]:
        with st.expander(t("builder.retired", n=len(retired)), icon=":material/archive:"):
            lines = [
                Row(
                    r.name,
                    report_title(language(), r),
                    said(r, offered),
                    action=t("builder.bring_back"),
                    at_once=True,
                )
                for r in retired
            ]
            if name := rows(lines, "studio-reports-retired"):
                _carry_out(does["back"], name)


def _line(report: Report, does: Does, offered: Offered, *, waiting: bool, opens: bool) -> None:
    with st.container(border=True, horizontal=True, vertical_alignment="center", key=f"own-{report.name}"):
        mark = f" :orange-badge[{t('studio.not_published')}]" if waiting else ""
        title, detail = plain(report_title(language(), report)), plain(said(report, offered))
        st.markdown(f"**{title}**{mark}  \n:small[:gray[{detail}]]", width="stretch")
        if opens and _button("open", report, ":material/open_in_new:"):
            open_page("reports", report=report.name)
        if _button("edit", report, ":material/edit:"):
            edit(ASKED, report.name)
        if _button("drop", report, ":material/archive:"):
            _carry_out(does["drop"], report.name)


def _button(name: str, report: Report, icon: str) -> bool:
    pressed: bool = st.button(t(f"builder.{name}"), key=f"{name}-{report.name}", icon=icon, type="tertiary")
    return pressed


def _carry_out(work: Callable[[str], Any], name: str) -> None:
    work(name)
    address.write(**{ASKED: None})
    st.rerun()


def said(report: Report, offered: Offered) -> str:
    """A report in a line: what it counts, of what, by what, and for whom."""
    parts = _attributes(report, offered)
    wanted = (t("builder.metrics"), t("builder.only"), t("builder.split"), t("builder.readers"))
    return " · ".join(parts[name] for name in wanted if parts[name])


def _attributes(report: Report, offered: Offered) -> dict[str, str]:
    return {
        t("builder.name"): " / ".join(report.label.values()),
        t("builder.asks"): " / ".join(v for v in report.asks.values() if v),
        t("builder.metrics"): listed(t(METRICS[m].title) for m in report.metrics),
        t("builder.only"): only_words(language(), report, offered.groups),
        t("builder.split"): t("builder.by", dimension=t(f"reports.dimension.{report.split}")),
        t("builder.picture"): t(f"reports.picture.{report.picture}"),
        t("builder.period"): t(f"reports.span.{report.period}"),
        t("builder.readers"): readers_said(report.readers, offered),
    }


def readers_said(readers: Readers, offered: Offered) -> str:
    """For whom a report is."""
    names = [term("role", role) for role in readers.roles]
    names += [offered.teams.get(team, NOTHING) for team in readers.teams]
    names += [offered.people.get(person, NOTHING) for person in readers.people]
    return t("builder.for", names=listed(names)) if names else t("builder.for_all")


def describer(offered: Offered) -> Callable[[Difference], Sequence[str]]:
    """What says a difference of reports as Markdown lines."""
    return lambda one: described(
        one,
        from_document,
        lambda report: report_title(language(), report),
        lambda report: said(report, offered),
        lambda report: _attributes(report, offered),
        t("builder.retires"),
    )


def preview(shown: Sequence[Shown], view: View) -> None:
    """What the draft's reports would show now."""
    if not shown:
        return
    section(t("builder.preview"), icon=":material/preview:", help=t("builder.preview_help"))
    for one in shown:
        with st.container(border=True, key=f"preview-{one.report.name}"):
            st.markdown(f"**{plain(report_title(view.language, one.report))}**")
            figures(one, view)


def figures(shown: Shown, view: View) -> None:
    """A report's driver line, its numbers, and how many groups its split finds."""
    first = METRICS[shown.report.metrics[0]]
    whole = (shown.before[first.name].whole, shown.now[first.name].whole)
    st.markdown(plain(driver_line(view.language, shown.change(first.name), whole, shown.ask.currency).text))
    cards(_card(shown, name, view.language) for name in shown.report.metrics)
    split = Dimension(shown.report.split)
    groups = len(shown.now[first.name].by.get(split, ()))
    rows_read = shown.now[first.name].whole.n
    dimension = t(f"reports.dimension.{split}")
    st.caption(t("builder.rests_on", n=rows_read, groups=groups, dimension=dimension, metric=t(first.title)))


def _card(shown: Shown, name: str, spoken: str) -> Card:
    metric, value = METRICS[name], shown.now[name].whole.value(METRICS[name].ratio)
    return Card(t(metric.title), value_words(spoken, metric, value, shown.ask.currency))
