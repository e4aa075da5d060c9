"""A feature whose name or reference is wrong: the way to put it right without answering anew (C2)."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from components.forms import Marks
from components.frame import View
from components.text import t, term
from core.promises.demands import DELIVERABLES, Named
from data.queries.schedule import Planned

Correct = Callable[[int, Named], int]


def correct_block(one: Planned, correct: Correct, view: View) -> None:
    """What it is called and what is handed over, as it stands.

    Args:
        correct: `correct(feature, named)`.
    """
    with (
        st.expander(t("promises.correct"), icon=":material/edit:", key=f"correct-{one.id}"),
        st.form(f"correct-feature-{one.id}", border=False),
    ):
        marks = Marks(view)
        st.caption(t("promises.correct_help"))
        with marks.field("feature"):
            name = st.text_input(t("demands.new_feature"), one.name)
        kind = st.segmented_control(
            t("demands.deliverable"),
            DELIVERABLES,
            default=one.deliverable,
            format_func=partial(term, "deliverable"),
            required=True,
        )
        with marks.field("reference"):
            reference = st.text_input(t("demands.reference"), one.reference)
        sent = st.form_submit_button(t("promises.correct_send"))
    if sent and marks.sent(partial(correct, one.id, Named(name, kind, reference))):
        st.toast(t("promises.corrected"))
        st.rerun()
