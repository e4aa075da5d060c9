"""A part that is folded away and drawn only while it is open: tables and forms behind each of a list's cards
would be most of what a page sends and mounts."""

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st


@contextmanager
def folded(label: str, key: str, *, icon: str, opens: bool | str = False) -> Iterator[bool]:
    """Around what is drawn where it yields True.

    Args:
        key: of the box, unique on the page.
        opens: something asks for it to stand open, e.g. the address, or the word of a press; whoever closes
            it then finds it closed until something asks anew.
    """
    asked = f"{key}-asked"
    if opens and st.session_state.get(asked) != opens:
        st.session_state[key] = True
    st.session_state[asked] = opens
    with st.expander(label, icon=icon, key=key, on_change="rerun") as box:
        yield bool(box.open)
