"""Personal data on the people page: somebody found, handed over, erased only when their name was typed."""

import pytest

from components.blocks import plain
from core.privacy import mark_of
from data.schema import Contact
from data.text import translate
from tests.company import found

BUYER = "高敏"


@pytest.fixture
def company(sqlite_store):
    made = found(sqlite_store)
    with sqlite_store.writing() as session:
        session.add(Contact(customer_id=made.customer, name=BUYER, phone="13800000000"))
    return made


def searched(open_page, who, language, word):
    page = open_page("people", who, language)
    return page.text_input(key="privacy_search").set_value(word).run()


def errors(page):
    return " ".join(m.value for m in page.markdown)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_contact_is_found_and_erased_after_their_name_was_typed(open_page, sqlite_store, company, language):
    page = searched(open_page, company.admin, language, BUYER)
    pick = page.selectbox(key=f"privacy_pick_{BUYER}")
    assert pick.options == [f"{BUYER} · {translate(language, 'privacy.kind_contact')} · Haihe Pumps"]
    page = pick.select_index(0).run()
    page.text_input(key="privacy_said_contact_1").set_value("高")
    page = page.button(key="privacy_do").click().run()
    assert plain(translate(language, "problems.not_the_name", name=BUYER)) in errors(page)
    assert page.text_input(key="privacy_said_contact_1").value == "高"  # nothing typed is lost
    page.text_input(key="privacy_said_contact_1").set_value(BUYER)
    page = page.button(key="privacy_do").click().run()
    assert not page.exception
    assert translate(language, "privacy.done", mark=mark_of("contact", 1)) in [s.value for s in page.success]
    with sqlite_store.reading() as session:
        row = session.get_one(Contact, 1)
        assert (row.name, row.phone) == (mark_of("contact", 1), None)


def test_nobody_is_offered_for_a_word_that_means_nobody(open_page, company):
    page = searched(open_page, company.admin, "en", "Nobody")
    assert translate("en", "privacy.nobody") in errors(page)
    assert "privacy_do" not in [b.key for b in page.button]


def test_one_who_is_erased_is_shown_and_no_longer_offered(open_page, sqlite_store, company):
    page = searched(open_page, company.admin, "en", "C1")
    page = page.selectbox(key="privacy_pick_C1").select_index(0).run()
    page.text_input(key="privacy_said_contact_1").set_value(BUYER)
    page.button(key="privacy_do").click().run()
    page = searched(open_page, company.admin, "en", "C1")
    assert page.selectbox(key="privacy_pick_C1").options == []
    assert "Erased" in list(page.dataframe[-1].value["Data"])
