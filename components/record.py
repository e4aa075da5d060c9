"""Where a record begins: a customer, a planned step, or a draft to go on with (A1, A2)."""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from components import address
from components.address import leave_for
from components.blocks import Row, empty, plain, rows, section
from components.deep_links import action_type, named
from components.draft_begin import draft_now
from components.frame import View, show_error
from components.navigation import offline_link, open_page
from components.text import t, term
from core.messages import AppError, NotFound, Unavailable
from data.commands.drafts import drop_draft
from data.commands.record import Link, move_record, open_record
from data.queries.drafts import DraftView
from data.queries.record import CustomerFacts, customer_facts
from data.queries.record_begin import Begin

LATELY = 5


def current(view: View) -> DraftView | None:
    """The draft that the address names or asks for; None where recording begins."""
    try:
        if number := address.number("draft"):
            return draft_now(view, number)
        if (link := _link()) is None:
            return None
        if moves := address.number("moves"):
            return _go_to(view, view.do(move_record, moves, link))
        return _go_to(view, view.do(open_record, link))
    except Unavailable:  # the page's frame waits for the store; the address stays
        raise
    except AppError as error:
        st.query_params.clear()
        show_error(error)
        return None


def begin_with(view: View, start: Begin) -> None:
    """Where to begin: go on with a draft, write down a planned step, or choose a customer."""
    moves = _moving(start)
    picked = st.selectbox(
        t("record.customer"),
        start.customers,
        index=None,
        format_func=lambda c: c.name,
        placeholder=t("record.search_customer"),
        key="record-customer",
    )
    if picked is not None:
        leave_for(customer=picked.id, **moves)
    if start.customers:
        _new_customer(**moves)
    drafts = [
        Row(str(d.draft_id), d.customer, _detail(view, d.type, d.updated_at, d.summary),
            action=t("record.go_on"), primary=True)
        for d in start.unfinished
    ]  # fmt: skip
    due = [
        Row(str(s.action_id), s.customer, _detail(view, s.type, s.planned_for, s.opportunity),
            action=t("record.write_down"))
        for s in start.due
    ]  # fmt: skip
    lately = [Row(str(c.id), c.name, action=t("record.write_down")) for c in start.customers[:LATELY]]
    _offered("unfinished", ":material/edit_note:", drafts, "drafts", leads_to="draft")
    _offered("due", ":material/event_available:", due, "due", leads_to="action", **moves)
    _offered("lately", ":material/history:", lately, "lately", leads_to="customer", **moves)
    if not start.customers:
        _no_customers(**moves)
    offline_link()


def _moving(start: Begin) -> dict[str, int]:
    """The draft of which the words go along to the customer that is chosen now, for the address."""
    found = next((d for d in start.unfinished if d.draft_id == address.number("moves")), None)
    if found is None:
        return {}
    st.info(t("record.moves", customer=plain(found.customer)), icon=":material/swap_horiz:")
    return {"moves": found.draft_id}


def _offered(title: str, icon: str, lines: Sequence[Row], key: str, *, leads_to: str, **also: int) -> None:
    """A list to begin from, where there is anything in it."""
    if not lines:
        return
    section(t(f"record.{title}"), icon=icon)
    if chosen := rows(lines, f"record-{key}"):
        leave_for(**{leads_to: int(chosen)}, **also)


def _no_customers(**also: int) -> None:
    empty(t("record.no_customers"), t("record.no_customers_hint"))
    _new_customer(**also)


def _new_customer(**also: int) -> None:
    """Add a customer, and come back to record what happened with it."""
    if st.button(t("customers.new"), icon=":material/add:"):
        open_page("customers", do="new", then="record", **also)


def facts_of(view: View, kept: DraftView) -> CustomerFacts | None:
    """The draft's customer; when it is out of reach now, what was typed is shown to be copied, and None."""
    try:
        return view.read(customer_facts, kept.values["customer"])
    except NotFound as gone:
        show_error(gone)
    typed = [str(v) for k, v in kept.values.items() if v and k.startswith(("summary", "fields-", "reason"))]
    if typed:
        st.caption(t("record.stranded"))
        st.code("\n\n".join(typed), language=None, wrap_lines=True)
    if st.button(t("record.discard"), icon=":material/delete:"):
        view.do(drop_draft, kept.id)
        leave_for()
    return None


def _link() -> Link | None:
    numbers = {name: address.number(name) for name in ("opportunity", "action")}
    customer = named()
    if customer is None and not any(numbers.values()):
        return None
    return Link(customer.number if customer else None, **numbers, type=action_type(), named=customer)


def _go_to(view: View, draft_id: int) -> DraftView:
    st.query_params.from_dict({"draft": str(draft_id)})
    return draft_now(view, draft_id)


def _detail(view: View, type_: str | None, at: Any, words: str) -> str:
    brief = words if len(words) <= 60 else f"{words[:60]}…"
    return " · ".join(part for part in (term("stage", type_), view.instant(at), brief) if part)
