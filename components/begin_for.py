"""Beginning a demand or a promise: for a customer, or where one stopped."""

from collections.abc import Callable

import streamlit as st

from components.address import leave_for
from components.blocks import Row, rows
from components.frame import View
from components.text import t
from data.queries.begun_for import Start


def begin_for(start: Start, label: str, key: str, begin: Callable[[int], None], view: View) -> None:
    """A customer to search, and what was begun.

    Args:
        key: of the widgets.
        begin: goes to the form for a customer.
    """
    with st.container(key=f"{key}s-start"):
        picked = st.selectbox(
            label,
            start.customers,
            index=None,
            format_func=lambda c: c[1],
            placeholder=t("demands.search_customer"),
            key=f"{key}-customer",
        )
        if not start.customers:
            st.caption(t("record.no_customers_hint"))
        if picked is not None:
            begin(picked[0])
        if start.unfinished:
            lines = [
                Row(str(d.draft_id), d.customer, _begun(d.words, view.instant(d.updated_at)),
                    mark=t("demands.unfinished"), action=t("demands.go_on"))
                for d in start.unfinished
            ]  # fmt: skip
            if chosen := rows(lines, f"{key}-drafts"):
                leave_for(draft=int(chosen))


def _begun(words: str, at: str) -> str:
    brief = words if len(words) <= 60 else f"{words[:60]}…"
    return " · ".join(part for part in (brief, at) if part)
