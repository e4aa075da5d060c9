"""The leadership screen in both languages: empty, and with something on every tile."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from data.schema import Customer, Opportunity
from data.text import translate
from tests.company import found
from tests.data.test_leadership import quarter_run
from tests.importing import import_text
from tests.morning import at_risk
from tests.pages.reading import check_words, unfold, words


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


@pytest.mark.parametrize("language", ["en", "zh"])
def test_an_import_that_is_not_in_the_quarters_forecast_is_told_as_on_outlook(
    open_page, sqlite_store, clock, language
):
    people = found(sqlite_store)
    quarter_run(sqlite_store, 20, 1_000_000)
    at = translate(language, "outlook.late", at="\0").split("\0")

    def said() -> list[str]:
        told = words(open_page("leadership", people.director, language)).splitlines()
        return [line for line in told if all(part in line for part in at)]

    assert said() == []
    clock.move(minutes=1)
    import_text(sqlite_store, "opportunities", "name,owner,amount,opened_at\nPumps,rep,8000,2026-01-10\n")
    assert len(said()) == 1


@pytest.mark.parametrize("language", ["en", "zh"])
def test_each_of_the_largest_risks_leads_to_its_customer(
    open_page, sqlite_store, clock, language, monkeypatch
):
    company = at_risk(sqlite_store, clock)
    led = []
    monkeypatch.setattr("components.leadership_risks.open_page", lambda name, **q: led.append((name, q)))
    page = open_page("leadership", company.director, language)
    check_words(page)
    for place in (1, 2, 3):
        page = page.button(f"to-risk-{place}").click().run()
    with sqlite_store.reading() as session:
        names = {i: name for i, name in session.execute(select(Customer.id, Customer.name))}
    assert [(name, names[q["customer"]]) for name, q in led] == [
        ("customer", name) for name in ("Haihe", "Minjiang", "Wuyi")
    ]


@pytest.mark.parametrize(("language", "currency"), [("en", "CNY"), ("zh", "USD")])
def test_those_after_the_largest_stand_below_and_lead_to_their_customers(
    open_page, sqlite_store, clock, language, currency, monkeypatch
):
    company = at_risk(sqlite_store, clock)
    with sqlite_store.writing() as session:
        session.execute(
            update(Opportunity).where(Opportunity.name == "Luoyang line").values(currency=currency)
        )
    led = []
    monkeypatch.setattr("components.leadership_risks.open_page", lambda name, **q: led.append((name, q)))
    page = open_page("leadership", company.director, language)
    check_words(page)
    assert translate(language, "leadership.further") in words(page)
    assert "Luoyang" in words(page)
    with sqlite_store.reading() as session:
        luoyang = session.scalar(select(Customer.id).where(Customer.name == "Luoyang"))
    page.button(f"further-risks-{luoyang}").click().run()
    assert led == [("customer", {"customer": luoyang})]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_whoever_comes_after_the_lines_stands_in_a_table_and_leads_to_the_customer(
    open_page, sqlite_store, clock, language, monkeypatch
):
    company = at_risk(sqlite_store, clock)
    led = []
    monkeypatch.setattr("components.leadership_risks.open_page", lambda name, **q: led.append((name, q)))
    monkeypatch.setattr("components.leadership_risks._CARDS", 0)
    page = open_page("leadership", company.director, language)
    assert "Luoyang" not in words(page)
    unfold(page, translate(language, "leadership.rest", n=2))
    check_words(page)
    (table,) = (d.value for d in page.dataframe)
    assert table[translate(language, "morning.customer")].tolist()[0] == "Luoyang"
    with sqlite_store.reading() as session:
        luoyang = session.scalar(select(Customer.id).where(Customer.name == "Luoyang"))
    page.session_state["risks-rest-rows-clicked"] = (luoyang, "")
    page.run()
    assert led == [("customer", {"customer": luoyang})]
