"""What stands open in a browser when its session ends carries nothing out any more."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from components.frame import SESSION
from core.terms import Role
from data.commands.sessions import end_session, open_session
from data.schema import Demand, ExchangeRate, Person
from data.text import translate
from tests.company import found
from tests.pages.reading import words
from tests.pages.test_demands import fill, press


def rates(page, store, worth):
    page.text_input[0].set_value("USD")
    page.number_input[0].set_value(worth)
    press(page, translate("en", "currencies.save"))
    assert not page.exception
    with store.reading() as session:
        return session.scalar(select(func.count()).select_from(ExchangeRate))


def demoted(store, who, session_id):
    with store.writing() as session:
        session.get_one(Person, who.person_id).role = Role.REP


def signed_out(store, who, session_id):
    end_session(store, session_id)


@pytest.mark.parametrize("happens", [signed_out, demoted])
def test_nothing_is_carried_out_for_who_is_no_longer_there(open_page, sqlite_store, happens):
    director = found(sqlite_store).director
    own = open_session(sqlite_store, director.person_id, 12, "192.0.2.7").session_id
    page = open_page("currencies", director)
    page.session_state[SESSION] = own
    assert rates(page, sqlite_store, 7.1) == 1
    happens(sqlite_store, director, own)
    assert rates(page, sqlite_store, 7.2) == 1
    assert translate("en", "errors.session_over") in words(page)


@pytest.mark.parametrize("happens", [None, signed_out, demoted])
def test_a_draft_is_not_sent_for_who_is_no_longer_there(open_page, sqlite_store, happens):
    people = found(sqlite_store)
    manager = people.manager
    page = open_page("demands", manager, customer=people.customer)
    prefix = f"d{page.query_params['draft'][0]}_"
    fill(page, prefix, after=25.0)
    own = open_session(sqlite_store, manager.person_id, 12, "192.0.2.7").session_id
    page.session_state[SESSION] = own
    if happens:
        happens(sqlite_store, manager, own)
    page.button(f"{prefix}submit").click().run()
    assert not page.exception
    with sqlite_store.reading() as session:
        assert session.scalar(select(func.count()).select_from(Demand)) == (0 if happens else 1)
