"""Drawing the replay: a day, and why the number moved since (B7)."""

from collections.abc import Callable, Container, Mapping, Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any, NoReturn

import streamlit as st

from components import address, format
from components.blocks import empty
from components.frame import View
from components.outlook_charts import AFTER, BEFORE, waterfall
from components.outlook_drill import ALL, DRILL, OPEN, drill
from components.outlook_rows import Lead
from components.scrolling import lead_to
from components.tables import amounts, clickable, first_of, money_column, name_column
from components.text import t
from core.forecast.movement import Move, movement, sums
from data.queries.snapshots import Named, Snapshot

PLACE = "replay_place"


class Part(StrEnum):
    """What is looked at; one part at a time is asked for and drawn."""

    DAY = "day"
    BACKTESTS = "backtests"
    MODEL = "record"  # where messages about drift lead


_WATCH_SECONDS = 3


def day(latest: date, today: date) -> date:
    """The day that is replayed, any up to today; kept in the address."""
    said = address.said("day") or ""
    try:
        chosen = min(date.fromisoformat(said), today)
    except ValueError:
        chosen = latest
    key = "replay-day"
    st.session_state[key] = chosen

    def changed() -> None:
        picked = st.session_state[key]
        address.write(day=None if picked == latest else picked.isoformat(), since=None, part=None)

    st.date_input(
        t("replay.day"), key=key, on_change=changed, max_value=today, format="YYYY-MM-DD", width=170
    )
    return chosen


def missing(asked: date, computing: bool, view: View, ask: Callable[[], Any]) -> None:
    """No snapshot of that day: have it computed, or wait for it."""
    words = format.day(asked, view.language)
    empty(t("replay.missing", day=words), t("replay.missing_hint"), icon=":material/history_toggle_off:")
    if computing:
        st.info(t("replay.computing"), icon=":material/hourglass_top:")
        look_again()
    elif st.button(t("replay.compute"), type="primary", icon=":material/play_arrow:"):
        ask()
        st.rerun()


def look_again() -> None:
    """Look again in a few seconds."""

    @st.fragment(run_every=_WATCH_SECONDS)
    def watch() -> None:
        if st.session_state.get("replay-watched"):
            st.session_state["replay-watched"] = False
            st.rerun()
        st.session_state["replay-watched"] = True

    watch()


def since(days: Sequence[date], chosen: date, language: str) -> date | None:
    """The earlier day that a snapshot is compared with; None where it is the period's first."""
    earlier = [d for d in days if d < chosen]
    if not earlier:
        return None
    options = {d.isoformat(): format.day(d, language) for d in reversed(earlier)}
    picked = address.choose(
        st.selectbox,
        t("replay.since"),
        "since",
        options,
        earlier[0].isoformat(),
        drops=("part",),
        width=220,
    )
    return date.fromisoformat(picked)


def moved(before: Snapshot | None, after: Snapshot, handed: Container[int], view: View) -> Lead | None:
    """The waterfall between two snapshots and the rows of a bar; returns where a click on one leads.

    Args:
        handed: what passed to, or came from, people whose part is not seen.
    """
    if before is None:
        empty(t("replay.first"), t("replay.first_hint"), icon=":material/waterfall_chart:")
        return None
    if before.run.currency != after.run.currency:
        empty(t("replay.currencies"), t("replay.currencies_hint"), icon=":material/waterfall_chart:")
        return None
    was, now = before.moved(), after.moved()
    moves = movement(was, now, handed)
    parts = sums(moves)
    if not parts:
        empty(t("replay.still"), icon=":material/waterfall_chart:")
        return None
    if clicked := waterfall(was.value, parts, now.value, after.run.currency, view.language):
        _open(clicked, before, after)
    names = {part: t(f"replay.{part}") for part in parts}
    part = address.choose(st.pills, t("replay.parts"), "part", names, "", label_visibility="collapsed")
    mine = [m for m in moves if part in ("", m.part)]
    return _rows(mine, _named(before, after), after, view)


def _open(clicked: str, before: Snapshot, after: Snapshot) -> None:
    """What stands behind a bar: the earlier day, the day's own rows, the rows of a part."""
    if clicked == BEFORE:
        go(before.run.taken_on, before.run.period)
    elif clicked == AFTER:
        drill(ALL)
    else:
        address.write(part=clicked)


def go(day: date, period: str) -> NoReturn:
    """Replay another day, from the top of the page."""
    address.write(**dict.fromkeys((*DRILL, "look", "since", "part")), day=day.isoformat(), period=period)
    lead_to(PLACE)
    st.rerun()


def behind_month(first: date) -> NoReturn:
    """What was open on a month's first day, with its chances."""
    drill(OPEN, day=first.isoformat(), period="month", look=None, since=None, part=None)
    st.rerun()


def _named(before: Snapshot, after: Snapshot) -> dict[int | None, Named]:
    rows = (*before.lines, *before.wins, *after.lines, *after.wins)
    return {row.opportunity_id: row for row in rows}


def _rows(
    moves: Sequence[Move], names: Mapping[int | None, Named], shown: Snapshot, view: View
) -> Lead | None:
    ordered = first_of(sorted(moves, key=lambda m: (-abs(m.value), m.opportunity_id or 0)))
    known = [names.get(m.opportunity_id) for m in ordered]
    column, currency, language = st.column_config, shown.run.currency, view.language
    chosen = clickable(
        {
            "opportunity": [n.opportunity if n else t("replay.no_rows") for n in known],
            "customer": [n.customer if n else "" for n in known],
            "rep": [(n.rep or t("outlook.without_rep")) if n else "" for n in known],
            "part": [t(f"replay.{m.part}") for m in ordered],
            "value": amounts([m.value for m in ordered], currency),
        },
        [n.customer_id if n else None for n in known],
        "replay-moves",
        config={
            "opportunity": name_column(t("outlook.opportunity"), pinned=True, width=170),
            "customer": name_column(t("outlook.customer")),
            "rep": column.TextColumn(t("outlook.by_rep")),
            "part": column.TextColumn(t("replay.part")),
            "value": money_column(t("replay.change"), currency, language),
        },
        alt=t("replay.moves_alt"),
    )
    total = format.worth(sum((m.value for m in moves), Decimal(0)), currency, language)
    st.caption(t("replay.adds_up", n=len(moves), sum=total))
    return ("customer", {"customer": chosen}) if chosen else None
