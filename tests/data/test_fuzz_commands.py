"""Bad input into every command: an answer that a person can read, or it is carried out; never a traceback.

Each argument of each command, with the parts of those that have parts, is replaced by something nasty of its
type. What is refused leaves nothing behind. A sample in the suite, all of it with `--full-bench`.
"""

from __future__ import annotations

import importlib
import pkgutil
import random
from collections.abc import Iterator
from typing import Any

import data.commands
from core.access import OPERATOR
from core.messages import AppError
from data.commands.command import COMMANDS
from data.engine import Store
from tests.guesses import GIVEN, guessed, ids_for
from tests.nasty import worse
from tests.strangers import World, strangers

for module in pkgutil.iter_modules(data.commands.__path__):
    importlib.import_module(f"data.commands.{module.name}")

Case = tuple[str, dict[str, Any], str, Any]
SAMPLE = 200
APART = {
    "person.create", "person.set_password", "account.password",  # bcrypt: slow
    "health.export", "milestone.export", "morning.export",  # of reports kept as JSON, of which there are none
}  # fmt: skip


def test_every_command_answers_bad_input(store, request):
    world = strangers(store).ours
    cases = list(_cases(world))
    full = request.config.getoption("--full-bench")
    chosen = cases if full else random.Random(8).sample(cases, SAMPLE)
    broken = [f"{name}.{field} = {str(bad)[:60]!r}: {why}" for name, field, bad, why in _run(store, chosen)]
    assert not broken, f"{len(broken)} of {len(chosen)}\n" + "\n".join(broken[:200])


def _cases(world: World) -> Iterator[Case]:
    for name in sorted(set(COMMANDS) - APART):
        plain = guessed(COMMANDS[name].run, ids_for(name, world.ids), GIVEN.get(name, {}))
        for field, value in plain.items():
            yield from ((name, plain, field, bad) for bad in worse(value))


def _run(
    store: Store, cases: list[tuple[str, dict[str, Any], str, Any]]
) -> Iterator[tuple[str, str, Any, str]]:
    for name, plain, field, bad in cases:
        try:
            with store.batch():
                COMMANDS[name](store, OPERATOR, **plain | {field: bad})
                raise _TakenBack
        except (AppError, _TakenBack):
            continue
        except Exception as error:
            yield name, field, bad, f"{type(error).__name__} {str(error)[:160]}"


class _TakenBack(Exception):
    """Ends a transaction whose outcome was only wanted to be known."""
