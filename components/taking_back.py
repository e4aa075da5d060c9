"""What was entered by mistake: the way to take it back, and what stands where that was done."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import TypeVar

import streamlit as st

from components.blocks import plain
from components.draft_begin import sheets, unfolded
from components.draft_end import send_here
from components.frame import View
from components.text import t
from data.commands.note_drafts import Note
from data.queries.taken_back import TakenBack

S = TypeVar("S", bound=StrEnum)


def worth_choosing(states: Iterable[S], counts: Mapping[str, int], mistakes: S, chosen: S) -> list[S]:
    """States that a list can be narrowed to; what was taken back is one if there is any, or it is shown."""
    return [state for state in states if counts[state] or state is not mistakes or state is chosen]


def taken_back_note(found: TakenBack, view: View) -> None:
    """By whom, when and why it was taken back."""
    with st.container(border=True, gap="xsmall"):
        by, at = found.by or t("demands.somebody"), view.instant(found.at)
        st.markdown(f":material/undo: **{plain(t('taking_back.done_by', by=by, at=at))}**")
        st.text(found.reason)


def take_back_form(note: Note, number: int, kind: str, view: View, words: str = "") -> None:
    """The way to take a record back.

    Args:
        kind: what it is, a key under `taking_back.do` and `taking_back.hint`.
        words: which of several on the page it is, safe inside Markdown.
    """
    leaves = sheets(view, note)
    with st.expander(
        t("taking_back.this", words=words) if words else t(f"taking_back.do.{kind}"),
        expanded=unfolded(leaves.kept(number)),
        icon=":material/undo:",
        key=f"take-back-{kind}-{number}",
    ):
        form = leaves.form(number)
        st.caption(t("taking_back.help"))
        form.text("reason", t("taking_back.reason"), placeholder=t(f"taking_back.hint.{kind}"))
        send_here(
            view, form, t("taking_back.send"), note.submit,
            said=t("taking_back.done"), icon=":material/undo:", quiet=True,
        )  # fmt: skip
        form.finish()
