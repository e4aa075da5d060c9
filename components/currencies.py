"""Rates drawn: what has none, the form, and every rate that was entered."""

from collections.abc import Callable
from typing import Any

import pandas as pd
import streamlit as st
from babel.numbers import get_currency_name

from components import format
from components.blocks import empty, plain, section
from components.form_turns import next_turn, turn_of
from components.forms import Marks
from components.frame import View
from components.text import language, t
from core.money import currencies
from core.policies import DEFAULTS
from data.queries.currencies import RateDesk
from data.text import LOCALES

_FORM = "rate"


def currency_box(label: str, chosen: str = DEFAULTS.currency, **how: Any) -> str:
    """All currencies in use to choose from, each with its name."""
    labels = {code: named(code, language()) for code in sorted(currencies())}
    place = list(labels).index(chosen)
    found: str = st.selectbox(label, list(labels), index=place, format_func=labels.__getitem__, **how)
    return found


def named(code: str, language: str) -> str:
    """A currency by its code and name.

    >>> named("EUR", "en"), named("CNY", "zh")
    ('EUR · Euro', 'CNY · 人民币')
    """
    return f"{code} · {get_currency_name(code, locale=LOCALES[language])}"


def own(desk: RateDesk, save: Callable[[str], Any], view: View) -> None:
    """The company's own currency; it can be chosen anew while no amounts are on record."""
    section(t("currencies.own"), icon=":material/account_balance:")
    if desk.fixed:
        st.markdown(f"**{plain(named(desk.base, view.language))}**")
        st.caption(t("currencies.own_fixed"))
        return
    marks = Marks(view)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        with marks.field("currency"):
            chosen = currency_box(
                t("currencies.own_choose"), desk.base, help=t("currencies.own_help"), width=320
            )
        pressed = st.button(t("currencies.own_save"), disabled=chosen == desk.base)
    if pressed and marks.sent(lambda: save(chosen)):
        st.toast(t("currencies.own_saved", currency=chosen), icon=":material/check:")
        st.rerun()


def missing(desk: RateDesk) -> None:
    """Amounts without a rate, and wins without one of their day; always there, so that nothing moves."""
    with st.container(key="rates-missing"):
        for currency, n in desk.without.items():
            st.warning(t("currencies.without", currency=currency, n=n), icon=":material/currency_exchange:")
        for currency, (first, n) in desk.early.items():
            day = format.day(first, language())
            st.warning(t("currencies.early", currency=currency, n=n, day=day), icon=":material/history:")


def form(desk: RateDesk, save: Callable[..., Any], view: View) -> None:
    """Currency, day, worth; empty again once a rate is entered.

    Args:
        save: `save(key, currency, day, worth)`.
    """
    section(t("currencies.enter"), icon=":material/add:")
    turn = turn_of(_FORM)
    with st.form(turn, clear_on_submit=False):
        marks = Marks(view)
        with marks.field("currency"):
            currency = st.text_input(
                t("currencies.currency"), max_chars=3, placeholder="USD", width=220, key=f"currency-{turn}"
            )
        with marks.field("from_on"):
            day = st.date_input(
                t("currencies.from_on"), desk.today, format="YYYY-MM-DD", width=220, key=f"day-{turn}"
            )
        with marks.field("worth"):
            label = t("currencies.worth", base=desk.base)
            worth = st.number_input(label, value=None, format="%.6f", width=220, key=f"worth-{turn}")
        sent = st.form_submit_button(t("currencies.save"), type="primary")
        if sent and marks.sent(lambda: save(turn, currency, day, worth)):
            next_turn(_FORM)
            st.toast(t("currencies.saved"), icon=":material/check:")
            st.rerun()


def table(desk: RateDesk, view: View) -> None:
    """Every rate, the latest first by currency."""
    section(t("currencies.entered"), icon=":material/history:")
    if not desk.rows:
        empty(t("currencies.none"))
        return
    rows = [
        {
            t("currencies.currency"): row.currency,
            t("currencies.from_on"): format.day(row.from_on, view.language),
            t("currencies.worth", base=desk.base): _worth(row.worth),
            t("currencies.recorded_at"): view.instant(row.recorded_at),
            t("currencies.by"): row.by or t("currencies.operator"),
        }
        for row in desk.rows
    ]
    st.dataframe(pd.DataFrame(rows), hide_index=True, width="stretch")


def _worth(worth: float) -> str:
    """A rate as it was entered.

    >>> _worth(1234.5678), _worth(0.048123), _worth(7.0)
    ('1234.5678', '0.048123', '7')
    """
    return f"{worth:.6f}".rstrip("0").rstrip(".")
