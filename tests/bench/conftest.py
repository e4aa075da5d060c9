"""Companies to measure with: one, and one a hundred times as large."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from data.demo import write
from data.demo.sizes import SIZES, sized
from data.engine import Store
from tests.conftest import Hands


@pytest.fixture(scope="session")
def full(request: pytest.FixtureRequest) -> bool:
    """Whether the full size is measured."""
    return bool(request.config.getoption("--full-bench"))


@pytest.fixture(scope="session")
def stores(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, full: bool
) -> Iterator[list[Store]]:
    """A company of some ten thousand actions and one of a million; in the small size of 110 and of 1,100.

    Or those of `--bench-stores`: its folders `small` and `large`, as `data demo --size` wrote them today.
    """
    if kept := request.config.getoption("--bench-stores"):
        found = [
            Store(f"sqlite:///{kept / n / 'firebreak.db'}", kept / n / "files") for n in ("small", "large")
        ]
        yield found
        for store in found:
            store.close()
        return
    found = []
    for name, branches in (("small", 2 if full else 10), ("large", 201 if full else 100)):
        folder = tmp_path_factory.mktemp(name)
        store = Store(f"sqlite:///{folder / 'bench.db'}", folder / "files", clock=Hands())
        write(store, replace(sized(500) if full else SIZES["three"], branches=branches))
        found.append(store)
    yield found
    for store in found:
        store.close()
