"""The alerts page's parts: filters, the list, and one alert in hand."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import streamlit as st

from components import address
from components.alert_hands import hands_words
from components.blocks import Row, Tone, empty, plain, rows
from components.days import evening
from components.draft_begin import has_words, note_form
from components.draft_end import send_here, tell_sent
from components.forms import Marks
from components.frame import View
from components.left_over import left_over
from components.navigation import open_page
from components.scrolling import into_view
from components.text import t
from data.commands.note_drafts import ALERT
from data.notices import alert_words
from data.queries.alerts import PAGE, AlertFilters, AlertItem, AlertList, Show

_TONES = {"red": Tone.RED, "amber": Tone.AMBER}
_TAKEN = "alert-taken"  # when the one in hand was taken


def chosen_filters() -> AlertFilters:
    """What the address asks for."""
    show = Show(address.read("show", [s.value for s in Show], Show.STANDING))
    return AlertFilters(show, address.said("rule"), address.number("rep"), address.number("shown") or PAGE)


def filters(found: AlertList) -> None:
    """State, rule and rep, with how many there are of each."""
    states = {s.value: t(f"alerts_page.show.{s}") for s in Show}
    drops = ("rule", "rep", "shown", "alert")
    address.choose(
        st.segmented_control,
        t("alerts_page.state"),
        "show",
        states,
        Show.STANDING.value,
        drops=drops,
        required=True,
    )
    rules = sorted(found.rules, key=lambda rule: -found.rules[rule])
    reps = {str(i): f"{name} ({n})" for i, (name, n) in found.reps.items()}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        address.pick(
            t("alerts_page.rule"),
            "rule",
            rules,
            lambda rule: f"{t(f'alerts.{rule}.name')} ({found.rules[rule]})",
            everything=t("alerts_page.every_rule"),
            drops=("shown",),
        )
        address.pick(
            t("alerts_page.rep"),
            "rep",
            list(reps),
            reps.__getitem__,
            everything=t("alerts_page.every_rep"),
            drops=("shown",),
        )


def listed(found: AlertList, show: Show, view: View) -> None:
    """The list; a button takes an alert into hand."""
    if not found.items:
        empty(t(f"alerts_page.none.{show}"), t("alerts_page.none_hint"), icon=":material/check_circle:")
        return
    if pressed := rows([_row(item, view) for item in found.items], "alerts"):
        st.session_state[_TAKEN] = view.now.isoformat()
        address.write(alert=pressed)
        st.rerun()
    if found.total > len(found.items):
        st.caption(t("alerts_page.first_of", shown=len(found.items), total=found.total))
        if st.button(t("alerts_page.more"), type="tertiary"):
            address.write(shown=len(found.items) + PAGE)
            st.rerun()


def _row(item: AlertItem, view: View) -> Row:
    words = alert_words(view.language, item.rule, item.params)
    parts = [words["why"].rstrip(".。"), item.rep or "", item.opportunity, _state(item, view)]
    return Row(
        str(item.id),
        item.customer or item.opportunity,
        " · ".join(p for p in parts if p),
        mark=words["name"],
        tone=_TONES.get(item.severity, Tone.QUIET),
        action="" if item.resolved_at else t(f"alerts_page.{'look' if item.may_handle else 'see'}"),
    )


def _state(item: AlertItem, view: View) -> str:
    if item.resolved_at:
        return t("alerts_page.settled", at=view.instant(item.resolved_at), note=item.note)
    if item.snoozed_until and item.snoozed_until > view.now:
        return t("alerts_page.sleeps", until=view.instant(item.snoozed_until))
    raised = t("alerts_page.raised", ago=view.ago(item.raised_at))
    return hands_words(item.hands, view) or raised


def taken(view: View) -> int | None:
    """The alert in hand, which the address names; none once it is settled."""
    if tell_sent(view):
        address.write(alert=None)
    return address.number("alert")


def in_hand(
    item: AlertItem | None,
    hands: Callable[[], tuple[tuple[int, str], ...]],
    does: Mapping[str, Callable[..., Any]],
    view: View,
) -> None:
    """One alert: what it says, what to do, and what may be done with it here.

    Args:
        does: `assign(alert, person, due_at)`, `snooze(alert, until)`.
    """
    if item is None:
        st.info(t("alerts_page.gone"), icon=":material/check_circle:")
        left_over(view, ALERT, number=address.number("alert") or 0)
        return
    words = alert_words(view.language, item.rule, item.params)
    with st.container(border=True, key="alert_in_hand"):
        into_view("alert_in_hand", st.session_state.get(_TAKEN, str(item.id)), key="alert_into_view")
        st.markdown(f"**{plain(item.customer or item.opportunity)}** · {plain(words['name'])}")
        st.markdown(f"{plain(words['why'])}  \n**{plain(words['action'])}**")
        st.caption(plain(" · ".join(p for p in (item.rep or "", item.opportunity, _state(item, view)) if p)))
        _leave(item)
        if item.may_handle:
            _handle(item, hands, does, view)
        else:
            st.caption(t("alerts_page.not_yours"))


def _leave(item: AlertItem) -> None:
    with st.container(horizontal=True):
        if item.customer_id and st.button(t("board.open_customer"), icon=":material/arrow_forward:"):
            open_page("customer", customer=item.customer_id)
        if st.button(t("alerts_page.close"), type="tertiary", icon=":material/close:"):
            address.write(alert=None)
            st.rerun()


def _handle(
    item: AlertItem,
    hands: Callable[[], tuple[tuple[int, str], ...]],
    does: Mapping[str, Callable[..., Any]],
    view: View,
) -> None:
    ways = {way: t(f"alerts_page.do.{way}") for way in ("assign", "snooze", "resolve")}
    way = st.segmented_control(
        t("alerts_page.what"),
        list(ways),
        format_func=ways.__getitem__,
        default="resolve" if item.mine or has_words(view, ALERT, item.id) else "assign",
        required=True,
        key=f"way-{item.id}",
    )
    if way == "resolve":
        _resolve(item, ways[way], view)
        return
    with st.form(f"alert-{way}-{item.id}", border=False):
        marks = Marks(view)
        if way == "assign":
            work, said = _assign(item, hands(), does["assign"], marks, view)
        else:
            work, said = _snooze(item, does["snooze"], marks, view), t("alerts_page.done.snooze")
        if st.form_submit_button(ways[way], type="primary") and marks.sent(work):
            address.write(alert=None)
            st.toast(said)
            st.rerun()


def _assign(
    item: AlertItem,
    hands: tuple[tuple[int, str], ...],
    assign: Callable[..., Any],
    marks: Marks,
    view: View,
) -> tuple[Callable[[], Any], str]:
    """What gives it into somebody's hands, and what is said then."""
    names = dict(hands)
    reps = [n for n, name in enumerate(names.values()) if name == item.rep]
    with marks.field("person"):
        person = st.selectbox(
            t("alerts_page.person"),
            list(names),
            index=reps[0] if len(reps) == 1 else None,  # whose opportunity it is, as the meeting proposes
            format_func=names.__getitem__,
            placeholder=t("alerts_page.choose"),
        )
    with marks.field("due_at"):
        due_at = evening(t("alerts_page.by"), f"due-{item.id}", view, team=view.who.team_id)
    said = "assign_self" if person == view.who.person_id else "assign"
    who = plain(names.get(person or 0, ""))
    return partial(assign, item.id, person or 0, due_at), t(f"alerts_page.done.{said}", who=who)


def _snooze(item: AlertItem, snooze: Callable[..., Any], marks: Marks, view: View) -> Callable[[], Any]:
    with marks.field("until"):
        until = evening(
            t("alerts_page.until"), f"until-{item.id}", view, team=view.who.team_id, without=("today",)
        )
    return partial(snooze, item.id, until)


def _resolve(item: AlertItem, label: str, view: View) -> None:
    form = note_form(view, ALERT, item.id)
    form.long_text("note", t("alerts_page.note"), height=80)
    send_here(view, form, label, ALERT.submit, said=t("alerts_page.done.resolve"))
    form.finish()
