"""The list of customers drawn: what narrows it, its rows, its pages."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import streamlit as st

from components import address, format
from components.blocks import empty, plain
from components.customer import grade_badge
from components.editing import ask, closed
from components.frame import View
from components.navigation import open_page
from components.text import t, term
from core.access import Permission, Reach, reach
from core.terms import SEGMENTS, Grade
from data.queries.customers import COUNTED, PAGE, SORTS, Choices, CustomerList, CustomerRow, Filters

_PAGE = ("page",)
_NARROWING = ("owner", "team", "industry", "segment", "grade", "tag", "quiet")


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
    handed = address.number("handed")
    if handed is not None:
        _handed_only()
    page = address.number("page") or 1
    return Filters(search=search, sort=sort or "name", page=page, handed=handed, **narrowed)


def _handed_only() -> None:
    """Says that the list holds a hand-over's customers alone, with the way to all."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f":material/move_group: {t('customers.handed')}", width="content")
        if st.button(t("customers.handed_all"), key="handed-all"):
            address.write(handed=None, page=None)
            st.rerun()


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
        asked = "none" if any(address.said(n) for n in ("q", "handed", *_NARROWING)) else "nobody_yet"
        empty(t(f"customers.{asked}"), t(f"customers.{asked}_hint"), icon=":material/apartment:")
        return
    with st.container(gap="xsmall", key="customer-rows"):
        for row in found.rows:
            _customer_row(row, view)


def _customer_row(row: CustomerRow, view: View) -> None:
    """One button of four paragraphs, name, about, money and next step; how they share the line: shell.css."""
    marks = grade_badge(row.grade) + "".join(f" :violet-badge[{term('tag', k)}]" for k in row.tags)
    about = [term("industry", row.industry), row.owner or t("customers.nobody")]
    amounts = " + ".join(format.money(a, c, view.language, compact=True) for c, a in row.amounts)
    opened = t("customers.open", n=row.open_opportunities)
    touch = t("customers.touched", ago=view.ago(row.last_touch_at))
    touch = touch if row.last_touch_at else t("customers.never")
    words = (
        f"**{plain(row.name)}**",
        f"{marks} :small[:gray[{plain(' · '.join(a for a in about if a))}]]",
        f"{plain(amounts) or format.NOTHING}  \n:small[:gray[{opened}]]",
        f"{_next_of(row.next_step, view)}  \n:small[:gray[{plain(touch)}]]",
    )
    if st.button("\n\n".join(words), key=f"customer-{row.id}", type="tertiary", width="stretch"):
        open_page("customer", customer=row.id)


def _next_of(step: tuple[str, datetime] | None, view: View) -> str:
    if step is None:
        return f":gray[{t('customers.no_next')}]"
    words = plain(f"{term('stage', step[0])} · {view.instant(step[1])}")
    return f":red[:material/schedule: {words}]" if step[1] < view.now else words


def pager(total: int, page: int) -> None:
    """How many there are, and the way to the next page; the page number is kept in the address."""
    if not total and page == 1:
        return
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


def customers_buttons(view: View) -> None:
    """Add a customer; take the list along as a file."""
    with st.container(horizontal=True, gap="small"):
        if reach(view.who, Permission.EDIT_CUSTOMERS):
            ask(t("customers.new"), "new", icon=":material/add:")
        if reach(view.who, Permission.EXPORT) and st.button(
            t("customers.export"), icon=":material/download:"
        ):
            open_page("exchange", kind="customers")


def added(customer: int) -> None:
    """Back to the record for which the new customer was missing, if the address says so, with its words."""
    if address.said("then") == "record":
        moves = address.number("moves")
        closed()
        open_page("record", customer=customer, **({"moves": moves} if moves else {}))
