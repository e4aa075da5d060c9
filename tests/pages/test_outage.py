"""While the store does not answer: it is said, fields keep their text, a pressed button counts afterwards."""

from __future__ import annotations

from contextlib import contextmanager
from types import SimpleNamespace

import pytest
from sqlalchemy import select
from streamlit.testing.v1 import AppTest

from core.messages import Unavailable
from data.commands.record import Link, open_record
from data.engine import Store
from data.outages import AWAY, BUSY, FULL
from data.schema import Draft
from data.text import LANGUAGES, translate
from tests.company import found

WORLD = SimpleNamespace()  # what the script below asks


def script() -> None:
    import streamlit as st

    from components.outage import gate, pressed
    from tests.pages.test_outage import WORLD

    gate(WORLD.recognise)
    st.text_input("Words", key="words", on_change=pressed, args=(WORLD.typed,))
    st.button("Send", on_click=pressed, args=(WORLD.send,))


@pytest.fixture
def page(monkeypatch):
    """page(language): the script, over a store that fails as `WORLD.fails` says, one code a question."""
    monkeypatch.setattr("components.outage.PAUSE_SECONDS", 0.0)
    WORLD.fails, WORLD.sent, WORLD.reads = [], 0, False  # `reads`: only writing fails

    def answer() -> None:
        if WORLD.fails:
            raise Unavailable(WORLD.fails.pop(0))

    def send() -> None:
        answer()
        WORLD.sent += 1

    def recognise() -> str:
        if not WORLD.reads:
            answer()
        return "somebody"

    WORLD.answer, WORLD.send, WORLD.recognise, WORLD.typed = answer, send, recognise, lambda: None

    def opened(language: str = "en") -> AppTest:
        at = AppTest.from_function(script, default_timeout=30)
        at.session_state["language"] = language
        return at.run()

    return opened


def test_what_was_typed_last_is_saved_before_what_was_pressed_after_it(page):
    at = page()
    done: list[str] = []

    def typed() -> None:
        WORLD.answer()
        done.append("typed")

    WORLD.typed, WORLD.send = typed, lambda: done.append("sent")
    at.run()
    WORLD.fails = [AWAY] * 3
    at.text_input(key="words").input("the last words")
    at.button[0].click().run()
    assert done == ["typed", "sent"]


def warnings(at: AppTest) -> list[str]:
    return [w.value for w in at.warning]


@pytest.mark.parametrize("code", [AWAY, BUSY])
def test_a_button_that_was_pressed_counts_once_the_store_is_back(page, code):
    at = page()
    at.text_input(key="words").input("half a sentence")
    WORLD.fails = [code] * 4  # the press, and some questions of the gate
    at.button[0].click().run()
    assert (WORLD.sent, warnings(at), at.text_input(key="words").value) == (1, [], "half a sentence")
    at.run()
    assert WORLD.sent == 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_at_the_end_of_all_patience_the_message_stands_and_nothing_is_lost(page, monkeypatch, language):
    at = page(language)
    at.text_input(key="words").input("half a sentence")
    monkeypatch.setattr("components.outage.PATIENCE_SECONDS", -1.0)
    WORLD.fails = [AWAY] * 2
    at.button[0].click().run()
    waits = f"{translate(language, 'errors.store_away')} {translate(language, 'errors.waiting')}"
    assert (warnings(at), WORLD.sent) == ([waits], 0)
    at.run()  # it is back
    assert (WORLD.sent, warnings(at), at.text_input(key="words").value) == (1, [], "half a sentence")


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_room_it_is_said_and_can_be_sent_again(page, language):
    at = page(language)
    at.text_input(key="words").input("half a sentence")
    WORLD.reads = True
    WORLD.fails = [FULL, FULL]
    at.button[0].click().run()
    assert (warnings(at), WORLD.sent) == ([translate(language, "errors.store_full")], 0)
    assert at.text_input(key="words").value == "half a sentence"
    at.button[0].click().run()
    assert (warnings(at), WORLD.sent) == ([], 1)


@contextmanager
def away(monkeypatch):
    """The database does not answer."""

    @contextmanager
    def gone(self: Store, **_: object):
        raise Unavailable(AWAY)
        yield

    with monkeypatch.context() as patch:
        for name in ("reading", "writing", "batch"):
            patch.setattr(Store, name, gone)
        yield


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_typed_into_a_record_while_the_store_is_away_is_saved_when_it_is_back(
    open_page, sqlite_store, monkeypatch, language
):
    monkeypatch.setattr("components.outage.PATIENCE_SECONDS", -1.0)
    company = found(sqlite_store)
    number = open_record(sqlite_store, company.rep, Link(customer=company.customer))
    at = open_page("record", company.rep, language, draft=number)
    at.text_area(key=summary_of(at)).input("They want it by May.")
    with away(monkeypatch):
        at.run()
    assert any(translate(language, "errors.store_away") in w for w in warnings(at))
    at.run()
    assert not at.exception
    with sqlite_store.reading() as session:
        assert session.scalars(select(Draft.body)).one()["values"]["summary"] == "They want it by May."
    assert at.query_params["draft"] in (str(number), [str(number)])  # the way back is still there


def summary_of(at: AppTest) -> str:
    return next(area.key for area in at.text_area if "summary" in area.key)


def test_a_page_that_failed_in_its_midst_is_drawn_again_with_a_word_about_it(
    open_page, sqlite_store, monkeypatch
):
    """The store goes away after the gate and is back a moment later."""
    monkeypatch.setattr("components.outage.PAUSE_SECONDS", 0.0)
    company = found(sqlite_store)
    real, failed = Store.reading, []

    @contextmanager
    def once(self: Store, **how: bool):
        if not failed:
            failed.append(True)
            raise Unavailable(AWAY)
        with real(self, **how) as session:
            yield session

    monkeypatch.setattr(Store, "reading", once)
    at = open_page("inbox", company.rep)
    assert (len(failed), warnings(at), list(at.exception)) == (1, [], [])
    assert at.session_state["outage-back"]  # the shell's gate says it


def test_what_does_not_pass_by_itself_is_said_and_not_waited_for(open_page, sqlite_store, monkeypatch):
    company = found(sqlite_store)

    @contextmanager
    def full(self: Store, **_: object):
        raise Unavailable(FULL)
        yield

    monkeypatch.setattr(Store, "reading", full)
    assert warnings(open_page("inbox", company.rep)) == [translate("en", "errors.store_full")]
