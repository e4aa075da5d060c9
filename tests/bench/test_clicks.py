"""What a person waits for in a browser, from a press until the page stands still (docs/speed.md).

*Switch* is a press on the menu from another page. *Click* is a press on the first choice of the page itself
(a segment, a switch, a list), there and back, or on the menu's own entry where a page has none. Both are
milliseconds of Chromium's clock, in turns with a bare Streamlit page of five metrics, two charts and a
table of 200 rows, whose first choice changes all of them: other programs on the machine show in them, so
that no test asserts them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from inspect import getsource
from math import isnan, nan
from pathlib import Path
from statistics import median
from textwrap import dedent
from typing import Any

import pytest
from playwright.sync_api import Locator, Page

from components.navigation import PAGES, PageSpec
from core.access import Who, reach
from core.terms import Role
from data.engine import Store
from data.origin import COOKIE
from tests.bench.test_pages import bare, people, who_sees
from tests.bench.test_sessions import ready, running, serve_bare
from tests.bench.timing import tell
from tests.bench.visitors import signed_in
from tests.browser.conftest import browser, free_port  # noqa: F401 - a fixture is known where it is imported
from tests.mortal import answering, serve

pytestmark = pytest.mark.bench
METER = (Path(__file__).parent / "meter.js").read_text()
FEW = {"alerts"}  # of the small size
ELSEWHERE = ("exchange", "inbox")  # a page with few figures, to come from; the other one of itself
APP = """
import streamlit as st
st.set_page_config(layout="wide")
st.navigation([st.Page("page.py", title="Bare", default=True), st.Page("other.py", title="Other")]).run()
"""
CHOICES = (  # of the page itself that is not chosen; what one writes is written into what is measured
    'button[data-variant][aria-checked="false"]',  # of a segmented control
    '[data-testid="stCheckbox"]',
)


@dataclass
class Window:
    """A browser's window on a server, and what presses in it take."""

    page: Page
    home: str

    def press(self, target: Locator) -> tuple[float, bool]:
        """Milliseconds until the page stood still, and whether anything ran."""
        self.page.evaluate(METER)
        target.click()
        found = self.page.evaluate("() => window.measured")
        return found["ms"], found["ran"]

    def menu(self, name: str) -> float:
        """A press on the menu."""
        return self.press(self._entry(name))[0]

    def click(self, name: str) -> float:
        """A press on the page's own first choice, or on its entry of the menu; NaN if nothing runs."""
        choices = ", ".join(f'[data-testid="stMain"] {kind}:visible' for kind in CHOICES)
        for target in (self.page.locator(choices).first, self._entry(name)):
            if target.count():
                took, ran = self.press(target)
                if ran:
                    return took
        return nan

    def first_figure(self) -> str:
        """What the page's first metric says."""
        return self.page.get_by_test_id("stMetricValue").first.inner_text()

    def _entry(self, name: str) -> Locator:
        address = self.home if name == PAGES[0].name else f"{self.home}{name}"
        return self.page.locator(f'[data-testid="stSidebarNav"] a[href="{address}"]')


@dataclass
class Took:
    """Milliseconds of a page, turn by turn; the first turn, which loads code, is left out."""

    switches: list[float] = field(default_factory=list)
    clicks: list[float] = field(default_factory=list)

    @property
    def switch(self) -> float:
        """The median."""
        return median(self.switches[1:])

    @property
    def click(self) -> float:
        """The median; NaN where nothing runs."""
        return median([ms for ms in self.clicks[2:] if not isnan(ms)] or [nan])

    def turn(self, window: Window, name: str, other: str) -> None:
        """Go to a page from another and click there and back."""
        window.menu(other)
        self.switches.append(window.menu(name))
        self.clicks += [window.click(name), window.click(name)]


def in_turns(windows: Sequence[tuple[Window, str, str]], rounds: int) -> list[Took]:
    """What pages take, each turn beside the others': window, the page's name, where to come from."""
    took = [Took() for _ in windows]
    for _ in range(rounds + 1):
        for found, (window, name, other) in zip(took, windows, strict=True):
            found.turn(window, name, other)
    return took


def who_reads(store: Store, spec: PageSpec) -> Who:
    """A manager, as most readers are; of pages that managers do not open, whoever sees most."""
    manager = people(store)[Role.MANAGER]
    return manager if reach(manager, spec.needs) else who_sees(store, spec.needs)


@pytest.fixture(scope="module")
def addresses(stores, tmp_path_factory) -> Iterator[list[str]]:
    """Servers of the small company, the large one and the bare page."""
    folder = tmp_path_factory.mktemp("clicks")
    (folder / "page.py").write_text(dedent(getsource(bare)) + "\nbare()\n")
    (folder / "other.py").write_text("import streamlit as st\nst.title('Other')\n")
    (folder / "app.py").write_text(APP)
    ports = [free_port() for _ in range(3)]
    bases = [f"http://127.0.0.1:{port}" for port in ports]
    with (
        running(stores[0], folder, serve, ports[0]) as small,
        running(stores[1], folder, serve, ports[1]) as large,
        running(stores[0], folder, serve_bare, folder / "app.py", ports[2]) as plain,
    ):
        answering(bases[0], small.log)
        answering(bases[1], large.log)
        ready(plain, bases[2])
        yield bases


@pytest.fixture(scope="module")
def windows(addresses, stores, browser) -> Any:  # noqa: F811 - the fixture of above
    """windows(0, spec): the small company, of a manager if one opens it; 1: the large one; 2: bare."""

    @cache
    def of(number: int, who: int | None) -> Window:
        context = browser.new_context(viewport={"width": 1440, "height": 900}, timezone_id="Asia/Shanghai")
        if who:
            cookie = signed_in(stores[number], addresses[number], who)
            context.add_cookies([{"name": COOKIE, "value": cookie, "url": addresses[number]}])
        page = context.new_page()
        page.goto(addresses[number])
        page.locator('[data-testid="stSidebarNavLink"]').nth(1).wait_for()
        return Window(page, f"{addresses[number]}/")

    def window(number: int, spec: PageSpec) -> Window:
        return of(number, who_reads(stores[number], spec).person_id if number < 2 else None)

    return window


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Every page of the menu in the full size, some in the small one."""
    full = metafunc.config.getoption("--full-bench")
    specs = [spec for spec in PAGES if spec.section and (full or spec.name in FEW)]
    metafunc.parametrize("spec", specs, ids=[spec.name for spec in specs])


def test_what_a_press_takes_beside_a_bare_page(windows, capsys, full, spec):
    elsewhere = next(other for other in ELSEWHERE if other != spec.name)
    ours = [(windows(number, spec), spec.name, elsewhere) for number in (0, 1)]
    plain = windows(2, spec)
    small, large, beside = in_turns([*ours, (plain, PAGES[0].name, "other")], 5 if full else 1)
    before = plain.first_figure()
    plain.click(PAGES[0].name)
    assert plain.first_figure() != before, "the bare page repaints nothing"
    tell(capsys, f"{spec.name} in a browser, ms", {
        "switch: small, large, bare": f"{small.switch:.0f}, {large.switch:.0f}, {beside.switch:.0f}",
        "click: small, large, bare": f"{small.click:.0f}, {large.click:.0f}, {beside.click:.0f}",
        "large beside bare": f"{large.switch / beside.switch:.1f} and {large.click / beside.click:.1f}",
        "large beside small": f"{large.switch / small.switch:.1f} and {large.click / small.click:.1f}",
    })  # fmt: skip
    page = windows(1, spec).page
    assert page.get_by_test_id("stMain").get_by_role("heading").count()
    assert page.locator('[data-testid="stException"], [data-testid="stAlertContentError"]').count() == 0
