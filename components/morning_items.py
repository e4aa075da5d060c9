"""The customers of a morning brief: how much is at risk, why, who does what by when, and its rows."""

import streamlit as st

from components import format
from components.blocks import empty, plain, section
from components.commitments import Prefilled, assign_popover, given_away
from components.draft_begin import Sheets, sheets
from components.frame import View
from components.navigation import open_page
from components.text import t
from core.access import Permission, decide
from core.reports.brief import Cause, Item
from core.reports.commitments import expected
from core.terms import Severity
from data.brief_words import cause_words, money_words, risk_words, time_words
from data.commands.form_drafts import ASSIGNMENT
from data.queries.morning import Morning


def items(told: Morning, view: View) -> None:
    """The top places, each with everything that the team needs to decide."""
    section(t("morning.step.top"), icon=":material/local_fire_department:")
    if not told.brief.top:
        empty(t("morning.calm"), t("morning.calm_hint"), icon=":material/check_circle:")
        return
    given = sheets(view, ASSIGNMENT)
    for place, item in enumerate(told.brief.top, 1):
        _card(place, item, given, told, view)
    whole = money_words(view.language, told.brief.at_risk)
    st.caption(plain(t("morning.whole", money=whole, n=told.brief.customers)))
    shares = (told.brief.share_red, told.brief.share_amber)
    red, amber = (format.percent(share, view.language) for share in shares)
    st.caption(t("morning.rule", red=red, amber=amber))


def _card(place: int, item: Item, given: Sheets, told: Morning, view: View) -> None:
    first = item.causes[0]
    said = cause_words(view.language, first)
    with st.container(border=True, gap="small", key=f"morning-item-{place}"):
        mark = f":{_colour(first)}-badge[{plain(risk_words(view.language, item))}]"
        st.markdown(f"#### {place}. {plain(item.name)} {mark}", anchors=False)
        st.markdown(f"**{t('morning.do_this')}** {plain(said.action)}")
        by = time_words(view.language, item.due_at, told.timezone)
        st.markdown(
            f"**{t('morning.owner')}** {plain(item.deal.owner)} · **{t('morning.by_when')}** {plain(by)}"
        )
        st.markdown("\n".join(_reason(cause, view) for cause in item.causes))
        with st.expander(t("morning.rows"), icon=":material/table_rows:"):
            st.markdown("\n".join(_rows(item, view)))
        given_away(f"item-{item.deal.id}", item.deal.customer_id, item.deal.id, told, view)
        _acts(item, first, given, told, view)


def _colour(cause: Cause) -> str:
    return "red" if cause.severity is Severity.RED else "orange"


def _reason(cause: Cause, view: View) -> str:
    said = cause_words(view.language, cause)
    return f"- :{_colour(cause)}[{plain(said.name)}] {plain(said.why)}"


def _rows(item: Item, view: View) -> list[str]:
    return [
        "- "
        + plain(
            t(
                "morning.row",
                opportunity=risk.deal.name,
                amount=format.money(risk.deal.amount, risk.deal.currency, view.language),
                share=format.percent(risk.share, view.language),
                money=format.money(risk.at_risk, risk.deal.currency, view.language),
            )
        )
        for risk in item.risks
    ]


def _acts(item: Item, first: Cause, given: Sheets, told: Morning, view: View) -> None:
    with st.container(horizontal=True):
        if told.running and told.may_run:
            proof, about = expected(first)
            start = Prefilled(
                key=f"item-{item.deal.id}",
                what=cause_words(view.language, first).action,
                owner_id=item.deal.owner_id,
                customer_id=item.deal.customer_id,
                opportunity_id=None if item.deal.customer_id else item.deal.id,
                expects=proof,
                about=about,
            )
            assign_popover(start, given, told, view)
        sees = decide(view.who, Permission.SEE_CUSTOMERS).allowed and item.deal.customer_id
        key = f"open-{item.deal.id}"
        if sees and st.button(t("morning.open_customer"), type="tertiary", icon=":material/domain:", key=key):
            open_page("customer", customer=item.deal.customer_id or 0)


def further(told: Morning, view: View) -> None:
    """Those after the top, and the most at risk in other currencies, each in a line."""
    for name, group in (("others", told.brief.others), ("following", told.brief.following)):
        if group:
            with st.expander(t(f"morning.{name}"), icon=":material/list:"):
                st.markdown("\n".join(_line(item, view) for item in group))


def _line(item: Item, view: View) -> str:
    said = cause_words(view.language, item.causes[0])
    money = risk_words(view.language, item)
    return f"- **{plain(item.name)}** · {plain(f'{money} · {item.deal.owner} · {said.action}')}"
