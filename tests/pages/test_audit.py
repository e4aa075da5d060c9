"""The audit page has words for whatever a command leaves."""

import importlib
import pkgutil

import data.commands
from data.commands.command import COMMANDS
from data.queries.audit import HIDDEN, RECORDS
from data.text import LANGUAGES, has


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
