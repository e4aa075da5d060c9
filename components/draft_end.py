"""How a form over a draft ends: it is sent, thrown away, or left as it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import streamlit as st

from components.address import leave_for
from components.draft_begin import draft_now
from components.drafts import DraftForm, lock_of
from components.forms import Marks
from components.frame import View
from components.outage import pressed
from components.text import t
from core.access import Who
from data.commands.drafts import drop_draft
from data.queries.drafts import DraftView

if TYPE_CHECKING:
    from data.engine import Store

    Submit = Callable[[Store, Who, int], object]
    Begin = Callable[[Store, Who], int]

_SENT = "draft-sent"  # the last draft of a form that stays on its page, and what is said of it


def end(view: View, form: DraftForm, label: str, submit: Submit, words: str = "demands") -> None:
    """The line under a form: send, throw away, and that it is kept as it stands.

    Args:
        label: of the button that sends it.
        submit: the command that sends the draft.
        words: catalogue area of the other two.
    """
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"{form.prefix}end"):
        st.button(
            label,
            type="primary",
            icon=":material/check:",
            key=f"{form.prefix}submit",
            on_click=submit_draft,
            args=(view, form.draft.id, submit),
        )
        discard = t(f"{words}.discard")
        if st.button(discard, type="tertiary", icon=":material/delete:", key=f"{form.prefix}discard"):
            view.do(drop_draft, form.draft.id)
            leave_for()
        st.caption(t(f"{words}.saved_as_draft"), width="content")


def send_here(
    view: View,
    form: DraftForm,
    label: str,
    submit: Submit,
    *,
    said: str = "",
    icon: str | None = None,
    quiet: bool = False,
) -> None:
    """The line under a form that stays on its page: send, and that it is kept as it stands.

    Args:
        said: what `tell_sent` says once it is sent; nothing where the page shows it by itself.
        quiet: whether it is not what the page is about.
    """
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.button(
            label,
            type="secondary" if quiet else "primary",
            icon=icon,
            key=f"{form.prefix}submit",
            on_click=submit_here,
            args=(view, form.draft.id, submit, said, form.begin),
        )
        st.caption(t("demands.saved_as_draft"), width="content")


def submit_here(
    view: View, draft_id: int, submit: Submit, said: str = "", begin: Begin | None = None
) -> None:
    """Send the draft of a form that stays on its page.

    Args:
        begin: opens the draft where nothing was typed: what is missing is kept with it.
    """

    def send(store: Store, who: Who, number: int) -> None:
        number = begin(store, who) if begin and not number else number
        submit(store, who, number)
        st.session_state[_SENT] = number, said

    submit_draft(view, draft_id, send)


def sent_now(view: View, form: DraftForm, marks: Marks, work: Callable[[], object]) -> bool:
    """Do the work of a form that marks its problems as it runs; what was typed goes once it is done."""
    if not marks.sent(work):
        return False
    view.do(drop_draft, form.draft.id)
    return True


def tell_sent(view: View) -> DraftView | None:
    """Say once that the draft was sent; returns it, None where none was: its problems say why."""
    draft_id, said = st.session_state.pop(_SENT, (None, ""))
    kept = draft_now(view, draft_id) if draft_id is not None else None
    if kept is None or kept.sent is None:
        return None
    if said:
        st.toast(said)
    return kept


def submit_draft(view: View, draft_id: int, submit: Submit) -> None:
    """Send a draft in a callback. Only the store here: a newer run may cut off what touches Streamlit.

    The draft stays as it is where its author's session has ended meanwhile: the gate asks them to sign in.
    """

    def send() -> None:
        with lock_of(view.who):
            if view.stands():
                submit(view.store, view.who, draft_id)

    pressed(send)
