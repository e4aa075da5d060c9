"""What is said in a room: the messages, which refresh by themselves, and the form beside them.

The messages are a fragment of their own: it repaints alone, so what somebody is typing stays.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import streamlit as st

from components import address
from components.blocks import empty, plain, section
from components.draft_begin import note_form
from components.draft_end import send_here
from components.frame import View, show_error
from components.room_desk import Desk
from components.text import t
from core.messages import AppError
from data.commands.form_drafts import ROOM_MESSAGE
from data.files import ATTACHED, DOWNLOAD
from data.queries.room_talk import PAGE, Said, Talk

EVERY_SECONDS = 5
_HEIGHT = 420

Fetch = Callable[[int], bytes]


def talk(desk: Desk, read: Callable[[int], Talk], seen: Callable[[int], Any], fetch: Fetch) -> None:
    """The messages as they come in, and the form to say something.

    Args:
        read: the newest so many messages; seen: this person has seen them up to an id.
        fetch: the content of a message's file.
    """
    section(t("room.talk"), icon=":material/chat:")

    @st.fragment(run_every=EVERY_SECONDS if desk.file.open else None)
    def messages() -> None:
        try:  # it runs without the page's frame around it
            found = read(address.number("said") or PAGE)  # it repaints alone after "earlier messages"
        except AppError as error:
            show_error(error)
            return
        if found.unseen:
            seen(found.last_id)
        _messages(found, desk.view, fetch)

    messages()
    if desk.writes:
        _say(desk)
    else:  # in the form's place, which Streamlit now and then leaves standing where nothing takes it
        st.caption(t("room.not_there" if desk.file.open else "room.over"))


def _messages(found: Talk, view: View, fetch: Fetch) -> None:
    if not found.messages:
        empty(t("room.nothing_said"), t("room.nothing_said_hint"), icon=":material/chat:")
        return
    with st.container(height=_HEIGHT, gap="small", key="room-messages", autoscroll=True):
        if found.total > len(found.messages):
            more = partial(address.write, said=len(found.messages) + PAGE)
            st.button(t("room.earlier"), type="tertiary", on_click=more)
        for said in found.messages:
            _message(said, view, fetch)


def _message(said: Said, view: View, fetch: Fetch) -> None:
    with st.container(border=True, gap="xxsmall", key=f"said-{said.id}"):
        author = t("room.you") if said.mine else said.author or t("audit.operator")
        st.markdown(f":small[**{plain(author)}** :gray[{plain(view.instant(said.at))}]]")
        for line in said.text.splitlines():
            st.markdown(plain(line))
        if said.file_name:
            st.download_button(
                plain(said.file_name),
                partial(fetch, said.id),
                file_name=said.file_name,
                mime=DOWNLOAD,
                icon=":material/attach_file:",
                on_click="ignore",
                key=f"file-{said.id}",
            )


def _say(desk: Desk) -> None:
    view = desk.view
    with st.container(key=f"room-say-{desk.file.id}", gap="small"):
        form = note_form(view, ROOM_MESSAGE, desk.file.id)
        form.long_text(
            "text",
            t("room.message"),
            height=90,
            placeholder=t("room.message_hint"),
            label_visibility="collapsed",
        )
        with form.at("file"), st.expander(t("room.attach"), icon=":material/attach_file:"):
            file = st.file_uploader(
                t("room.attach_label"),
                type=list(ATTACHED),
                key=f"{form.prefix}file",
                label_visibility="collapsed",
            )
        says = partial(ROOM_MESSAGE.submit, file=file)
        send_here(view, form, t("room.send"), says, icon=":material/send:")
    form.finish(by_keys=True)
