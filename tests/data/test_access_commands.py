"""Every command × whoever does not reach a record: refused as if there were none, when its id is guessed.

The rows come from the registry: a command that takes an id is in it by itself. Whoever's permission reaches
only their own or their team's records must be told `NotFound` or `NotAllowed` for the other team's; that
team's own people, with the same arguments, must not be, or the refusal would prove nothing.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import func, select

import data.commands
from core.access import Reach, Who, reach
from core.messages import AppError, Invalid, NotAllowed, NotFound
from core.signals import SignalInput
from data.commands.command import COMMANDS
from data.commands.signals import Reported
from data.engine import Store
from data.schema import Audit
from tests.conftest import NOON
from tests.guesses import GIVEN, guessed, ids_for
from tests.strangers import Strangers, World, strangers

for module in pkgutil.iter_modules(data.commands.__path__):
    importlib.import_module(f"data.commands.{module.name}")

REFUSED = (NotFound, NotAllowed)

# Not somebody's own, so that a guessed id gives nothing away; why.
ANYBODYS = {
    "customer.open": "names an owner, whom `test_nobody_writes_what_is_theirs_into_ours` covers",
    "store_request.file": "the pool is one for all stores (C6): a request joins another store's",
    "account.password": "the session named is the one that is not ended; others' are not looked at",
    "session.revoke_others": "as above",
}


# Reports that are kept as JSON: what refuses strangers is shown here, that their own get them elsewhere.
SHOWN_ELSEWHERE = {
    "health.export": "tests/data/test_health_export.py",
    "milestone.export": "tests/data/test_milestone_export.py",
    "morning.export": "tests/data/test_morning.py",
}
MANAGES_THEM_ALL = {("token.revoke", "Admin")}  # by another permission than the command's own


def test_whoever_guesses_an_id_is_refused_and_writes_nothing(sqlite_store):
    world, wrong, seen = strangers(sqlite_store), [], 0
    for name, who, arguments in _attempts(world):
        seen += 1
        before = _audited(sqlite_store)
        outcome = _tried(sqlite_store, name, who, arguments)
        if not _refused(outcome) or _audited(sqlite_store) != before:
            wrong.append((name, who.name, outcome))
    assert not wrong, _list(wrong)
    assert seen > 100


def test_the_other_teams_own_people_reach_them(sqlite_store):
    world = strangers(sqlite_store)
    missed = [
        name
        for name in sorted({name for name, *_ in _attempts(world)} - set(SHOWN_ELSEWHERE))
        if all(isinstance(o, _Broken) or _refused(o) for o in _owners(sqlite_store, name, world.theirs))
    ]
    assert not missed, _list(missed)


def test_exceptions_are_of_commands_that_there_are():
    assert set(GIVEN) | set(ANYBODYS) | set(SHOWN_ELSEWHERE) <= set(COMMANDS)


def _refused(outcome: Exception | None) -> bool:
    """Whether it is told as if there were none; within a list of many, each is told so at its place."""
    unknown = isinstance(outcome, Invalid) and {p.code for p in outcome.problems} == {"unknown_customer"}
    return unknown or isinstance(outcome, REFUSED)


def _list(found: list[Any]) -> str:
    return "\n".join(map(str, found))


class _Broken(Exception):
    """What is no answer of the product's."""


def _attempts(world: Strangers) -> Iterator[tuple[str, Who, dict[str, Any]]]:
    """Command, person and arguments, for everybody whose reach ends before the other team."""
    for name in sorted(set(COMMANDS) - set(ANYBODYS)):
        arguments = _arguments(name, world.theirs)
        if arguments:
            yield from ((name, who, arguments) for who in _outsiders(world, name))


def _outsiders(world: Strangers, name: str) -> list[Who]:
    c = world.company
    people = [c.rep, c.mate, c.manager, c.director, c.product, c.delivery, world.ours.keeper, c.admin]
    short = [who for who in people if reach(who, COMMANDS[name].needs) in (Reach.OWN, Reach.TEAM)]
    return [who for who in short if (name, who.name) not in MANAGES_THEM_ALL]


def _arguments(name: str, world: World) -> dict[str, Any]:
    """What the command is called with; {} where no id is among it."""
    told = _Told(ids_for(name, world.ids))
    given = GIVEN.get(name, {})
    if name == "signal.report":
        signal = SignalInput("news", NOON, world.ids["opportunity"])
        return {"told": [Reported(world.ids["customer"], signal)]}
    arguments = guessed(COMMANDS[name].run, told, given)
    return arguments if told.asked else {}


class _Told(dict[str, Any]):
    """Ids by table, that knows which it was asked for."""

    def __init__(self, ids: Mapping[str, Any]) -> None:
        super().__init__(ids)
        self.asked: set[str] = set()

    def __getitem__(self, table: str) -> Any:
        self.asked.add(table)
        return super().__getitem__(table)


def _owners(store: Store, name: str, world: World) -> Iterator[Exception | None]:
    for who in (world.rep, world.manager, world.keeper):
        if reach(who, COMMANDS[name].needs):
            yield _tried(store, name, who, _arguments(name, world))


class _TakenBack(Exception):
    """Ends a transaction whose outcome was only wanted to be known."""


def _tried(store: Store, name: str, who: Who, arguments: dict[str, Any]) -> Exception | None:
    """How a command ends, whose writing is taken back; None for well."""
    try:
        with store.batch():
            COMMANDS[name](store, who, **arguments)
            raise _TakenBack
    except _TakenBack:
        return None
    except AppError as error:
        return error
    except Exception as error:
        return _Broken(name, error)


def _audited(store: Store) -> int:
    with store.reading() as session:
        return session.scalar(select(func.count()).select_from(Audit)) or 0


# A second id that may be anybody's; why.
ANYBODYS_TOO = {
    ("store_request.file", "store_request"): ANYBODYS["store_request.file"],
    ("session.revoke_others", "user_session"): ANYBODYS["session.revoke_others"],
    ("customer.edit", "person"): "an edit leaves the owner as it is: `customer.assign` changes it",
    ("demand.attach", "stored_file"): "a file is named by its content's hash, which only its holder can know",
    ("room.say", "stored_file"): "as above",
    ("store_request.file", "stored_file"): "as above",
}


def test_nobody_writes_what_is_theirs_into_ours(sqlite_store):
    """Our own record is named, and beside it one of theirs: a contact, a colleague, an earlier visit."""
    world, wrong, seen = strangers(sqlite_store), [], 0
    for name, who, swapped, arguments in _mixtures(sqlite_store, world):
        seen += 1
        outcome = _tried(sqlite_store, name, who, arguments)
        if not isinstance(outcome, AppError) and (name, swapped) not in ANYBODYS_TOO:
            wrong.append((name, swapped, who.name, outcome))
    assert not wrong, _list(wrong)
    assert seen > 30


def _mixtures(store: Store, world: Strangers) -> Iterator[tuple[str, Who, str, dict[str, Any]]]:
    for name in sorted(COMMANDS):
        for who in (world.ours.rep, world.ours.manager, world.ours.keeper):
            if reach(who, COMMANDS[name].needs) not in (Reach.OWN, Reach.TEAM):
                continue
            told = _Told(ids_for(name, world.ours.ids))
            plain = guessed(COMMANDS[name].run, told, GIVEN.get(name, {}))
            if _tried(store, name, who, plain) is not None:
                continue  # refused for something else already
            theirs = ids_for(name, world.theirs.ids)
            for table in sorted(told.asked):
                if theirs[table] != told[table]:
                    mixed = dict(told) | {table: theirs[table]}
                    yield name, who, table, guessed(COMMANDS[name].run, mixed, GIVEN.get(name, {}))
