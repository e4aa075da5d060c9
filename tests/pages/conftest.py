"""Running a page alone: as somebody, in a language, over a store."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import make_url
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest

from components import charts
from core.access import Who
from data.engine import Store
from tests.conftest import Hands

# Each run of an AppTest reads the metadata of every installed package: four fifths of its time.
manifest_scanner.scan_component_manifests = cache(manifest_scanner.scan_component_manifests)
charts.CHECKED = True  # every figure that a test draws is one that plotly knows
PAGES = Path(__file__).parents[2] / "pages"


@pytest.fixture
def open_page(monkeypatch, sqlite_store) -> Callable[..., AppTest]:
    """open_page("board", who, language="zh", customer=12) runs a page once and returns it."""
    monkeypatch.setattr("components.frame.this_store", lambda: sqlite_store)

    def run(name: str, who: Who | None, language: str = "en", **query: object) -> AppTest:
        page = AppTest.from_file(str(PAGES / f"{name}.py"), default_timeout=60)
        page.session_state["who"] = who
        page.session_state["language"] = language
        for key, value in query.items():
            page.query_params[key] = str(value)
        return page.run()

    return run


@dataclass(frozen=True)
class Written:
    """A world that was written once, as each test of a module gets it for itself.

    Attributes:
        at: what its clock said when it was done.
        told: what writing it returned.
    """

    file: Path
    at: datetime
    told: Any

    def into(self, store: Store, clock: Hands) -> Any:
        """Put a copy in the place of a store that nothing has read yet; returns what writing it returned."""
        shutil.copyfile(self.file, make_url(store.url).database)
        files = self.file.parent / "files"
        if files.is_dir():
            shutil.copytree(files, store.files, dirs_exist_ok=True)
        clock.at = self.at
        return self.told


@pytest.fixture(scope="module")
def write_once(installed_file, tmp_path_factory) -> Callable[[Callable[[Store, Hands], Any]], Written]:
    """write_once(world) calls world(store, clock) on an installed, empty store."""

    def write(world: Callable[[Store, Hands], Any]) -> Written:
        path = tmp_path_factory.mktemp("world") / "firebreak.db"
        shutil.copyfile(installed_file, path)
        clock = Hands()
        store = Store(f"sqlite:///{path}", path.parent / "files", clock=clock)
        told = world(store, clock)
        store.close()
        return Written(path, clock.at, told)

    return write
