"""The opportunities behind a number of the outlook, as tables."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import streamlit as st

from components import address, format
from components.blocks import empty, section
from components.board_words import stage_name
from components.folding import folded
from components.forecast_words import rests_on
from components.frame import View
from components.outlook import shown_money
from components.outlook_drill import ALL, BEHIND, DRILL, OPEN, SHOWS, WON
from components.scrolling import arrive, led_to
from components.tables import amounts, cell_clicked, day_column, name_column, rate_column
from components.text import t, term
from core.access import Permission, decide
from core.forecast.rollup import CATEGORIES, category
from core.policies import Policy
from core.terms import Outcome
from data.queries.board_ask import NO_STAGE
from data.queries.snapshots import Line, Snapshot, Win

Lead = tuple[str, dict[str, Any]]  # a page, and what its address should say
_ROWS_SHOWN = 200
_MEANS = {ALL: "outlook.team_value_help", OPEN: "outlook.open_help"}
_EXPLAINED = ("chance", "amount", "value", "rests", "answer")  # what the suggestion explains


def behind(shown: Snapshot, by: str, policy: Policy, view: View, *, runs: bool = False) -> Lead | None:
    """The rows behind the numbers, narrowed by what was clicked; returns where a click on them leads.

    Args:
        runs: whether the snapshot is what stands now: how a number came about can be opened.
    """
    with st.container(key=BEHIND):
        section(t("outlook.behind"), help=t("outlook.behind_help"))
        arrive(BEHIND)
    return _rows_behind(shown, by, policy, view, runs)


def folded_behind(shown: Snapshot, by: str, policy: Policy, view: View) -> Lead | None:
    """The same where something else is looked at first: drawn once a number is pressed, or it is opened."""
    asked = led_to(BEHIND) or "".join(address.said(name) or "" for name in DRILL)
    with (
        st.container(key=BEHIND),
        folded(t("outlook.behind"), f"{BEHIND}_box", icon=":material/table_rows:", opens=asked) as is_open,
    ):
        arrive(BEHIND)
        return _rows_behind(shown, by, policy, view) if is_open else None


def _rows_behind(shown: Snapshot, by: str, policy: Policy, view: View, runs: bool = False) -> Lead | None:
    kinds = {name: t(f"outlook.is_{name}" if name in CATEGORIES else f"outlook.{name}") for name in SHOWS}
    show = address.choose(
        st.segmented_control, t("outlook.behind"), "show", kinds, OPEN, required=True,
        label_visibility="collapsed",
    )  # fmt: skip
    if show in _MEANS:
        st.caption(t(_MEANS[show]))
    names = {str(getattr(r, f"{by}_id")): getattr(r, by) for r in (*shown.lines, *shown.wins)}
    pick = address.read("pick", names, "")
    if pick and st.button(names[pick] or t(f"outlook.without_{by}"), icon=":material/close:"):
        address.write(pick=None)
        pick = ""
    rows = [r for r in _counted(shown, show, policy) if pick in ("", str(getattr(r, f"{by}_id")))]
    return _listed(rows, shown, view, show, runs and decide(view.who, Permission.SEE_SUGGESTIONS).allowed)


def _counted(shown: Snapshot, show: str, policy: Policy) -> Sequence[Line | Win]:
    if show in CATEGORIES:
        return [line for line in shown.lines if category(line, policy) == show]
    wins = shown.wins if show in (WON, ALL) else ()
    return [*wins, *(shown.lines if show != WON else ())]


def _worth(row: Line | Win) -> Decimal:
    return row.amount if isinstance(row, Win) else row.value


def _listed(
    rows: Sequence[Line | Win], shown: Snapshot, view: View, show: str, explains: bool
) -> Lead | None:
    """Wins or lines, largest first."""
    if not rows:
        empty(t("outlook.no_rows"), icon=":material/table_rows:")
        return None
    ordered = sorted(rows, key=lambda r: (-_worth(r), r.opportunity_id))[:_ROWS_SHOWN]
    draw: Callable[..., tuple[dict[str, Any], dict[str, Any]]] = (
        _win_columns if show == WON else _line_columns
    )
    columns, config = draw(ordered, shown, view)
    names = {
        "customer": [r.customer or r.opportunity for r in ordered],
        "opportunity": [r.opportunity for r in ordered],
        "rep": [r.rep or t("outlook.without_rep") for r in ordered],
    }
    words = {
        "customer": name_column(t("outlook.customer"), pinned=True),
        "opportunity": name_column(t("outlook.opportunity")),
        "rep": st.column_config.TextColumn(t("outlook.by_rep")),
    }
    chosen = cell_clicked(
        names | columns, range(len(ordered)), f"outlook-rows-{show}", config=words | config,
        alt=t("outlook.behind"),
    )  # fmt: skip
    explains = explains and show != WON
    st.caption(" ".join((_sums(rows, len(ordered), shown, view), _opens(explains))))
    if unknown := sum(not r.amount for r in rows):
        st.caption(t("outlook.unknown", n=unknown))
    return _lead(ordered[chosen[0]], chosen[1], shown, explains) if chosen else None


def _sums(rows: Sequence[Line | Win], drawn: int, shown: Snapshot, view: View) -> str:
    said = {"shown": drawn, "total": len(rows), "sum": _money(map(_worth, rows), shown, view)}
    if any(isinstance(r, Win) for r in rows):
        return t("outlook.first_of", **said)
    return t("outlook.first_of_lines", **said, amount=_money((r.amount for r in rows), shown, view))


def _money(amounts: Iterable[Decimal], shown: Snapshot, view: View) -> str:
    return format.worth(sum(amounts, Decimal(0)), shown.run.currency, view.language)


def _opens(explains: bool) -> str:
    return t("outlook.row_explains" if explains else "outlook.row_opens")


def _lead(row: Line | Win, column: str, shown: Snapshot, explains: bool) -> Lead | None:
    if explains and column in _EXPLAINED and isinstance(row, Line):
        return "calibrate", {"period": shown.run.period, "opportunity": row.opportunity_id, "from": "outlook"}
    return ("customer", {"customer": row.customer_id}) if row.customer_id else None


def _line_columns(
    rows: Sequence[Line | Win], shown: Snapshot, view: View
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Lines, and wins among them: those are certain, closed, and answered by the customer."""
    column, zone = st.column_config, ZoneInfo(view.who.timezone)
    stages, chances, closes, answers = zip(*(_told(row, zone) for row in rows), strict=True)
    return {
        "stage": stages,
        "chance": chances,
        "amount": amounts([row.amount or None for row in rows], shown.run.currency),
        "value": amounts([_worth(row) if row.amount else None for row in rows], shown.run.currency),
        **_rests(rows, shown, view),
        "close": closes,
        "answer": answers,
    }, {
        "stage": column.TextColumn(t("outlook.stage"), help=t("outlook.stage_help")),
        "chance": rate_column(t("outlook.chance"), t("outlook.chance_help"), width=105),
        "amount": shown_money(t("outlook.amount_won"), shown, view, t("outlook.amount_help")),
        "value": shown_money(t("outlook.expected_short"), shown, view, t("outlook.expected_help")),
        "rests": column.TextColumn(t("outlook.rests")),
        "close": column.DateColumn(t("outlook.close_on"), format=_DAYS[view.language]),
        "answer": column.TextColumn(t("outlook.answer")),
    }


def _rests(rows: Sequence[Line | Win], shown: Snapshot, view: View) -> dict[str, list[str]]:
    """Where an amount is not the deal's own: a column of what it rests on, only if there is such a row."""
    if not shown.run.currency:
        return {}
    found = [
        rests_on(row.amount if isinstance(row, Win) else row.booked, row.amount, row.unpriced, view.language)
        for row in rows
    ]
    return {"rests": [said or t("outlook.rests_booked") for said in found]} if any(found) else {}


def _told(row: Line | Win, zone: ZoneInfo) -> tuple[str, float, date | None, str]:
    if isinstance(row, Win):
        return term("outcome", Outcome.WON), 1.0, row.closed_at.astimezone(zone).date(), ""
    answer = t(f"outlook.{row.decision or 'unanswered'}")
    return _stage(row), round(row.chance, 3), row.close_on, answer


def _stage(row: Line) -> str:
    """Where it stood; where a list told that only afterwards, what it told."""
    if row.told_later:
        return t("outlook.told_later", stage=stage_name(row.told_later))
    return stage_name(row.stage or NO_STAGE)


_DAYS = {"en": "D MMM YYYY", "zh": "YYYY年M月D日"}


def _win_columns(wins: Sequence[Win], shown: Snapshot, view: View) -> tuple[dict[str, Any], dict[str, Any]]:
    return {
        "amount": amounts([win.amount or None for win in wins], shown.run.currency),
        **_rests(wins, shown, view),
        "closed": [win.closed_at for win in wins],
    }, {
        "amount": shown_money(t("outlook.amount"), shown, view),
        "rests": st.column_config.TextColumn(t("outlook.rests")),
        "closed": day_column(t("outlook.closed_at"), view.language, view.who.timezone),
    }
