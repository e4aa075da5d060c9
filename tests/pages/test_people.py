"""The people page: the list, and a person added, changed and locked out, in both languages."""

import pytest
from sqlalchemy import select

from data.schema import Person
from data.text import translate
from tests.company import found


@pytest.fixture
def people(sqlite_store):
    return found(sqlite_store)


def by_label(elements, key, language="en"):
    return next(e for e in elements if e.label == translate(language, key))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_everybody_is_listed_with_role_and_team_in_words(open_page, people, language):
    page = open_page("people", people.admin, language)
    table = page.dataframe[0].value
    row = table[table[translate(language, "people.username")] == "manager"].iloc[0]
    assert row[translate(language, "people.role")] == translate(language, "terms.role.manager")
    assert row[translate(language, "people.team")] == "East"
    assert len(table) == 9


def test_the_search_narrows_the_list(open_page, people):
    page = open_page("people", people.admin, search="stran")
    assert list(page.dataframe[0].value["User name"]) == ["stranger"]


def test_a_person_is_added_after_all_problems_were_told(open_page, sqlite_store, people):
    page = open_page("people", people.admin)
    by_label(page.button, "people.add").click().run()
    by_label(page.text_input, "people.name").set_value("Wu Fan")
    by_label(page.text_input, "people.username").set_value("REP")
    by_label(page.button, "people.add").click()
    by_label(page.button, "people.save").click().run()
    told = " ".join(m.value for m in page.markdown)
    assert "is taken already" in told
    assert "Please fill this in" in told
    with sqlite_store.reading() as session:
        assert session.scalar(select(Person).where(Person.name == "Wu Fan")) is None
