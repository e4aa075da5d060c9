"""The walk through the demo company: a card at the foot of the window, left with one click."""

import streamlit as st

from components.form_turns import next_turn
from components.navigation import open_page
from components.text import t
from core.access import Who
from data.demo.tour import Stop, stops
from data.queries.policies import is_demo
from data.runtime import this_store

_ROOM = '<style>.stApp [data-testid="stMainBlockContainer"] { padding-bottom: 14rem; }</style>'
_STOPS, _AT, _DEMO = "tour_stops", "tour_at", "tour_demo"
OFFERED = "tour_offered"  # whoever comes in by a demo account's button is asked


def menu_entry(who: Who) -> None:
    """The way back into the walk, where there is one."""
    if _demo() and st.button(t("tour.menu"), icon=":material/explore:", width="stretch"):
        next_turn("menu")  # it closes, so that the first stop is seen
        _start(who)


def tour_card(who: Who, page: str) -> None:
    """The stop that the walk is at, or whether one is wanted.

    Args:
        page: the name of the page that is open.
    """
    walk: tuple[Stop, ...] = st.session_state.get(_STOPS, ())
    with st.container(key="tour"):  # always there: what follows keeps its place
        if walk:
            _stop(walk, st.session_state[_AT], page)
        elif st.session_state.get(OFFERED) and _demo():
            _question(who)


def _demo() -> bool:
    if _DEMO not in st.session_state:
        with this_store().reading() as session:
            st.session_state[_DEMO] = is_demo(session)
    found: bool = st.session_state[_DEMO]
    return found


def _question(who: Who) -> None:
    with st.container(border=True, key="tour_question"):
        st.markdown(t("tour.question"))
        with st.container(horizontal=True, gap="small"):
            start = st.button(t("tour.start"), type="primary", key="tour_start")
            st.button(t("tour.no"), key="tour_no", type="tertiary", on_click=_leave)
    if start:
        _start(who)


def _start(who: Who) -> None:
    store = this_store()
    with store.reading() as session:
        walk = stops(session, who, store.clock())
    st.session_state[_STOPS] = walk
    _go(walk, 0)


def _stop(walk: tuple[Stop, ...], at: int, page: str) -> None:
    stop, last = walk[at], at == len(walk) - 1
    st.html(_ROOM)
    with st.container(border=True, key="tour_stop"):
        st.caption(t("tour.place", at=at + 1, of=len(walk)))
        st.markdown(t(f"tour.stop.{stop.name}"))
        with st.container(horizontal=True, gap="small"):
            here = page == stop.page
            there = not here and st.button(t("tour.there"), key="tour_there", type="primary")
            label = t("tour.end" if last else "tour.next")
            onward = st.button(label, key="tour_next", type="primary" if here else "secondary")
            back = at > 0 and st.button(t("tour.back"), key="tour_back")
            st.button(t("tour.leave"), key="tour_leave", type="tertiary", on_click=_leave)
    if onward and last:
        _leave()
        st.rerun()
    if there or onward or back:
        _go(walk, at + bool(onward) - bool(back))


def _go(walk: tuple[Stop, ...], at: int) -> None:
    st.session_state[_AT] = at
    open_page(walk[at].page, **walk[at].query)


def _leave() -> None:
    for name in (_STOPS, _AT, OFFERED):
        st.session_state.pop(name, None)
