"""The audit page has words for whatever a command leaves."""

import importlib
import pkgutil

import pytest

import data.commands
from core.studio import Area
from data.commands.command import COMMANDS
from data.commands.exchange import undo_import
from data.commands.people import set_password
from data.commands.studio import keep_rules, publish
from data.queries.audit import HIDDEN, RECORDS
from data.text import LANGUAGES, has, translate
from tests.company import found
from tests.importing import import_text


def test_every_command_has_its_words():
    for module in pkgutil.iter_modules(data.commands.__path__):
        importlib.import_module(f"data.commands.{module.name}")
    for language in LANGUAGES:
        keys = {f"audit.did.{name.replace('.', '_')}" for name in COMMANDS}
        assert {k for k in keys if not has(language, k)} == set()


def test_every_field_of_a_record_has_its_words():
    fields = {c.key for table in RECORDS.values() for c in table.__table__.columns} - HIDDEN
    unsaid = {"password_hash"}  # never part of a picture
    for language in LANGUAGES:
        assert {f for f in fields - unsaid if not has(language, f"audit.field.{f}")} == set()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_values_are_said_in_words(open_page, sqlite_store, language):
    people = found(sqlite_store)
    import_text(sqlite_store, "customers", "name\nNew One\n", "new.csv")
    undo_import(sqlite_store, people.admin)
    set_password(sqlite_store, people.admin, people.rep.person_id, "a-new-password")
    keep_rules(sqlite_store, people.director, {"silent_days": 20})
    publish(sqlite_store, people.director, Area.RULES, "They answer late.")
    said = " ".join(m.value for m in open_page("audit", people.director, language).markdown)
    assert translate(language, "exchange.kind.customers") in said
    assert translate(language, "audit.password_new") in said
    assert translate(language, "rules.name.silent_days") in said
    assert "changed" not in said
    assert said.count("new\\.csv") + said.count("new.csv") == 2  # what was imported, and what was taken back
