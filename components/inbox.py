"""The inbox: what somebody was told, each line one click from where it is acted on."""

import streamlit as st

from components import address, format
from components.blocks import Row, Tone, empty, rows
from components.frame import View
from components.text import t
from data.notices import sentence
from data.queries.inbox import PAGE, Inbox, InboxMessage


def messages(inbox: Inbox, view: View) -> InboxMessage | None:
    """The list; the message whose button was pressed in this run."""
    if not inbox.messages:
        empty(t("inbox.none"), t("inbox.none_hint"))
        return None
    pressed = rows([_row(message, view) for message in inbox.messages], "inbox")
    if len(inbox.messages) < inbox.total and st.button(t("inbox.more"), type="tertiary"):
        address.write(shown=len(inbox.messages) + PAGE)
        st.rerun()
    return next((m for m in inbox.messages if str(m.id) == pressed), None)


def read_all(inbox: Inbox) -> bool:
    """How much is unread; whether all of it was marked as read in this run."""
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.caption(t("inbox.unread", n=inbox.unread) if inbox.unread else t("inbox.all_read"))
        return bool(inbox.unread) and st.button(t("inbox.read_all"), icon=":material/done_all:")


def _row(message: InboxMessage, view: View) -> Row:
    title, body = sentence(view.language, message.kind, message.params)
    ago = format.ago(message.posted_at, view.now, view.language)
    acts = message.page != "inbox" or not message.read
    return Row(
        str(message.id),
        title,
        f"{body} · {ago}" if body else ago,
        mark="" if message.read else t("inbox.new"),
        tone=Tone.BLUE,
        action=(t("inbox.open") if message.page != "inbox" else t("inbox.read")) if acts else "",
    )
