"""An amount of money in a form, typed as people write it: 420,000, 42万 or 1.2M."""

from decimal import Decimal

import streamlit as st

from components import format
from components.blocks import plain
from components.text import language
from core.exchange.amounts import typed_amount
from core.exchange.cells import Wrong
from core.messages import Problem


def amount_line(label: str, amount: Decimal | None, language: str, key: str) -> str:
    """The line; what stands is shown with its separators."""
    shown = "" if amount is None else format.exact(amount, language)
    line: str = st.text_input(label, shown, key=key)
    return line


def read_amount(field: str, text: str, currency: str) -> tuple[Decimal | None, list[Problem]]:
    """The amount that was typed, and what is wrong with it."""
    try:
        return typed_amount(text, currency), []
    except Wrong as wrong:
        return None, [Problem(field, wrong.code, wrong.params)]


def say_back(text: str | None, currency: str) -> None:
    """How an amount that was typed is read: 42 is not 42万. Nothing where it is none: sending says why."""
    amount, _ = read_amount("", text or "", currency)
    if amount is not None:
        st.caption(plain(f"= {format.money(amount, currency, language(), compact=True)}"))
