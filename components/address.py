"""What a page shows is kept in its address, so that a reload keeps it and a link shares it.

The address is the truth: a widget shows what it says, and a change of the widget goes into it.
Values are language-free keys; a value that is not among the choices is taken for the default.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from enum import StrEnum
from functools import partial
from typing import Any, TypeVar

import streamlit as st

from components.scrolling import turn_to_head
from components.text import t

Part = TypeVar("Part", bound=StrEnum)
_OF_LIST = ("show", "shown", "region", "q")


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


def said(name: str) -> str | None:
    """The address's free text under a name; None when it says nothing."""
    value: str = st.query_params.get(name, "")
    return value or None


def number(name: str) -> int | None:
    """A whole number of the address; None for anything else."""
    value = said(name) or ""
    return int(value) if value.isascii() and value.isdigit() and len(value) < 16 else None


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


def part(name: str, words: str, parts: Sequence[Part]) -> Part:
    """Which part of a page is asked for and drawn, kept in the address; the first, unless another is chosen.

    Args:
        name: in the address.
        words: catalogue key of what is chosen among; a part's is this, an underscore and its value.
        parts: those there are.
    """
    options = {one.value: t(f"{words}_{one}") for one in parts}
    draw = partial(st.segmented_control, required=True, label_visibility="collapsed")
    chosen = choose(draw, t(words), name, options, parts[0].value)
    return next(one for one in parts if one.value == chosen)


def pick(
    label: str,
    name: str,
    options: Sequence[str],
    words: Callable[[str], str],
    *,
    everything: str | None = None,
    drops: Collection[str] = (),
) -> str | None:
    """A list to choose one of many from, kept in the address.

    Args:
        everything: words for "no choice", offered first; without it the first option is the default.
        drops: names that a change takes out of the address.
    """
    offered = {"": everything} if everything is not None else {}
    offered |= {option: words(option) for option in options}
    return choose(st.selectbox, label, name, offered, next(iter(offered), ""), drops=drops) or None


def search(label: str, name: str, *, drops: Collection[str] = ()) -> str:
    """A search box kept in the address."""
    key = f"address-{name}"
    st.session_state[key] = said(name) or ""

    def changed() -> None:
        write(**{name: st.session_state[key] or None}, **dict.fromkeys(drops))

    st.text_input(
        label,
        key=key,
        placeholder=label,
        label_visibility="collapsed",
        icon=":material/search:",
        on_change=changed,
    )
    return said(name) or ""


def switch(label: str, name: str, *, default: bool = False, drops: Collection[str] = ()) -> bool:
    """A yes or no kept in the address; the default leaves no trace there."""
    key, other = f"address-{name}", str(int(not default))
    st.session_state[key] = default != (said(name) == other)

    def changed() -> None:
        write(**{name: None if st.session_state[key] == default else other}, **dict.fromkeys(drops))

    st.toggle(label, key=key, on_change=changed)
    return default != (said(name) == other)


def leave_for(**address: int) -> None:
    """Go on with this page at another address, from its head."""
    st.query_params.from_dict({k: str(v) for k, v in address.items()})
    turn_to_head()
    st.rerun()


def within_list(**address: int) -> None:
    """From a list to one of its rows, or back: what was chosen of the list stays in the address."""
    kept = {name: value for name in _OF_LIST if (value := said(name))}
    st.query_params.from_dict(kept | {k: str(v) for k, v in address.items()})
    turn_to_head()
    st.rerun()
