"""Processes of the product that may be killed at any instant: the app, the worker, a writer of commands.

They are forked from a server that has imported what is slow to import, so that a round of killing takes a
second and not ten. A writer tells in a file what was acknowledged to it, a line at a time.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from multiprocessing.process import BaseProcess
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx

FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(
    ["tests.mortal", "data.routes", "data.worker", "data.cli.worker", "components.charts",
     "components.signin", "uvicorn", "streamlit.starlette", "av"]
)  # fmt: skip
SLOT = timedelta(minutes=40)  # from one action of a writer's opportunity to its next
MIGRATED = "0020"  # a release before this one
BEGAN = datetime(2026, 1, 5, tzinfo=UTC)


@dataclass
class Mortal:
    """A process that is started, killed with SIGKILL, and started again."""

    run: Any
    arguments: tuple[Any, ...]
    environment: Mapping[str, str]
    log: Path
    deaths: int = 0
    process: BaseProcess | None = field(default=None, repr=False)

    def start(self) -> None:
        if self.process is None:
            self.process = FORKS.Process(  # type: ignore[attr-defined]  # of a forkserver
                target=_begin, args=(self.run, self.arguments, dict(self.environment), self.log), daemon=True
            )
            with _no_script():
                self.process.start()

    def kill(self) -> None:
        """No warning, no goodbye."""
        if self.process is not None:
            assert self.process.pid is not None
            assert self.process.exitcode is None, self.log.read_text()[-3000:]  # nobody else may end it
            os.kill(self.process.pid, signal.SIGKILL)
            self.process.join()
            self.process, self.deaths = None, self.deaths + 1

    def end(self) -> None:
        """Killed, whatever became of it meanwhile; no death that counts."""
        if self.process is not None:
            self.process.kill()
            self.process.join()
            self.process = None


@contextmanager
def _no_script() -> Iterator[None]:
    """A child runs the parent's main script again; an `AppTest` before leaves its page there."""
    before = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = before


def _begin(run: Any, arguments: tuple[Any, ...], environment: dict[str, str], log: Path) -> None:
    os.environ.update(environment)
    told = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.dup2(told, 1)
    os.dup2(told, 2)
    run(*arguments)


def answering(base: str, log: Path, patience: float = 90.0) -> str:
    """The address, once the app answers at it."""
    until = time.monotonic() + patience
    while time.monotonic() < until:
        try:
            if httpx.get(f"{base}/healthz", timeout=5).text == '{"status":"ok"}':
                return base
        except httpx.HTTPError:
            time.sleep(0.05)
    raise AssertionError(log.read_text()[-3000:])


def serve(port: int) -> None:
    """The app as `streamlit run app.py` serves it: pages, routes, API."""
    import app

    listen(app.app, port)


def listen(served: Any, port: int) -> None:
    """Serve as Streamlit does: what goes over a websocket is not compressed there."""
    import uvicorn

    uvicorn.run(
        served, host="127.0.0.1", port=port, log_level="warning", access_log=False,
        ws="websockets-sansio", ws_per_message_deflate=False,
    )  # fmt: skip


def work() -> None:
    """`python -m data worker`."""
    from data.__main__ import main

    sys.exit(main(["worker"]))


def record(opportunity_id: int, username: str, told: Path) -> None:
    """Record one action after another, each under its key; what was acknowledged is told at once."""
    from data.runtime import this_store

    store = this_store()
    who = _who(store, username)
    known = acknowledged(told)
    file = os.open(told, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    last, number = known[-1] if known else (None, -1)
    while True:
        number += 1
        last = _record(store, who, opportunity_id, f"{username}-{number}", number, last)
        os.write(file, f"{number} {last}\n".encode())


def acknowledged(told: Path) -> list[tuple[int, int]]:
    """(action's id, number) of what a writer was told is done, in order."""
    lines = told.read_text().splitlines() if told.exists() else []
    return [(int(action), int(number)) for number, action in (line.split() for line in lines)]


def _who(store: Any, username: str) -> Any:
    from sqlalchemy import select

    from data.queries.sessions import who_of
    from data.schema import Person

    with store.reading() as session:
        return who_of(session, session.scalars(select(Person).filter_by(username=username)).one(), None)


def _record(store: Any, who: Any, opportunity_id: int, key: str, number: int, last: int | None) -> int:
    from core.process.actions import ActionInput
    from core.process.evidence import NextStep
    from core.terms import ActionStatus
    from data.commands.actions import record_action

    began = BEGAN + number * SLOT
    action = ActionInput(
        type="appointment",
        status=ActionStatus.COMPLETED,
        started_at=began,
        ended_at=began + timedelta(minutes=5),
        summary=f"{key} was said.",
        follows=last,
        next_step=NextStep("solution_demo", store.clock() + timedelta(days=2), "show it"),
        fields={"purpose": "talk", "attendees": [{"name": "Wu", "role": "buyer"}], "place": "site"},
    )
    return record_action.once(store, who, key, opportunity_id, action)


def migrate_and_die(url: str, files: Path, statement: int, after: str | None = None) -> None:
    """Install a store and be killed after so many changes; `after`: a revision that is whole, with a team."""
    from sqlalchemy import event, text

    from data.engine import Store
    from data.install import install
    from data.migrate import altering, build

    store = Store(url, files)
    if after:
        with altering(store) as connection:
            build(connection, after)
            connection.execute(
                text("INSERT INTO team (name, kind, timezone) VALUES ('East', 'sales', 'UTC')")
            )
    done = 0

    @event.listens_for(store.engine, "after_cursor_execute")
    def die(_: Any, __: Any, said: str, *___: Any) -> None:
        nonlocal done
        done += said.lstrip().upper().startswith(("CREATE", "ALTER", "INSERT", "UPDATE", "DROP"))
        if done >= statement:
            os.kill(os.getpid(), signal.SIGKILL)

    install(store)
