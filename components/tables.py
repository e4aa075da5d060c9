"""Tables whose rows can be clicked, and how their columns show instants and rates."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, TypeVar

import pandas as pd
import streamlit as st

from components import charts, format
from components.text import t
from core.rounding import half_up

Id = TypeVar("Id")
Row = TypeVar("Row")
MOST = 500  # rows of a table that is sent to a browser
_DAYS = {"en": "D MMM YYYY", "zh": "YYYY年M月D日"}
_INSTANTS = {"en": "D MMM YYYY, HH:mm", "zh": "YYYY年M月D日 HH:mm"}
_SHORT_DAYS = {"en": "D MMM", "zh": "M月D日"}
_SHORT_INSTANTS = {"en": "D MMM, HH:mm", "zh": "M月D日 HH:mm"}
_NAME = 145  # pixels
_ROW = 33  # pixels, with the theme's letters
_MOST_ROWS = 12
_UNSELECTED: dict[str, Any] = {"selection": {"rows": [], "columns": [], "cells": []}}


def clickable(
    columns: Mapping[str, Sequence[Any]],
    ids: Sequence[Id],
    key: str,
    *,
    config: Mapping[str, Any],
    alt: str,
) -> Id | None:
    """Draw a table; returns the id of the row that was clicked in this run.

    Args:
        columns: values by column, each as long as `ids`.
    """
    chosen = cell_clicked(columns, ids, key, config=config, alt=alt)
    return chosen[0] if chosen else None


def cell_clicked(
    columns: Mapping[str, Sequence[Any]],
    ids: Sequence[Id],
    key: str,
    *,
    config: Mapping[str, Any],
    alt: str,
) -> tuple[Id, str] | None:
    """Draw a table; returns the id of the row and the name of the column that were clicked in this run.

    What was clicked is remembered by id at the moment of the click: rows may have moved since.
    """
    clicked = f"{key}-clicked"

    def remember() -> None:
        if cells := st.session_state[key].selection.cells:
            row, column = cells[0]
            st.session_state[clicked] = ids[row], column

    st.dataframe(
        pd.DataFrame(columns),
        key=key,
        hide_index=True,
        height=_ROW * (min(len(ids), _MOST_ROWS) + 1) + 3,
        column_config=dict(config),
        on_select=remember,
        selection_mode="single-cell",
        placeholder="",
        alt=alt,
    )
    chosen: tuple[Id, str] | None = st.session_state.pop(clicked, None)
    return chosen


def first_of(rows: Sequence[Row]) -> Sequence[Row]:
    """As many of some rows as a table shows; where there are more, a line says of how many."""
    if len(rows) > MOST:
        st.caption(t("board.first_of", shown=MOST, total=len(rows)))
    return rows[:MOST]


def unselect(key: str) -> None:
    """Take a table's selection away: without this a second click on the same cell tells nothing.

    In a callback, once what the click opened is closed; earlier, the table's focus would select again.
    """
    if key in st.session_state:
        st.session_state[key] = _UNSELECTED


def day_column(
    label: str, language: str, timezone: str, *, width: int | None = None, short: bool = False
) -> Any:
    """Instants as days in the reader's time zone.

    Args:
        short: without the year, where other columns say which it is.
    """
    days = (_SHORT_DAYS if short else _DAYS)[language]
    return st.column_config.DatetimeColumn(label, format=days, timezone=timezone, width=width)


def instant_column(label: str, language: str, timezone: str, *, short: bool = False) -> Any:
    """Instants to the minute in the reader's time zone.

    Args:
        short: without the year, where all of them lie around today.
    """
    instants = (_SHORT_INSTANTS if short else _INSTANTS)[language]
    return st.column_config.DatetimeColumn(label, format=instants, timezone=timezone)


def days_column(label: str, help: str | None = None, *, width: int | None = None) -> Any:
    """Elapsed days, to a tenth."""
    return st.column_config.NumberColumn(label, format="%.1f", help=help, width=width)


def money_column(
    label: str, currency: str, language: str, help: str | None = None, *, width: int | None = None
) -> Any:
    """Amounts of one currency (`amounts`), named in the head; they align and sort as numbers do.

    Args:
        currency: ISO 4217; "" where a pipeline keeps no amounts and counts instead.
    """
    head = t("shell.unit", label=label, unit=format.symbol(currency, language)) if currency else label
    return st.column_config.NumberColumn(head, format="localized", help=help, width=width)


def amounts(values: Sequence[Decimal | None], currency: str) -> list[float | None]:
    """Values for `money_column`: whole units of a currency, counts to a tenth."""
    return [None if value is None else float(round(value, 0 if currency else 1)) for value in values]


def share_column(label: str, help: str | None = None, *, width: int | None = None) -> Any:
    """Rates (`shares`) in percent, which may be over 1."""
    return st.column_config.NumberColumn(label, format="percent", help=help, width=width)


def shares(rates: Sequence[float | None]) -> list[float | None]:
    """Values for `share_column`: to a whole percent."""
    return [None if rate is None else float(half_up(rate, 2)) for rate in rates]


def name_column(label: str, *, pinned: bool = False, width: int = _NAME) -> Any:
    """Names, as wide as leaves room for figures beside them."""
    return st.column_config.TextColumn(label, pinned=pinned, width=width)


def rate_column(label: str, help: str | None = None, *, width: int | None = None) -> Any:
    """A rate 0–1 as a bar with its percent."""
    return st.column_config.ProgressColumn(
        label, format="percent", min_value=0, max_value=1, help=help, color=charts.MARK, width=width
    )
