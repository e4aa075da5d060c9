"""The leadership screen in both languages: empty, and with something on every tile."""

from __future__ import annotations

import pytest

from data.text import translate
from tests.company import found
from tests.data.test_leadership import quarter_run
from tests.morning import at_risk
from tests.pages.reading import check_words, words


@pytest.mark.parametrize("language", ["en", "zh"])
def test_an_empty_company_says_what_is_not_there_yet(open_page, sqlite_store, language):
    page = open_page("leadership", found(sqlite_store).director, language)
    check_words(page)
    for part in ("outlook", "health", "process", "collaboration", "risks"):
        assert translate(language, f"leadership.no_{part}") in words(page)
    assert len(page.button) == 6


@pytest.mark.parametrize("language", ["en", "zh"])
def test_it_shows_the_quarter_and_the_largest_risks(open_page, sqlite_store, clock, language):
    company = at_risk(sqlite_store, clock)
    quarter_run(sqlite_store, 20, 1_000_000)
    page = open_page("leadership", company.director, language)
    check_words(page)
    text = words(page)
    assert "Haihe" in text
    assert "Minjiang" in text
    assert {"en": "1M", "zh": "100万"}[language] in text


def test_the_largest_risk_leads_to_its_customer(open_page, sqlite_store, clock):
    company = at_risk(sqlite_store, clock)
    page = open_page("leadership", company.director)
    wanted = translate("en", "leadership.open", page=translate("en", "customer.title"))
    assert wanted in [button.label for button in page.button]
