"""The opportunities behind a number of the outlook, as tables."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

import streamlit as st

from components import address, format
from components.blocks import empty, section
from components.board_words import stage_name
from components.frame import View
from components.outlook import shown_money
from components.tables import amounts, clickable, day_column, name_column, rate_column
from components.text import t
from core.forecast.rollup import CATEGORIES, category
from core.policies import Policy
from data.queries.snapshots import Line, Snapshot, Win

_ROWS_SHOWN = 200


def behind(shown: Snapshot, by: str, policy: Policy, view: View) -> int | None:
    """The rows behind the numbers, narrowed by what was clicked; returns the customer that was chosen."""
    section(t("outlook.behind"), help=t("outlook.behind_help"))
    kinds = {name: t(f"outlook.{name}") for name in ("open", "won")}
    kinds |= {name: t(f"outlook.is_{name}") for name in CATEGORIES}
    show = address.choose(
        st.segmented_control, t("outlook.behind"), "show", kinds, "open", required=True,
        label_visibility="collapsed",
    )  # fmt: skip
    names = {str(getattr(r, f"{by}_id")): getattr(r, by) for r in (*shown.lines, *shown.wins)}
    pick = address.read("pick", names, "")
    if pick and st.button(names[pick] or t(f"outlook.without_{by}"), icon=":material/close:"):
        address.write(pick=None)
        pick = ""
    rows: Sequence[Any] = shown.wins if show == "won" else shown.lines
    if show in CATEGORIES:
        rows = [line for line in shown.lines if category(line, policy) == show]
    return listed([r for r in rows if pick in ("", str(getattr(r, f"{by}_id")))], shown, view, show)


def listed(rows: Sequence[Any], shown: Snapshot, view: View, key: str) -> int | None:
    """Wins or lines, largest first; returns the customer that was chosen."""
    if not rows:
        empty(t("outlook.no_rows"), icon=":material/table_rows:")
        return None
    won = isinstance(rows[0], Win)
    ordered = sorted(rows, key=lambda r: (-(r.amount if won else r.value), r.opportunity_id))[:_ROWS_SHOWN]
    draw: Callable[..., tuple[dict[str, Any], dict[str, Any]]] = _win_columns if won else _line_columns
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
    chosen = clickable(
        names | columns,
        [r.customer_id for r in ordered],
        f"outlook-rows-{key}",
        config=words | config,
        alt=t("outlook.behind"),
    )
    total = sum(((r.amount if won else r.value) for r in rows), Decimal(0))
    said = format.worth(total, shown.run.currency, view.language)
    st.caption(t("outlook.first_of", shown=len(ordered), total=len(rows), sum=said))
    return chosen


def _line_columns(
    lines: Sequence[Line], shown: Snapshot, view: View
) -> tuple[dict[str, Any], dict[str, Any]]:
    column = st.column_config
    return {
        "stage": [stage_name(line.stage or "none") for line in lines],
        "chance": [round(line.chance, 3) for line in lines],
        "amount": amounts([line.amount for line in lines], shown.run.currency),
        "value": amounts([line.value for line in lines], shown.run.currency),
        "close": [line.close_on for line in lines],
        "answer": [t(f"outlook.{line.decision or 'unanswered'}") for line in lines],
    }, {
        "stage": column.TextColumn(t("outlook.stage")),
        "chance": rate_column(t("outlook.chance"), t("outlook.chance_help"), width=105),
        "amount": shown_money(t("outlook.amount"), shown, view),
        "value": shown_money(t("outlook.expected_short"), shown, view),
        "close": column.DateColumn(t("outlook.close_on"), format=_DAYS[view.language]),
        "answer": column.TextColumn(t("outlook.answer")),
    }


_DAYS = {"en": "D MMM YYYY", "zh": "YYYY年M月D日"}


def _win_columns(wins: Sequence[Win], shown: Snapshot, view: View) -> tuple[dict[str, Any], dict[str, Any]]:
    return {
        "amount": amounts([win.amount for win in wins], shown.run.currency),
        "closed": [win.closed_at for win in wins],
    }, {
        "amount": shown_money(t("outlook.amount"), shown, view),
        "closed": day_column(t("outlook.closed_at"), view.language, view.who.timezone),
    }
