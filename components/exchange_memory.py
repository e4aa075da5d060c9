"""What somebody said of a file's columns and words: the next file of the session has the same ones."""

from collections.abc import Collection, Mapping, Sequence

import streamlit as st

from core.exchange.kinds import CUSTOMERS, Kind
from core.exchange.tables import Table

_COLUMNS = "exchange-columns"  # by kind, what each header means that was chosen by hand; "" for nothing
_ORDERS = "exchange-orders"  # by kind and headers, whether day or month comes first
_WORDS = "exchange-words"  # by kind, field and word, what it means


def recalled(kind: Kind, headers: Sequence[str], unasked: Mapping[str, str]) -> dict[str, str]:
    """The header of each field, as it is found unasked and as it was said of an earlier file.

    Args:
        unasked: header by field, as the words tell it.
    """
    said = {h: field for h, field in _said(kind).items() if h in headers}
    taken = set(said.values())
    kept = {field: h for field, h in unasked.items() if h not in said and field not in taken}
    return kept | {field: h for h, field in said.items() if field and kind.column(field)}


def remember(kind: Kind, headers: Sequence[str], unasked: Mapping[str, str], said: Mapping[str, str]) -> None:
    """Keep what was said otherwise than it is found unasked.

    Args:
        said: header by field, as it stands on the page; "" where the file has none.
    """
    means = {header: field for field, header in said.items() if header}
    found = {header: field for field, header in unasked.items()}
    kept: dict[str, dict[str, str]] = st.session_state.setdefault(_COLUMNS, {})
    others = {h: field for h, field in kept.get(kind.name, {}).items() if h not in headers}
    by_hand = {h: means.get(h, "") for h in headers if means.get(h, "") != found.get(h, "")}
    kept[kind.name] = others | by_hand


def _said(kind: Kind) -> dict[str, str]:
    """What was said of a kind's headers; what names a customer does so in every kind."""
    kept: dict[str, dict[str, str]] = st.session_state.get(_COLUMNS, {})
    named = {h: "customer" for h, field in kept.get(CUSTOMERS.name, {}).items() if field == "name"}
    return (named if kind.column("customer") else {}) | kept.get(kind.name, {})


def order_of_dates(kind: Kind, table: Table) -> str | None:
    """What was said of the dates of the file whose rejected rows these are; None where it is another file's.

    Files of one kind come from several systems: only a file's own rows have its order for sure.
    """
    said: str | None = st.session_state.get(_ORDERS, {}).get((kind.name, *table.headers))
    return said if table.mended else None


def remember_order(kind: Kind, headers: Sequence[str], order: str | None) -> None:
    """Keep whether day or month comes first in a file's dates."""
    st.session_state.setdefault(_ORDERS, {})[kind.name, *headers] = order


def meaning(kind: Kind, field: str, word: str, choices: Collection[str]) -> str | None:
    """What a word of a field was said to mean before; None where it is no choice."""
    said: str | None = st.session_state.get(_WORDS, {}).get((kind.name, field, word))
    return said if said in choices else None


def remember_word(kind: Kind, field: str, word: str, meant: str | None) -> None:
    """Keep what a word means."""
    st.session_state.setdefault(_WORDS, {})[kind.name, field, word] = meant
