"""A month's miss, drawn: its figures, and the largest deviations with class, evidence and decision."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import streamlit as st

from components import address, format
from components.attribution_charts import card
from components.attribution_records import records
from components.blocks import Card, Tone, badge, cards, empty, plain, section
from components.draft_begin import Sheets, sheets, unfolded
from components.draft_end import send_here, tell_sent
from components.folding import folded
from components.forecast_words import UNKNOWN, money, month_name, signed, verdict_words
from components.forms import Marks
from components.frame import View
from components.navigation import open_page
from components.scrolling import arrive
from components.text import t, term
from core.forecast.luck import USUAL
from core.forecast.month_causes import Cause, Evidence
from data.commands.form_drafts import EVENT, WISH
from data.commands.note_drafts import FINDING
from data.queries.attribution import Attributions, Deviation, MonthAttribution

_TONES = {
    Cause.SHOCK: Tone.BLUE,
    Cause.TIMING: Tone.BLUE,
    Cause.EMBELLISHED: Tone.AMBER,
    Cause.MISSING: Tone.RED,
    Cause.CHANCE: Tone.QUIET,
}


def choices(found: Attributions, view: View) -> None:
    """Which month, whose, of which pipeline; kept in the address."""
    with st.container(horizontal=True, gap="small"):
        months = {m.isoformat(): month_name(m, view.language) for m in found.months}
        if found.month:
            shown = found.month.isoformat()
            address.choose(
                st.selectbox, t("attribution.month"), "month", months, shown, drops=("deal",), width=180
            )
        if found.teams:
            teams = {"": t("attribution.company")} | {str(of): name for of, name in found.teams.items()}
            label, drops = t("attribution.whose"), ("deal", "finding", "add")
            address.choose(st.selectbox, label, "team", teams, "", drops=drops, width=220)
        if len(found.pipelines) > 1:
            first = next(iter(found.pipelines))
            address.choose(
                st.selectbox,
                t("attribution.pipeline"),
                "pipeline",
                found.pipelines,
                first,
                drops=("month", "team", "deal"),
                width=200,
            )


def nothing(found: Attributions) -> None:
    """No month to attribute yet, or none of the team's own: why, and what to do."""
    if found.months:
        empty(t("attribution.team_none"), t("attribution.team_none_hint"), icon=":material/rule:")
    else:
        empty(t("attribution.none"), t("attribution.none_hint"), icon=":material/rule:")


def headline(month: MonthAttribution, teams: Mapping[int, str], view: View) -> None:
    """Forecast, won, the miss, and whether luck explains it.

    Args:
        teams: names by id of those that can be asked for.
    """
    figures, parts = month.figures, month.parts
    whose = t("attribution.company" if month.team is None else "attribution.your_team")

    def said(value: Any) -> str:
        return money(value, month.currency, view.language)

    usual = format.percent(figures.by_luck(USUAL), view.language)
    cards(
        [
            Card(t("attribution.forecast"), said(parts.whole.forecast), teams.get(month.team or 0, whose)),
            Card(t("attribution.actual"), said(parts.whole.actual)),
            Card(
                t("attribution.miss"),
                signed(parts.whole.gap, month.currency, view.language),
                format.percent(figures.deviation, view.language),
            ),
            Card(
                t("attribution.luck"),
                f"≤ {usual}" if figures.luck else format.NOTHING,
                verdict_words(figures.verdict),
                help=t("attribution.luck_help"),
            ),
        ]
    )


def deviations(month: MonthAttribution, does: Mapping[str, Callable[..., Any]], view: View) -> None:
    """The largest, each with its class and evidence; the one that was taken up with what may be done.

    Args:
        does: `coach(finding)`.
    """
    sent = tell_sent(view)
    if sent and sent.kind in (EVENT.kind, WISH.kind):
        address.write(finding=None, add=None)
    if not month.deviations:
        empty(t("attribution.no_lines"), t("attribution.no_lines_hint"), icon=":material/table_rows:")
        return
    section(t("attribution.largest", n=len(month.deviations)), help=t("attribution.largest_help"))
    decisions = sheets(view, FINDING)
    for item in month.deviations:
        with st.container(border=True, key=card(item.line.opportunity)):
            arrive(card(item.line.opportunity))
            _deviation(item, month, view)
            _decide(item, month, decisions, view)
            if item.decided:
                _follow(item, does["coach"], view)


def _deviation(item: Deviation, month: MonthAttribution, view: View) -> None:
    names, part = item.names, item.part
    cause = Cause(item.decided.cause) if item.decided else item.proposal.cause
    badge(t(f"attribution.cause.{cause}"), _TONES[cause])
    who = " · ".join(x for x in (names.opportunity, names.rep or UNKNOWN) if x)
    gap = t(
        "attribution.gap",
        forecast=money(part.forecast, month.currency, view.language),
        actual=money(part.actual, month.currency, view.language),
        gap=signed(part.gap, month.currency, view.language),
    )
    st.markdown(
        f"**{plain(names.customer or names.opportunity)}** :small[:gray[{plain(who)}]]  \n{plain(gap)}"
    )
    said = [_evidence(e, month.currency, view.language) for e in item.proposal.evidence]
    st.markdown("\n".join(f"- {plain(words)}" for words in said))
    records(item, view)
    if names.customer_id and st.button(
        t("attribution.open_customer"),
        icon=":material/arrow_forward:",
        key=f"open-{item.line.opportunity}",
        type="tertiary",
    ):
        open_page("customer", customer=names.customer_id)


def _evidence(evidence: Evidence, currency: str, language: str) -> str:
    says: dict[str, Callable[[Any], str]] = {
        "chance": lambda chance: format.percent(chance, language),
        "industry": lambda industry: term("industry", industry),
        "on": lambda on: format.day(on, language),
        "value": lambda value: money(value, currency, language),
    }
    shown = {name: says[name](value) if name in says else value for name, value in evidence.params.items()}
    words = t(f"attribution.evidence.{evidence.code}", **shown)
    if not evidence.weight:
        return words
    return t("attribution.speaks_for", words=words, cause=t(f"attribution.cause.{evidence.cause}"))


def _decide(item: Deviation, month: MonthAttribution, decisions: Sheets, view: View) -> None:
    opportunity = item.line.opportunity
    if item.decided:
        by = item.decided.by or t("attribution.operator")
        said = t(
            "attribution.decided",
            by=by,
            at=view.instant(item.decided.decided_at),
            proposed=t(f"attribution.cause.{item.decided.proposed}"),
        )
        st.markdown(f"{plain(item.decided.note)}  \n:small[:gray[{plain(said)}]]")
    label = t("attribution.change" if item.decided else "attribution.decide")
    about = f"{month.run_id}-{opportunity}"
    asked = address.number("deal") == opportunity or unfolded(decisions.kept(about))
    with folded(label, f"decide-{decisions.named(about)}", icon=":material/gavel:", opens=asked) as is_open:
        if not is_open:
            return
        form = decisions.form(about)
        usual = str(item.decided.cause if item.decided else item.proposal.cause)
        causes = {str(c): t(f"attribution.cause.{c}") for c in Cause}
        form.switch("cause", t("attribution.cause_label"), list(causes), causes.__getitem__, usual)
        form.long_text("note", t("attribution.note"), height=70)
        decides = partial(FINDING.submit, run=month.run_id, opportunity=opportunity, usual=usual)
        send_here(view, form, t("attribution.save"), decides, said=t("attribution.saved"))
        form.finish()


def _follow(item: Deviation, coach: Callable[..., Any], view: View) -> None:
    """What the decision can become."""
    assert item.decided
    finding = item.decided.id
    with st.container(horizontal=True):
        if coached := item.decided.coached:
            due = format.day(coached.due_on, view.language)
            told = t("attribution.coached", who=coached.owner or t("coaching.nobody"), on=due)
            if st.button(plain(told), icon=":material/school:", key=f"finding-task-{finding}"):
                open_page("forecast_health", task=coached.task)
        elif st.button(t("attribution.coach"), icon=":material/school:", key=f"finding-coach-{finding}"):
            marks = Marks(view)
            if marks.sent(partial(coach, finding)):
                st.toast(t("attribution.coach_done"))
                st.rerun()
        for what, icon in (("event", ":material/event:"), ("factor", ":material/add_chart:")):
            if st.button(t(f"attribution.to_{what}"), icon=icon, key=f"finding-{what}-{finding}"):
                address.write(finding=finding, add=what)
                st.rerun()
