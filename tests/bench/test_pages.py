"""What pages cost beside a bare one, and beside themselves in a small company (docs/speed.md).

A page is run as the server runs it, without a browser: `first` is a switch to it inside the app, `again` a
click on it while nothing was written, `anew` a click after something was, so that no kept answer counts.
Time is the processor's, of page and database together. Neither how many statements a page asks anew nor how
many steps SQLite takes for them may depend on the company's size: the small size holds pages to that, the
same reader over the same team, the full one to times as well. Steps are those of SQLite's own machine, the
same on every computer however busy.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from statistics import median
from typing import Any

import pytest
from sqlalchemy import event, select
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest

from components.navigation import PAGES
from core.access import Permission, Who, reach
from core.terms import Role
from data.demo.staff import ACCOUNTS
from data.engine import Store
from data.schema import Person, Setting
from tests.bench.timing import tell

pytestmark = pytest.mark.bench
# Each run of an AppTest reads the metadata of every installed package, which no server does.
manifest_scanner.scan_component_manifests = cache(manifest_scanner.scan_component_manifests)
ROOT = Path(__file__).parents[2] / "pages"
ASKED = {"customer": {"customer": "1"}}  # what a page needs in its address
ALONE = {"room", "confirm"}  # need a record that not every company has
NOISE = (
    0.02  # seconds of the processor; what a page may take beyond its share, however little the bare one takes
)
MORE = 3  # statements: lists in portions, parts that are left out while there is nothing in them
READING = {
    "today",
    "leadership",
    "morning",
    "customers",
    "board",
    "alerts",
    "outlook",
    "calibrate",
    "demands",
    "promises",
    "deliveries",
}
TEAMS = {"today", "one_to_one", "reports", "board"}  # what a manager opens, and what reads a team's history
STEPS = 150  # hundreds: what grows with the company and is small, e.g. a run's lines that are added up
LOOKING = (Role.DIRECTOR, Role.MANAGER, Role.PRODUCT, Role.ADMIN, Role.REP)  # the widest reach first


def bare() -> None:
    """What Streamlit itself takes for a page of five metrics, two charts and a table of 200 rows.

    They are of a month that is chosen: a press on the choice repaints all of them.
    """
    import pandas as pd
    import plotly.graph_objects as go
    import streamlit as st

    month = st.segmented_control("Month", ["This one", "The last"], default="This one")
    more = 5 if month == "The last" else 0
    for column in st.columns(5):
        column.metric("Metric", 42 + more, 3)
    for chart in ("one", "two"):
        st.plotly_chart(go.Figure(go.Bar(x=list(range(12)), y=list(range(more, 12 + more)))), key=chart)
    st.dataframe(pd.DataFrame({name: range(more, 200 + more) for name in "abcdef"}))


def people(store: Store) -> dict[Role, Who]:
    """Whoever has a password, by role."""
    usernames = [username for username, _ in ACCOUNTS.values()] + list(ACCOUNTS)
    with store.reading() as session:
        found = session.scalars(select(Person).where(Person.username.in_(usernames))).all()
        return {Role(p.role): Who(p.id, Role(p.role), p.team_id, p.name, language="en") for p in found}


def who_sees(store: Store, needs: Permission) -> Who:
    by_role = people(store)
    return next(by_role[role] for role in LOOKING if role in by_role and reach(by_role[role], needs))


@dataclass
class Asked:
    """The statements that a page asks, and the steps, in hundreds, that SQLite takes for them."""

    statements: list[str] = field(default_factory=list)
    steps: int = 0

    def step(self) -> None:
        self.steps += 1


@dataclass
class Cost:
    """Seconds of a page's runs, and what it asks anew."""

    first: float
    again: float
    anew: float
    asked: Asked


@contextmanager
def counted(store: Store) -> Iterator[Asked]:
    """What is asked meanwhile."""
    asked, heard = Asked(), set()

    def hear(*told: Any) -> None:
        asked.statements.append(str(told[2]))
        heard.add(raw := told[1].connection)
        raw.set_progress_handler(asked.step, 100)

    engines = {store._reader, store._writer}
    for engine in engines:
        event.listen(engine, "before_cursor_execute", hear)
    yield asked
    for engine in engines:
        event.remove(engine, "before_cursor_execute", hear)
    for raw in heard:
        raw.set_progress_handler(None, 0)


def opened(name: str, who: Who) -> AppTest:
    page = AppTest.from_file(str(ROOT / f"{name}.py"), default_timeout=600)
    page.session_state["who"], page.session_state["language"] = who, "en"
    for key, value in ASKED.get(name, {}).items():
        page.query_params[key] = value
    return page


def seconds(page: AppTest) -> float:
    begun = time.process_time()
    page.run()
    return time.process_time() - begun


def cost(monkeypatch, store: Store, name: str, who: Who) -> Cost:
    """What a switch to a page takes, and clicks on it."""
    monkeypatch.setattr("components.frame.this_store", lambda: store)
    page = opened(name, who)
    first, again = seconds(page), seconds(page)
    write(store)
    anew = seconds(page)
    write(store)
    with counted(store) as asked:
        page.run()
    assert not page.exception, (name, page.exception[0].value)
    return Cost(first, again, anew, asked)


def write(store: Store) -> None:
    """Something that no page shows."""
    with store.writing() as session:
        session.merge(Setting(key="bench", value=time.monotonic_ns()))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """All pages in the full size, a manager's where one reads; in the small one those that read most."""
    of_manager = "managers" in metafunc.function.__name__
    manager = Who(0, Role.MANAGER, 0, "Manager")
    specs = [p for p in PAGES if p.name not in ALONE and (not of_manager or reach(manager, p.needs))]
    if not metafunc.config.getoption("--full-bench"):
        specs = [p for p in specs if p.name in (TEAMS if of_manager else READING)]
    metafunc.parametrize("spec", specs, ids=[p.name for p in specs])


def test_a_page_asks_as_much_of_a_large_company_as_of_a_small_one(monkeypatch, stores, capsys, full, spec):
    small, large = (cost(monkeypatch, store, spec.name, who_sees(store, spec.needs)) for store in stores)
    floor = AppTest.from_function(bare, default_timeout=60)
    floor.run()
    beside = median(seconds(floor) for _ in range(3))
    tell(capsys, f"Page {spec.name}, beside a bare one of {beside * 1000:.0f} ms", {
        "switch, small and large": f"{small.first * 1000:.0f} and {large.first * 1000:.0f} ms",
        "click, small and large": f"{small.again * 1000:.0f} and {large.again * 1000:.0f} ms",
        "after a write, small and large": f"{small.anew * 1000:.0f} and {large.anew * 1000:.0f} ms",
        "statements, small and large": f"{len(small.asked.statements)} and {len(large.asked.statements)}",
        "steps, small and large": f"{small.asked.steps} and {large.asked.steps} hundred",
    })  # fmt: skip
    assert len(large.asked.statements) <= len(small.asked.statements) + MORE
    if full:
        assert large.again < 1.5 * beside + NOISE
        assert large.anew < 1.2 * small.anew + NOISE


def test_a_managers_page_takes_as_many_steps_in_a_large_company(monkeypatch, stores, capsys, full, spec):
    """The same team in both: what the store does for its manager does not grow with the others."""
    small, large = (cost(monkeypatch, store, spec.name, people(store)[Role.MANAGER]) for store in stores)
    tell(capsys, f"Page {spec.name} of a manager", {
        "click, small and large": f"{small.again * 1000:.0f} and {large.again * 1000:.0f} ms",
        "after a write, small and large": f"{small.anew * 1000:.0f} and {large.anew * 1000:.0f} ms",
        "steps, small and large": f"{small.asked.steps} and {large.asked.steps} hundred",
    })  # fmt: skip
    assert large.asked.steps < 1.2 * small.asked.steps + STEPS * (50 if full else 1)
