"""The account page: one's own name, password and sessions, in both languages."""

from datetime import date

import pytest

from data.commands.people import set_password
from data.commands.sessions import open_session
from data.queries.api_tokens import own_tokens
from data.queries.sessions import own_account, own_sessions
from data.schema import UsageDay
from data.text import translate
from tests.api import token_of
from tests.company import found

CHROME = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36"


@pytest.fixture
def people(sqlite_store):
    people = found(sqlite_store)
    set_password(sqlite_store, people.admin, people.rep.person_id, "first long one")
    return people


def test_ones_name_is_changed_and_an_empty_one_is_told_at_its_field(open_page, sqlite_store, people):
    page = open_page("account", people.rep)
    page.text_input[0].set_value(" ")
    page.button[0].click().run()
    assert any("Please fill this in" in m.value for m in page.markdown)
    page.text_input[0].set_value("Li Na")
    page.button[0].click().run()
    with sqlite_store.reading() as session:
        assert own_account(session, people.rep).name == "Li Na"


def test_the_old_password_is_asked(open_page, sqlite_store, people):
    page = open_page("account", people.rep)
    for field, value in zip(
        page.text_input[1:4], ("wrong", "second long one", "second long one"), strict=True
    ):
        field.set_value(value)
    page.button[1].click().run()
    assert any("This is not your present password" in m.value for m in page.markdown)
    page.text_input[1].set_value("first long one")
    page.button[1].click().run()
    assert [s.value for s in page.success] == [
        "Your password is changed. Every other session of yours has ended."
    ]


@pytest.mark.parametrize("ends", [True, False])
def test_whoever_has_programs_is_asked_whether_they_end_with_the_password(
    open_page, sqlite_store, people, ends
):
    label = translate("zh", "account.end_programs")
    assert label not in [box.label for box in open_page("account", people.rep, "zh").checkbox]
    token_of(sqlite_store, people.rep)
    page = open_page("account", people.rep, "zh")
    (box,) = [box for box in page.checkbox if box.label == label]
    box.set_value(ends)
    values = ("first long one", "second long one", "second long one")
    for field, value in zip(page.text_input[1:4], values, strict=True):
        field.set_value(value)
    page.button[1].click().run()
    assert len(page.success) == 1
    with sqlite_store.reading() as session:
        assert len(own_tokens(session, people.rep, sqlite_store.clock())) == (0 if ends else 1)


def test_whoever_has_no_password_is_not_asked_for_one(open_page, people):
    labels = [field.label for field in open_page("account", people.mate).text_input]
    assert translate("en", "account.old") not in labels


@pytest.mark.parametrize(("language", "shown"), [("en", "Chrome on Windows"), ("zh", "Windows 上的 Chrome")])
def test_a_session_elsewhere_is_named_and_ended(open_page, sqlite_store, people, language, shown):
    open_session(sqlite_store, people.rep.person_id, 12, "10.0.0.7", CHROME)
    page = open_page("account", people.rep, language)
    assert any(shown in m.value and "10" in m.value for m in page.markdown)
    next(b for b in page.button if b.label == translate(language, "account.end")).click().run()
    with sqlite_store.reading() as session:
        assert own_sessions(session, people.rep, sqlite_store.clock()) == ()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_rep_sees_what_is_measured_of_their_time(open_page, sqlite_store, clock, language):
    company = found(sqlite_store)
    with sqlite_store.writing() as session:
        for who in (company.rep, company.manager):
            session.add(
                UsageDay(person_id=who.person_id, day=date(2026, 3, 3), seconds=720, latest_at=clock.at)
            )
    page = open_page("account", company.rep, language)
    assert not page.exception
    assert translate(language, "account.usage_note", idle=60) in [c.value for c in page.caption]
    assert translate(language, "milestones.minutes", n="12") in [m.value for m in page.metric]
    boss = open_page("account", company.manager, language)
    assert translate(language, "account.usage_note", idle=60) not in [c.value for c in boss.caption]
