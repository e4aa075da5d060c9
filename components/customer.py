"""One customer drawn: the parts of its page above the timeline."""

from collections.abc import Sequence

import streamlit as st

from components.blocks import empty, plain, section
from components.customer_opportunities import opportunities_block
from components.editing import ask
from components.form_turns import turn_of
from components.frame import View
from components.navigation import open_page
from components.own_values import own_lines
from components.promises import promised_block
from components.text import listed, t, term
from core.access import Permission, reach
from core.process.timing import overdue_before
from data.notices import alert_words
from data.queries.customer_file import ContactCard, CustomerFile, CustomerHead, OpenAlert, Planned
from data.queries.met import Met
from data.queries.promise_board import Board

_GRADE = {"A": "green", "B": "blue", "C": "orange", "D": "gray"}
_NAMED = 3  # contacts named on the fold
_MORE = "customer-menu"  # another key closes it, or it would lie over the form that it opened


def grade_badge(grade: str | None) -> str:
    """A grade as a Markdown badge; nothing without one."""
    return f":{_GRADE[grade]}-badge[{t('customer.grade_is', grade=grade)}]" if grade in _GRADE else ""


def head_block(head: CustomerHead, view: View) -> None:
    """Name, grade, tags and who looks after the customer."""
    tags = " ".join(
        f":{'violet' if high else 'gray'}-badge[{plain(term('tag', k))}]" for k, high in head.tags
    )
    st.markdown(f"{grade_badge(head.grade)} {tags}".strip() or f":gray[{t('customer.no_grade')}]")
    about = [
        term("industry", head.industry),
        term("segment", head.segment),
        head.region or "",
        t("customer.owned_by", name=head.owner) if head.owner else t("customers.nobody"),
        t("customers.touched", ago=view.ago(head.last_touch_at))
        if head.last_touch_at
        else t("customers.never"),
    ]
    st.markdown(f":gray[{plain(' · '.join(a for a in about if a))}]")
    if head.graded_at:
        reason = plain(f" “{head.grade_reason}”" if head.grade_reason else "")
        st.caption(graded(head, view) + reason)
    if head.note:
        st.markdown(plain(head.note))
    own_lines(head.fields, head.own, view)


def graded(head: CustomerHead, view: View) -> str:
    """When the grade was given, and by whom; an import does not say by whom, as Markdown."""
    at, by = plain(view.instant(head.graded_at)), head.graded_by
    return t("customer.graded", by=plain(by), at=at) if by else t("customer.graded_on", at=at)


def alerts_block(alerts: Sequence[OpenAlert], view: View) -> None:
    """Standing alerts: each red one with what to do, the amber ones together."""
    amber = []
    for alert in alerts:
        words = alert_words(view.language, alert.rule, alert.params)
        why = f"**{plain(alert.opportunity)}** · {plain(words['why'])}"
        if alert.severity == "red":
            st.error(f"{why}  \n{plain(words['action'])}", icon=":material/warning:")
        else:
            amber.append(why)
    if amber:
        st.warning("  \n".join(amber), icon=":material/warning:")


def next_steps_block(steps: Sequence[Planned], head: CustomerHead, view: View) -> None:
    """What is planned next, with one click to record it."""
    section(t("customer.next"), icon=":material/event_upcoming:")
    if not steps:
        empty(t("customer.no_next"), t("customer.no_next_hint"), icon=":material/event_upcoming:")
    for step in steps:
        with st.container(
            border=True, horizontal=True, vertical_alignment="center", gap="small", key=f"row-step-{step.id}"
        ):
            late = step.at < overdue_before(view.now, view.who.timezone)
            mark = f" :red-badge[:material/schedule: {t('customer.overdue')}]" if late else ""
            soon = view.ago(step.at)
            detail = [view.instant(step.at), soon, step.opportunity, step.owner]
            note = f"  \n{plain(step.note)}" if step.note else ""
            small = f":small[:gray[{plain(' · '.join(detail))}]]"
            st.markdown(f"**{plain(term('stage', step.type))}**{mark}{note}  \n{small}")
            if step.recordable and st.button(
                t("customer.record"), key=f"record-{step.id}", type="primary", icon=":material/edit_note:"
            ):
                open_page(
                    "record",
                    customer=head.id,
                    opportunity=step.opportunity_id,
                    type=step.type,
                    action=step.id,
                )


def contacts_block(contacts: Sequence[ContactCard], unknown: Sequence[Met], view: View) -> None:
    """People at the customer and their part in the decision, folded: the names are on the fold.

    Args:
        unknown: people whom records name and who have no card yet.
    """
    editable = reach(view.who, Permission.EDIT_CUSTOMERS) is not None
    names = listed(contact.name for contact in contacts[:_NAMED]) + "…" * (len(contacts) > _NAMED)
    label = t("customer.contacts_of", n=len(contacts), names=names) if contacts else t("customer.contacts")
    with st.expander(plain(label), icon=":material/contacts:"):
        if not contacts:
            empty(t("customer.no_contacts"), t("customer.no_contacts_hint"), icon=":material/contacts:")
        with st.grid(min_column_width=260, gap="small"):
            for contact in contacts:
                with st.container(border=True, gap="xsmall", height="stretch"):
                    _contact(contact, editable)
        if editable:
            with st.container(horizontal=True):
                ask(t("customer.add_contact"), "contact", icon=":material/add:")
                for place, one in enumerate(unknown, 1):
                    ask(
                        t("customer.put_on_file", name=plain(one.name)),
                        "met",
                        place,
                        icon=":material/person_add:",
                    )


def _contact(contact: ContactCard, editable: bool) -> None:
    role = f" :blue-badge[{term('decision_role', contact.decision_role)}]" if contact.decision_role else ""
    st.markdown(f"**{plain(contact.name)}**{role}")
    detail = [contact.title or "", contact.phone or "", contact.email or ""]
    if any(detail):
        st.caption("  \n".join(plain(d) for d in detail if d))
    if editable:
        ask(t("customer.edit"), "contact", contact.id, icon=":material/edit:")


def customer_buttons(head: CustomerHead, view: View) -> None:
    """What can be done with the customer itself; what is rarely done lies under one button."""
    if reach(view.who, Permission.EDIT_CUSTOMERS) is None:
        return
    with st.container(horizontal=True, gap="small"):
        ask(t("customer.update_grade"), "grade", icon=":material/star:")
        if reach(view.who, Permission.FILE_DEMANDS) and st.button(
            t("customer.file_demand"), icon=":material/assignment_add:"
        ):
            open_page("demands", customer=head.id)
        with st.popover(t("customer.more"), icon=":material/more_horiz:", key=turn_of(_MORE)):
            _rare_buttons(head, view)


def _rare_buttons(head: CustomerHead, view: View) -> None:
    with st.container(gap="small", key="customer-more"):
        ask(t("customer.tags"), "tags", icon=":material/sell:", menu=_MORE)
        ask(t("customer.edit"), "edit", icon=":material/edit:", menu=_MORE)
        if reach(view.who, Permission.ASSIGN):
            ask(t("customer.assign"), "owner", icon=":material/person_add:", menu=_MORE)
        if reach(view.who, Permission.SEE_PROMISES) and st.button(
            t("customer.promises"), icon=":material/handshake:"
        ):
            open_page("promises", customer=head.id)
        if reach(view.who, Permission.SEE_PROMISES) and st.button(
            t("customer.deliveries"), icon=":material/package_2:"
        ):
            open_page("deliveries", customer=head.id)


def customer_head(file: CustomerFile, view: View) -> None:
    """Who this is, what can be done, and what is on fire."""
    st.header(plain(file.head.name), anchor=False)
    head_block(file.head, view)
    customer_buttons(file.head, view)
    alerts_block(file.alerts, view)


def customer_record(file: CustomerFile, board: Board | None, view: View) -> None:
    """What is next, what was promised, the opportunities and the contacts."""
    next_steps_block(file.next_steps, file.head, view)
    promised_block(board, file.head.id, view)
    opportunities_block(file.opportunities, file.head, view)
    contacts_block(file.contacts, file.met, view)
