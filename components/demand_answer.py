"""What product does with a demand: answer it with a feature and a date, or stop its clock."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import streamlit as st

from components.blocks import section
from components.forms import Marks
from components.frame import View
from components.text import t, term
from core.promises.demands import DELIVERABLES, Answer
from data.queries.demands import DemandFile, FeatureChoice

Does = Mapping[str, Callable[..., Any]]


def answer_block(file: DemandFile, features: Mapping[int, FeatureChoice], does: Does, view: View) -> None:
    """The forms for a demand without an answer.

    Args:
        does: `answer(demand, answer, feature)`, `pause(demand, reason)`, `resume(demand)`.
    """
    if file.row.answered_at is not None:
        return
    section(t("demands.do_answer"), icon=":material/edit_note:")
    ways = {way: t(f"demands.way.{way}") for way in (("new", "known") if features else ("new",))}
    way = st.segmented_control(
        t("demands.way_label"),
        list(ways),
        format_func=ways.__getitem__,
        default="new",
        required=True,
        key=f"answer-way-{file.row.id}",
    )
    with st.form(f"answer-{way}-{file.row.id}"):
        _answer(file, features if way == "known" else {}, does["answer"], view)
    _pausing(file, does, view)


def _answer(
    file: DemandFile, features: Mapping[int, FeatureChoice], answer: Callable[..., Any], view: View
) -> None:
    marks = Marks(view)
    chosen: FeatureChoice | None = None
    if features:
        with marks.field("feature"):
            number = st.selectbox(
                t("demands.feature"),
                list(features),
                index=None,
                format_func=lambda i: features[i].name,
                placeholder=t("demands.choose"),
            )
            chosen = features[number] if number else None
    said = _feature_fields(marks) if not features else _known(chosen)
    with marks.field("path"):
        path = st.text_area(t("demands.path"), placeholder=t("demands.path_hint"), height=80)
    with marks.field("resources"):
        resources = st.text_area(t("demands.resources"), placeholder=t("demands.resources_hint"), height=80)
    with marks.field("planned_on"):
        label = t("demands.planned_on") if not features else t("demands.planned_on_known")
        day = st.date_input(label, value=None, format="YYYY-MM-DD", key=f"answer-day-{file.row.id}")
    planned_on = day or (chosen.planned_on if chosen else None)
    given = Answer(path=path or "", resources=resources or "", planned_on=planned_on, **said)
    work = partial(answer, file.row.id, given, chosen.id if chosen else None)
    if st.form_submit_button(t("demands.send_answer"), type="primary") and marks.sent(work):
        st.toast(t("demands.answer_sent"))
        st.rerun()


def _feature_fields(marks: Marks) -> dict[str, str]:
    with marks.field("feature"):
        feature = st.text_input(t("demands.new_feature"), placeholder=t("demands.feature_hint"))
    with marks.field("deliverable"):
        deliverable = st.radio(
            t("demands.deliverable"),
            DELIVERABLES,
            horizontal=True,
            format_func={d: term("deliverable", d) for d in DELIVERABLES}.__getitem__,
        )
    with marks.field("reference"):
        reference = st.text_input(t("demands.reference"), placeholder=t("demands.reference_hint"))
    return {"feature": feature or "", "deliverable": deliverable or "", "reference": reference or ""}


def _known(chosen: FeatureChoice | None) -> dict[str, str]:
    """A feature that is there brings its name and deliverable; without one all of it is missing."""
    if chosen is None:
        return {"feature": "", "deliverable": DELIVERABLES[0], "reference": "-"}
    return {"feature": chosen.name, "deliverable": chosen.deliverable, "reference": chosen.reference}


def _pausing(file: DemandFile, does: Does, view: View) -> None:
    """Stop the clock with a reason, or let it run again."""
    if file.row.paused_since is not None:
        with st.form(f"resume-{file.row.id}"):
            marks = Marks(view)
            st.markdown(t("demands.paused_now"))
            sent = st.form_submit_button(t("demands.resume"), icon=":material/play_arrow:")
        done = sent and marks.sent(partial(does["resume"], file.row.id))
    else:
        with st.form(f"pause-{file.row.id}"):
            marks = Marks(view)
            with marks.field("reason"):
                reason = st.text_input(t("demands.pause_reason"), placeholder=t("demands.pause_hint"))
            sent = st.form_submit_button(t("demands.pause"), icon=":material/pause:")
        done = sent and marks.sent(partial(does["pause"], file.row.id, reason or ""))
    if done:
        st.rerun()
