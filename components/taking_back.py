"""What was entered by mistake: the way to take it back, and what stands where that was done."""

from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from functools import partial
from typing import Any, TypeVar

import streamlit as st

from components.blocks import plain
from components.forms import Marks
from components.frame import View
from components.text import t
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


def take_back_form(key: str, kind: str, take: Callable[[str], Any], view: View) -> bool:
    """The way to take a record back; whether it was taken back just now.

    Args:
        key: what names the record among all.
        kind: what it is, a key under `taking_back.do`.
        take: `take(reason)`.
    """
    with (
        st.expander(t(f"taking_back.do.{kind}"), icon=":material/undo:", key=f"take-back-{key}"),
        st.form(f"take-back-form-{key}", border=False),
    ):
        marks = Marks(view)
        st.caption(t("taking_back.help"))
        with marks.field("reason"):
            reason = st.text_input(t("taking_back.reason"), placeholder=t("taking_back.hint"))
        sent = st.form_submit_button(t("taking_back.send"), icon=":material/undo:")
    if not (sent and marks.sent(partial(take, reason or ""))):
        return False
    st.toast(t("taking_back.done"))
    return True
