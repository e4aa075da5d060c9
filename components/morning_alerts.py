"""The team's standing alerts in the morning meeting: new ones marked, each one click from being assigned."""

import streamlit as st

from components.alert_hands import hands_words
from components.blocks import Tone, badge, empty, plain, section
from components.commitments import Prefilled, assign_popover, given_away
from components.draft_begin import Sheets, sheets
from components.frame import View
from components.navigation import open_page
from components.text import t
from core.access import Permission, decide
from core.reports.commitments import about_alert
from data.alert_words import alert_words
from data.commands.form_drafts import ASSIGNMENT
from data.queries.alerts import AlertItem
from data.queries.morning import Morning
from data.text import sentences


def alerts(told: Morning, view: View) -> None:
    """Red ones first; those raised since the brief before are new."""
    section(t("morning.step.alerts"), icon=":material/notifications_active:")
    if not told.alerts:
        empty(t("morning.no_alerts"), icon=":material/check_circle:")
        return
    given = sheets(view, ASSIGNMENT)
    for item in told.alerts:
        _alert(item, given, told, view)
    if more := told.standing - len(told.alerts):
        st.caption(t("morning.more_alerts", n=more))
    may = decide(view.who, Permission.HANDLE_ALERTS).allowed
    if may and st.button(t("morning.open_alerts"), type="tertiary", icon=":material/arrow_forward:"):
        open_page("alerts")


def _alert(item: AlertItem, given: Sheets, told: Morning, view: View) -> None:
    words = alert_words(view.language, item.rule, item.params)
    with st.container(border=True, gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center"):
            badge(words["name"], Tone.RED if item.severity == "red" else Tone.AMBER)
            if told.new_since is None or item.raised_at > told.new_since:
                st.badge(t("morning.new"), color="blue")
            st.markdown(f"**{plain(item.customer or item.opportunity)}**")
        hands = hands_words(item.hands, view)
        detail = " · ".join(p for p in (item.opportunity, item.rep or "", hands) if p)
        said = sentences(words["why"], words["action"])
        st.markdown(f"{plain(said)}  \n:small[:gray[{plain(detail)}]]")
        sees = decide(view.who, Permission.SEE_CUSTOMERS).allowed and item.customer_id
        if sees and st.button(
            t("morning.open_customer"),
            type="tertiary",
            icon=":material/domain:",
            key=f"alert-customer-{item.id}",
        ):
            open_page("customer", customer=item.customer_id or 0)
        given_away(
            f"alert-{item.id}", item.customer_id, None, told, view,
            own=lambda c: about_alert(c, item.id, item.step),
        )  # fmt: skip
        if told.running and told.may_run and item.customer_id:
            owner = next((i for i, name in told.members.items() if name == item.rep), None)
            start = Prefilled(
                key=f"alert-{item.id}", what=words["action"], owner_id=owner, customer_id=item.customer_id,
                about=item.id,
            )  # fmt: skip
            assign_popover(start, given, told, view)
