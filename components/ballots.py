"""The person's voting paper of the month: in this tab, and kept by the browser for the next one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import streamlit as st

from components.text import t
from data.commands.ballots import draw_paper
from data.queries.ballots import has_drawn, is_paper, month_now

if TYPE_CHECKING:
    from components.frame import View

_KEEP = "export default function ({ data }) { document.cookie = data.cookie; }"
_keeper: Any = st.components.v2.component("firebreak_paper", js=_KEEP)
_DAYS = 32


def paper(view: View, words: str) -> str | None:
    """This month's paper: of this tab or browser, or drawn once somebody wishes to vote here.

    Until then a button asks, since a paper lies in one browser for the month; None then, and when it lies in
    another, which is said.

    Args:
        words: catalogue area with `start`, `start_note` and `no_paper`.
    """
    wanted = f"paper-wanted-{view.who.person_id}"
    held = _paper(view, draw=bool(st.session_state.get(wanted)))
    if held is None and view.read_now(has_drawn, view.now):
        st.caption(t(f"{words}.no_paper"))
    elif held is None:
        st.button(
            t(f"{words}.start"), icon=":material/how_to_vote:", key=f"paper-start-{words}",
            on_click=lambda: st.session_state.update({wanted: True}),
        )  # fmt: skip
        st.caption(t(f"{words}.start_note"))
    return held


def _paper(view: View, *, draw: bool) -> str | None:
    name = f"firebreak_paper_{view.who.person_id}_{view.read(month_now, view.now)}"
    with st.container(key="paper"):
        kept = _cookie(name)
        held = next((p for p in (st.session_state.get(name), kept) if p and _is_mine(p, view)), None)
        if held is None and draw:
            held = view.do(draw_paper)
        if held and kept != held:
            _keep(name, held)
        st.session_state[name] = held
    return held


def _cookie(name: str) -> str | None:
    value = st.context.cookies.get(name)
    return value if isinstance(value, str) else None


def _is_mine(paper: str, view: View) -> bool:
    return view.read_now(is_paper, paper, view.now)


def _keep(name: str, paper: str) -> None:
    secure = "; Secure" if urlsplit(st.context.url or "").scheme == "https" else ""
    cookie = f"{name}={paper}; path=/; max-age={_DAYS * 86400}; SameSite=Strict{secure}"
    _keeper(data={"cookie": cookie}, key="paper_keeper")
