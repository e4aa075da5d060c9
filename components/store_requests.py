"""Requests of stores drawn: the form with its likes, the pool, one request with everybody who asked."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo

import streamlit as st

from components import address, format
from components.address import leave_for
from components.blocks import Row, Tone, badge, empty, picture, plain, rows, section
from components.form_turns import next_turn, turn_of
from components.forms import Marks
from components.frame import View
from components.record_story import short
from components.text import listed, t, term
from core.promises.sla import URGENCIES
from core.promises.store_requests import OUTCOMES, Verdict
from data.queries.store_requests import PAGE, Alike, Pool, Request, Show

Does = Mapping[str, Callable[..., Any]]
_TONES = {"P0": Tone.RED, "P1": Tone.AMBER, "P2": Tone.QUIET, "P3": Tone.QUIET}
_OUTCOMES = {"planned": Tone.GREEN, "declined": Tone.QUIET}
_FORM = "store-request"
_NORMAL = URGENCIES.index("P2")
_PICTURES = ("jpg", "jpeg", "png", "webp")  # names that the form offers; the content decides


def chosen_show() -> Show:
    """Which requests the address asks for."""
    return Show(address.read("show", [s.value for s in Show], Show.OPEN.value))


def file_form(does: Does, likes: Callable[[str], Sequence[Alike]], view: View) -> None:
    """What the store needs, and what others asked for in like words: join it, or ask anew.

    Args:
        does: `file(key, words, urgency, join, photo)`, where the same key again files nothing twice, and
            `keep(content)` of a picture.
    """
    section(t("store_requests.file"), icon=":material/add_comment:")
    turn = turn_of(_FORM)
    with st.container(border=True, key="store-request-form"):
        marks = Marks(view)
        with marks.field("words"):
            words = st.text_area(
                t("store_requests.words"),
                key=f"words-{turn}",
                placeholder=t("store_requests.words_hint"),
                height=100,
            )
        with marks.field("urgency"):
            urgency = st.selectbox(
                t("store_requests.urgency"),
                URGENCIES,
                index=_NORMAL,
                format_func={u: term("urgency", u) for u in URGENCIES}.__getitem__,
            )
        with marks.field("photo"):
            photo = st.file_uploader(t("store_requests.photo"), type=list(_PICTURES), key=f"photo-{turn}")
        send = partial(_filed, does, marks, (words or "", urgency or ""), photo)
        with st.container(key="store-request-likes"):
            _likes(likes(words or ""), send, turn, view, said=bool(words))
        if st.button(t("store_requests.send"), type="primary", icon=":material/send:", key=f"send-{turn}"):
            send(None)


def _likes(
    found: Sequence[Alike], send: Callable[[int | None], None], turn: str, view: View, *, said: bool
) -> None:
    if not found:
        if said:
            st.caption(t("store_requests.no_likes"))
        return
    st.markdown(f"**{t('store_requests.likes')}**")
    lines = [
        Row(
            str(one.request.id),
            one.request.words,
            _stores(one.request),
            mark=t("store_requests.yours") if _asked_it(one.request, view) else "",
            action=t("store_requests.add_to" if _asked_it(one.request, view) else "store_requests.join"),
        )
        for one in found
    ]
    if pressed := rows(lines, f"likes-{turn}"):
        send(int(pressed))


def _asked_it(request: Request, view: View) -> bool:
    return view.who.team_id in {a.store_id for a in request.asked}


def _filed(does: Does, marks: Marks, said: tuple[str, str], photo: Any, join: int | None) -> None:
    """A second press files nothing anew; the same words in another turn do, the need has come again."""
    content = photo.getvalue() if photo else b""
    key = sha256("|".join((*said, str(join))).encode() + content).hexdigest()

    def send() -> None:
        kept = does["keep"](content) if content else None
        does["file"](f"{turn_of(_FORM)}-{key}", *said, join, kept)

    if marks.sent(send):
        next_turn(_FORM)
        address.write(show=None)  # it stands among the open ones
        st.toast(t("store_requests.joined") if join else t("store_requests.filed"))
        st.rerun()


def pool_filters(found: Pool) -> None:
    """Open or answered, and of which region."""
    states = {s.value: f"{t(f'store_requests.show.{s}')} ({found.counts[s]})" for s in Show}
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
        leave_for(request=int(pressed))
    if len(found.rows) > shown and st.button(t("demands.more"), type="tertiary"):
        address.write(shown=shown + PAGE)
        st.rerun()


def _line(one: Request, view: View) -> Row:
    mark, tone = _mark(one)
    first = format.day(one.asked[0].filed_at.astimezone(ZoneInfo(view.who.timezone)).date(), view.language)
    details = [_stores(one), t("store_requests.since", on=first)]
    if any(asked.photo for asked in one.asked):
        details.append(t("store_requests.with_photo"))
    return Row(
        str(one.id),
        one.words if len(one.words) <= 120 else f"{one.words[:120]}…",
        " · ".join(details),
        mark=mark,
        tone=tone,
        action=t("demands.look"),
    )


def _mark(one: Request) -> tuple[str, Tone]:
    if one.outcome:
        return t(f"store_requests.outcome.{one.outcome}"), _OUTCOMES[one.outcome]
    return term("urgency", one.urgency), _TONES[one.urgency]


def _stores(one: Request) -> str:
    return t("store_requests.stores", n=len(one.stores), names=listed(one.stores))


def head(one: Request, show: Callable[[str], tuple[bytes, str]], view: View) -> None:
    """One request with everybody who asked, and what headquarters said.

    Args:
        show: the content of a picture, by its hash.
    """
    if st.button(t("store_requests.to_pool"), type="tertiary", icon=":material/arrow_back:"):
        leave_for()
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        badge(*_mark(one))
        st.markdown(f"**{plain(_stores(one))}**")
    with st.container(border=True, gap="small"):
        for asked in one.asked:
            parts = (asked.store, asked.region, asked.person, view.instant(asked.filed_at),
                     term("urgency", asked.urgency))  # fmt: skip
            st.caption(plain(" · ".join(p for p in parts if p)))
            st.text(asked.words)
            if asked.photo:
                picture(show(asked.photo)[0], t("store_requests.photo_of", store=asked.store))
    if one.answered_at is not None:
        _answer(one, view)


def _answer(one: Request, view: View) -> None:
    section(t("store_requests.answer"), icon=":material/reply:")
    parts = [one.answered_by or "", view.instant(one.answered_at)]
    if one.planned_on:
        parts.append(t("promises.planned_for", on=format.day(one.planned_on, view.language)))
    with st.container(border=True, gap="xsmall"):
        st.caption(plain(" · ".join(p for p in parts if p)))
        st.text(one.reply)


def desk_block(one: Request, found: Sequence[Alike], does: Does, view: View) -> None:
    """What headquarters does with an open request: take its likes in, or answer it.

    Args:
        does: `merge(into, others)`, `answer(request, verdict)`.
    """
    with st.container(key=f"store-request-do-{one.id}"):
        if one.answered_at is not None:
            return
        _merge_form(one, found, does["merge"], view)
        _answer_form(one, does["answer"], view)


def _merge_form(one: Request, found: Sequence[Alike], merge: Callable[..., Any], view: View) -> None:
    section(t("store_requests.likes"), icon=":material/merge:")
    if not found:
        st.caption(t("store_requests.no_likes"))
        return
    words = {a.request.id: f"{short(a.request.words, 100)} · {plain(_stores(a.request))}" for a in found}
    with st.form(f"store-merge-{one.id}"):
        marks = Marks(view)
        st.caption(t("store_requests.merge_hint"))
        with marks.field("others"):
            chosen = [i for i, said in words.items() if st.checkbox(said, key=f"merge-{one.id}-{i}")]
        sent = st.form_submit_button(t("store_requests.merge"), icon=":material/merge:")
    if sent and marks.sent(partial(merge, one.id, chosen)):
        st.toast(t("store_requests.merged"))
        st.rerun()


def _answer_form(one: Request, answer: Callable[..., Any], view: View) -> None:
    section(t("store_requests.answer"), icon=":material/reply:")
    with st.form(f"store-answer-{one.id}"):
        marks = Marks(view)
        with marks.field("outcome"):
            outcome = st.radio(
                t("store_requests.outcome_label"),
                OUTCOMES,
                horizontal=True,
                format_func={o: t(f"store_requests.outcome.{o}") for o in OUTCOMES}.__getitem__,
            )
        with marks.field("planned_on"):
            day = st.date_input(t("store_requests.planned_on"), value=None, format="YYYY-MM-DD")
        with marks.field("reply"):
            reply = st.text_area(t("store_requests.reply"), height=90)
        sent = st.form_submit_button(t("store_requests.send_answer"), type="primary")
    if sent and marks.sent(lambda: answer(one.id, Verdict(outcome or "", reply or "", day))):
        st.toast(t("store_requests.answered"))
        st.rerun()
