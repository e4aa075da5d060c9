"""The database goes away while somebody works, and comes back: told in words, nothing typed is lost.

Two app instances over PostgreSQL and a standby: what was begun at one is gone on with at the other.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import expect

from core.access import OPERATOR
from data.commands.people import set_password
from data.engine import Store
from data.install import install
from tests.browser.conftest import free_port, sign_in
from tests.company import found
from tests.mortal import Mortal, answering, serve
from tests.replicated import Node, primary, standby

pytestmark = pytest.mark.browser
PASSWORD = "river-stone-lamp"


@dataclass
class Pair:
    """Two instances by address, and what they work on."""

    first: str
    second: str
    main: Node
    copy: Node
    store: Store


@pytest.fixture(scope="module")
def pair(tmp_path_factory) -> Iterator[Pair]:
    folder: Path = tmp_path_factory.mktemp("pair")
    with primary() as main:
        store = Store(main.url("postgres"), folder / "files")
        install(store)
        people = found(store)
        for who in (people.rep, people.admin):
            set_password(store, OPERATOR, who.person_id, PASSWORD)
        with standby(main) as copy:
            environment = {
                "FIREBREAK_DATABASE_URL": main.url("postgres"),
                "FIREBREAK_READ_URL": copy.url("postgres"),
                "FIREBREAK_FILES_DIR": str(folder / "files"),
                "FIREBREAK_WORKER": "none",
            }
            ports = free_port(), free_port()
            apps = [Mortal(serve, (port,), environment, folder / f"app{port}.log") for port in ports]
            for app in apps:
                app.start()
            for port, app in zip(ports, apps, strict=True):
                answering(f"http://127.0.0.1:{port}", app.log)
            first, second = (f"http://localhost:{port}" for port in ports)
            yield Pair(first, second, main, copy, store)
            for app in apps:
                app.end()
            store.close()


def test_a_record_outlives_a_lagging_standby_and_a_database_that_goes_away(pair, visit):
    page = visit(f"{pair.first}/record?customer=1&type=needs_diagnosis")
    sign_in(page, "rep", PASSWORD)
    page.get_by_label("Pain", exact=True).fill("Paper everywhere")
    page.get_by_label("Current process").fill("Whiteboard")
    page.get_by_label("Budget").fill("500k")
    page.get_by_label("Decision chain").fill("CEO, CFO")
    page.get_by_text("Solution demo").last.click()
    page.get_by_role("button", name="Next working day").click()
    expect(page.get_by_role("spinbutton", name="day, On")).not_to_have_text("dddd")  # the press was heard
    pair.copy.ask("SELECT pg_wal_replay_pause()")
    expect(page.get_by_label("Budget")).to_have_value("500k")
    page.goto(f"{pair.second}/record?customer=1&type=needs_diagnosis")  # signed in there, the draft goes on
    expect(page.get_by_label("Pain", exact=True)).to_have_value("Paper everywhere")
    summary = page.get_by_label("Summary")
    summary.fill("They want it running by May.")
    pair.main.stop()
    page.get_by_role("button", name="Save the record").click()
    expect(page.get_by_text("The database does not answer just now.")).to_be_visible()
    expect(summary).to_have_value("They want it running by May.")
    pair.main.start()
    expect(page.get_by_text("Recorded: Needs diagnosis")).to_be_visible()  # the click counted
    page.goto(f"{pair.first}/customer?customer=1")  # far ahead of the standby, and seen at the other instance
    expect(page.get_by_text("They want it running by May.").first).to_be_visible()
    assert pair.main.ask("SELECT count(*) FROM action WHERE status = 'completed'") == 1
    assert pair.copy.ask("SELECT count(*) FROM action") == 0
