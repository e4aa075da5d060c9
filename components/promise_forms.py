"""The three ways out of a conflict: a new date, a moved plan, an escalation."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any

import streamlit as st

from components import format
from components.blocks import plain, section
from components.feature_words import feature_words
from components.form_turns import next_turn, turn_of
from components.forms import Marks
from components.frame import View
from components.navigation import open_page
from components.text import listed, t
from core.access import Permission, reach
from core.messages import Invalid, Problem
from core.promises.acceptance import Fulfilment
from core.promises.consistency import Light
from data.queries.demand_file import FeatureChoice
from data.queries.promise_board import BoardRow, promises_on
from data.queries.promise_file import PromiseFile
from data.queries.promises import PromiseRow

Does = Mapping[str, Callable[..., Any]]
_NEEDS = {
    "move": Permission.MAKE_PROMISES,
    "plan": Permission.ANSWER_DEMANDS,
    "link": Permission.ANSWER_DEMANDS,
    "escalate": Permission.SEE_PROMISES,
}


def resolve_block(file: PromiseFile, features: Mapping[int, FeatureChoice], does: Does, view: View) -> None:
    """What this person can do about a promise.

    Args:
        does: `move(promise, day, reason)`, `plan(feature, day, reason)`, `escalate(promise, reason)`,
            `link(promise, feature)`.
    """
    ways = [way for way, needs in _NEEDS.items() if _offered(way, needs, file, view)]
    if not ways:
        return
    section(t("promises.do"), icon=":material/build:")
    words = {way: t(f"promises.way.{way}") for way in ways}
    number = file.row.promise.id
    way, turn = _way(words, number), _turn(file)
    if way == "link" and st.button(t("promises.their_demands"), icon=":material/assignment:"):
        open_page("demands", customer=file.row.promise.customer_id)
    with st.form(f"promise-{way}-{turn}"):
        marks = Marks(view)
        st.caption(t(f"promises.way_help.{way}"))
        match way:
            case "escalate":
                work = _escalate(file, does, marks)
            case "link":
                work = _link(file, features, does, marks)
            case _:
                work = _move(way, file, does, marks)
        sent = st.form_submit_button(words[way], type="primary")
    if sent and marks.sent(work):
        next_turn(_named(file))
        st.toast(t("promises.told_above" if way == "escalate" else "promises.resolved"))
        st.rerun()


def _named(file: PromiseFile) -> str:
    return f"promise-{file.row.promise.id}"


def _turn(file: PromiseFile) -> str:
    """What was sent leaves an empty form behind."""
    return turn_of(_named(file))


def _way(words: Mapping[str, str], number: int) -> str:
    chosen: str = st.segmented_control(
        t("promises.way_label"),
        list(words),
        format_func=words.__getitem__,
        default=next(iter(words)),
        required=True,
        key=f"promise-way-{number}",
    )
    return chosen


def _offered(way: str, needs: Permission, file: PromiseFile, view: View) -> bool:
    promise = file.row.promise
    fits = {
        "move": True,
        "plan": promise.feature_id is not None and not promise.delivered,
        "link": promise.feature_id is None,
        "escalate": promise.state.light is Light.RED and file.row.escalated is None,
    }
    return fits[way] and reach(view.who, needs) is not None


def _move(way: str, file: PromiseFile, does: Does, marks: Marks) -> Callable[[], Any]:
    """A new date for the promise or for the plan."""
    promise = file.row.promise
    told = way == "move"
    field = "promised_on" if told else "planned_on"
    with marks.field(field):
        label = t("promises.new_promised") if told else t("promises.new_planned")
        day = st.date_input(label, value=None, format="YYYY-MM-DD", key=f"{way}-day-{_turn(file)}")
    reason = _reason(f"promises.reason_{way}", marks, f"{way}-reason-{_turn(file)}")
    if told:
        return partial(does["move"], promise.id, day, reason)
    return partial(_plan, does["plan"], promise.feature_id, day, False, reason)


def _link(
    file: PromiseFile, features: Mapping[int, FeatureChoice], does: Does, marks: Marks
) -> Callable[[], Any]:
    """The feature that keeps a promise for which nothing was planned."""
    with marks.field("feature"):
        chosen = st.selectbox(
            t("demands.feature"),
            list(features),
            index=None,
            format_func={i: feature_words(f) for i, f in features.items()}.__getitem__,
            placeholder=t("demands.choose"),
        )
    return partial(does["link"], file.row.promise.id, chosen)


def _plan(move: Callable[..., Any], feature: int | None, day: date | None, off: bool, reason: str) -> Any:
    """Move a plan; an empty day takes nothing off the plan unless that was asked for."""
    if day is None and not off:
        raise Invalid([Problem("planned_on", "required")])
    return move(feature, None if off else day, reason)


def _escalate(file: PromiseFile, does: Does, marks: Marks) -> Callable[[], Any]:
    number = file.row.promise.id
    return partial(
        does["escalate"], number, _reason("promises.reason_escalate", marks, f"escalate-reason-{_turn(file)}")
    )


def _reason(label: str, marks: Marks, key: str) -> str:
    with marks.field("reason"):
        return st.text_area(t(label), key=key, height=80) or ""


def feature_form(
    feature: int, found: Sequence[tuple[BoardRow, Sequence[str]]], move: Callable[..., Any], view: View
) -> None:
    """Plan a feature for another day.

    Args:
        found: what customers were told about it.
        move: `move(feature, day, reason)`; no day takes it off the plan.
    """
    section(t("promises.way.plan"), icon=":material/edit_calendar:")
    named = f"feature-{feature}"
    turn = turn_of(named)
    with st.form(turn):
        marks = Marks(view)
        with marks.field("planned_on"):
            day = st.date_input(
                t("promises.new_planned"), value=None, format="YYYY-MM-DD", key=f"feature-day-{turn}"
            )
        for promise in _to_keep(found):
            on = format.day(promise.promised_on, view.language)
            st.caption(plain(t("promises.no_later", customer=promise.customer, on=on)))
        off = st.checkbox(t("promises.off_plan"))
        reason = _reason("promises.reason_plan", marks, f"feature-reason-{turn}")
        sent = st.form_submit_button(t("promises.way.plan"), type="primary")
    if sent and marks.sent(partial(_plan, move, feature, day, off, reason)):
        next_turn(named)
        now = _to_keep(view.read_now(promises_on, feature, view.store.clock()))  # after the move
        hurt = [promise.customer for promise in now if promise.state.light is Light.RED]
        st.toast(t("promises.moved_behind", customers=listed(hurt)) if hurt else t("promises.moved"))
        st.rerun()


def _to_keep(found: Sequence[tuple[BoardRow, Sequence[str]]]) -> list[PromiseRow]:
    """The promises whose day is to come, by that day."""
    promises = [row.promise for row, _ in found if row.promise.fulfilment is Fulfilment.OPEN]
    return sorted(promises, key=lambda promise: (promise.promised_on, promise.id))
