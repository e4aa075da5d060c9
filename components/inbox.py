"""The inbox: what somebody was told, each line one click from where it is acted on."""

import streamlit as st

from components import address
from components.blocks import Row, Tone, empty, rows
from components.frame import View
from components.text import t
from data.notices import sentence
from data.queries.inbox import PAGE, Inbox, InboxMessage

_SEEN = "inbox-seen"  # the newest message on the page when all were marked as read


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


def read_all(inbox: Inbox) -> int | None:
    """How much is unread; when all of it was marked as read, the newest message that stood there then."""
    newest = max((m.id for m in inbox.messages), default=0)
    with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
        st.caption(t("inbox.unread", n=inbox.unread) if inbox.unread else t("inbox.all_read"))
        if inbox.unread:
            st.button(t("inbox.read_all"), icon=":material/done_all:", on_click=_remember, args=(newest,))
    seen: int | None = st.session_state.pop(_SEEN, None)
    return seen


def _remember(newest: int) -> None:
    st.session_state[_SEEN] = newest


def _row(message: InboxMessage, view: View) -> Row:
    title, body = sentence(view.language, message.kind, message.params)
    ago = view.ago(message.posted_at)
    acts = message.page != "inbox" or not message.read
    return Row(
        str(message.id),
        title,
        f"{body} · {ago}" if body else ago,
        mark="" if message.read else t("inbox.new"),
        tone=Tone.BLUE,
        action=(t("inbox.open") if message.page != "inbox" else t("inbox.read")) if acts else "",
    )
