"""What a page shows is kept in its address, so that a reload keeps it and a link shares it.

The address is the truth: a widget shows what it says, and a change of the widget goes into it.
Values are language-free keys; a value that is not among the choices is taken for the default.
"""

from collections.abc import Callable, Collection, Mapping
from typing import Any

import streamlit as st


def read(name: str, allowed: Collection[str], default: str) -> str:
    """The address's value of a name."""
    value = st.query_params.get(name, default)
    return value if value in allowed else default


def write(**values: str | int | None) -> None:
    """Put values into the address; None takes a name out."""
    for name, value in values.items():
        if value is None:
            st.query_params.pop(name, None)
        elif st.query_params.get(name) != str(value):
            st.query_params[name] = str(value)


def choose(
    draw: Callable[..., Any],
    label: str,
    name: str,
    options: Mapping[str, str],
    default: str,
    *,
    drops: Collection[str] = (),
    **how: Any,
) -> str:
    """Draw a choice (`st.selectbox`, `st.segmented_control`, …) that is kept in the address.

    Args:
        options: label by key, in order.
        default: its choice leaves no trace in the address.
        drops: names that a change takes out of the address, because they depend on this one.
    """
    key = f"address-{name}"
    st.session_state[key] = read(name, options, default)

    def changed() -> None:
        chosen = st.session_state[key]
        write(**{name: None if chosen == default else chosen}, **dict.fromkeys(drops))

    draw(label, list(options), format_func=options.__getitem__, key=key, on_change=changed, **how)
    return read(name, options, default)
