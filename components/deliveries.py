"""Deliveries drawn: what customers wait for, what they were sent, and one of them with their answers."""

from collections.abc import Callable
from datetime import date

import streamlit as st

from components import address, format
from components.address import within_list
from components.blocks import Card, Row, Tone, badge, cards, empty, picture, plain, rows, section
from components.frame import View
from components.navigation import open_page
from components.text import t, term
from core.access import Permission, reach
from core.promises.acceptance import Rate, Stand, Standing
from data.queries.deliveries import PAGE, DeliveryBoard, DeliveryRow, Due, Show
from data.queries.delivery_file import DeliveryFile, Happening

Play = Callable[[str], tuple[bytes, str]]
TONES = {
    Stand.NOT_READY: Tone.QUIET,
    Stand.SENT: Tone.BLUE,
    Stand.CONFIRMED: Tone.GREEN,
    Stand.PROBLEM: Tone.RED,
    Stand.EXPIRED: Tone.AMBER,
    Stand.REVOKED: Tone.QUIET,
}
_ICONS = {
    "sent": ":material/send:",
    "sent_again": ":material/send:",
    "asked_again": ":material/event_repeat:",
    "reminded": ":material/notifications:",
    "revoked": ":material/link_off:",
    "confirmed": ":green[:material/check_circle:]",
    "confirmed_again": ":green[:material/check_circle:]",
    "problem": ":red[:material/error:]",
}


def chosen_show(view: View) -> Show:
    """Which deliveries the address asks for; who sends them begins with what is not ready."""
    return Show(address.read("show", [s.value for s in Show], _first(view)))


def _first(view: View) -> str:
    return (Show.DUE if reach(view.who, Permission.SEND_DELIVERIES) else Show.SENT).value


def board_cards(board: DeliveryBoard, view: View) -> None:
    """How many wait for the customer, what is wrong, and how many confirm."""
    problems = board.counts[Show.PROBLEM]
    cards(
        [
            Card(t("deliveries.card.sent"), str(board.counts[Show.SENT]), t("deliveries.card_note.sent"),
                 Tone.BLUE),
            Card(t("deliveries.card.problem"), str(problems), t("deliveries.card_note.problem"),
                 Tone.RED if problems else Tone.QUIET),
            _rate("first", board.confirmed, view),
            _rate("second", board.second, view),
        ],
        key="delivery-cards",
    )  # fmt: skip


def _rate(which: str, rate: Rate, view: View) -> Card:
    """A share with what it is made of; without anybody asked there is none."""
    return Card(
        t(f"deliveries.rate.{which}"),
        format.percent(rate.share, view.language),
        t("deliveries.of", part=rate.part, whole=rate.whole) if rate.whole else t("deliveries.nobody_asked"),
        help=t(f"deliveries.rate_help.{which}"),
    )


def board_filters(board: DeliveryBoard, view: View) -> None:
    """Which to show, and whose."""
    states = {s.value: f"{t(f'deliveries.show.{s}')} ({board.counts[s]})" for s in Show}
    address.choose(
        st.segmented_control,
        t("deliveries.which"),
        "show",
        states,
        _first(view),
        drops=("shown",),
        required=True,
    )
    if address.number("customer"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.caption(t("deliveries.one_customer"), width="content")
            if st.button(t("deliveries.every_customer"), type="tertiary"):
                address.write(customer=None)
                st.rerun()


def board_list(board: DeliveryBoard, show: Show, view: View) -> None:
    """The list; what is due leads to the form, the others to the delivery."""
    lines = [_line(row, view) for row in board.rows] + [_due(one, board.today, view) for one in board.due]
    if not lines:
        empty(t(f"deliveries.none.{show}"), t("deliveries.none_hint"), icon=":material/package_2:")
        return
    shown = address.number("shown") or PAGE
    if pressed := rows(lines[:shown], "deliveries"):
        kind, _, number = pressed.partition("-")
        within_list(**{kind: int(number)})
    if len(lines) > shown and st.button(t("demands.more"), type="tertiary"):
        address.write(shown=shown + PAGE)
        st.rerun()


def _due(one: Due, today: date, view: View) -> Row:
    late = one.promised_on is not None and one.promised_on < today
    parts = [
        t("promises.promised_for", on=format.day(one.promised_on, view.language)) if one.promised_on else "",
        t("promises.planned_for", on=format.day(one.planned_on, view.language)) if one.planned_on else "",
        t("deliveries.there") if one.there_on else "",
    ]
    return Row(
        f"promise-{one.promise_id}" if one.promise_id else f"demand-{one.demand_id}",
        f"{one.customer} · {one.title}",
        " · ".join(p for p in parts if p) or t("promises.nothing"),
        mark=t("deliveries.late") if late else "",
        tone=Tone.RED,
        action=t("deliveries.make_ready") if reach(view.who, Permission.SEND_DELIVERIES) else "",
    )


def _line(row: DeliveryRow, view: View) -> Row:
    parts = [
        when_words(row, view),
        row.contact or t("deliveries.no_contact"),
        t("promises.promised_for", on=format.day(row.promised_on, view.language)) if row.promised_on else "",
        _second(row.seen),
    ]
    return Row(
        f"delivery-{row.id}",
        f"{row.customer} · {row.title}",
        " · ".join(p for p in parts if p),
        mark=term("delivery", row.seen.state),
        tone=TONES[row.seen.state],
        action=t("demands.look"),
    )


def _second(seen: Standing) -> str:
    """How the second question stands; "" before it."""
    if not seen.second:
        return ""
    return t(f"deliveries.second.{'ended' if seen.second_ended else seen.second}")


def when_words(row: DeliveryRow, view: View) -> str:
    """Since when it stands as it does, or until when the customer can answer."""
    seen = row.seen
    match seen.state:
        case Stand.SENT:
            ends = view.ago(seen.expires_at)
            return t("deliveries.sent_at", at=view.instant(seen.ready_at), ends=ends)
        case Stand.CONFIRMED:
            return t("deliveries.confirmed_at", at=view.instant(seen.confirmed_at))
        case Stand.PROBLEM:
            return t("deliveries.problem_at", at=view.instant(seen.answered_at))
        case Stand.REVOKED:
            return t("deliveries.was_ready_at", at=view.instant(seen.ready_at))
        case _:
            return t("deliveries.ready_at", at=view.instant(seen.ready_at))


def head(file: DeliveryFile, view: View) -> None:
    """One delivery: for whom, how it stands, what the customer reads, and the way to what it answers."""
    row = file.row
    if st.button(t("deliveries.to_list"), type="tertiary", icon=":material/arrow_back:"):
        within_list()
    st.header(plain(f"{row.customer} · {row.title}"), anchor=False)
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        badge(term("delivery", row.seen.state), TONES[row.seen.state])
        if second := _second(row.seen):
            badge(second)
        st.markdown(plain(when_words(row, view)))
    st.caption(plain(" · ".join(_about(row, view))))
    if file.note:
        st.text(file.note)
    with st.container(horizontal=True, gap="small"):
        if file.promise_id and st.button(t("deliveries.to_promise"), icon=":material/handshake:"):
            open_page("promises", promise=file.promise_id)
        if file.demand_id and st.button(t("promises.to_demand"), icon=":material/assignment:"):
            open_page("demands", demand=file.demand_id)


def _about(row: DeliveryRow, view: View) -> list[str]:
    return [
        t("deliveries.by", by=row.person or t("demands.somebody"), at=view.instant(row.ready_at)),
        row.contact or t("deliveries.no_contact"),
        *([t("promises.promised_for", on=format.day(row.promised_on, view.language))]
          if row.promised_on else []),
    ]  # fmt: skip


def walkthrough(file: DeliveryFile, play: Play) -> None:
    """What the customer can watch, on demand."""
    if file.video_url:
        st.link_button(t("acceptance.video_link"), file.video_url, icon=":material/open_in_new:")
    if file.video and st.toggle(t("deliveries.watch"), key=f"watch-{file.row.id}"):
        content, media_type = play(file.video)
        st.video(content, format=media_type)


def happenings(file: DeliveryFile, view: View, play: Play) -> None:
    """Everything that happened with it, newest first; a problem with its words and its picture."""
    section(t("deliveries.history"), icon=":material/history:")
    for n, one in enumerate(file.happened):
        with st.container(border=True, gap="xsmall", key=f"happening-{file.row.id}-{n}"):
            st.markdown(f"{_ICONS[one.what]} **{t(f'deliveries.happened.{one.what}')}**")
            st.caption(plain(" · ".join(_details(one, view))))
            if one.text:
                st.text(one.text)
            if one.photo:
                picture(play(one.photo)[0], t("deliveries.photo"))


def _details(one: Happening, view: View) -> list[str]:
    parts = [view.instant(one.at), *([one.by] if one.by else [])]
    if one.mail:
        parts.append(t(f"deliveries.mail.{one.mail}", to=one.to or ""))
    elif one.expires_at is not None:
        parts.append(t("deliveries.no_mail"))
    if one.expires_at is not None:
        parts.append(t("deliveries.ends", at=view.instant(one.expires_at)))
    return parts
