"""A room's group in the company's chat tool: the way into it, or why there is none."""

import streamlit as st

from components.blocks import plain
from components.text import listed, t
from data.queries.room_file import RoomFile
from data.queries.room_groups import GroupCard


def group_of_room(file: RoomFile, card: GroupCard) -> None:
    """The group, or what is missing for it; who is not in it, and what the last try met."""
    if not file.open and card.state != "made":
        return
    tool = t(f"channels.kinds.{card.kind}") if card.kind else ""
    with st.container(key="room-group", gap="xsmall"):
        if card.state == "made":
            _made(card, tool)
        else:
            said = t(f"groups.{card.state}", tool=tool, error=card.error or "")
            st.caption(f":material/forum: {plain(said)}")
        if file.open and card.outside and card.state in ("made", "few", "waiting"):
            st.caption(plain(t("groups.outside", tool=tool, names=_names(card.outside))))
        if card.error and card.state in ("made", "waiting"):
            st.caption(f":material/error: {plain(t('groups.failed', error=card.error))}")


def _made(card: GroupCard, tool: str) -> None:
    if card.link:
        st.link_button(t("groups.open", tool=tool), card.link, icon=":material/forum:")
    elif card.name:
        st.caption(f":material/forum: {plain(t('groups.find', tool=tool, name=card.name))}")


def _names(names: tuple[str, ...]) -> str:
    return listed(names)
