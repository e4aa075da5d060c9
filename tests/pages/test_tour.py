"""The walk through the demo company: offered to whoever comes in by a demo account, left with one click."""

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from components import tour
from core.terms import Role
from data.schema import Setting
from tests.company import found


def walk(who, page, language):
    import streamlit as st

    from components.tour import menu_entry, tour_card

    st.session_state["language"] = language
    menu_entry(who)
    tour_card(who, page)


@pytest.fixture
def shown(monkeypatch, sqlite_store):
    """shown(installation, page, state) draws the card as the store manager; returns it and where it led."""
    people = found(sqlite_store)
    led = []
    monkeypatch.setattr(tour, "this_store", lambda: sqlite_store)

    def follow(name, **query):
        led.append((name, query))
        st.rerun()

    monkeypatch.setattr(tour, "open_page", follow)

    def draw(installation, page="today", language="en", role=Role.STORE_MANAGER, **state):
        with sqlite_store.writing() as session:
            session.merge(Setting(key="installation", value=installation))
        who = next(w for w in (people.rep, people.manager, people.store_manager) if w.role is role)
        app = AppTest.from_function(walk, args=(who, page, language), default_timeout=60)
        for name, value in state.items():
            app.session_state[name] = value
        return app.run(), led

    return draw


def labels(app):
    return [button.label for button in app.button]


def test_a_real_company_has_no_walk(shown):
    app, _ = shown("company", tour_offered=True)
    assert labels(app) == []


@pytest.mark.parametrize(("language", "start"), [("en", "Show me around"), ("zh", "带我看看")])
def test_it_is_asked_once_and_no_is_no(shown, language, start):
    app, led = shown("demo", language=language, tour_offered=True)
    assert labels(app)[:2] == [start, start]  # in the menu and on the card
    app.button("tour_no").click().run()
    assert (labels(app), led) == ([start], [])


def test_it_leads_from_stop_to_stop_and_ends(shown):
    app, led = shown("demo", role=Role.REP, tour_offered=True)
    app.button("tour_start").click().run()
    assert led == [("today", {})]
    app.button("tour_next").click().run()
    assert led[-1] == ("record", {})
    assert "tour_there" in [b.key for b in app.button]  # the page that is open is not the stop's
    app.button("tour_back").click().run()
    assert led[-1] == ("today", {})
    for _ in range(10):
        if not any(b.key == "tour_next" for b in app.run().button):
            break
        app.button("tour_next").click().run()
    assert [page for page, _ in led[3:]] == ["record", "calibrate", "promises", "reports"]
    assert labels(app) == ["Show me around"]


def test_it_is_left_at_any_stop(shown):
    app, _ = shown("demo", role=Role.MANAGER, tour_offered=True)
    app.button("tour_start").click().run()
    app.button("tour_leave").click().run()
    assert labels(app) == ["Show me around"]
