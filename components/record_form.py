"""The form of a record (A1, A2): what happened left, the customer right."""

from collections.abc import Callable, Sequence
from functools import partial

import streamlit as st

from components import format
from components.action_fields import action_fields
from components.address import leave_for
from components.amounts import say_back
from components.blocks import plain, section
from components.draft_begin import form_over
from components.draft_end import end
from components.drafts import DraftForm
from components.frame import View
from components.new_contact import new_contact
from components.record_story import about, short
from components.recording import recording
from components.steps import next_step_fields, plan_fields, time_fields
from components.text import t, term
from components.type_icons import type_icon
from core.definitions import OPPORTUNITY
from core.own_records import asked
from core.process.actions import asked_fields, own_fields
from core.process.sheet import NEW, OPENED, Step, read_field, read_sheet
from core.terms import ActionStatus
from data.commands.record import save_record_fields, submit_record
from data.queries.drafts import DraftView
from data.queries.record import CustomerFacts, OpenOpportunity

_STATES = {
    ActionStatus.COMPLETED: ":material/task_alt:",
    ActionStatus.PLANNED: ":material/event_upcoming:",
    ActionStatus.CANCELLED: ":material/event_busy:",
}


def fill_in(view: View, kept: DraftView, facts: CustomerFacts) -> None:
    """The form: what happened left, the customer right (below it on a phone)."""
    form = form_over(view, kept, save_record_fields, "record")
    left, right = st.columns([2, 1], gap="large")
    with left:
        _head(facts, kept)
        opportunity = _opportunity(view, form, facts)
        steps = [s for s in facts.steps if s.opportunity_id == form.get("opportunity")]
        states = [s for s in _STATES if steps or s is not ActionStatus.CANCELLED]
        state = form.switch(
            "state",
            t("record.state"),
            [str(s) for s in states],
            lambda s: f"{_STATES[s]} {t(f'record.states.{s}')}",
            str(ActionStatus.COMPLETED),
        )
        _BODIES[state](view, form, facts, opportunity, steps)
        end(view, form, t(f"record.submit.{state}"), submit_record, "record")
    with right:
        about(view, facts, opportunity)
    form.finish()


def _head(facts: CustomerFacts, kept: DraftView) -> None:
    """Whose record it is; what was typed goes along to another customer."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"### {plain(facts.name)}", width="content", anchors=False)
        if st.button(t("record.other_customer"), type="tertiary", icon=":material/swap_horiz:"):
            leave_for(**({"moves": kept.id} if kept.touched else {}))


def _opportunity(view: View, form: DraftForm, facts: CustomerFacts) -> OpenOpportunity | None:
    """Choose an open opportunity, or open one by name; one that is gone stays until another is chosen."""
    offered = {o.id: o for o in facts.opportunities}
    chosen = form.get("opportunity")
    gone = [chosen] if isinstance(chosen, int) and chosen not in offered else []

    def say(option: int | str) -> str:
        if option == NEW:
            return t("record.new_opportunity")
        if option in gone:
            return t("record.gone_opportunity")
        o = offered[int(option)]
        worth = format.money(o.amount, o.currency, view.language, compact=True) if o.amount else ""
        return " · ".join(part for part in (o.name, term("stage", o.stage), worth) if part)

    chosen = form.select(
        "opportunity", t("record.opportunity"), [*offered, *gone, NEW], say, placeholder=t("record.choose")
    )
    if gone and not any(p.field == "opportunity" for p in form.draft.problems):
        st.warning(t("problems.opportunity_gone"), icon=":material/warning:")
    if chosen == NEW:
        with st.container(border=True, gap="small"):
            form.text("opportunity-name", t("record.opportunity_name"))
            with st.container(horizontal=True, gap="small"):
                amount = form.text(
                    "opportunity-amount", t("record.opportunity_amount", currency=facts.currency), width=200
                )
                form.day("opportunity-close_on", t("record.opportunity_close_on"), width=180)
            say_back(amount, facts.currency)
            _own_of_new(form, facts, view)
    return offered.get(chosen) if isinstance(chosen, int) else None


def _own_of_new(form: DraftForm, facts: CustomerFacts, view: View) -> None:
    """The company's own fields of the opportunity that the record opens."""
    mine = own_fields(OPPORTUNITY, facts.own_fields)
    values = {f.key: read_field(f, form.values(), OPENED) for f in mine}
    fields = asked(OPPORTUNITY, values, mine, view.now)
    records = facts.records_to_name
    action_fields(form, fields, contacts=(), currency=facts.currency, records=records, within=OPENED)


def _happened(
    view: View,
    form: DraftForm,
    facts: CustomerFacts,
    opportunity: OpenOpportunity | None,
    steps: Sequence[Step],
) -> None:
    section(t("record.what"))
    type_ = _type(form, "type", t("record.type"), facts.types)
    _settles(view, form, type_, steps)
    time_fields(form)
    currency = opportunity.currency if opportunity else facts.currency
    written = read_sheet(form.values(), view.who.timezone, facts.own_fields)
    quoted = opportunity is not None and opportunity.quoted_before(written.ended_at)
    fields = asked_fields(written, facts.own_fields, view.now, earlier_quote=quoted)
    action_fields(
        form,
        fields,
        contacts=facts.contacts,
        currency=currency,
        records=facts.records_to_name,
        newcomer=partial(new_contact, facts.id, view=view),
    )
    section(t("record.evidence"))
    words = form.long_text("summary", t("record.summary"), placeholder=t("record.summary_hint"))
    _so_far(len(words.strip()), facts.min_summary_chars, form)
    recording(view, form, facts.max_recording_mb)
    _earlier(view, form, facts, opportunity)
    section(t("record.next"))
    next_step_fields(view, form, lambda: _type(form, "next_step-type", t("record.next_type"), facts.types))


def _so_far(length: int, least: int, form: DraftForm) -> None:
    """How much of a summary is asked for, as long as what is written is less."""
    with st.container(key=f"{form.prefix}summary_so_far"):  # always there, as the fields below it are
        if 0 < length < least and not form.is_marked("summary"):
            st.caption(t("record.summary_so_far", n=length, least=least))


def _planned(
    view: View,
    form: DraftForm,
    facts: CustomerFacts,
    opportunity: OpenOpportunity | None,
    steps: Sequence[Step],
) -> None:
    section(t("record.plan"))
    _type(form, "type", t("record.type"), facts.types)
    plan_fields(view, form)
    for step in steps:
        st.caption(
            t("record.planned_already", type=term("stage", step.type), at=view.instant(step.planned_for))
        )


def _cancelled(
    view: View,
    form: DraftForm,
    facts: CustomerFacts,
    opportunity: OpenOpportunity | None,
    steps: Sequence[Step],
) -> None:
    section(t("record.call_off"))
    named = {s.id: f"{term('stage', s.type)} · {view.instant(s.planned_for)}" for s in steps}
    first = form.get("completes") if form.get("completes") in named else next(iter(named), None)
    form.select("cancels", t("record.step"), list(named), lambda i: named[i], default=first, settle=True)
    form.long_text("reason", t("record.reason"))


_BODIES: dict[str, Callable[..., None]] = {
    ActionStatus.COMPLETED: _happened,
    ActionStatus.PLANNED: _planned,
    ActionStatus.CANCELLED: _cancelled,
}


def _type(form: DraftForm, field: str, label: str, types: Sequence[str]) -> str | None:
    chosen: str | None = form.choice(field, label, types, lambda s: f"{type_icon(s)} {term('stage', s)}")
    return chosen


def _settles(view: View, form: DraftForm, type_: str | None, steps: Sequence[Step]) -> None:
    """What happens to the steps that were planned: one is completed by this record, the others make way."""
    form.problems("completes")
    settled = next((s for s in steps if s.id == form.get("completes")), None)
    settled = settled or next((s for s in steps if s.type == type_), None)
    for step in steps:
        key = "record.completes" if step is settled else "record.replaces"
        said = t(key, type=term("stage", step.type), at=view.instant(step.planned_for))
        st.caption(f":material/{'task_alt' if step is settled else 'event_repeat'}: {said}")


def _earlier(view: View, form: DraftForm, facts: CustomerFacts, opportunity: OpenOpportunity | None) -> None:
    """The record that this one builds on: the latest before it unless another is chosen.

    One of another open opportunity says of which.
    """
    end = read_sheet(form.values(), view.who.timezone).ended_at
    offered = {r.id: r for r in facts.records if end is None or r.ended_at < end}
    if not offered:
        st.caption(f":material/link_off: {t('record.first_action')}")
        return
    names = {o.id: o.name for o in facts.opportunities if o != opportunity}

    def say(i: int) -> str:
        one = offered[i]
        said = f"{term('stage', one.type)} · {view.span(one.started_at, one.ended_at)}"
        return f"{said} · {names[one.opportunity_id]}" if one.opportunity_id in names else said

    chosen = form.select(
        "follows",
        t("record.follows"),
        list(offered),
        say,
        default=next(iter(offered)),
    )
    if chosen in offered:
        told = names.get(offered[chosen].opportunity_id or 0, ""), offered[chosen].summary
        if any(told):  # of a narrow window's field the end is cut off
            st.caption(" · ".join(short(words) for words in told if words))
