"""Many sessions at once, beside as many on a bare page under the same load: how long a click takes, what a
session keeps in memory, and whether that grows (docs/speed.md).

The small size is a few visitors; `--full-bench` has fifty that click every two seconds, then ten at a time
for an hour.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from inspect import getsource
from itertools import cycle, islice
from pathlib import Path
from textwrap import dedent
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from data.demo import write
from data.demo.sizes import sized
from data.engine import Store
from data.schema import Person
from tests.bench.test_pages import bare
from tests.bench.timing import tell
from tests.bench.visitors import STAY, Visitor, signed_in, visit
from tests.browser.conftest import free_port
from tests.conftest import Hands
from tests.mortal import Mortal, answering, listen, serve

pytestmark = pytest.mark.bench
PAGES = ("", "customers", "alerts", "demands", "promises")  # that reps and managers have in common
SOAK_MINUTES = int(os.environ.get("FIREBREAK_SOAK_MINUTES", "60"))
GROWTH = 1.10  # of the memory after a quarter of the soak


@pytest.fixture(scope="module")
def company(
    request: pytest.FixtureRequest, full: bool, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Store]:
    """The small company of all benchmarks; in the full size one of 500 opportunities, where none is given."""
    if not full or request.config.getoption("--bench-stores"):
        yield request.getfixturevalue("stores")[0]
        return
    folder = tmp_path_factory.mktemp("company")
    store = Store(f"sqlite:///{folder / 'bench.db'}", folder / "files", clock=Hands())
    write(store, sized(500))
    yield store
    store.close()


def serve_bare(script: Path, port: int) -> None:
    """The bare page as the app is served."""
    import gc

    import pandas  # noqa: F401 - loaded before all is put out of the collector's way, as the app does
    import plotly.graph_objects  # noqa: F401 - likewise
    import streamlit as st

    gc.collect()
    gc.freeze()
    listen(st.App(str(script)), port)


@contextmanager
def running(store: Store, folder: Path, run: Any, *arguments: Any) -> Iterator[Mortal]:
    """A server of this store, without a worker."""
    environment = {
        "FIREBREAK_DATABASE_URL": store.url,
        "FIREBREAK_FILES_DIR": str(store.files),
        "FIREBREAK_WORKER": "none",
    }
    server = Mortal(run, arguments, environment, folder / f"{run.__name__}.log")
    server.start()
    try:
        yield server
    finally:
        server.end()


def memory(server: Mortal) -> float:
    """MB that a process holds."""
    assert server.process is not None
    status = Path(f"/proc/{server.process.pid}/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS")) / 1024


def visitors(store: Store, bases: Sequence[str], count: int) -> list[Visitor]:
    """Sessions of the company's reps and managers, spread over the servers."""
    query = select(Person.id).where(Person.role.in_(("rep", "manager")))
    with store.reading() as session:
        people = list(session.scalars(query.where(Person.active).order_by(Person.id)))
    come = islice(zip(cycle(people), cycle(bases), strict=False), count)
    return [Visitor(base, signed_in(store, base, who), PAGES) for who, base in come]


def ready(server: Mortal, base: str) -> str:
    """The bare page's address, once it answers."""
    until = time.monotonic() + 90
    while time.monotonic() < until:
        try:
            if httpx.get(f"{base}/_stcore/health", timeout=5).status_code == 200:
                return base
        except httpx.HTTPError:
            time.sleep(0.05)
    raise AssertionError(server.log.read_text()[-3000:])


def p95(seconds: list[float]) -> float:
    return seconds[int(len(seconds) * 0.95)]


@contextmanager
def instances(store: Store, folder: Path, count: int) -> Iterator[tuple[list[Mortal], list[str]]]:
    """So many servers of one store, as behind a proxy that keeps a browser on one; and their addresses."""
    ports = [free_port() for _ in range(count)]
    bases = [f"http://127.0.0.1:{port}" for port in ports]
    with ExitStack() as servers:
        apps = [servers.enter_context(running(store, folder, serve, port)) for port in ports]
        for app, base in zip(apps, bases, strict=True):
            answering(base, app.log)
            warm = visitors(store, [base], 1)  # loads what all have in common
            visit(warm, len(PAGES) * STAY, 0.0)
        yield apps, bases


@pytest.mark.parametrize("servers", [1, 2])
def test_many_click_at_once_beside_a_bare_page(company, tmp_path, capsys, full, servers):
    if servers > 1 and not full:
        pytest.skip("one server shows that the measure works: --full-bench")
    count, clicks, every = (50, 30, 2.0) if full else (3, 4, 0.2)
    script, port = tmp_path / "bare.py", free_port()
    script.write_text(dedent(getsource(bare)) + "\nbare()\n")
    with (
        instances(company, tmp_path, servers) as (apps, bases),
        running(company, tmp_path, serve_bare, script, port) as plain,
    ):
        home = ready(plain, f"http://127.0.0.1:{port}")
        visit([Visitor(home, "", ("",))], 1, 0.0)
        before = sum(memory(app) for app in apps)
        ours, theirs = visitors(company, bases, count), [Visitor(home, "", ("",)) for _ in range(count)]
        took = {"app": visit(ours, clicks, every), "bare page": visit(theirs, clicks, every)}
        grown = sum(memory(app) for app in apps) - before
    assert [v.errors for v in (*ours, *theirs) if v.errors] == []
    assert all(len(v.took) == clicks for v in (*ours, *theirs))
    assert all(v.parts for v in ours)  # nobody was shown the sign-in form, which has none
    tell(capsys, f"{count} sessions on {servers} of its processes, a click every {every:g} s", {
        **{f"{name}, median and p95": f"{s[len(s) // 2] * 1000:.0f} and {p95(s) * 1000:.0f} ms"
           for name, s in took.items()},
        "ratio of the p95": f"{p95(took['app']) / p95(took['bare page']):.1f}",
        "memory, each session": f"{grown / count:.1f} MB over {before:.0f} MB",
    })  # fmt: skip
    if servers > 1:
        assert p95(took["app"]) < 3 * p95(took["bare page"])


@pytest.mark.usefixtures("full_bench")
def test_an_hour_of_visits_does_not_grow(company, tmp_path, capsys):
    """Ten at a time, each for a minute: sessions come and go all the while."""
    store, port, held = company, free_port(), []
    base = f"http://127.0.0.1:{port}"
    with running(store, tmp_path, serve, port) as app:
        answering(base, app)
        for _ in range(SOAK_MINUTES):
            come = visitors(store, [base], 10)
            visit(come, 12, 5.0)
            assert [v.errors for v in come if v.errors] == []
            held.append(memory(app))
    quarter = held[len(held) // 4]
    tell(capsys, f"{SOAK_MINUTES} minutes, ten sessions each", {
        "memory after each, MB": " ".join(f"{mb:.0f}" for mb in held),
        "last beside a quarter": f"{held[-1] / quarter:.2f}",
    })  # fmt: skip
    assert held[-1] < GROWTH * quarter
