"""A customer's opportunities drawn: where each stands, and what can be done with it."""

from collections.abc import Sequence
from datetime import date
from zoneinfo import ZoneInfo

import streamlit as st

from components import format
from components.blocks import Tone, badge, empty, plain, section
from components.editing import ask
from components.frame import View
from components.navigation import open_page
from components.own_values import own_lines
from components.text import t, term
from core.access import Permission, reach
from data.queries.customer_file import CustomerHead
from data.queries.opportunity_cards import OpportunityCard


def opportunities_block(cards: Sequence[OpportunityCard], head: CustomerHead, view: View) -> None:
    """The customer's opportunities, closed ones folded; buttons open their forms."""
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="bottom"):
        section(t("customer.opportunities"), icon=":material/target:")
        if reach(view.who, Permission.RECORD_ACTIONS):
            ask(t("customer.open_opportunity"), "opportunity", icon=":material/add:")
    if not cards:
        empty(t("customer.no_opportunities"), t("customer.no_opportunities_hint"), icon=":material/target:")
    closed = [card for card in cards if card.outcome != "open"]
    for card in (card for card in cards if card.outcome == "open"):
        with st.container(border=True, gap="xsmall"):
            _opportunity(card, head, view)
    if closed:
        with st.expander(t("customer.closed", n=len(closed)), expanded=len(closed) == len(cards)):
            for card in closed:
                _opportunity(card, head, view)


def _opportunity(card: OpportunityCard, head: CustomerHead, view: View) -> None:
    words, money = st.columns([3, 1], vertical_alignment="top")
    outcome = {"won": Tone.GREEN, "lost": Tone.QUIET}.get(card.outcome)
    with words:
        st.markdown(f"**{plain(card.name)}**")
        if outcome:
            badge(f"{term('outcome', card.outcome)} {format.day(_date(card, view), view.language)}", outcome)
        else:
            st.markdown(_progress(card, view))
            if card.furthest:
                st.caption(plain(_stepped_back(card, view)))
    money.markdown(f"**{plain(format.money(card.amount, card.currency, view.language))}**")
    closing = t("customer.closes", on=format.day(card.close_on, view.language)) if card.close_on else ""
    detail = [card.product or "", closing if not outcome else "", card.owner or t("customers.nobody")]
    st.caption(plain(" · ".join(d for d in detail if d)))
    own_lines(card.fields, card.own, view)
    _opportunity_buttons(card, head, view)


def _date(card: OpportunityCard, view: View) -> date | None:
    return card.closed_at.astimezone(ZoneInfo(view.who.timezone)).date() if card.closed_at else None


def _progress(card: OpportunityCard, view: View) -> str:
    """The pipeline's stages as dots up to the present one, with its dwell time beside the benchmark."""
    if card.stage is None or card.stage not in card.stages:
        return f":gray[{'○' * len(card.stages)}] {t('customer.not_begun')}"
    at = card.stages.index(card.stage) + 1
    dots = f":blue[{'●' * at}]:gray[{'○' * (len(card.stages) - at)}]"
    stage = plain(term("stage", card.stage))
    if card.stage_since is None:
        return f"{dots} {stage}"
    days = (view.now - card.stage_since).total_seconds() / 86_400
    said = "customer.dwell_seen" if card.only_seen else "customer.dwell"
    dwell = t(said, days=format.number(days, view.language, 1))
    if card.benchmark_days is None:
        return f"{dots} {stage} · {plain(dwell)}"
    usual = plain(t("customer.benchmark", days=format.number(card.benchmark_days, view.language, 1)))
    over = days > card.benchmark_days
    return f"{dots} {stage} · " + (
        f":red[:material/hourglass_top: {plain(dwell)}] :gray[{usual}]"
        if over
        else f"{plain(dwell)} :gray[{usual}]"
    )


def _stepped_back(card: OpportunityCard, view: View) -> str:
    """How far it had got before the present stage, and that the board counts it there."""
    stage = term("stage", card.furthest)
    if card.furthest_since is None:
        return t("customer.had_got_to", stage=stage)
    return t("customer.had_got_to_on", stage=stage, at=view.instant(card.furthest_since))


def _opportunity_buttons(card: OpportunityCard, head: CustomerHead, view: View) -> None:
    if card.outcome != "open" or not (card.editable or card.recordable):
        return
    with st.container(horizontal=True, gap="small"):
        if card.recordable and st.button(
            t("customer.record"), key=f"record-o{card.id}", icon=":material/edit_note:"
        ):
            open_page("record", customer=head.id, opportunity=card.id)
        if card.editable:
            ask(t("customer.edit"), "opportunity", card.id, icon=":material/edit:")
            ask(t("customer.close"), "close", card.id, icon=":material/flag:")
        if card.editable and reach(view.who, Permission.ASSIGN):
            ask(t("customer.assign"), "assign", card.id, icon=":material/person_add:")
