"""Somebody met for the first time is put on file from a record, a demand or a promise, in place."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from core.access import Who
from data.commands.demand_drafts import save_demand_fields
from data.commands.promise_drafts import save_promise_fields
from data.commands.record import save_record_fields
from data.queries.drafts import draft
from data.schema import Contact
from data.text import translate
from tests.company import found
from tests.pages.reading import does, words

FORMS = {"record": {"type": "appointment"}, "promises": {"do": "make"}, "demands": {}}
SAVES = {"promises": save_promise_fields, "demands": save_demand_fields}


def box(page, name: str):
    """A field of the contact's form, which stands in the draft's."""
    return next(f for f in page.text_input if f.key.startswith("contact-") and f.key.endswith(f"-{name}"))


def typed(page, language: str, **values: str):
    """Fill the form of the contact and send it."""
    for name, value in values.items():
        box(page, name).set_value(value)
    return next(b for b in page.button if does(b) == translate(language, "customer.save")).click().run()


def kept(store, who: Who) -> dict[str, object]:
    with store.reading() as session:
        return dict(draft(session, who, 1).values)


def on_file(store) -> list[tuple[int, str, str | None]]:
    with store.reading() as session:
        rows = session.execute(select(Contact.id, Contact.name, Contact.decision_role))
        return [(number, name, role) for number, name, role in rows]


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("name", SAVES)
def test_who_heard_it_is_put_on_file_and_chosen(open_page, sqlite_store, name, language):
    people = found(sqlite_store)
    page = open_page(name, people.rep, language, customer=people.customer, **FORMS[name])
    SAVES[name](sqlite_store, people.rep, 1, {"words": "Half a sentence"})
    before = on_file(sqlite_store)
    page.run()
    assert box(page, "name").label == {"en": "Name", "zh": "姓名"}[language]
    page = typed(page, language, email="no address")
    assert not page.exception
    assert translate(language, "problems.bad_email") in words(page)
    assert on_file(sqlite_store) == before
    page = typed(page, language, name=" Wang Lei ", email="wang@customer.example")
    (made,) = set(on_file(sqlite_store)) - set(before)
    assert made[1] == "Wang Lei"
    assert [toast.value for toast in page.toast] == [translate(language, "customer.on_file", name="Wang Lei")]
    said = kept(sqlite_store, people.rep)
    assert (said["contact"], said["words"]) == (made[0], "Half a sentence")
    chosen = next(s for s in page.selectbox if s.key and s.key.startswith("d1_contact"))
    assert chosen.value == made[0]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_who_was_there_is_put_on_file_with_what_was_said_of_them(open_page, sqlite_store, language):
    people = found(sqlite_store)
    page = open_page("record", people.rep, language, customer=people.customer, **FORMS["record"])
    save_record_fields(
        sqlite_store, people.rep, 1, {"summary": "Half a sentence", "fields-attendees": ["Wu", "Li Na"]}
    )
    page.run()
    next(s for s in page.selectbox if s.label == "Wu").set_value("buyer").run()
    page = typed(page, language, name="Wu Gang")
    assert not page.exception
    assert ("Wu Gang", "buyer") in [(name, role) for _, name, role in on_file(sqlite_store)]
    said = kept(sqlite_store, people.rep)
    assert (said["fields-attendees"], said["summary"]) == (["Wu Gang", "Li Na"], "Half a sentence")
    assert next(s for s in page.selectbox if s.label == "Wu Gang").value == "buyer"
    assert box(page, "name").value == "Li Na"  # the next who is not on file


def test_only_who_may_edit_the_customer_adds_a_contact(open_page, sqlite_store, monkeypatch):
    people = found(sqlite_store)
    monkeypatch.setattr("components.new_contact.reach", lambda *_: None)
    page = open_page("promises", people.rep, customer=people.customer, do="make")
    assert [f.key for f in page.text_input if f.key.startswith("contact-")] == []
