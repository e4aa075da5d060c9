"""The schedule drawn (C3): the features that customers wait for, and one with every date that it had."""

from collections.abc import Sequence

import streamlit as st

from components import address, format
from components.address import leave_for
from components.blocks import Row, Tone, empty, plain, rows, section
from components.feature_words import came_words, spread_words
from components.frame import View
from components.promise_charts import gap_words
from components.promise_file import dates_line
from components.promises import light_of, outcome_of, problem_words
from components.text import listed, t, term
from core.access import Permission, reach
from core.promises.acceptance import Fulfilment, Spread, Stand
from data.queries.promise_board import BoardRow
from data.queries.schedule import FeatureFile, Planned

FEATURES = 50  # shown at a time


def schedule_block(found: Sequence[Planned], view: View) -> None:
    """The features that customers within reach wait for, the nearest first."""
    section(t("promises.schedule"), icon=":material/calendar_month:", help=t("promises.schedule_help"))
    address.switch(t("promises.earlier"), "earlier")
    if not found:
        empty(t("promises.no_schedule"), t("promises.no_schedule_hint"), icon=":material/calendar_month:")
        return
    shown = address.number("features") or FEATURES
    if pressed := rows([_planned(one, view) for one in found[:shown]], "schedule"):
        leave_for(feature=int(pressed))
    if len(found) > shown:
        st.caption(t("promises.features_of", shown=shown, total=len(found)))
        if st.button(t("demands.more"), type="tertiary", key="more-features"):
            address.write(features=shown + FEATURES)
            st.rerun()


def _planned(one: Planned, view: View) -> Row:
    unplanned = one.planned_on is None and bool(one.waiting)
    parts = [
        "" if unplanned else spread_words(one.planned_on, one.spread),
        listed([holder.customer for holder in one.holders]),
        f"{term('deliverable', one.deliverable)} {one.reference}",
        t("promises.moves", n=one.moves) if one.moves else "",
    ]
    return Row(
        str(one.id),
        one.name,
        " · ".join(p for p in parts if p),
        mark=t("promises.nothing") if unplanned else "",
        tone=Tone.AMBER,
        action=t(f"promises.{'replan' if movable(one, view) else 'dates'}"),
    )


def movable(one: Planned, view: View) -> bool:
    """Whether this person can move its plan: not once all who wait for it have confirmed it."""
    return one.spread is not Spread.CONFIRMED and reach(view.who, Permission.ANSWER_DEMANDS) is not None


def feature_head(file: FeatureFile, view: View) -> None:
    """One feature with every date that it had."""
    if st.button(t("promises.to_board"), type="tertiary", icon=":material/arrow_back:"):
        leave_for()
    one = file.planned
    st.header(plain(one.name), anchor=False)
    delivered = f"{term('deliverable', one.deliverable)} · {one.reference}"
    st.markdown(f":gray[{plain(delivered)}]")
    if one.waiting:
        st.markdown(f"{t('promises.waiting')} {plain(listed(one.waiting))}")
    elif one.spread is Spread.NOBODY:
        st.markdown(spread_words(one.planned_on, one.spread))
    for holder in one.holders:
        if holder.seen.state is not Stand.NOT_READY:
            came = came_words(one.planned_on, holder.seen, view)
            st.markdown(f":material/package_2: **{plain(holder.customer)}** {plain(came)}")
    with st.container(border=True, gap="small"):
        for change in reversed(file.dates):
            st.markdown(dates_line(t("promises.planned"), change, view))


def promised_on(found: Sequence[tuple[BoardRow, Sequence[str]]], view: View) -> None:
    """What customers were told about a feature, and who was told where that does not fit its plan."""
    with st.container(key="promised-on", gap="small"):  # always there: the form below keeps its place
        if not found:
            return
        section(t("promises.on_it"), icon=":material/handshake:")
        if pressed := rows([_promised(row, told, view) for row, told in found], "on-it"):
            leave_for(promise=int(pressed))


def _promised(row: BoardRow, told: Sequence[str], view: View) -> Row:
    """A promise that lies ahead as it stands with the plan, an earlier one by what became of it."""
    promise = row.promise
    mark, tone = light_of(row) if promise.fulfilment is Fulfilment.OPEN else outcome_of(row)
    parts = [
        t("promises.promised_for", on=format.day(promise.promised_on, view.language)),
        gap_words(row),
        problem_words(promise, view),
        t("promises.told_of", people=listed(told)) if told else "",
    ]
    detail = " · ".join(p for p in parts if p)
    return Row(str(promise.id), promise.customer, detail, mark=mark, tone=tone, action=t("demands.look"))
