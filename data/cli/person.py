"""`person export` and `person erase`: what is kept about somebody, handed over or erased."""

import argparse
from pathlib import Path
from typing import Any

from core.access import OPERATOR
from core.messages import Invalid, NotFound, Problem
from core.privacy import Kind
from data.commands.privacy import erase_person, export_person, forget
from data.engine import Store
from data.queries.personal import Match, matches
from data.runtime import this_store


def add(commands: Any) -> None:
    """Add the commands to the command line."""
    person = commands.add_parser("person", help="what is kept about one employee or contact of a customer")
    ways = person.add_subparsers(required=True, metavar="WAY")
    export = ways.add_parser("export", help="everything about them into one ZIP")
    export.add_argument("name", help="name, user name, mail, or P12 (employee), C12 (contact)")
    export.add_argument("file", type=Path, nargs="?", help="the ZIP; by default person-P12.zip")
    export.set_defaults(run=_export)
    erase = ways.add_parser("erase", help="replace their name and words by a mark, delete their voice")
    erase.add_argument("name")
    erase.add_argument("--yes", action="store_true", help="do not ask: it cannot be taken back")
    erase.set_defaults(run=_erase)


def _export(chosen: argparse.Namespace) -> int:
    store = this_store()
    who = _one(store, chosen.name)
    path = chosen.file or Path(f"person-{_mark(who)}.zip")
    archive = export_person(store, OPERATOR, str(who.kind), who.id)
    path.touch(mode=0o600)
    path.write_bytes(archive)
    print(f"{path}: everything about {who.name} ({_mark(who)}, {who.belongs}).")
    return 0


def _erase(chosen: argparse.Namespace) -> int:
    store = this_store()
    who = _one(store, chosen.name)
    print(f"{who.name} ({_mark(who)}, {who.belongs}) is going to be erased. This cannot be taken back.")
    said = who.name if chosen.yes else _typed()
    gone = erase_person(store, OPERATOR, str(who.kind), who.id, said)
    forget(store, gone)
    print(f"Erased, with {len(gone)} recordings and pictures. Backups made before still hold them.")
    return 0


def _typed() -> str:
    """What somebody types; nothing where there is nobody, as in a script."""
    try:
        return input("Type the name to go on: ")
    except EOFError:
        return ""


def _one(store: Store, said: str) -> Match:
    """The one person meant.

    Raises:
        NotFound: nobody.
        Invalid: several; each is named with the mark to say instead.
    """
    with store.reading() as session:
        found = matches(session, OPERATOR, said)
    exact = [m for m in found if said in (m.name, _mark(m)) or (m.kind is Kind.PERSON and m.belongs == said)]
    if len(exact or found) == 1:
        return (exact or found)[0]
    if not found:
        raise NotFound(entity="person")
    told = "; ".join(f"{_mark(m)} {m.name} ({m.belongs})" for m in found)
    raise Invalid([Problem("name", "several_people", {"people": told})])


def _mark(found: Match) -> str:
    return f"{'P' if found.kind is Kind.PERSON else 'C'}{found.id}"
