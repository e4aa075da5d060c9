"""The menu: who finds what in it, and that a run's pages are its own."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from core.access import Who
from core.terms import Role


def shell() -> None:
    import streamlit as st

    from components.menu import listed, sections

    pages = listed(st.session_state["who"], {"inbox": st.session_state["waiting"]})
    st.session_state.setdefault("runs", []).append(pages)
    st.session_state["current"] = st.navigation(sections(pages))


def menu(role: Role | None, language: str = "en", waiting: int = 0) -> AppTest:
    app = AppTest.from_function(shell)
    app.session_state["who"] = Who(1, role, 1, "Wu") if role else None
    app.session_state["language"], app.session_state["waiting"] = language, waiting
    app.run()
    assert not app.exception
    return app


def shown(app: AppTest) -> dict[str, str]:
    pages = app.session_state["runs"][-1].values()
    return {page.url_path: page.title for page in pages if page.visibility == "visible"}


@pytest.mark.parametrize(
    ("language", "titles"), [("en", ("Today", "Inbox (3)")), ("zh", ("今日待办", "消息 (3)"))]
)
def test_a_rep_finds_their_pages_and_what_waits(language, titles):
    found = shown(menu(Role.REP, language, waiting=3))
    assert (found[""], found["inbox"]) == titles
    assert "record" in found
    assert not {"people", "leadership", "customer", "guide"} & set(found)


def test_nobody_finds_anything_and_an_administrator_the_people():
    assert shown(menu(None)) == {}
    assert "people" in shown(menu(Role.ADMIN))


def test_each_run_has_pages_of_its_own():
    """Streamlit notes in a page that it may be run now: another tab's run must not take that away."""
    app = menu(Role.REP)
    first = app.session_state["current"]
    app.run()
    second = app.session_state["current"]
    assert first.title == second.title == "Today"
    assert first is not second
    assert first._can_be_called
    app.session_state["waiting"] = 2
    app.run()
    assert shown(app)["inbox"] == "Inbox (2)"
