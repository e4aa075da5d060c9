"""What a server holds in memory once it has shown every page to a director and a manager (docs/speed.md).

Every page of the menu is opened and clicked once over the websocket, as a browser does. The small company
passes with what its code alone takes; `--full-bench` has a company of a million actions, whose director sees
over a thousand teams.
"""

from __future__ import annotations

import asyncio
import time

import pytest

from components.navigation import PAGES
from core.access import Who, reach
from core.terms import Role
from tests.bench.test_pages import people
from tests.bench.test_sessions import memory, running
from tests.bench.timing import tell
from tests.bench.visitors import Visitor, line_of, signed_in
from tests.browser.conftest import free_port
from tests.mortal import answering, serve

pytestmark = pytest.mark.bench
SMALL, FULL = 500, 800  # MB
LARGEST = 1 << 20  # bytes of one page: no list of all of a large company's rows
SECONDS = 120  # of one page, so that one without end shows


def pages_of(who: Who) -> list[str]:
    """The pages of somebody's menu, by their addresses."""
    named = [spec.name for spec in PAGES if spec.section and reach(who, spec.needs)]
    return ["" if name == PAGES[0].name else name for name in named]


async def shown(visitor: Visitor, server, told: dict[str, str], role: str) -> None:
    """Open every page, and run each again as a click does."""
    async with line_of(visitor) as line:
        for page in visitor.pages:
            began, visitor.size = time.monotonic(), 0
            async with asyncio.timeout(SECONDS):
                await visitor.run(line, page)
            took, size = time.monotonic() - began, visitor.size
            began = time.monotonic()
            await visitor.run(line, page, visitor.largest_part())
            again = time.monotonic() - began
            told[f"{role}, {page or PAGES[0].name}"] = (
                f"{took:5.1f} s, again {again:4.1f} s, {visitor.elements:4} elements, {size / 1024:5.0f} KB,"
                f" {memory(server):5.0f} MB held"
            )
            assert size < LARGEST, page


def test_a_server_holds_little_after_every_page(stores, tmp_path, capsys, full):
    store, port, told = stores[1], free_port(), {}
    base = f"http://127.0.0.1:{port}"
    with running(store, tmp_path, serve, port) as app:
        answering(base, app)
        told["started"] = f"{memory(app):.0f} MB held"
        for role in (Role.DIRECTOR, Role.MANAGER):
            who = people(store)[role]
            visitor = Visitor(base, signed_in(store, base, who.person_id), pages_of(who))
            asyncio.run(shown(visitor, app, told, role))
            assert visitor.errors == []
        held = memory(app)
    tell(capsys, "Every page, of a director and a manager", told)
    assert held < (FULL if full else SMALL)
