"""The minutes of a morning meeting, read again and taken along as text."""

from functools import partial

import streamlit as st

from components.blocks import empty, plain, section
from components.commitments import commitment_line
from components.frame import View
from components.morning_items import items
from components.text import t
from core.reports.commitments import agreed_again
from data.commands.morning import export_minutes
from data.minutes_json import Minutes
from data.minutes_words import anew_words, duration_words
from data.queries.morning import Meeting, Morning


def minutes(told: Morning, held: Meeting, kept: Minutes, view: View) -> None:
    """What was asked, shown, agreed and noted, as it stood when the meeting ended."""
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.markdown(plain(duration_words(view.language, held, told.timezone)), width="content")
        st.download_button(
            t("morning.export"),
            partial(view.do, export_minutes, told.team_id, told.day, view.language),
            file_name=f"{t('morning.file')}-{told.team}-{told.day.isoformat()}.txt",
            mime="text/plain",
            icon=":material/description:",
            on_click="ignore",
        )
    again = agreed_again(kept.followed, kept.made)
    for name, found in (("followed", kept.followed), ("made", kept.made)):
        section(t(f"morning.step.{name}"), icon=":material/handshake:")
        if not found:
            empty(t(f"morning.none_{name}"), icon=":material/handshake:")
        for checked in found:
            with st.container(border=True):
                anew = anew_words(view.language, name, checked, again)
                st.markdown(commitment_line(checked, told.timezone, view.language, anew))
    st.caption(t("morning.red_alerts", n=kept.red_alerts))
    if kept.note:
        section(t("morning.note"), icon=":material/sticky_note_2:")
        st.markdown(plain(kept.note))
    items(told, view)
