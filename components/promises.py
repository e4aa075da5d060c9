"""The consistency board drawn: how promises stand with the plan, and one of them with its history."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

import streamlit as st

from components import address, format
from components.blocks import Card, Row, Tone, badge, cards, empty, plain, rows, section
from components.deliveries import TONES as STANDS
from components.demands import LIGHTS
from components.frame import View
from components.navigation import open_page
from components.promise_charts import MOST, gap_words, picture
from components.record_story import leave_for
from components.text import t, term
from core.access import Permission, reach
from core.promises.acceptance import Fulfilment, Stand
from data.queries.deliveries import DeliveryRow
from data.queries.promise_board import Board, BoardRow, Show, Stake, totals
from data.queries.promise_file import PromiseFile
from data.queries.schedule import DateChange, FeatureFile, Planned

PAGE = 30
_ON_CUSTOMER = 3  # promises on a customer's page
_OUTCOMES = {
    Fulfilment.OPEN: Tone.QUIET,
    Fulfilment.KEPT: Tone.GREEN,
    Fulfilment.LATE: Tone.AMBER,
    Fulfilment.MISSED: Tone.RED,
}


def chosen_show() -> Show:
    """Which promises the address asks for."""
    return Show(address.read("show", [s.value for s in Show], Show.AHEAD))


def board_cards(board: Board, view: View) -> None:
    """How many stand how, and what is at stake."""
    stake = _amounts(board.at_stake, view)
    cards(
        [
            Card(t("promises.light.red"), str(board.counts["red"]), t("promises.red_note"), Tone.RED),
            Card(t("promises.light.amber"), str(board.counts["amber"]), t("promises.amber_note"), Tone.AMBER),
            Card(t("promises.light.green"), str(board.counts["green"]), t("promises.green_note"), Tone.GREEN),
            Card(t("promises.at_stake"), stake or format.NOTHING, t("promises.stake_note"),
                 help=t("promises.stake_help")),
        ],
        key="promise-cards",
    )  # fmt: skip


def board_filters(board: Board, view: View) -> None:
    """Which to show, and whose; a customer's board also takes new promises."""
    states = {s.value: f"{t(f'promises.show.{s}')} ({board.counts[s]})" for s in Show}
    address.choose(
        st.segmented_control,
        t("promises.which"),
        "show",
        states,
        Show.AHEAD.value,
        drops=("shown",),
        required=True,
    )
    if customer := address.number("customer"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.caption(t("promises.one_customer"), width="content")
            if st.button(t("promises.every_customer"), type="tertiary"):
                address.write(customer=None)
                st.rerun()
            if reach(view.who, Permission.MAKE_PROMISES) and st.button(
                t("promises.make"), icon=":material/add:"
            ):
                leave_for_making(customer)


def leave_for_making(customer: int) -> None:
    """Go to the form for a promise to a customer."""
    address.write(do="make", customer=customer)
    st.rerun()


def board_list(board: Board, show: Show, view: View) -> None:
    """The picture, and the list below it; both open a promise."""
    if not board.rows:
        empty(t(f"promises.none.{show}"), t("promises.none_hint"), icon=":material/handshake:")
        return
    if clicked := picture(board.rows, board.today, view.language):
        leave_for(promise=clicked)
    if len(board.rows) > MOST:
        st.caption(t("promises.first_of", shown=MOST, total=len(board.rows)))
    shown = address.number("shown") or PAGE
    if pressed := rows([_line(row, show, view) for row in board.rows[:shown]], "promises"):
        leave_for(promise=int(pressed))
    if len(board.rows) > shown and st.button(t("demands.more"), type="tertiary"):
        address.write(shown=shown + PAGE)
        st.rerun()


def _line(row: BoardRow, show: Show, view: View) -> Row:
    promise = row.promise
    mark, tone = _outcome(row) if show in (Show.PAST, Show.DELIVERED) else _light(row)
    parts = [
        promise.feature or promise.words,
        dates_words(row, view),
        gap_words(row),
        _stake_words(row.stakes, view),
        t("promises.escalated_by", by=row.escalated.by or t("demands.somebody")) if row.escalated else "",
    ]
    return Row(
        str(promise.id),
        promise.customer,
        " · ".join(p for p in parts if p),
        mark=mark,
        tone=tone,
        action=t("demands.look"),
    )


def _light(row: BoardRow) -> tuple[str, Tone]:
    light = row.promise.state.light
    return t(f"promises.light.{light}"), LIGHTS[light]


def _outcome(row: BoardRow) -> tuple[str, Tone]:
    """What became of it: without the customer's confirmation it is not delivered."""
    found = row.promise.fulfilment
    return t(f"promises.fulfilment.{found}"), _OUTCOMES[found]


def promised_block(board: Board | None, customer: int, view: View) -> None:
    """On a customer's page: the promises that lie ahead, the widest gap first, and the way to all."""
    with st.container(key="promised", gap="small"):  # always there: what comes below keeps its place
        if board is None or not board.rows:
            return
        section(t("promises.of_customer"), icon=":material/handshake:")
        lines = []
        for row in board.rows[:_ON_CUSTOMER]:
            mark, tone = _light(row)
            detail = dates_words(row, view)
            lines.append(Row(str(row.promise.id), row.promise.words, detail, mark, tone, t("demands.look")))
        if pressed := rows(lines, "promised-lines"):
            open_page("promises", promise=int(pressed))
        left = len(board.rows) - len(lines)
        if left and st.button(t("promises.more", n=left), type="tertiary", icon=":material/arrow_forward:"):
            open_page("promises", customer=customer)


def dates_words(row: BoardRow, view: View) -> str:
    """Both dates in words."""
    promise = row.promise
    told = t("promises.promised_for", on=format.day(promise.promised_on, view.language))
    if promise.planned_on is None:
        return told
    return f"{told} · {t('promises.planned_for', on=format.day(promise.planned_on, view.language))}"


def _stake_words(stakes: Sequence[Stake], view: View) -> str:
    amounts = _amounts(totals(stakes), view)
    return t("promises.stake", amount=amounts) if amounts else ""


def _amounts(by_currency: Mapping[str, Decimal], view: View) -> str:
    return " + ".join(format.money(a, c, view.language, compact=True) for c, a in by_currency.items())


def promise_head(file: PromiseFile, view: View) -> None:
    """One promise: both dates, what was said, what hangs on it."""
    row, promise = file.row, file.row.promise
    if st.button(t("promises.to_board"), type="tertiary", icon=":material/arrow_back:"):
        leave_for()
    st.header(plain(promise.customer), anchor=False)
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        badge(*(_light(row) if promise.fulfilment is Fulfilment.OPEN else _outcome(row)))
        st.markdown(f"**{plain(gap_words(row))}**")
    cards(
        [
            Card(t("promises.promised"), format.day(promise.promised_on, view.language)),
            Card(t("promises.planned"), _day(promise.planned_on, view), promise.feature or ""),
            Card(t("promises.at_stake"), _amounts(totals(row.stakes), view) or format.NOTHING,
                 t("promises.opportunities", n=len(row.stakes)), help=_stake_list(row.stakes, view)),
        ],
        key="promise-dates",
    )  # fmt: skip
    _said(file, view)


def _day(day: date | None, view: View) -> str:
    return format.day(day, view.language) if day else t("promises.nothing")


def _stake_list(stakes: Sequence[Stake], view: View) -> str | None:
    lines = [f"{plain(s.name)}: {plain(format.money(s.amount, s.currency, view.language))}" for s in stakes]
    return "  \n".join(lines) or None


def _said(file: PromiseFile, view: View) -> None:
    promise = file.row.promise
    by, at = promise.person or t("demands.somebody"), view.instant(file.made_at)
    heard = t("promises.to", contact=file.contact) if file.contact else ""
    with st.container(border=True, gap="xsmall"):
        st.caption(plain(" · ".join(p for p in (t("promises.said_by", by=by, at=at), heard) if p)))
        st.text(promise.words)
        if file.demand_words:
            st.caption(t("demands.words"))
            st.text(file.demand_words)
        if promise.demand_id and st.button(t("promises.to_demand"), icon=":material/assignment:"):
            open_page("demands", demand=promise.demand_id)


def delivered(found: Sequence[DeliveryRow], view: View) -> None:
    """How what was delivered for it stands; the way to mark it ready where that is this person's part."""
    section(t("promises.delivery"), icon=":material/package_2:")
    promise = address.number("promise") or 0
    lines = [
        Row(
            str(row.id),
            row.title,
            row.contact or "",
            mark=term("delivery", row.seen.state),
            tone=STANDS[row.seen.state],
            action=t("demands.look"),
        )
        for row in found
    ]
    if pressed := rows(lines, "promise-deliveries") if lines else None:
        open_page("deliveries", delivery=int(pressed))
    if lines:
        return
    st.caption(term("delivery", Stand.NOT_READY))
    if reach(view.who, Permission.SEND_DELIVERIES) and st.button(
        t("deliveries.make_ready"), icon=":material/package_2:"
    ):
        open_page("deliveries", promise=promise)


def histories(file: PromiseFile, view: View) -> None:
    """Both histories of dates and the escalations, newest first."""
    section(t("promises.history"), icon=":material/history:")
    entries = [(c.at, t("promises.promised"), c) for c in file.told]
    entries += [(c.at, t("promises.planned"), c) for c in file.planned]
    lines = [(at, dates_line(side, change, view)) for at, side, change in entries]
    lines += [
        (e.at, f":red[{t('promises.escalated')}] {plain(e.reason)}{_by(e.by, e.at, view)}")
        for e in file.escalations
    ]
    with st.container(border=True, gap="small"):
        for _, line in sorted(lines, key=lambda pair: pair[0], reverse=True):
            st.markdown(line)


def dates_line(side: str, change: DateChange, view: View) -> str:
    """One date of a history: which side, the day, why, who and when."""
    reason = f" {plain(change.reason)}" if change.reason else ""
    return f"**{side}** {plain(_day(change.day, view))}{reason}{_by(change.person, change.at, view)}"


def _by(person: str | None, at: datetime, view: View) -> str:
    said = f"{person or t('demands.somebody')} · {view.instant(at)}"
    return f"  \n:small[:gray[{plain(said)}]]"


def schedule_block(found: Sequence[Planned], view: View) -> None:
    """Every feature that customers within reach wait for."""
    section(t("promises.schedule"), icon=":material/calendar_month:", help=t("promises.schedule_help"))
    address.switch(t("promises.earlier"), "earlier")
    if not found:
        empty(t("promises.no_schedule"), t("promises.no_schedule_hint"), icon=":material/calendar_month:")
        return
    if pressed := rows([_planned(one, view) for one in found], "schedule"):
        leave_for(feature=int(pressed))


def _planned(one: Planned, view: View) -> Row:
    parts = [
        t("promises.planned_for", on=format.day(one.planned_on, view.language)) if one.planned_on else "",
        ", ".join(one.customers),
        f"{term('deliverable', one.deliverable)} {one.reference}",
        t("promises.moves", n=one.moves) if one.moves else "",
    ]
    return Row(
        str(one.id),
        one.name,
        " · ".join(p for p in parts if p),
        mark="" if one.planned_on else t("promises.nothing"),
        tone=Tone.AMBER,
        action=t(f"promises.{'replan' if reach(view.who, Permission.ANSWER_DEMANDS) else 'dates'}"),
    )


def feature_head(file: FeatureFile, view: View) -> None:
    """One feature with every date that it had."""
    if st.button(t("promises.to_board"), type="tertiary", icon=":material/arrow_back:"):
        leave_for()
    one = file.planned
    st.header(plain(one.name), anchor=False)
    delivered = f"{term('deliverable', one.deliverable)} · {one.reference}"
    st.markdown(f":gray[{plain(delivered)}]")
    st.markdown(f"{t('promises.waiting')} {plain(', '.join(one.customers))}")
    with st.container(border=True, gap="small"):
        for change in reversed(file.dates):
            st.markdown(dates_line(t("promises.planned"), change, view))
