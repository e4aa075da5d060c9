"""What findings led to, drawn: the business calendar and the factors asked for, with what changed."""

from collections.abc import Callable
from functools import partial
from typing import Any

import streamlit as st

from components import address, format
from components.blocks import Tone, badge, empty, plain, section
from components.draft_begin import has_words, note_form
from components.draft_end import send_here
from components.drafts import DraftForm
from components.folding import folded
from components.forecast_words import money, month_name
from components.frame import View
from components.left_over import left_over
from components.scrolling import into_view
from components.text import pair, t, term
from core.access import Permission, decide
from core.forecast.findings import ASKED, DECLINED, TAKEN_UP
from core.terms import INDUSTRIES
from data.commands.form_drafts import EVENT, WISH, WISH_ANSWER
from data.commands.note_drafts import Note
from data.queries.attribution import Decided, MonthAttribution
from data.queries.followed import Change, Followed

_TONES = {ASKED: Tone.AMBER, TAKEN_UP: Tone.GREEN, DECLINED: Tone.QUIET}


def followed(found: Followed, month: MonthAttribution, withdraw: Callable[[int], Any], view: View) -> None:
    """Events and wishes, each with what the next run showed; what a finding asks for begins with its note.

    Args:
        withdraw: `withdraw(event)`.
    """
    left, right = st.columns(2, gap="medium")
    with left:
        _events(found, month, withdraw, view)
    with right:
        _wishes(found, month, view)


def _events(found: Followed, month: MonthAttribution, withdraw: Callable[[int], Any], view: View) -> None:
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
                withdraw(event.id)
                st.toast(t("attribution.withdrawn"))
                st.rerun()
    _adding("event", t("attribution.add_event"), EVENT, _asking(month), "note", _event_form, view)


def _adding(
    what: str,
    label: str,
    note: Note,
    asking: Decided | None,
    field: str,
    draw: Callable[[DraftForm, Decided | None, View], None],
    view: View,
) -> None:
    """A form to open; opened, and brought into view, when a finding asked for it.

    Args:
        field: begins with the note of the decision that asked for it.
        draw: `draw(form, asking, view)` what the form asks.
    """
    asked, about = address.said("add") == what, asking.id if asking else 0
    with st.container(key=f"add_{what}"):
        opens = asked or has_words(view, note, about)
        with folded(label, f"add-{note.kind}-{about}", icon=":material/add:", opens=opens) as is_open:
            if is_open:
                draw(note_form(view, note, about, {field: asking.note} if asking else None), asking, view)
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


def _event_form(form: DraftForm, asking: Decided | None, view: View) -> None:
    form.text("name", t("attribution.event_name"), help=t("attribution.same_name"))
    with st.container(horizontal=True):
        form.day("starts_on", t("attribution.from"), view.today)
        form.day("ends_on", t("attribution.to"), view.today)
    names = {"": t("attribution.every_industry")} | {i: term("industry", i) for i in INDUSTRIES}
    form.select("industry", t("attribution.industry"), list(names), names.__getitem__, default="")
    form.text("note", t("attribution.event_note"))
    adds = partial(EVENT.submit, today=view.today, finding=asking.id if asking else None)
    send_here(view, form, t("attribution.add_event"), adds, said=t("attribution.event_added"))
    form.finish()


def _wishes(found: Followed, month: MonthAttribution, view: View) -> None:
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
                left_over(view, WISH_ANSWER, number=wish.id)
            if wish.state == TAKEN_UP:
                _change(change, month.currency, t("attribution.to_be_built"), view)
            elif wish.state == ASKED and decide(view.who, Permission.CHANGE_WEIGHTS).allowed:
                _answer_form(wish.id, view)
    _adding("factor", t("attribution.ask"), WISH, _asking(month), "why", _ask_form, view)


def _answer_form(wish: int, view: View) -> None:
    form = note_form(view, WISH_ANSWER, wish)
    states = {s: t(f"attribution.state.{s}") for s in (TAKEN_UP, DECLINED)}
    form.switch("state", t("attribution.answer"), list(states), states.__getitem__, TAKEN_UP)
    form.text("answer", t("attribution.answer_why"))
    send_here(view, form, t("attribution.save"), WISH_ANSWER.submit, said=t("attribution.answered"))
    form.finish()


def _ask_form(form: DraftForm, asking: Decided | None, view: View) -> None:
    form.text("name", t("attribution.factor_name"))
    form.long_text("why", t("attribution.factor_why"), height=70)
    asks = partial(WISH.submit, finding=asking.id if asking else None)
    send_here(view, form, t("attribution.ask"), asks, said=t("attribution.asked"))
    form.finish()
