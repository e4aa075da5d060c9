"""The currencies page, in both languages: what has no rate is said, a rate is entered, a bad one is told."""

from __future__ import annotations

import pytest

from data.schema import ExchangeRate
from data.text import translate
from tests.company import found
from tests.importing import import_text
from tests.pages.reading import words
from tests.pages.test_demands import press
from tests.pages.twice import rows_of_two

DEAL = "ref,name,amount,currency,opened_at\n1,Dollars,100,USD,2026-01-02\n"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_rate_is_entered(open_page, sqlite_store, language):
    company = found(sqlite_store)
    import_text(sqlite_store, "opportunities", DEAL)
    page = open_page("currencies", company.director, language)
    assert [w.value for w in page.warning] == [translate(language, "currencies.without", currency="USD", n=1)]
    save = translate(language, "currencies.save")
    page.text_input[0].set_value("USD")
    press(page, save)
    assert translate(language, "problems.not_positive") in words(page)
    page.number_input[0].set_value(7.1)
    press(page, save)
    assert not page.exception
    assert not page.warning
    assert page.dataframe[0].value.iloc[0, 0] == "USD"
    assert page.text_input[0].value == ""  # another press of the same sends nothing again


def test_two_presses_enter_one_rate_and_refuse_none(open_page, sqlite_store):
    def enter(page):
        page.text_input[0].set_value("USD")
        page.number_input[0].set_value(7.1)
        return press(page, translate("en", "currencies.save"))

    page = open_page("currencies", found(sqlite_store).director)
    assert rows_of_two(page, enter, sqlite_store, ExchangeRate) == 1
    assert not page.error


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_companys_own_currency_is_changed_until_an_amount_is_on_record(open_page, sqlite_store, language):
    company = found(sqlite_store)
    page = open_page("currencies", company.director, language)
    page.selectbox[0].set_value("EUR").run()
    press(page, translate(language, "currencies.own_save"))
    assert not page.exception
    assert page.selectbox[0].value == "EUR"
    import_text(sqlite_store, "opportunities", "ref,name,amount\n1,Priced,100\n")
    page = open_page("currencies", company.director, language)
    assert translate(language, "currencies.own_fixed") in words(page)
    assert not page.selectbox
