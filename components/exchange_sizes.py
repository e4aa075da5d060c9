"""A file that tells customers' sizes in employees: a person says where mid-size and large begin."""

from collections.abc import Collection
from dataclasses import replace

import streamlit as st

from components.blocks import plain
from components.exchange_upload import Upload
from components.text import t, term
from core.exchange.mapping import FileMapping, match
from core.exchange.sizes import size_of
from core.messages import Invalid
from data.exchange.suggest import staff_words

_KEPT = "exchange-sizes"  # where mid-size and large begin, as was said of the last file


def sizes_said(upload: Upload, mapping: FileMapping) -> tuple[FileMapping, Collection[str]]:
    """The mapping with the sizes of numbers, and the numbers that need not be asked for one by one."""
    try:
        numbers = staff_words(
            upload.kind, upload.table, match(upload.kind, upload.table.headers, mapping), mapping
        )
    except Invalid:
        return mapping, ()
    with st.container(key="exchange-sizes"):
        if not numbers:
            return mapping, ()
        line = st.empty()
        mid, large = _bounds(upload)
        said = mid is not None and large is not None and mid < large
        key = "exchange.staff_said" if said else "exchange.staff"
        line.caption(plain(t(key, n=len(numbers), word=numbers[0])))
        if mid is None or large is None:
            return mapping, numbers
        if large <= mid:
            st.warning(t("exchange.staff_order"))
            return mapping, numbers
    sizes = {word: size for word in numbers if (size := size_of(word, mid, large))}
    segment = {**mapping.values.get("segment", {}), **sizes}
    return replace(mapping, values={**mapping.values, "segment": segment}), ()


def _bounds(upload: Upload) -> list[int | None]:
    at_first = st.session_state.setdefault(f"sizes-{upload.key}", st.session_state.get(_KEPT, (None, None)))
    with st.container(horizontal=True):
        said = [
            st.number_input(
                t("exchange.staff_from", size=term("segment", size)),
                min_value=1,
                value=first,
                step=1,
                width=260,
                key=f"size-{upload.key}-{size}",
            )
            for size, first in zip(("mid", "large"), at_first, strict=True)
        ]
    st.session_state[_KEPT] = tuple(said)
    return said
