"""Requests of stores drawn: the pool, one request with everybody who asked, what headquarters does."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import streamlit as st

from components import address, format
from components.address import leave_for, within_list
from components.blocks import Row, Tone, badge, empty, picture, plain, rows, section
from components.draft_end import tell_sent
from components.drafts import DraftForm
from components.forms import Marks
from components.frame import View
from components.left_over import left_over
from components.record_story import short
from components.store_answers import anew_form, answer_form, answer_given, planned_for
from components.store_parting import separate_form, separated_note
from components.taking_back import take_back_form, taken_back_note, worth_choosing
from components.text import listed, t, term
from core.access import Permission, decide
from data.commands.form_drafts import REQUEST_BACK
from data.commands.note_drafts import ALSO, STORE_ANSWER, begin_anew
from data.queries.store_requests import PAGE, Alike, Asked, Pool, Request, Show
from data.queries.taken_back import TakenBack

Does = Mapping[str, Callable[..., Any]]
Likes = Callable[[str], Sequence[Alike]]
_TONES = {"P0": Tone.RED, "P1": Tone.AMBER, "P2": Tone.QUIET, "P3": Tone.QUIET}
_OUTCOMES = {"planned": Tone.BLUE, "done": Tone.GREEN, "declined": Tone.QUIET}


def chosen_show() -> Show:
    """Which requests the address asks for."""
    return Show(address.read("show", [s.value for s in Show], Show.OPEN.value))


def answered_likes(found: Sequence[Alike], key: str, view: View) -> None:
    """What headquarters said to the like; who asked for it opens it.

    Args:
        key: of the list, unique on the page.
    """
    if not found:
        return
    st.markdown(f"**{t('store_requests.likes_answered')}**")
    opens = decide(view.who, Permission.ANSWER_STORE_REQUESTS).allowed
    lines = [
        Row(
            str(one.request.id),
            one.request.words,
            " · ".join(p for p in (planned_for(one.request.planned_on, view), one.request.reply) if p),
            *_mark(one.request),
            action=t("demands.look") if opens or asked_it(one.request, view) else "",
        )
        for one in found
    ]
    if pressed := rows(lines, key):
        leave_for(request=int(pressed))


def asked_it(request: Request, view: View) -> bool:
    """Whether the reader's store is among those that asked."""
    return view.who.team_id in {a.store_id for a in request.asked}


def pool_filters(found: Pool) -> None:
    """Open or answered, and of which region."""
    shown = worth_choosing(Show, found.counts, Show.TAKEN_BACK, chosen_show())
    states = {s.value: f"{t(f'store_requests.show.{s}')} ({found.counts[s]})" for s in shown}
    address.choose(
        st.segmented_control,
        t("store_requests.state"),
        "show",
        states,
        Show.OPEN.value,
        drops=("shown",),
        required=True,
    )
    if len(found.regions) > 1:
        address.pick(
            t("store_requests.region"),
            "region",
            found.regions,
            str,
            everything=t("store_requests.every_region"),
        )


def pool_list(found: Pool, show: Show, view: View) -> None:
    """The pool; a button opens a request."""
    section(t("store_requests.pool"), icon=":material/storefront:")
    if not found.rows:
        empty(t(f"store_requests.none.{show}"), t("store_requests.none_hint"), icon=":material/storefront:")
        return
    shown = address.number("shown") or PAGE
    if pressed := rows([_line(one, view) for one in found.rows[:shown]], "store-requests"):
        within_list(request=int(pressed))
    if len(found.rows) > shown and st.button(t("demands.more"), type="tertiary"):
        address.write(shown=shown + PAGE)
        st.rerun()


def _line(one: Request, view: View) -> Row:
    mark, tone = _mark(one)
    first = format.day(one.asked[0].filed_at.astimezone(ZoneInfo(view.who.timezone)).date(), view.language)
    said = [planned_for(one.planned_on, view), _brief(one.reply, 60)] if one.outcome else []
    details = [*(part for part in said if part), stores(one), t("store_requests.since", on=first)]
    if any(asked.photo for asked in one.asked):
        details.append(t("store_requests.with_photo"))
    return Row(
        str(one.id),
        _brief(one.words, 120),
        " · ".join(details),
        mark=mark,
        tone=tone,
        action=t("demands.look"),
    )


def _brief(text: str, most: int) -> str:
    """The beginning of people's text as they wrote it."""
    return text if len(text) <= most else f"{text[:most].rstrip()}…"


def _mark(one: Request) -> tuple[str, Tone]:
    if one.taken_back:
        return t("store_requests.show.taken_back"), Tone.QUIET
    if one.outcome:
        return t(f"store_requests.outcome.{one.outcome}"), _OUTCOMES[one.outcome]
    return term("urgency", one.urgency), _TONES[one.urgency]


def stores(one: Request) -> str:
    """Who asked for it, and how many they are."""
    return t("store_requests.stores", n=len(one.stores), names=listed(one.stores))


def head(one: Request, show: Callable[[str], tuple[bytes, str]], view: View) -> None:
    """One request with everybody who asked, and what headquarters said.

    Args:
        show: the content of a picture, by its hash.
    """
    if st.button(t("store_requests.to_pool"), type="tertiary", icon=":material/arrow_back:"):
        within_list()
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        badge(*_mark(one))
        st.markdown(f"**{plain(stores(one))}**")
    with st.container(border=True, gap="small"):
        for asked in one.asked:
            parts = (asked.store, asked.region, asked.person, view.instant(asked.filed_at),
                     term("urgency", asked.urgency))  # fmt: skip
            st.caption(plain(" · ".join(p for p in parts if p)))
            st.text(asked.words)
            if asked.photo:
                picture(show(asked.photo)[0], t("store_requests.photo_of", store=asked.store))
    if one.separated is not None:
        separated_note(one.separated, view)
    if one.taken_back is not None:
        _mistaken(one, one.taken_back, view)
    if one.answered_at is not None:
        answer_given(one, view)


def _mistaken(one: Request, found: TakenBack, view: View) -> None:
    taken_back_note(found, view)
    files = decide(view.who, Permission.FILE_STORE_REQUESTS).allowed and asked_it(one, view)
    if files and st.button(t("demands.correct"), icon=":material/redo:"):
        if not view.do(begin_anew, one.id):
            st.toast(t("store_requests.begun_before"))
        leave_for()


def mistakes(one: Request, own: Sequence[Asked], view: View) -> None:
    """The way to take back what one's store filed by mistake.

    Args:
        own: what of the request may be taken back.
    """
    sent = tell_sent(view)
    if sent and sent.kind == REQUEST_BACK.kind:
        leave_for(request=sent.values[REQUEST_BACK.about])
    for asked in own:
        words = short(asked.words, 30) if len(one.asked) > 1 else ""
        take_back_form(REQUEST_BACK, asked.id, "request", view, words)
    if decide(view.who, Permission.FILE_STORE_REQUESTS).allowed:
        for asked in (a for a in one.asked if a not in own):
            left_over(view, REQUEST_BACK, number=asked.id)


def desk_block(one: Request, found: Sequence[Alike], known: Sequence[Alike], does: Does, view: View) -> None:
    """What headquarters does with a request: take its likes in, answer it (anew), or take a part out.

    Args:
        known: answered ones that are alike.
        does: `merge(into, others)`.
    """
    with st.container(key=f"store-request-do-{one.id}"):
        if one.shown is not Show.OPEN:
            left_over(view, STORE_ANSWER, number=one.id)
            if one.shown is Show.ANSWERED:
                anew_form(one, view)
        else:

            def likes(form: DraftForm) -> None:
                _merge_form(one, found, does["merge"], form, view)
                answered_likes(known, f"answered-{one.id}", view)

            answer_form(one, likes, view)
        separate_form(one, view)


def go_on(following: Request | None, waits: int) -> None:
    """From an answered request on to the next that waits."""
    if following is None:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="store-request-next"):
        name = plain(_brief(following.words, 40))
        if st.button(t("store_requests.next", words=name), icon=":material/arrow_forward:"):
            leave_for(request=following.id)
        st.caption(t("store_requests.still_open", n=waits), width="content")


def _merge_form(
    one: Request, found: Sequence[Alike], merge: Callable[..., Any], form: DraftForm, view: View
) -> None:
    """Likes to tick: merged at once, or with the answer."""
    section(t("store_requests.likes"), icon=":material/merge:")
    if not found:
        st.caption(t("store_requests.no_likes"))
        return
    words = {a.request.id: f"{short(a.request.words, 100)} · {plain(stores(a.request))}" for a in found}
    with st.container(border=True, key=f"store-merge-{one.id}"):
        marks = Marks(view)
        st.caption(t("store_requests.merge_hint"))
        with marks.field("others"):
            for number, said in words.items():
                form.tick(f"{ALSO}{number}", said)
        chosen = [number for number in words if form.get(f"{ALSO}{number}")]
        sent = st.button(t("store_requests.merge"), key=f"merge-{one.id}", icon=":material/merge:")
    if sent and marks.sent(partial(merge, one.id, chosen)):
        form.set({f"{ALSO}{number}": None for number in chosen})  # else one taken out again would be ticked
        st.toast(t("store_requests.merged"))
        st.rerun()
