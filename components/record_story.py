"""Around the form: who this customer is, and afterwards what the record changed."""

from datetime import datetime
from typing import Any

import streamlit as st

from components.address import leave_for
from components.blocks import Tone, badge, plain
from components.frame import View, show_error
from components.navigation import open_page
from components.text import t, term
from components.type_icons import type_icon
from core.access import Permission, reach
from core.messages import AppError
from core.process.timing import overdue_before
from core.terms import ActionStatus, Outcome
from data.commands.record import take_back
from data.queries.drafts import DraftView
from data.queries.met import met
from data.queries.record import CustomerFacts, OpenOpportunity


def done(view: View, kept: DraftView, facts: CustomerFacts) -> None:
    """What the record changed, and where to go from here."""
    sent = kept.sent or {}
    said = term("stage", sent["type"]) if sent["state"] != ActionStatus.CANCELLED else ""
    st.success(
        t(f"record.done.{sent['state']}", type=said, customer=plain(facts.name)), icon=":material/task_alt:"
    )
    with st.container(border=True, gap="xsmall"):
        for line in _changes(view, sent):
            st.markdown(line)
    with st.container(horizontal=True, gap="small"):
        if st.button(t("record.open_customer"), type="primary", icon=":material/domain:"):
            open_page("customer", customer=facts.id)
        if st.button(t("record.another"), icon=":material/add:"):
            leave_for()
        if st.button(t("record.to_today"), icon=":material/today:"):
            open_page("today")
        _told(view, facts, sent)
        _met(view, facts, sent)
        if st.button(t("record.undo"), type="tertiary", icon=":material/undo:", help=t("record.undo_help")):
            try:
                view.do(take_back, kept.id)
            except AppError as error:
                show_error(error)
            else:
                st.rerun()


def _told(view: View, facts: CustomerFacts, sent: dict[str, Any]) -> None:
    """From the action that was just written down to what was promised or asked for in it."""
    if sent["state"] != ActionStatus.COMPLETED:
        return
    promises, demands = (reach(view.who, may) for may in (Permission.MAKE_PROMISES, Permission.FILE_DEMANDS))
    if promises and st.button(t("promises.make"), icon=":material/handshake:"):
        open_page("promises", do="make", action=sent["action"])
    if demands and st.button(t("customer.file_demand"), icon=":material/assignment_add:"):
        open_page("demands", customer=facts.id, opportunity=sent["opportunity"])


def _met(view: View, facts: CustomerFacts, sent: dict[str, Any]) -> None:
    """Whoever was there for the first time gets a card: else nobody finds them among the contacts."""
    if sent["state"] != ActionStatus.COMPLETED or not reach(view.who, Permission.EDIT_CUSTOMERS):
        return
    for place, one in enumerate(view.read(met, facts.id), 1):
        label = t("customer.put_on_file", name=plain(one.name))
        there = one.action_id == sent["action"]
        if there and st.button(label, icon=":material/person_add:", key=f"met-{place}"):
            open_page("customer", customer=facts.id, do="met", id=place)


def about(view: View, facts: CustomerFacts, opportunity: OpenOpportunity | None) -> None:
    """Who this customer is, what was said last, what is open."""
    with st.container(border=True, gap="small"):
        marks = [term("industry", facts.industry), term("segment", facts.segment)]
        marks += [t("record.grade", grade=facts.grade)] if facts.grade else []
        marks += [t("record.owner", name=facts.owner)] if facts.owner else []
        st.markdown(f"**{t('record.about')}**")
        st.caption(plain(" · ".join(m for m in marks if m)) or t("record.little_known"))
        if opportunity and opportunity.stage:
            stands = "record.stands_seen" if opportunity.only_seen else "record.stands"
            since = view.ago(opportunity.stage_since)
            said = t(stands, stage=term("stage", opportunity.stage), since=since)
            st.markdown(f"{type_icon(opportunity.stage)} {said}")
        _planned(view, facts, opportunity)
        if facts.records:
            _last(view, facts, opportunity)
        if facts.contacts:
            st.markdown(f"**{t('record.contacts')}**")
            for c in facts.contacts[:6]:
                role = " · ".join(x for x in (c.title, term("decision_role", c.decision_role)) if x)
                st.caption(f"{plain(c.name)}  \n{plain(role)}" if role else plain(c.name))


def _last(view: View, facts: CustomerFacts, opportunity: OpenOpportunity | None) -> None:
    """The customer's latest record; one of another opportunity says of which."""
    last = facts.records[0]
    names = {o.id: o.name for o in facts.opportunities if opportunity is None or o.id != opportunity.id}
    said = (
        term("stage", last.type),
        view.span(last.started_at, last.ended_at),
        plain(last.owner),
        plain(names.get(last.opportunity_id, "")),
    )
    st.markdown(f"**{t('record.last')}**")
    st.caption(" · ".join(x for x in said if x))
    st.markdown(short(last.summary, 280))


def _planned(view: View, facts: CustomerFacts, opportunity: OpenOpportunity | None) -> None:
    """Two planned steps, those of this opportunity first; one of another says of which."""
    here = opportunity.id if opportunity else None
    names = {o.id: o.name for o in facts.opportunities}
    for step in sorted(facts.steps, key=lambda s: s.opportunity_id != here)[:2]:
        late = step.planned_for < overdue_before(view.now, view.who.timezone)
        badge(t("record.overdue") if late else t("record.open_step"), Tone.AMBER if late else Tone.BLUE)
        of = "" if step.opportunity_id == here else plain(names.get(step.opportunity_id, ""))
        said = (term("stage", step.type), view.instant(step.planned_for), of)
        st.caption(f"{' · '.join(x for x in said if x)}  \n{short(step.note)}")


def _changes(view: View, sent: dict[str, Any]) -> list[str]:
    """Sentences on what the record changed."""
    lines = []
    if sent["state"] == ActionStatus.COMPLETED and sent["stage"]:
        moved = sent["stage_before"] not in (None, sent["stage"])
        key = "moved" if moved else "stands_at"
        stages = {"before": term("stage", sent["stage_before"]), "stage": term("stage", sent["stage"])}
        lines.append(f":material/route: {t(f'record.changed.{key}', **stages)}")
    if sent["outcome"] != Outcome.OPEN:
        decided = t(f"record.changed.{sent['outcome']}")
        lines.append(f":material/flag: {decided}")
    elif sent["next_at"]:
        at = view.instant(datetime.fromisoformat(sent["next_at"]))
        said = t("record.changed.next", type=term("stage", sent["next_type"]), at=at)
        lines.append(f":material/event_upcoming: {said}")
    else:
        lines.append(f":orange[:material/warning: {t('record.changed.no_next')}]")
    lines += [
        f":red[:material/error: {t('record.changed.raised', alert=t(f'alerts.{r}.name'))}]"
        for r in sent["raised"]
    ]
    lines += [
        f":green[:material/check_circle: {t('record.changed.cleared', alert=t(f'alerts.{r}.name'))}]"
        for r in sent["cleared"]
    ]
    return lines


def short(text: str, most: int = 160) -> str:
    """The beginning of people's text, safe inside Markdown."""
    return plain(text if len(text) <= most else f"{text[:most].rstrip()}…")
