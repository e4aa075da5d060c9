"""Tokens on the account page and everybody's on the integrations page, in both languages."""

from __future__ import annotations

import pytest

from core.api import READ, WRITE
from data.commands.sessions import fingerprint
from data.queries.api_tokens import bearer, own_tokens
from data.text import translate
from tests.api import token_of
from tests.company import found
from tests.pages.reading import check_words, words

LANGUAGES = pytest.mark.parametrize("language", ["en", "zh"])


@pytest.fixture
def company(sqlite_store):
    return found(sqlite_store)


def button(page, key, language):
    return next((b for b in page.button if b.label == translate(language, key)), None)


@LANGUAGES
def test_a_token_is_made_shown_once_and_revoked(open_page, sqlite_store, company, language):
    page = open_page("account", company.rep, language)
    check_words(page)
    button(page, "tokens.make", language).click().run()
    assert translate(language, "problems.scope_required") in words(page)
    assert translate(language, "problems.required") in words(page)
    page.text_input[-1].set_value("CRM *sync*")
    page.button_group[-2].set_value(["customers", "signals"])
    page.button_group[-1].set_value(["signals"])
    button(page, "tokens.make", language).click().run()
    check_words(page)
    (token,) = [c.value for c in page.code]
    assert "CRM *sync*" in words(page)
    with sqlite_store.reading() as session:
        known = bearer(session, fingerprint(token), sqlite_store.clock())
    assert known.scopes == {"customers": READ, "signals": WRITE}
    button(page, "tokens.have_it", language).click().run()
    assert not page.code
    assert token not in words(page)
    assert not open_page("account", company.rep, language).code
    button(page, "tokens.revoke", language).click().run()
    assert translate(language, "tokens.none") in words(page)
    with sqlite_store.reading() as session:
        assert own_tokens(session, company.rep, sqlite_store.clock()) == ()


# fmt: off
OFFERED = [
    ("rep",      ["customers", "opportunities", "actions", "signals", "demands", "promises"],
                 ["customers", "opportunities", "actions", "signals", "demands", "promises"]),
    ("product",  ["demands", "promises"], ["demands", "promises"]),
    ("delivery", ["demands", "promises"], ["promises"]),
    ("admin",    ["customers", "opportunities", "actions", "signals"], []),
]
# fmt: on


@pytest.mark.parametrize(("role", "read", "write"), OFFERED)
def test_a_token_is_offered_what_its_person_can_do(open_page, company, role, read, write):
    page = open_page("account", getattr(company, role))
    boxes = {box.label: list(box.options) for box in page.button_group}
    for access, groups in (("read", read), ("write", write)):
        names = [translate("en", f"tokens.groups.{group}") for group in groups]
        assert boxes.get(translate("en", f"tokens.{access}"), []) == names


@LANGUAGES
def test_an_administrator_ends_anybodys_token(open_page, sqlite_store, company, language):
    page = open_page("integrations", company.admin, language)
    assert translate(language, "tokens.none_at_all") in words(page)
    token = token_of(sqlite_store, company.rep)
    page = open_page("integrations", company.admin, language)
    check_words(page)
    assert f"…{token[-4:]}" in words(page)
    assert "Rep · test" in words(page)
    button(page, "tokens.revoke", language).click().run()
    with sqlite_store.reading() as session:
        assert bearer(session, fingerprint(token), sqlite_store.clock()) is None


def test_whoever_has_no_records_sees_no_box_for_tokens_nor_for_an_order(open_page, company):
    page = open_page("account", company.store_manager)
    titles = [h.value for h in page.subheader]
    assert translate("en", "account.profile") in titles
    assert not {translate("en", key) for key in ("tokens.heading", "home.own")} & set(titles)
