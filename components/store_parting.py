"""A store's request that was merged by mistake: the way to take it out again, and what is said of it then."""

from functools import partial

import streamlit as st

from components.blocks import plain
from components.draft_begin import sheets, unfolded
from components.draft_end import send_here
from components.frame import View
from components.record_story import short
from components.text import t
from data.commands.form_drafts import SEPARATION
from data.queries.store_answers import Separated
from data.queries.store_requests import Request


def separate_form(one: Request, view: View) -> None:
    """The way to take one of a request's parts out of it; nothing where it has none."""
    parts = {
        a.id: f"{short(a.words, 100)} · {a.store or a.person or ''}" for a in one.asked if a.id != one.id
    }
    if not parts:
        return
    leaves = sheets(view, SEPARATION)
    with st.expander(
        t("store_requests.separate"),
        icon=":material/call_split:",
        expanded=unfolded(leaves.kept(one.id)),
        key=f"separate-{one.id}",
    ):
        form = leaves.form(one.id)
        st.caption(t("store_requests.separate_help"))
        only = next(iter(parts)) if len(parts) == 1 else None
        which = t("store_requests.separate_which")
        form.select(
            "part", which, list(parts), parts.__getitem__, default=only, placeholder=t("demands.choose")
        )
        form.text(
            "reason", t("store_requests.separate_reason"), placeholder=t("store_requests.separate_hint")
        )
        send_here(
            view, form, t("store_requests.separate_send"), partial(SEPARATION.submit, only=only),
            said=t("store_requests.separate_done"), icon=":material/call_split:", quiet=True,
        )  # fmt: skip
        form.finish()


def separated_note(found: Separated, view: View) -> None:
    """Of a request that had been merged by mistake: out of which one, by whom and why."""
    by = found.by or t("demands.somebody")
    said = t(
        "store_requests.separated", words=found.words, by=by, at=view.instant(found.at), reason=found.reason
    )
    st.caption(f":material/call_split: {plain(said)}")
