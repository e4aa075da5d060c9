"""The operator's desk in both languages: what is stuck is tried again or let be, sessions are ended."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from data.commands.sessions import open_session
from data.schema import Delivery, JobRun, Message, UserSession
from data.text import translate
from tests.company import found
from tests.pages.reading import check_words, words

LANGUAGES = pytest.mark.parametrize("language", ["en", "zh"])


def button(page, language, key, at=0):
    return [b for b in page.button if b.label == translate(language, f"operator.{key}")][at]


@pytest.fixture
def company(sqlite_store, clock):
    made = found(sqlite_store)
    with sqlite_store.writing() as session:
        message = Message(
            person_id=made.rep.person_id,
            kind="alert",
            key="k",
            params={},
            page="today",
            query={},
            posted_at=clock.at,
        )
        session.add(message)
        session.flush()
        for channel in ("mail", "webhook"):
            session.add(
                Delivery(
                    message_id=message.id,
                    channel=channel,
                    due_at=clock.at,
                    state="dead",
                    error="550 *no* such user",
                )
            )
        session.add(JobRun(job="tidy", key="", due_at=clock.at, params={}, started_at=clock.at, state="done"))
    open_session(sqlite_store, made.rep.person_id, 12, "local", "Mozilla/5.0 (Windows NT 10.0) Firefox/128.0")
    return made


@LANGUAGES
def test_what_was_given_up_is_tried_again_or_let_be(open_page, sqlite_store, company, language):
    page = open_page("operator", company.admin, language)
    check_words(page)
    for said in (
        "mail · alert",
        "550 *no* such user",
        "Firefox",
        translate(language, "operator.worker_alive"),
    ):
        assert said in words(page)
    button(page, language, "retry").click().run()
    button(page, language, "drop").click().run()
    check_words(page)
    assert translate(language, "problems.required") in words(page)
    page.text_input(key="drop-reason").input("They left.").run()
    button(page, language, "drop").click().run()
    check_words(page)
    with sqlite_store.reading() as session:
        assert sorted(session.scalars(select(Delivery.state))) == ["off", "waiting"]
    assert translate(language, "operator.given_up_none") in words(page)


@LANGUAGES
def test_a_session_is_ended_and_a_person_signed_out(open_page, sqlite_store, company, language):
    open_session(sqlite_store, company.mate.person_id, 12, "10.0.0.9", "")
    page = open_page("operator", company.admin, language)
    button(page, language, "end").click().run()
    check_words(page)
    button(page, language, "end_all_do").click().run()
    check_words(page)
    with sqlite_store.reading() as session:
        assert all(session.scalars(select(UserSession.revoked_at)))


@LANGUAGES
def test_a_folder_that_takes_no_files_is_told(open_page, sqlite_store, company, language):
    told = translate(language, "operator.files_away")
    assert told not in words(open_page("operator", company.admin, language))
    sqlite_store.files.rmdir()
    sqlite_store.files.write_text("a file where the folder should be")
    page = open_page("operator", company.admin, language)
    check_words(page)
    assert [e.value for e in page.error] == [told]


def test_ones_own_session_is_marked_and_not_ended_by_mistake(open_page, sqlite_store, company):
    own = open_session(sqlite_store, company.admin.person_id, 12, "local", "").session_id
    page = open_page("operator", company.admin, "en")
    page.session_state["session_id"] = own
    page.run()
    assert translate("en", "account.here") in words(page)
    ends = [b.key for b in page.button if b.label == translate("en", "operator.end")]
    assert ends
    assert not any(key.endswith(f"-{own}") for key in ends)
