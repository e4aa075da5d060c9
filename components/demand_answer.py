"""What product does with a demand: answer it with a feature and a date, decline it, or stop its clock."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any

import streamlit as st

from components import address, format
from components.blocks import plain, section
from components.draft_begin import draft_now, form_over, sheets
from components.draft_end import send_here, submit_draft
from components.drafts import DraftForm
from components.feature_words import feature_words
from components.forms import Marks
from components.frame import View
from components.navigation import open_page
from components.record_story import short
from components.scrolling import arrive, into_view
from components.text import t, term
from core.promises.consistency import READY
from core.promises.demands import DECLINES, DELIVERABLES, check_kept_plan, stands
from core.promises.sla import SlaState
from data.commands.form_drafts import PAUSE
from data.commands.promise_drafts import ANSWER, DECLINE, open_answer, save_promise_fields, submit_answer
from data.queries.demand_file import DemandFile, FeatureChoice
from data.queries.drafts import DraftView, begun
from data.queries.promise_board import promises_on, standing
from data.queries.promises import PromiseRow, promises_of

_MOST_PROMISES = 3  # the widest gaps
AFTER_ALL = "after_all"
_PROMISED = "promise"  # where a decline is refused for what the customer was promised

Does = Mapping[str, Callable[..., Any]]


def to_answer(file: DemandFile) -> bool:
    """Whether an answer is asked for: a first one, one after all where it was declined, or one anew."""
    if anew(file) is not None:
        return True
    if file.row.state is SlaState.DECLINED:
        return after_all()
    return file.row.answered_at is None and file.taken_back is None


def after_all() -> bool:
    """Whether the address asks for an answer to what was declined; *Answer* on Today asks for a first one."""
    return address.read("do", [AFTER_ALL], "") == AFTER_ALL


def may_answer_anew(file: DemandFile) -> bool:
    """Whether the answer that stands can be replaced, or a decline put right; after all is another thing."""
    return file.row.state in (SlaState.ANSWERED, SlaState.DECLINED) and not file.handed_over


def anew(file: DemandFile) -> int | None:
    """Of an answer that replaces the one that stands, how many stood before that one; None if none is asked.

    What was sent counts as one more, so the form does not come again.
    """
    asked, before = address.number("anew"), len(file.earlier)
    return before if asked == before + 1 and may_answer_anew(file) else None


def part_of(demand: int) -> str:
    """The part of the page with the form that answers a demand."""
    return f"answer-{demand}"


def answer_block(
    file: DemandFile, features: Mapping[int, FeatureChoice], kept: DraftView | None, does: Does, view: View
) -> None:
    """The forms for a demand without an answer, or for one that is answered after all.

    Args:
        kept: one's draft of an answer.
        does: `resume(demand)`.
    """
    if kept is None:
        return
    waits, again = file.row.answered_at is None, anew(file) is not None
    over = again and file.row.state is SlaState.DECLINED  # what was said of a decline is put right
    title = "do_answer" if waits else "declined_wrong" if over else "anew" if again else "after_all"
    part = part_of(file.row.id)
    with st.container(key=part):
        section(t(f"demands.{title}"), icon=":material/edit_note:")
        if again and file.row.feature_id:
            st.caption(t("demands.only_named"))
    form = form_over(view, kept, save_promise_fields, "answer")
    with st.container(border=True):
        ways = ("new", *(("known",) if features else ()), *((DECLINE,) if waits or again else ()))
        way = DECLINE if over else _way(form, ways)
        if way == DECLINE:
            _decline(form, view.read(standing, file.row.id, view.now), view)
        else:
            _answer(form, way, features, view)
        if again:
            hint = "" if over else t("demands.anew_hint")
            form.long_text("anew", t("demands.anew_reason"), placeholder=hint)
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.button(
                t("demands.send_answer"),
                type="primary",
                key=f"{form.prefix}submit",
                on_click=submit_draft,
                args=(view, kept.id, submit_answer),
            )
            if not waits and st.button(t("demands.leave_answer"), type="tertiary", key=f"{form.prefix}leave"):
                address.write(anew=None, do=None)
                st.rerun()
            st.caption(t("demands.saved_as_draft"), width="content")
    form.finish()
    if waits:
        _pausing(file, does, view)
    if waits and address.read("do", [ANSWER], ""):
        into_view(part, part, key="answer")  # once all of it is drawn, the page is long enough to scroll
    else:
        arrive(part)


def _way(form: DraftForm, ways: Sequence[str]) -> Any:
    return form.switch("way", t("demands.way_label"), ways, lambda w: t(f"demands.way.{w}"), "new")


def answer_draft(file: DemandFile, view: View) -> DraftView:
    """One's draft of an answer to a demand, begun now if there is none.

    That a decline was refused for a promise is no longer said once the promise was escalated.
    """
    demand, after = file.row.id, anew(file)
    number = view.read_now(begun, ANSWER, demand=demand, after=after) or view.do(open_answer, demand, after)
    kept = draft_now(view, number)
    if all(p.field != _PROMISED for p in kept.problems):
        return kept
    still = [stands(row.words) for row in view.read(standing, demand, view.now)]
    return replace(kept, problems=tuple(p for p in kept.problems if p.field != _PROMISED or p in still))


def _decline(form: DraftForm, promised: Sequence[PromiseRow], view: View) -> None:
    """Why not, and what the rep can say; what the customer was promised comes first."""
    form.problems(_PROMISED)
    for row in promised:
        if not form.is_marked(_PROMISED):
            st.warning(plain(view.explain(stands(row.words))), icon=":material/handshake:")
        label = t("demands.to_promise") + (f" · {short(row.words, 40)}" if len(promised) > 1 else "")
        if st.button(label, key=f"stands-{row.id}", icon=":material/arrow_forward:"):
            open_page("promises", promise=row.id)
    form.choice("reason", t("demands.decline_reason"), DECLINES, lambda r: term("decline", r))
    form.long_text("reply", t("demands.reply"), placeholder=t("demands.reply_hint"))


def _answer(form: DraftForm, way: str, features: Mapping[int, FeatureChoice], view: View) -> None:
    chosen = None
    if way == "known":
        chosen = _known(form, features)
    else:
        _feature_fields(form)
    promised = _rests_on(chosen, view.read(promises_of, form.values()["demand"], view.now), view)
    for name in ("path", "resources"):
        label, kept = t(f"demands.{name}"), getattr(chosen, name, "")
        form.long_text(
            name,
            t("demands.stays", what=label) if kept else label,
            placeholder=kept or t(f"demands.{name}_hint"),
        )
    day = t("demands.planned_on")
    form.day("planned_on", t("demands.stays", what=day) if chosen and _keeps_day(chosen, view) else day)
    typed, planned = form.values().get("planned_on"), chosen.planned_on if chosen else None
    _hurts(promised, date.fromisoformat(typed) if typed else planned, view)


def _keeps_day(feature: FeatureChoice, view: View) -> bool:
    """Whether an answer can name no day of its own."""
    over = check_kept_plan(feature.planned_on, feature.spread, view.today)
    return feature.planned_on is not None and not over


def _known(form: DraftForm, features: Mapping[int, FeatureChoice]) -> FeatureChoice | None:
    """The planned feature that is chosen; what it has stays unless it is written anew."""
    words = feature_words(features)
    number = form.select(
        "known", t("demands.feature"), list(features), words.__getitem__, placeholder=t("demands.choose")
    )
    return features.get(number)


def _rests_on(feature: FeatureChoice | None, own: Sequence[PromiseRow], view: View) -> Sequence[PromiseRow]:
    """What customers were promised and have not had, which the date may hurt.

    Args:
        own: what the customer was promised of the demand; what others were of the feature follows.
    """
    on_it = view.read(promises_on, feature.id, view.now) if feature else []
    waiting = {row.id: row for row in [*own, *(row.promise for row, _ in on_it)] if not row.delivered}
    shown = list(waiting.values())[:_MOST_PROMISES]
    with st.container(key="answer-promises", gap="xsmall"):  # always there, as the fields below it are
        for row in shown:
            on = format.day(row.promised_on, view.language)
            said = t("demands.promised_with", customer=row.customer, on=on)
            st.caption(f":material/handshake: {plain(said)}")
    return shown


def _hurts(promised: Sequence[PromiseRow], planned_on: date | None, view: View) -> None:
    """Which of the promises that wait for the plan the date breaks."""
    with st.container(key="answer-hurts", gap="xsmall"):
        for row in promised:
            if planned_on and planned_on > row.promised_on and row.state.code != READY:
                on = format.day(row.promised_on, view.language)
                said = plain(t("promises.no_later", customer=row.customer, on=on))
                st.markdown(f":small[:orange[:material/warning: {said}]]")


def _feature_fields(form: DraftForm) -> None:
    form.text("feature", t("demands.new_feature"), placeholder=t("demands.feature_hint"))
    form.switch(
        "deliverable",
        t("demands.deliverable"),
        DELIVERABLES,
        lambda d: term("deliverable", d),
        DELIVERABLES[0],
    )
    form.text("reference", t("demands.reference"), placeholder=t("demands.reference_hint"))


def _pausing(file: DemandFile, does: Does, view: View) -> None:
    """Stop the clock with a reason, or let it run again."""
    number = file.row.id
    if file.row.paused_since is not None:
        with st.form(f"resume-{number}"):
            marks = Marks(view)
            st.markdown(t("demands.paused_now"))
            sent = st.form_submit_button(t("demands.resume"), icon=":material/play_arrow:")
        if sent and marks.sent(partial(does["resume"], number)):
            st.rerun()
        return
    with st.container(border=True, key=f"pause-box-{number}"):
        form = sheets(view, PAUSE).form(number)
        form.text("reason", t("demands.pause_reason"), placeholder=t("demands.pause_hint"))
        send_here(view, form, t("demands.pause"), PAUSE.submit, icon=":material/pause:", quiet=True)
        form.finish()
