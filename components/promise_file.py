"""One promise drawn: its dates, what was said, what was delivered for it, and its history."""

from collections.abc import Sequence
from datetime import date, datetime

import streamlit as st

from components import address, format
from components.address import within_list
from components.blocks import Card, Row, Tone, badge, cards, plain, rows, section
from components.deliveries import TONES as STANDS
from components.draft_end import tell_sent
from components.frame import View
from components.left_over import left_over
from components.navigation import open_page
from components.promise_charts import gap_words
from components.promises import amounts_words, leave_for_making, light_of, outcome_of, problem_words
from components.taking_back import take_back_form, taken_back_note
from components.text import listed, pair, t, term
from core.access import Permission, reach
from core.promises.acceptance import Fulfilment, Stand
from data.commands.form_drafts import PROMISE_BACK
from data.queries.deliveries import DeliveryRow
from data.queries.promise_board import BoardRow, Stake, totals
from data.queries.promise_file import PromiseFile
from data.queries.promises import PromiseRow
from data.queries.schedule import DateChange


def promise_head(file: PromiseFile, view: View) -> None:
    """One promise: both dates, what was said, what hangs on it."""
    row, promise = file.row, file.row.promise
    if st.button(t("promises.to_board"), type="tertiary", icon=":material/arrow_back:"):
        within_list()
    st.header(plain(promise.customer), anchor=False)
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        badge(*_stands(file))
        if not promise.taken_back:
            st.markdown(f"**{plain(gap_words(row))}**")
            if problem := problem_words(promise, view):
                badge(problem, Tone.RED)
        if file.told_of:
            st.caption(plain(t("promises.told_of", people=listed(file.told_of))), width="content")
    cards(
        [
            Card(t("promises.promised"), format.day(promise.promised_on, view.language)),
            Card(t("promises.planned"), _planned(promise, view), promise.feature or ""),
            *(() if promise.delivered else (_stake_card(row, view),)),
        ],
        key="promise-dates",
    )  # fmt: skip
    _said(file, view)
    if file.taken_back:
        taken_back_note(file.taken_back, view)
        if reach(view.who, Permission.MAKE_PROMISES) and st.button(
            t("promises.make_anew"), icon=":material/redo:"
        ):
            leave_for_making(promise.customer_id, again=promise.id)


def _stake_card(row: BoardRow, view: View) -> Card:
    amounts = amounts_words(totals(row.stakes), view) or format.NOTHING
    many = t("promises.opportunities", n=len(row.stakes))
    return Card(t("promises.at_stake"), amounts, many, help=_stake_list(row.stakes, view))


def _stands(file: PromiseFile) -> tuple[str, Tone]:
    if file.taken_back:
        return t("promises.show.taken_back"), Tone.QUIET
    return light_of(file.row) if file.row.promise.fulfilment is Fulfilment.OPEN else outcome_of(file.row)


def take_back_block(file: PromiseFile, view: View) -> None:
    """The way to take a promise back that was recorded by mistake."""
    tell_sent(view)
    with st.container(key="promise-mistake"):  # always there: what stands below keeps its place
        if file.may_take_back:
            take_back_form(PROMISE_BACK, file.row.promise.id, "promise", view)
        else:
            left_over(view, PROMISE_BACK, number=file.row.promise.id)


def _planned(promise: PromiseRow, view: View) -> str:
    return t("promises.already") if promise.there else _day(promise.planned_on, view)


def _day(day: date | None, view: View) -> str:
    return format.day(day, view.language) if day else t("promises.nothing")


def _stake_list(stakes: Sequence[Stake], view: View) -> str | None:
    lines = [pair(plain(s.name), plain(format.money(s.amount, s.currency, view.language))) for s in stakes]
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
    """One date of a history: which side, the day, of which feature, why, who and when."""
    day = plain(" · ".join(part for part in (_day(change.day, view), change.feature) if part))
    reason = f" {plain(change.reason)}" if change.reason else ""
    return f"**{side}** {day}{reason}{_by(change.person, change.at, view)}"


def _by(person: str | None, at: datetime, view: View) -> str:
    said = f"{person or t('demands.somebody')} · {view.instant(at)}"
    return f"  \n:small[:gray[{plain(said)}]]"
