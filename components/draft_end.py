"""How a form over a draft ends: it is sent, thrown away, or left as it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import streamlit as st

from components.address import leave_for
from components.drafts import DraftForm, lock_of
from components.frame import View
from components.outage import pressed
from components.text import t
from core.access import Who
from data.commands.drafts import drop_draft

if TYPE_CHECKING:
    from data.engine import Store

    Submit = Callable[[Store, Who, int], object]


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


def submit_draft(view: View, draft_id: int, submit: Submit) -> None:
    """Send a draft in a callback. Only the store here: a newer run may cut off what touches Streamlit.

    The draft stays as it is where its author's session has ended meanwhile: the gate asks them to sign in.
    """

    def send() -> None:
        with lock_of(view.who):
            if view.stands():
                submit(view.store, view.who, draft_id)

    pressed(send)
