"""While the store does not answer: say so, keep what was typed, and go on by itself.

A run that waits has not ended: its fields stay on the screen with what stands in them, and a button that was
pressed counts once the store is back.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, ParamSpec, TypeVar

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from components.text import say, t
from core.messages import Unavailable
from data.outages import AWAY, BUSY
from data.queries.pulse import beats

if TYPE_CHECKING:
    from data.engine import Store

PATIENCE_SECONDS = 600.0
PAUSE_SECONDS = 1.0
PENDING, BACK = "outage-pending", "outage-back"
P = ParamSpec("P")
R = TypeVar("R")


def gate(recognise: Callable[[], R | None], key: str = "outage") -> R | None:
    """What every run asks the store first; it waits for the answer, then does what callbacks could not."""
    with st.container(key=key):  # always there: what follows keeps its place
        place = st.empty()
    found = None
    try:
        found = _patiently(recognise, place)
        if found and st.session_state.get(PENDING):
            _work_off(place)
            found = _patiently(recognise, place)
    except Unavailable as error:
        _tell(place, error)
        if _passes(error):  # all patience is over; the fields keep what stands in them
            st.stop()
        st.session_state.pop(PENDING, None)  # it is said, and can be pressed again
        return found
    if st.session_state.pop(BACK, False):
        place.info(t("errors.back"), icon=":material/cloud_done:")
    else:
        place.empty()
    return found


def pressed(work: Callable[[], object]) -> None:
    """What a callback does; while the store does not answer, the gate of the same run does it, in order."""
    waiting: list[Callable[[], object]] = st.session_state.get(PENDING) or []
    try:
        if not waiting:
            work()
            return
    except Unavailable:
        pass
    st.session_state[PENDING] = [*waiting, work]


def _work_off(place: DeltaGenerator) -> None:
    while waiting := st.session_state.get(PENDING):
        _patiently(waiting[0], place)
        st.session_state[PENDING] = waiting[1:]


def again_when_back(error: Unavailable, store: Store) -> None:
    """In the midst of a page: show the message; of a store that is away, draw it again once it answers."""
    _tell(st.empty(), error)
    until = time.monotonic() + PATIENCE_SECONDS
    while error.code == AWAY and time.monotonic() < until:
        time.sleep(PAUSE_SECONDS)
        if beats(store):
            st.session_state[BACK] = True
            st.rerun()
    if error.code == AWAY:
        st.stop()


def gently(draw: Callable[P, None]) -> Callable[P, None]:
    """A part that repaints by itself says that the store does not answer, and looks again the next time."""

    @wraps(draw)
    def drawn(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            draw(*args, **kwargs)
        except Unavailable as error:
            _tell(st.empty(), error)

    return drawn


def _patiently(ask: Callable[[], R], place: DeltaGenerator) -> R:
    """The answer, as long as it takes; at the end of all patience the error."""
    until = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            return ask()
        except Unavailable as error:
            if not _passes(error) or time.monotonic() > until:
                raise
            _tell(place, error)
            time.sleep(PAUSE_SECONDS)


def _passes(error: Unavailable) -> bool:
    """Whether it is over by itself some time; a full disk, or anything else, waits for somebody."""
    return error.code in (AWAY, BUSY)


def _tell(place: DeltaGenerator, error: Unavailable) -> None:
    waits = f" {t('errors.waiting')}" if _passes(error) else ""
    place.warning(say(error) + waits, icon=":material/cloud_off:")
