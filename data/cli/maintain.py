"""`init`, `rebuild`, `check`, `revise`: making a store, and holding it against its own events."""

import argparse
from typing import Any

from data.commands.projections import differences, rebuild
from data.commands.setup import new_setup_code
from data.install import install
from data.migrate import is_current, revise
from data.runtime import this_store

Parsers = Any  # argparse names the type only privately


def add(commands: Parsers) -> None:
    """Add the commands to the command line."""
    commands.add_parser("init", help="make or upgrade the store").set_defaults(run=_init)
    commands.add_parser("rebuild", help="recompute every projection").set_defaults(run=_rebuild)
    commands.add_parser("check", help="compare projections with their events").set_defaults(run=_check)
    revision = commands.add_parser("revise", help="write a migration for a changed schema (developers)")
    revision.add_argument("message")
    revision.set_defaults(run=_revise)


def _init(_: argparse.Namespace) -> int:
    store = this_store()
    install(store)
    print(f"The store is ready: {store.shown_url}")
    if code := new_setup_code(store):
        print(f"Set-up code for the first administrator: {code}")
    return 0


def _rebuild(_: argparse.Namespace) -> int:
    with this_store().writing() as session:
        rebuild(session)
    print("Every projection was recomputed from its events.")
    return 0


def _check(_: argparse.Namespace) -> int:
    store = this_store()
    if not is_current(store):
        print("The store has another release's schema: run `python -m data init`.")
        return 2
    with store.writing() as session:
        found = differences(session)
        session.rollback()
    for line in found:
        print(line)
    print(f"{len(found)} differences between projections and events.")
    return 3 if found else 0


def _revise(chosen: argparse.Namespace) -> int:
    store = this_store()
    install(store)
    revise(store, chosen.message)
    return 0
