"""What findings led to, drawn: the business calendar and the factors asked for, with what changed."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from functools import partial
from typing import Any

import streamlit as st

from components import address, format
from components.blocks import Tone, badge, empty, plain, section
from components.forecast_words import money, month_name
from components.form_turns import next_turn, turn_of
from components.forms import Marks
from components.frame import View
from components.scrolling import into_view
from components.text import pair, t, term
from core.access import Permission, decide
from core.forecast.findings import ASKED, DECLINED, TAKEN_UP, EventInput
from core.terms import INDUSTRIES
from data.queries.attribution import Decided, MonthAttribution
from data.queries.followed import Change, Followed

Does = Mapping[str, Callable[..., Any]]
_TONES = {ASKED: Tone.AMBER, TAKEN_UP: Tone.GREEN, DECLINED: Tone.QUIET}


def followed(found: Followed, month: MonthAttribution, does: Does, view: View) -> None:
    """Events and wishes, each with what the next run showed; what a finding asks for begins with its note.

    Args:
        does: `event(event, finding)`, `withdraw(event)`, `ask(name, why, finding)`,
            `answer(request, state, answer)`.
    """
    left, right = st.columns(2, gap="medium")
    with left:
        _events(found, month, does, view)
    with right:
        _wishes(found, month, does, view)


def _events(found: Followed, month: MonthAttribution, does: Does, view: View) -> None:
    section(t("attribution.calendar"), icon=":material/event:", help=t("attribution.calendar_help"))
    if not found.events:
        empty(t("attribution.no_events"), t("attribution.no_events_hint"), icon=":material/event:")
    for event, change in found.events:
        with st.container(border=True, key=f"calendar-{event.id}"):
            days = format.days(event.starts_on, event.ends_on, view.language)
            where = term("industry", event.industry) if event.industry else t("attribution.every_industry")
            st.markdown(
                f"**{plain(event.name)}** :small[:gray[{plain(f'{days} · {where}')}]]  \n{plain(event.note)}"
            )
            _change(change, month.currency, t("attribution.no_change_yet"), view)
            if st.button(t("attribution.withdraw"), key=f"withdraw-{event.id}", type="tertiary"):
                does["withdraw"](event.id)
                st.toast(t("attribution.withdrawn"))
                st.rerun()
    with _adding("event", t("attribution.add_event")):
        _event_form(does["event"], _asking(month), view)


@contextmanager
def _adding(what: str, label: str) -> Iterator[None]:
    """A form to open; opened, and brought into view, when a finding asked for it."""
    asked = address.said("add") == what
    with st.container(key=f"add_{what}"):
        with st.expander(label, expanded=asked, icon=":material/add:"):
            yield
        if asked:
            into_view(f"add_{what}", str(address.number("finding")), key=f"add_{what}_into_view")


def _change(change: Change | None, currency: str, otherwise: str, view: View) -> None:
    if change is None:
        st.caption(otherwise)
        return
    said = t(
        "attribution.changed" if change.whole else "attribution.changed_team",
        month=month_name(change.month, view.language),
        before=money(change.before, currency, view.language),
        after=money(change.after, currency, view.language),
        before_on=format.day(change.before_on, view.language),
        after_on=format.day(change.after_on, view.language),
    )
    if change.season_before is not None and change.season_after is not None:
        seasons = (format.number(v, view.language) for v in (change.season_before, change.season_after))
        said += " " + t("attribution.changed_season", before=next(seasons), after=next(seasons))
    st.caption(plain(said))


def _asking(month: MonthAttribution) -> Decided | None:
    """The decision of this month that the address is about."""
    finding = address.number("finding")
    decided = (d.decided for d in month.deviations)
    return next((d for d in decided if d and d.id == finding), None)


def _event_form(add: Callable[..., Any], asking: Decided | None, view: View) -> None:
    here = view.today
    turn = turn_of("add-event")
    with st.form(turn, border=False, clear_on_submit=False):
        marks = Marks(view)
        with marks.field("name"):
            name = st.text_input(
                t("attribution.event_name"), key="event-name", help=t("attribution.same_name")
            )
        with st.container(horizontal=True):
            with marks.field("starts_on"):
                first = st.date_input(t("attribution.from"), here, format="YYYY-MM-DD", key="event-from")
            with marks.field("ends_on"):
                last = st.date_input(t("attribution.to"), here, format="YYYY-MM-DD", key="event-to")
        names = {"": t("attribution.every_industry")} | {i: term("industry", i) for i in INDUSTRIES}
        with marks.field("industry"):
            industry = st.selectbox(
                t("attribution.industry"),
                list(names),
                format_func=names.__getitem__,
                key="event-industry",
            )
        note = st.text_input(t("attribution.event_note"), **_from_note(asking, "event-note"))
        event = EventInput(name or "", _day(first, here), _day(last, here), industry or None, note or "")
        work = partial(add, turn, event, address.number("finding"))
        if st.form_submit_button(t("attribution.add_event"), type="primary") and marks.sent(work):
            next_turn("add-event")
            _done("attribution.event_added")


def _from_note(asking: Decided | None, key: str) -> dict[str, Any]:
    """A field that begins with a decision's note, where one asked for the form."""
    return {"value": asking.note, "key": f"{key}-{asking.id}"} if asking else {"key": key}


def _day(chosen: Any, otherwise: date) -> date:
    return chosen if isinstance(chosen, date) else otherwise


def _wishes(found: Followed, month: MonthAttribution, does: Does, view: View) -> None:
    section(t("attribution.wishes"), icon=":material/add_chart:", help=t("attribution.wishes_help"))
    if not found.wishes:
        empty(t("attribution.no_wishes"), t("attribution.no_wishes_hint"), icon=":material/add_chart:")
    for wish, change in found.wishes:
        with st.container(border=True, key=f"wished-{wish.id}"):
            badge(t(f"attribution.state.{wish.state}"), _TONES[wish.state])
            by = f"{wish.by or t('attribution.operator')} · {view.instant(wish.asked_at)}"
            st.markdown(f"**{plain(wish.name)}** :small[:gray[{plain(by)}]]  \n{plain(wish.why)}")
            if wish.answer:
                answerer = plain(wish.answered_by or t("attribution.operator"))
                st.markdown(pair(f":gray[{answerer}]", plain(wish.answer)))
            if wish.state == TAKEN_UP:
                _change(change, month.currency, t("attribution.to_be_built"), view)
            elif wish.state == ASKED and decide(view.who, Permission.CHANGE_WEIGHTS).allowed:
                _answer_form(wish.id, does["answer"], view)
    with _adding("factor", t("attribution.ask")):
        _ask_form(does["ask"], _asking(month), view)


def _answer_form(wish: int, answer: Callable[..., Any], view: View) -> None:
    with st.form(f"answer-{wish}", border=False):
        marks = Marks(view)
        states = {s: t(f"attribution.state.{s}") for s in (TAKEN_UP, DECLINED)}
        with marks.field("state"):
            state = st.radio(
                t("attribution.answer"),
                list(states),
                format_func=states.__getitem__,
                horizontal=True,
                key=f"answer-state-{wish}",
            )
        with marks.field("answer"):
            said = st.text_input(t("attribution.answer_why"), key=f"answer-why-{wish}")
        work = partial(answer, wish, state or "", said or "")
        if st.form_submit_button(t("attribution.save")) and marks.sent(work):
            _done("attribution.answered")


def _ask_form(ask: Callable[..., Any], asking: Decided | None, view: View) -> None:
    turn = turn_of("ask-factor")
    with st.form(turn, border=False):
        marks = Marks(view)
        with marks.field("name"):
            name = st.text_input(t("attribution.factor_name"), key="factor-name")
        with marks.field("why"):
            why = st.text_area(t("attribution.factor_why"), height=70, **_from_note(asking, "factor-why"))
        work = partial(ask, turn, name or "", why or "", address.number("finding"))
        if st.form_submit_button(t("attribution.ask"), type="primary") and marks.sent(work):
            next_turn("ask-factor")
            _done("attribution.asked")


def _done(word: str) -> None:
    address.write(finding=None, add=None)
    st.toast(t(word))
    st.rerun()
