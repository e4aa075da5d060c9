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

if TYPE_CHECKING:
    from data.engine import Store

    Submit = Callable[[Store, Who, int], object]

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
    view: View, form: DraftForm, label: str, submit: Submit, *, said: str = "", icon: str | None = None
) -> None:
    """The line under a form that stays on its page: send, and that it is kept as it stands.

    Args:
        said: what `tell_sent` says once it is sent; nothing where the page shows it by itself.
    """
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.button(
            label,
            type="primary",
            icon=icon,
            key=f"{form.prefix}submit",
            on_click=submit_here,
            args=(view, form.draft.id, submit, said),
        )
        st.caption(t("demands.saved_as_draft"), width="content")


def submit_here(view: View, draft_id: int, submit: Submit, said: str = "") -> None:
    """Send the draft of a form that stays on its page."""
    submit_draft(view, draft_id, submit)
    st.session_state[_SENT] = draft_id, said


def sent_now(view: View, form: DraftForm, marks: Marks, work: Callable[[], object]) -> bool:
    """Do the work of a form that marks its problems as it runs; what was typed goes once it is done."""
    if not marks.sent(work):
        return False
    view.do(drop_draft, form.draft.id)
    return True


def tell_sent(view: View) -> str:
    """Say once that the draft was sent; returns its kind, "" where none was: its problems say why."""
    draft_id, said = st.session_state.pop(_SENT, (None, ""))
    kept = draft_now(view, draft_id) if draft_id is not None else None
    if kept is None or kept.sent is None:
        return ""
    if said:
        st.toast(said)
    return kept.kind


def submit_draft(view: View, draft_id: int, submit: Submit) -> None:
    """Send a draft in a callback. Only the store here: a newer run may cut off what touches Streamlit.

    The draft stays as it is where its author's session has ended meanwhile: the gate asks them to sign in.
    """

    def send() -> None:
        with lock_of(view.who):
            if view.stands():
                submit(view.store, view.who, draft_id)

    pressed(send)
