"""Running a page alone: as somebody, in a language, over a store."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest

from components import charts
from core.access import Who

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
