"""The people page: the list, and a person added, changed and locked out, in both languages."""

from pathlib import Path

import bcrypt
import pytest
from sqlalchemy import select

from data.commands.leaving import hand_over
from data.commands.people import create_team
from data.schema import Audit, Customer, Person, Team
from data.text import translate
from tests.company import found

ROOT = Path(__file__).parents[2]


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


def test_of_thousands_the_first_are_listed_and_each_opens_by_its_address(open_page, people, monkeypatch):
    monkeypatch.setattr("components.tables.MOST", 2)
    page = open_page("people", people.admin)
    first = list(page.dataframe[0].value["Name"])
    assert len(first) == 2
    said = [c.value for c in page.caption]
    assert "9 people" in said
    assert "2 of 9" in said
    other = next(w for w in (people.rep, people.manager, people.stranger) if w.name not in first)
    opened = open_page("people", people.admin, person=other.person_id)
    assert other.name in [field.value for field in opened.text_input]


def test_role_and_state_narrow_the_list_and_what_is_shown_at_first_leaves_no_trace(open_page, people):
    page = open_page("people", people.admin, search="st", role="rep", active="0")
    page.toggle("address-active").set_value(True).run()
    page.text_input("address-search").set_value("").run()
    page.selectbox("address-role").set_value("").run()
    assert not page.exception
    assert dict(page.query_params) == {}


def test_the_address_is_bound_to_no_widget():
    """The menu's entry of an open page clears the address; Streamlit refuses that while a widget holds it."""
    files = [f for folder in ("pages", "components") for f in (ROOT / folder).rglob("*.py")]
    assert [f.name for f in files if 'bind="query-params"' in f.read_text()] == []


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_team_is_changed_where_it_stands(open_page, sqlite_store, people, language):
    page = open_page("people", people.admin, language)
    rows = list(page.dataframe[1].value[translate(language, "people.team")])
    page.session_state["teams_0"] = {"selection": {"rows": [rows.index("East")], "columns": [], "cells": []}}
    page.run()
    page.text_input("team_1_name").set_value("East China")
    by_label(page.button, "people.save", language).click().run()
    assert not page.exception
    with sqlite_store.reading() as session:
        assert sorted(session.scalars(select(Team.name))) == ["East China", "West"]


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


@pytest.mark.parametrize("language", ["en", "zh"])
def test_without_teams_the_form_says_where_to_add_one(open_page, sqlite_store, people, monkeypatch, language):
    told = translate(language, "people.team_first")
    for some in (True, False):
        if not some:
            monkeypatch.setattr("data.queries.people.teams", lambda session, who: ())
        page = open_page("people", people.admin, language)
        by_label(page.button, "people.add", language).click().run()
        assert (told in [c.value for c in page.caption]) is not some


def test_a_new_person_gets_a_first_password_that_is_shown_once(open_page, sqlite_store, people):
    page = open_page("people", people.admin)
    by_label(page.button, "people.add").click().run()
    by_label(page.text_input, "people.name").set_value("Wu Fan")
    by_label(page.text_input, "people.username").set_value("wufan")
    next(s for s in page.selectbox if s.key == "person_new_team").set_value(1)
    by_label(page.button, "people.add").click()
    by_label(page.button, "people.save").click().run()
    assert not page.exception
    assert [s.value for s in page.success] == [
        translate("en", "people.added", name="Wu Fan", username="wufan")
    ]
    with sqlite_store.reading() as session:
        row = session.scalar(select(Person).where(Person.username == "wufan"))
    assert bcrypt.checkpw(page.code[0].value.encode(), row.password_hash.encode())


@pytest.mark.parametrize("language", ["en", "zh"])
def test_all_who_cannot_sign_in_get_first_passwords_at_once(open_page, sqlite_store, people, language):
    with sqlite_store.writing() as session:
        for name in ("rep", "mate", "stranger"):
            session.get_one(Person, getattr(people, name).person_id).password_hash = None
        session.get_one(Person, people.stranger.person_id).active = False
        session.get_one(Person, people.manager.person_id).password_hash = "kept"
    page = open_page("people", people.admin, language, role="rep")
    button = page.button("ask_passwords")
    assert button.label == translate(language, "people.first_passwords", n=2)
    button.click().run()
    page.button("ask_passwords").click()
    page.button("passwords_now").click().run()
    assert not page.exception
    head = translate(language, "people.password")
    table = next(frame.value for frame in page.dataframe if head in frame.value)
    given = dict(zip(table.iloc[:, 1], table.iloc[:, 2], strict=True))
    assert sorted(given) == ["mate", "rep"]
    with sqlite_store.reading() as session:
        for person in session.scalars(select(Person).where(Person.username.in_(given))):
            assert bcrypt.checkpw(given[person.username].encode(), person.password_hash.encode())
        assert session.get_one(Person, people.stranger.person_id).password_hash is None


def test_a_fresh_password_stands_alone_and_needs_no_scrolling(open_page, sqlite_store, people, monkeypatch):
    """AppTest chooses no row: the table is replaced by the line that would be chosen."""
    chosen = people.rep.person_id
    monkeypatch.setattr(
        "components.people.people_table", lambda rows: next(r for r in rows if r.person_id == chosen)
    )
    page = open_page("people", people.admin)
    page.button(f"password_{chosen}").click().run()
    assert not page.exception
    assert [field for field in page.text_input if str(field.key).startswith("person_")] == []
    with sqlite_store.reading() as session:
        kept = session.get_one(Person, chosen).password_hash
    assert bcrypt.checkpw(page.code[0].value.encode(), kept.encode())


def test_an_address_opens_the_person_whom_it_names(open_page, people):
    page = open_page("people", people.admin, person=people.mate.person_id)
    assert page.text_input(f"person_{people.mate.person_id}_name").value == "Mate"
    page = open_page("people", people.admin, person=999)
    assert not page.exception
    assert [field for field in page.text_input if str(field.key).startswith("person_")] == []


def test_a_leavers_customers_are_handed_over_before_the_door_is_shut(
    open_page, sqlite_store, people, monkeypatch
):
    """AppTest chooses no row: the table is replaced by the line that would be chosen."""
    chosen = people.rep.person_id
    monkeypatch.setattr(
        "components.people.people_table", lambda rows: next(r for r in rows if r.person_id == chosen)
    )
    page = open_page("people", people.admin)
    said = [translate("en", f"people.holds.{name}", n=1) for name in ("customers", "opportunities")]
    what = translate("en", "shell.comma").join(said)
    assert translate("en", "people.held", what=what) in [m.value for m in page.markdown]
    by_label(page.button, "people.hand_over").click().run()
    assert "Please fill this in" in " ".join(m.value for m in page.markdown)
    by_label(page.selectbox, "people.heir").set_value(people.mate.person_id)
    by_label(page.button, "people.hand_over").click().run()
    sure = translate("en", "people.hand_sure", what=what, name="Mate · East")
    assert [w.value for w in page.warning] == [sure]
    with sqlite_store.reading() as session:
        assert session.get_one(Customer, people.customer).owner_id == chosen  # not yet
    by_label(page.button, "people.hand_now").click().run()
    assert [s.value for s in page.success] == [translate("en", "people.handed", name="Mate · East")]
    with sqlite_store.reading() as session:
        assert session.get_one(Customer, people.customer).owner_id == people.mate.person_id
    by_label(page.button, "people.lock_out").click().run()
    assert [toast.value for toast in page.toast] == [translate("en", "people.was_locked_out", name="Rep")]
    with sqlite_store.reading() as session:
        assert session.get_one(Person, chosen).active is False


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_team_is_removed_where_it_stands_or_its_reason_told(open_page, sqlite_store, people, language):
    create_team(sqlite_store, people.admin, "Est")
    for name, n, team in (("East", 3, 1), ("Est", 0, 3)):
        page = open_page("people", people.admin, language)
        rows = list(page.dataframe[1].value[translate(language, "people.team")])
        chosen = {"selection": {"rows": [rows.index(name)], "columns": [], "cells": []}}
        page.session_state["teams_0"] = chosen
        page.run()
        page.button(f"team_{team}_remove").click().run()
        assert not page.exception
        why = translate(language, "errors.team_has_people", name=name, n=n)
        assert [e.value for e in page.error] == ([why] if n else [])
    with sqlite_store.reading() as session:
        assert sorted(session.scalars(select(Team.name))) == ["East", "West"]


def test_what_was_handed_over_is_brought_back_where_it_was_given(
    open_page, sqlite_store, people, monkeypatch
):
    chosen = people.rep.person_id
    hand_over(sqlite_store, people.admin, chosen, people.mate.person_id)
    monkeypatch.setattr(
        "components.people.people_table", lambda rows: next(r for r in rows if r.person_id == chosen)
    )
    page = open_page("people", people.admin)
    by_label(page.button, "people.bring_back").click().run()
    assert not page.exception
    assert [s.value for s in page.success] == [translate("en", "people.brought_back", name="Rep")]
    with sqlite_store.reading() as session:
        assert session.get_one(Customer, people.customer).owner_id == chosen


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_hand_overs_customers_are_a_list_of_their_own(open_page, sqlite_store, people, language):
    hand_over(sqlite_store, people.admin, people.rep.person_id, people.mate.person_id)
    with sqlite_store.reading() as session:
        log = session.scalars(select(Audit.id).where(Audit.command == "person.hand_over")).one()
    page = open_page("customers", people.director, language, handed=log)
    assert not page.exception
    assert [b.key for b in page.button if (b.key or "").startswith("customer-")] == [
        f"customer-{people.customer}"
    ]
    page.button("handed-all").click().run()
    assert len([b for b in page.button if (b.key or "").startswith("customer-")]) == 2
