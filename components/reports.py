"""Drawing a report: its filters, why its number moved, its figures."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

import streamlit as st

from components import address, format
from components.blocks import Card, Tone, cards, empty, plain
from components.folding import folded
from components.frame import View
from components.navigation import PAGES, open_page
from components.report_drill import DRILL, drill
from components.text import language, listed, t
from core.access import decide
from core.reports.catalogue import METRICS, Dimension, Good, Metric
from core.reports.drivers import Change
from core.reports.library import REPORTS, Picture, Report, metric_of
from core.reports.spans import SPANS
from data.queries.board_choices import Choice, Choices
from data.queries.metrics.report import Narrow, Shown
from data.report_words import (
    Names,
    delta_words,
    driver_line,
    only_words,
    report_question,
    report_title,
    value_words,
)

_FOCUS = ("metric", "split", "picture")


@dataclass(frozen=True, slots=True)
class Focus:
    """The number that the pictures and the table show, by what it is split, and which picture."""

    metric: Metric
    split: Dimension
    picture: Picture


def filters(choices: Choices, offered: Mapping[str, Report]) -> tuple[Report, Narrow]:
    """The report, its period, and whose rows; what is chosen is kept in the address."""
    report = offered[_report(offered)]
    with st.container(horizontal=True, gap="small"):
        spans = {name: t(f"reports.span.{name}") for name in SPANS}
        period = _select("period", spans, report.period)
        team = _people("team", choices.teams) if len(choices.teams) > 1 else ""
        reps = [c for c in choices.reps if team in ("", c.team)]
        rep = _people("rep", reps) if len(choices.reps) > 1 else ""
        pipelines = {c.key: c.name for c in choices.pipelines}
        pipeline = next(iter(pipelines), "")
        if len(pipelines) > 1:
            pipeline = _select("pipeline", pipelines, pipeline)
    _told_out_of_reach(choices, offered)
    whose = int(team) if team else None, int(rep) if rep else None
    return report, Narrow(period, pipeline, *whose, report.only)


def _report(offered: Mapping[str, Report]) -> str:
    return address.choose(
        st.segmented_control,
        t("reports.choose"),
        "report",
        {name: report_title(language(), report) for name, report in offered.items()},
        next(iter(offered)),
        drops=(*DRILL, *_FOCUS),
        required=True,
        label_visibility="collapsed",
    )


def _people(name: str, options: Sequence[Choice]) -> str:
    offered = {"": t(f"reports.all_{name}s")} | {c.key: c.name for c in options}
    return _select(name, offered, "", *(() if name == "rep" else ("rep",)))


def _select(name: str, options: dict[str, str], default: str, *drops: str) -> str:
    label = t(f"reports.{name}")
    return address.choose(st.selectbox, label, name, options, default, drops=(*DRILL, *drops), width=180)


def _told_out_of_reach(choices: Choices, offered: Mapping[str, Report]) -> None:
    """A link may name what its reader does not see: then it narrows nothing, and that is said."""
    known = {"team": choices.teams, "rep": choices.reps}
    with st.container(key="reports-reach"):
        if any(
            (address.said(name) or "") not in {"", *(c.key for c in found)} for name, found in known.items()
        ):
            st.info(t("reports.out_of_reach"), icon=":material/visibility_off:")
        if (address.said("report") or "") not in {"", *offered}:
            st.info(t("reports.no_such_report"), icon=":material/visibility_off:")


def spans(shown: Shown, view: View) -> None:
    """Which instants the report covers, and what its sums hold."""
    ask = shown.ask
    since, until, before = (
        format.instant(at, view.language, view.who.timezone)
        for at in (ask.span.since, ask.span.until, ask.span.before.since)
    )
    question = plain(report_question(view.language, shown.report))
    words = [*([question] if question else []), t("reports.spans", since=since, until=until, before=before)]
    if only := only_words(view.language, shown.report, _names(shown)):
        words.append(plain(only))
    if shown.others:
        words.append(t("reports.currency_note", currency=ask.currency, others=listed(shown.others)))
    st.caption("  \n".join(words))


def _names(shown: Shown) -> Names:
    """The names of groups, as the report's numbers have them."""
    tallies = [one for period in (shown.before, shown.now) for one in period.values()]
    return {
        dimension: {
            key: one.name(dimension, key) for one in tallies for key in keys if one.name(dimension, key)
        }
        for dimension, keys in shown.report.only
    }


def nothing(shown: Shown) -> bool:
    """Says so where neither period has a row."""
    if any(tallied.whole.n for period in (shown.now, shown.before) for tallied in period.values()):
        return False
    empty(t("reports.nothing"), t("reports.nothing_hint"), icon=":material/bar_chart:")
    return True


def in_focus(report: Report) -> Metric:
    """The number that is looked at: the address's, else the report's first."""
    return metric_of(report, address.said("metric"))


def finding(shown: Shown, view: View) -> None:
    """Why the report's number moved, with a way to the rows that moved it most."""
    focus = in_focus(shown.report)
    change = shown.change(focus.name)
    whole = (shown.before[focus.name].whole, shown.now[focus.name].whole)
    line = driver_line(view.language, change, whole, shown.ask.currency)
    with st.container(border=True, key="reports-finding", gap="xsmall"):
        st.markdown(f"##### :material/lightbulb: {plain(line.moved)}", anchors=False)
        if line.chance:
            st.markdown(f":gray[{plain(line.chance)}]")
        if line.why:
            st.markdown(plain(line.why))
        if change.driver and st.button(t("reports.show_rows"), icon=":material/table_rows:", type="tertiary"):
            part = change.driver
            drill(focus.name, part.dimension, part.key, before=not part.after.n)


def headline(shown: Shown, view: View) -> None:
    """The report's figures beside those of the period before; each opens its rows."""
    span, zone = shown.ask.span, ZoneInfo(view.who.timezone)
    n = max(1, round((span.until - span.since).total_seconds() / 86_400))
    first, last = (at.astimezone(zone).date() for at in (span.since, span.until - timedelta.resolution))
    st.caption(t("reports.figures_of", days=format.days(first, last, view.language), n=n))
    pressed = cards(_card(shown, METRICS[name], view.language) for name in shown.report.metrics)
    if pressed:
        drill(pressed)
    if st.button(t("reports.to_metrics"), icon=":material/menu_book:", type="tertiary"):
        open_page("metrics", **(st.query_params.to_dict() if shown.report.page == "reports" else {}))


def _card(shown: Shown, metric: Metric, language: str) -> Card:
    change, currency = shown.change(metric.name, why=False), shown.ask.currency
    return Card(
        t(metric.title),
        value_words(language, metric, change.after, currency),
        "" if change.delta is None else delta_words(language, metric, change.delta, currency),
        _tone(change),
        opens=metric.name,
    )


def _tone(change: Change) -> Tone:
    """Green for better, amber for worse, quiet where it cannot be told from chance."""
    if change.noise or not change.delta or change.before is None or change.after is None:
        return Tone.QUIET
    if change.metric.good is Good.NEAR_ZERO:
        better = abs(change.after) < abs(change.before)
    else:
        better = (change.delta > 0) == (change.metric.good is Good.UP)
    return Tone.GREEN if better else Tone.AMBER


def focus(shown: Shown) -> Focus:
    """Which number the pictures show, by what it is split, and how; kept in the address."""
    report = shown.report
    with st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        names = {name: t(METRICS[name].title) for name in report.metrics}
        metric = METRICS[_select("metric", names, report.metrics[0], "split")]
        splits = {d.value: t(f"reports.dimension.{d}").capitalize() for d in metric.splits}
        split = _select("split", splits, _first_split(shown, metric).value)
        picture = address.choose(
            st.segmented_control,
            t("reports.picture_label"),
            "picture",
            {p.value: t(f"reports.picture.{p}") for p in Picture},
            report.picture.value,
            required=True,
        )
    return Focus(metric, Dimension(split), Picture(picture))


def _first_split(shown: Shown, metric: Metric) -> Dimension:
    """The report's own split; where that has one group only, the first that has more."""
    own = shown.report.split_of(metric)
    now, before = shown.now[metric.name], shown.before[metric.name]
    groups = {d: {*now.by.get(d, ()), *before.by.get(d, ())} for d in (own, *metric.splits)}
    return next((d for d in groups if len(groups[d]) > 1), own)


def others(view: View) -> None:
    """The reports that have a page of their own, as far as this person may open them."""
    needs = {spec.name: spec.needs for spec in PAGES}
    found = [r for r in REPORTS if not r.metrics and decide(view.who, needs[r.page]).allowed]
    with folded(t("reports.others_title"), "reports-others", icon=":material/menu_book:") as is_open:
        if not is_open:
            return
        with st.container(horizontal=True, gap="small"):
            for report in found:
                label, help = t(report.title), t(report.question)
                if st.button(label, key=f"report-{report.name}", icon=":material/arrow_outward:", help=help):
                    open_page(report.page)
