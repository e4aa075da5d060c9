"""The three ways out of a conflict: a new date, a moved plan, an escalation."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import streamlit as st

from components.blocks import section
from components.draft_begin import has_words, note_form
from components.draft_end import send_here, tell_sent
from components.drafts import DraftForm
from components.feature_words import feature_words
from components.forms import Marks
from components.frame import View
from components.left_over import left_over
from components.navigation import open_page
from components.same_plan import OnPlan, beside, no_later, to_keep
from components.text import listed, t
from core.access import Permission, reach
from core.promises.consistency import Light, may_escalate
from data.commands.form_drafts import ESCALATION, PLAN, PROMISE_MOVE, PROMISE_PLAN
from data.queries.demand_file import FeatureChoice
from data.queries.promise_file import PromiseFile
from data.queries.promises import PromiseRow

Link = Callable[[int, int | None, int | None], Any]
_NEEDS = {
    "move": Permission.MAKE_PROMISES,
    "plan": Permission.ANSWER_DEMANDS,
    "link": Permission.ANSWER_DEMANDS,
    "relink": Permission.ANSWER_DEMANDS,
    "escalate": Permission.SEE_PROMISES,
}
_NOTES = {"move": PROMISE_MOVE, "plan": PROMISE_PLAN, "escalate": ESCALATION}


def resolve_block(
    file: PromiseFile,
    features: Mapping[int, FeatureChoice],
    on_plan: Callable[[int], OnPlan],
    link: Link,
    view: View,
) -> None:
    """What this person can do about a promise.

    Args:
        on_plan: `on_plan(feature)` is what customers were told about it.
        link: `link(promise, feature, instead_of)`.
    """
    tell_sent(view)
    if file.row.escalated is not None:
        left_over(view, ESCALATION, number=file.row.promise.id)
    ways = [way for way, needs in _NEEDS.items() if _offered(way, needs, file, view)]
    if not ways:
        return
    section(t("promises.do"), icon=":material/build:")
    promise = file.row.promise
    if promise.feature_id is None and "link" not in ways:
        _who_plans(promise)
    way = _way({way: t(f"promises.way.{way}") for way in ways}, promise.id, view)
    if way not in _NOTES:
        _link(way, file, features, link, view)
        return
    note = _NOTES[way]
    with st.container(border=True):
        form = note_form(view, note, promise.id)
        st.caption(t(f"promises.way_help.{way}"))
        if way != "escalate":
            field = "promised_on" if way == "move" else "planned_on"
            form.day(field, t(f"promises.new_{field.removesuffix('_on')}"))
        if way == "plan" and promise.feature_id is not None:
            beside(promise, on_plan(promise.feature_id), form.get("planned_on"), view)
        _reason(form, way)
        submit = partial(note.submit, feature=promise.feature_id) if way == "plan" else note.submit
        said = t(_said(promise, way))
        send_here(view, form, t(f"promises.way.{way}"), submit, said=said)
    form.finish()


def _who_plans(promise: PromiseRow) -> None:
    """How something comes onto the plan, for those who do not plan it themselves."""
    st.markdown(t("promises.who_plans"))
    if st.button(t("promises.their_demands"), icon=":material/assignment:", key="promise-who-plans"):
        open_page("demands", customer=promise.customer_id)


def _said(promise: PromiseRow, way: str) -> str:
    if way != "escalate":
        return "promises.resolved"
    return "promises.told_above" if promise.state.light is Light.RED else "promises.may_decline"


def _way(words: Mapping[str, str], number: int, view: View) -> str:
    """One of the ways; that in which one left something, until another is chosen."""
    begun = (way for way in words if way in _NOTES and has_words(view, _NOTES[way], number))
    chosen: str = st.segmented_control(
        t("promises.way_label"),
        list(words),
        format_func=words.__getitem__,
        default=next(begun, next(iter(words))),
        required=True,
        key=f"promise-way-{number}",
    )
    return chosen


def _offered(way: str, needs: Permission, file: PromiseFile, view: View) -> bool:
    promise = file.row.promise
    answers = reach(view.who, Permission.ANSWER_DEMANDS) is not None
    fits = {
        "move": True,
        "plan": promise.feature_id is not None and not promise.delivered,
        "link": promise.feature_id is None,
        "relink": promise.feature_id is not None and not promise.with_answer,
        "escalate": file.row.escalated is None and may_escalate(promise.state.light, promise.asked, answers),
    }
    return fits[way] and reach(view.who, needs) is not None


def _link(way: str, file: PromiseFile, features: Mapping[int, FeatureChoice], link: Link, view: View) -> None:
    """The feature that keeps a promise for which nothing was planned, or another than was named."""
    promise = file.row.promise
    words = feature_words(features)
    others = {i: words[i] for i in features if i != promise.feature_id}
    if st.button(t("promises.their_demands"), icon=":material/assignment:"):
        open_page("demands", customer=promise.customer_id)
    with st.form(f"promise-link-{promise.id}"):
        marks = Marks(view)
        st.caption(t(f"promises.way_help.{way}"))
        with marks.field("feature"):
            chosen = st.selectbox(
                t("demands.feature"),
                list(others),
                index=None,
                format_func=others.__getitem__,
                placeholder=t("demands.choose"),
            )
        sent = st.form_submit_button(t(f"promises.way.{way}"), type="primary")
    if sent and marks.sent(partial(link, promise.id, chosen, promise.feature_id)):
        st.toast(t("promises.resolved"))
        st.rerun()


def _reason(form: DraftForm, way: str) -> None:
    form.long_text("reason", t(f"promises.reason_{way}"), height=80)


def feature_form(feature: int, found: OnPlan, view: View) -> None:
    """Plan a feature for another day, or take it off the plan.

    Args:
        found: what customers were told about it.
    """
    if tell_sent(view):
        hurt = [promise.customer for promise in to_keep(found) if promise.state.light is Light.RED]
        st.toast(t("promises.moved_behind", customers=listed(hurt)) if hurt else t("promises.moved"))
    section(t("promises.way.plan"), icon=":material/edit_calendar:")
    with st.container(border=True):
        form = note_form(view, PLAN, feature)
        form.day("planned_on", t("promises.new_planned"))
        no_later(to_keep(found), form.get("planned_on"), view)
        form.tick("off", t("promises.off_plan"))
        _reason(form, "plan")
        send_here(view, form, t("promises.way.plan"), partial(PLAN.submit, feature=feature))
    form.finish()
