"""From a number of the board to the rows behind it: what was clicked stands in the address."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import streamlit as st

from components import address, format
from components.blocks import empty, plain
from components.board_rows import table_of
from components.board_words import group_name, stage_name
from components.frame import View
from components.navigation import open_page
from components.tables import unselect
from components.text import t
from core.process.funnel import Fate
from core.process.metrics import COMPLETION_DAYS
from data.queries.board import Board
from data.queries.board_ask import Ask, By
from data.queries.board_rows import ROWS, Rows

_MEANS = {"open": "board.value_help", "due": "board.completion_help", "past": "board.past_help"}
DRILL = ("show", "pick", "stage", "deal", "fate", "week")  # names in the address that open rows


@dataclass(frozen=True, slots=True)
class Asked:
    """Rows that somebody wants to see.

    Attributes:
        show: which ones, a key of `ROWS`.
        narrowed: what narrows them, in words.
    """

    show: str
    ask: Ask
    narrowed: tuple[str, ...]


def drill(chosen: dict[str, Any] | None) -> None:
    """Put what was clicked into the address; its rows open in the same run."""
    if chosen:
        address.write(**dict.fromkeys(DRILL) | chosen)


def close() -> None:
    """Nothing is open any more."""
    address.write(**dict.fromkeys(DRILL))
    for by in By:
        unselect(table_key(by))


def table_key(by: By) -> str:
    """The table of teams, reps or customers."""
    return f"board-table-{by}"


def week_key(start: datetime, view: View) -> str:
    """A week in the address: the date of its Monday."""
    return start.astimezone(ZoneInfo(view.who.timezone)).date().isoformat()


def asked(ask: Ask, board: Board, starts: Sequence[datetime], view: View) -> Asked | None:
    """The rows that the address asks for.

    None when it asks for none, or narrows them by what the board does not show (a week gone by, a line that
    is empty now): more rows than a number counts must not pass for those behind it.
    """
    show = address.read("show", ROWS, "")
    groups = {str(g.id): group_name(g.name, ask.by) for g in board.groups}
    stages = {s.key: stage_name(s.key) for s in board.stages}
    fates = {f.value: t(f"board.fate_{f}") for f in Fate}
    ends = (*starts[1:], ask.now)
    spans = {week_key(since, view): (since, until) for since, until in zip(starts, ends, strict=True)}
    narrows: dict[str, Mapping[str, Any]] = {"pick": groups, "stage": stages, "fate": fates, "week": spans}
    if not show or any((address.said(name) or "") not in {"", *known} for name, known in narrows.items()):
        return None
    pick, stage, fate, week = (address.said(name) or "" for name in narrows)
    narrow = replace(
        ask,
        pick=int(pick) if pick else None,
        stage=stage or None,
        fate=fate or None,
        opportunity=address.number("deal"),
        window=spans.get(week),
    )
    said = (groups.get(pick), stages.get(stage), fates.get(fate), _week(spans.get(week), view))
    return Asked(show, narrow, tuple(word for word in said if word))


def _week(span: tuple[datetime, datetime] | None, view: View) -> str | None:
    if span is None:
        return None
    return t("board.week_of", day=format.short_day(span[0], view.language, view.who.timezone))


def rows_dialog(what: Asked, found: Rows[Any], view: View) -> None:
    """The rows behind a number, over the board; a row leads to its customer."""

    @st.dialog(t(f"board.show_{what.show}"), width="large", on_dismiss=close)
    def draw() -> None:
        words = [*map(plain, what.narrowed), t("board.rows", n=found.total)]
        st.caption(" · ".join(words))
        if what.show in _MEANS:
            st.caption(t(_MEANS[what.show], days=COMPLETION_DAYS))
        if not found.lines:
            empty(t("board.no_rows"), icon=":material/table_rows:")
            return
        chosen = table_of(found.lines, what.show, view)
        if found.total > len(found.lines):
            st.caption(t("board.first_of", shown=len(found.lines), total=found.total))
        st.caption(t("board.row_opens"))
        if chosen is not None:
            open_page("customer", customer=chosen)

    draw()
