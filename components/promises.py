"""The consistency board drawn (C3): how promises stand with the plan."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

import streamlit as st

from components import address, format
from components.address import within_list
from components.blocks import Card, Row, Tone, cards, empty, rows, section
from components.demands import LIGHTS
from components.frame import View
from components.navigation import open_page
from components.promise_charts import MOST, gap_words, picture
from components.taking_back import worth_choosing
from components.text import t
from core.access import Permission, reach
from core.promises.acceptance import Fulfilment, Stand
from data.queries.promise_board import Board, BoardRow, Show, Stake, totals
from data.queries.promises import PromiseRow

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
    stake = amounts_words(board.at_stake, view)
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
    shown = worth_choosing(Show, board.counts, Show.TAKEN_BACK, chosen_show())
    states = {s.value: f"{t(f'promises.show.{s}')} ({board.counts[s]})" for s in shown}
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


def leave_for_making(customer: int, again: int | None = None) -> None:
    """Go to the form for a promise to a customer, or for one (`again`) that is recorded anew."""
    address.write(do="make", customer=customer, again=again)
    st.rerun()


def board_list(board: Board, show: Show, view: View) -> None:
    """The picture, and the list below it; both open a promise."""
    if not board.rows:
        empty(t(f"promises.none.{show}"), t("promises.none_hint"), icon=":material/handshake:")
        return
    if show is not Show.TAKEN_BACK and (clicked := picture(board.rows, board.today, view.language)):
        within_list(promise=clicked)
    if len(board.rows) > MOST and show is not Show.TAKEN_BACK:
        st.caption(t("promises.first_of", shown=MOST, total=len(board.rows)))
    shown = address.number("shown") or PAGE
    if pressed := rows([_line(row, show, view) for row in board.rows[:shown]], "promises"):
        within_list(promise=int(pressed))
    if len(board.rows) > shown and st.button(t("demands.more"), type="tertiary"):
        address.write(shown=shown + PAGE)
        st.rerun()


def _line(row: BoardRow, show: Show, view: View) -> Row:
    promise = row.promise
    mark, tone = _stands(row, show)
    parts = [
        promise.feature or promise.words,
        dates_words(row, view) if promise.taken_back else standing_words(row, view),
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


def problem_words(promise: PromiseRow, view: View) -> str:
    """That the customer has a problem with what was delivered for it, whatever the dates say; else ""."""
    seen = promise.delivery
    return (
        t("deliveries.came.problem", at=view.instant(seen.answered_at)) if seen.state is Stand.PROBLEM else ""
    )


def _stands(row: BoardRow, show: Show) -> tuple[str, Tone]:
    if show is Show.TAKEN_BACK:
        return t("promises.show.taken_back"), Tone.QUIET
    return outcome_of(row) if show in (Show.PAST, Show.DELIVERED) else light_of(row)


def light_of(row: BoardRow) -> tuple[str, Tone]:
    """How a promise stands with the plan, in a word and its colour."""
    light = row.promise.state.light
    return t(f"promises.light.{light}"), LIGHTS[light]


def outcome_of(row: BoardRow) -> tuple[str, Tone]:
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
            mark, tone = light_of(row)
            detail = standing_words(row, view)
            lines.append(Row(str(row.promise.id), row.promise.words, detail, mark, tone, t("demands.look")))
        if pressed := rows(lines, "promised-lines"):
            open_page("promises", promise=int(pressed))
        left = len(board.rows) - len(lines)
        if left and st.button(t("promises.more", n=left), type="tertiary", icon=":material/arrow_forward:"):
            open_page("promises", customer=customer)


def standing_words(row: BoardRow, view: View) -> str:
    """Both dates, and what its light is for: how far they are apart, or what the customer said."""
    parts = (dates_words(row, view), gap_words(row), problem_words(row.promise, view))
    return " · ".join(p for p in parts if p)


def dates_words(row: BoardRow, view: View) -> str:
    """Both dates in words."""
    promise = row.promise
    told = t("promises.promised_for", on=format.day(promise.promised_on, view.language))
    if promise.planned_on is None or promise.there:
        return told
    return f"{told} · {t('promises.planned_for', on=format.day(promise.planned_on, view.language))}"


def _stake_words(stakes: Sequence[Stake], view: View) -> str:
    amounts = amounts_words(totals(stakes), view)
    return t("promises.stake", amount=amounts) if amounts else ""


def amounts_words(by_currency: Mapping[str, Decimal], view: View) -> str:
    """Sums in their currencies."""
    return " + ".join(format.money(a, c, view.language, compact=True) for c, a in by_currency.items())
