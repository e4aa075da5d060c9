"""Customers drawn: the list with its filters, and the parts of one customer's page."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import streamlit as st

from components import address, format
from components.blocks import Tone, badge, empty, plain, section
from components.frame import View
from components.navigation import open_page
from components.own_values import own_lines
from components.promises import promised_block
from components.text import t, term
from core.access import Permission, Reach, reach
from core.terms import SEGMENTS, Grade
from data.notices import alert_words
from data.queries.customer_file import (
    ContactCard,
    CustomerFile,
    CustomerHead,
    OpenAlert,
    OpportunityCard,
    Planned,
)
from data.queries.customers import COUNTED, PAGE, SORTS, Choices, CustomerList, CustomerRow, Filters
from data.queries.promise_board import Board

_PAGE = ("page",)
_GRADE = {"A": "green", "B": "blue", "C": "orange", "D": "gray"}


def customer_filters(options: Choices, view: View) -> Filters:
    """Search, order and filters, all kept in the address."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        with st.container(width=360):
            search = address.search(t("customers.search"), "q", drops=_PAGE)
        with st.container(width=240):
            sort = address.pick(
                t("customers.sort"), "sort", SORTS, lambda s: t(f"customers.sort_{s}"), drops=_PAGE
            )
        on = sum(bool(address.said(n)) for n in _NARROWING)
        label = t("customers.filters_on", n=on) if on else t("customers.filters")
        with st.popover(label, icon=":material/tune:"):
            narrowed = _narrowing(options, view)
    return Filters(search=search, sort=sort or "name", page=address.number("page") or 1, **narrowed)


_NAMED = 3  # contacts named on the fold
_NARROWING = ("owner", "team", "industry", "segment", "grade", "tag", "quiet")


def _narrowing(options: Choices, view: View) -> dict[str, Any]:
    owners, teams = ({str(i): name for i, name in some} for some in (options.owners, options.teams))
    wide = reach(view.who, Permission.SEE_CUSTOMERS)
    chosen: dict[str, Any] = {}
    if wide is not Reach.OWN:
        owner = _choose("owner", list(owners), lambda i: owners[i])
        chosen["owner"] = int(owner) if owner else None
    if wide is Reach.ALL:
        team = _choose("team", list(teams), lambda i: teams[i])
        chosen["team"] = int(team) if team else None
    chosen["industry"] = _choose("industry", sorted(options.industries), lambda k: term("industry", k))
    chosen["segment"] = _choose("segment", SEGMENTS, lambda k: term("segment", k))
    chosen["grade"] = _choose("grade", tuple(Grade), str)
    chosen["tag"] = _choose("tag", options.tags, lambda k: term("tag", k))
    chosen["quiet"] = address.switch(t("customers.quiet"), "quiet", drops=_PAGE)
    return chosen


def _choose(name: str, options: Sequence[str], words: Callable[[str], str]) -> str | None:
    return address.pick(
        t(f"customers.{name}"), name, options, words, everything=t("customers.any"), drops=_PAGE
    )


def customer_rows(found: CustomerList, view: View) -> None:
    """The list; a click on a name opens the customer."""
    if not found.rows:
        empty(t("customers.none"), t("customers.none_hint"), icon=":material/apartment:")
        return
    with st.container(gap="xsmall"):
        for row in found.rows:
            with st.container(border=True):
                _customer_row(row, view)


def _customer_row(row: CustomerRow, view: View) -> None:
    name, money, next_ = st.columns([5, 3, 4], gap="small", vertical_alignment="top")
    with name, st.container(gap=None):
        if st.button(f"**{plain(row.name)}**", key=f"customer-{row.id}", type="tertiary"):
            open_page("customer", customer=row.id)
        marks = grade_badge(row.grade) + "".join(f" :violet-badge[{term('tag', k)}]" for k in row.tags)
        about = [term("industry", row.industry), row.owner or t("customers.nobody")]
        st.markdown(f"{marks} :small[:gray[{plain(' · '.join(a for a in about if a))}]]")
    amounts = " + ".join(format.money(a, c, view.language, compact=True) for c, a in row.amounts)
    opened = t("customers.open", n=row.open_opportunities)
    money.markdown(f"{plain(amounts) or format.NOTHING}  \n:small[:gray[{opened}]]")
    touch = t("customers.touched", ago=format.ago(row.last_touch_at, view.now, view.language))
    touch = touch if row.last_touch_at else t("customers.never")
    next_.markdown(f"{_next_of(row.next_step, view)}  \n:small[:gray[{plain(touch)}]]")


def _next_of(step: tuple[str, datetime] | None, view: View) -> str:
    if step is None:
        return f":gray[{t('customers.no_next')}]"
    words = plain(f"{term('stage', step[0])} · {view.instant(step[1])}")
    return f":red[:material/schedule: {words}]" if step[1] < view.now else words


def pager(total: int, page: int) -> None:
    """How many there are, and the way to the next page; the page number is kept in the address."""
    first, last = (page - 1) * PAGE + 1, min(page * PAGE, total)
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        key = "customers.many" if total > COUNTED else "customers.count"
        st.caption(t(key, first=first, last=last, total=min(total, COUNTED)) if total >= first else "")
        with st.container(horizontal=True, width="content"):
            for step, icon, usable in (
                (-1, ":material/chevron_left:", page > 1),
                (1, ":material/chevron_right:", total > page * PAGE),
            ):
                label = t("customers.previous") if step < 0 else t("customers.next_page")
                if st.button(label, icon=icon, disabled=not usable, key=f"page{step}"):
                    address.write(page=page + step if page + step > 1 else None)
                    st.rerun()


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
        t("customers.touched", ago=format.ago(head.last_touch_at, view.now, view.language))
        if head.last_touch_at
        else t("customers.never"),
    ]
    st.markdown(f":gray[{plain(' · '.join(a for a in about if a))}]")
    if head.graded_at:
        by = plain(head.graded_by or t("customer.somebody"))
        reason = plain(f" “{head.grade_reason}”" if head.grade_reason else "")
        st.caption(t("customer.graded", by=by, at=plain(view.instant(head.graded_at))) + reason)
    if head.note:
        st.markdown(plain(head.note))
    own_lines(head.fields, head.own, view)


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
        with st.container(border=True):
            words, button = st.columns([4, 1], vertical_alignment="center")
            late = step.at < view.now
            mark = f" :red-badge[:material/schedule: {t('customer.overdue')}]" if late else ""
            soon = format.ago(step.at, view.now, view.language)
            detail = [view.instant(step.at), soon, step.opportunity, step.owner]
            note = f"  \n{plain(step.note)}" if step.note else ""
            small = f":small[:gray[{plain(' · '.join(detail))}]]"
            words.markdown(f"**{plain(term('stage', step.type))}**{mark}{note}  \n{small}")
            if step.recordable and button.button(
                t("customer.record"),
                key=f"record-{step.id}",
                type="primary",
                icon=":material/edit_note:",
                width="stretch",
            ):
                open_page(
                    "record",
                    customer=head.id,
                    opportunity=step.opportunity_id,
                    type=step.type,
                    action=step.id,
                )


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
    dwell = t("customer.dwell", days=format.number(days, view.language, 1))
    if card.benchmark_days is None:
        return f"{dots} {stage} · {plain(dwell)}"
    usual = plain(t("customer.benchmark", days=format.number(card.benchmark_days, view.language, 1)))
    over = days > card.benchmark_days
    return f"{dots} {stage} · " + (
        f":red[:material/hourglass_top: {plain(dwell)}] :gray[{usual}]"
        if over
        else f"{plain(dwell)} :gray[{usual}]"
    )


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


def contacts_block(contacts: Sequence[ContactCard], view: View) -> None:
    """People at the customer and their part in the decision, folded: the names are on the fold."""
    editable = reach(view.who, Permission.EDIT_CUSTOMERS) is not None
    names = t("customer.names_between").join(contact.name for contact in contacts[:_NAMED])
    label = t("customer.contacts_of", n=len(contacts), names=names) if contacts else t("customer.contacts")
    with st.expander(plain(label), icon=":material/contacts:"):
        if not contacts:
            empty(t("customer.no_contacts"), t("customer.no_contacts_hint"), icon=":material/contacts:")
        with st.grid(min_column_width=260, gap="small"):
            for contact in contacts:
                with st.container(border=True, gap="xsmall", height="stretch"):
                    _contact(contact, editable)
        if editable:
            ask(t("customer.add_contact"), "contact", icon=":material/add:")


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
        with st.popover(t("customer.more"), icon=":material/more_horiz:"):
            _rare_buttons(head, view)


def _rare_buttons(head: CustomerHead, view: View) -> None:
    with st.container(gap="small", key="customer-more"):
        ask(t("customer.tags"), "tags", icon=":material/sell:")
        ask(t("customer.edit"), "edit", icon=":material/edit:")
        if reach(view.who, Permission.ASSIGN):
            ask(t("customer.assign"), "owner", icon=":material/person_add:")
        if reach(view.who, Permission.SEE_PROMISES) and st.button(
            t("customer.promises"), icon=":material/handshake:"
        ):
            open_page("promises", customer=head.id)
        if reach(view.who, Permission.SEE_PROMISES) and st.button(
            t("customer.deliveries"), icon=":material/package_2:"
        ):
            open_page("deliveries", customer=head.id)


def customers_buttons(view: View) -> None:
    """Add a customer; take the list along as a file."""
    with st.container(horizontal=True, gap="small"):
        if reach(view.who, Permission.EDIT_CUSTOMERS):
            ask(t("customers.new"), "new", icon=":material/add:")
        if reach(view.who, Permission.EXPORT) and st.button(
            t("customers.export"), icon=":material/download:"
        ):
            open_page("exchange", kind="customers")


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
    contacts_block(file.contacts, view)


def ask(label: str, what: str, of: int | None = None, *, icon: str, type: Any = "secondary") -> None:
    """A button that opens a form: the address says which, so that it can be linked to."""
    if st.button(label, key=f"do-{what}-{of or ''}", icon=icon, type=type):
        address.write(do=what, id=of)
        st.rerun()
