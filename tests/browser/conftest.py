"""The real app in a real browser: `served(seed)` starts a server, `visit(url)` opens a window."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright
from sqlalchemy import select

from data.commands.sessions import exchange_ticket, open_session
from data.engine import Store
from data.origin import COOKIE
from data.schema import Person
from tests.mortal import Mortal, answering, serve

ROOT = Path(__file__).parents[2]
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE = 30_000  # milliseconds; machines are slow and this is no benchmark
expect.set_options(timeout=PATIENCE)


@dataclass
class Server:
    """A running app: its address, its store, and how to kill and start it again on the same port.

    It is forked with what is slow to import; `by_command` starts it as the README does.
    """

    folder: Path
    port: int
    by_command: bool = False
    process: subprocess.Popen[bytes] | Mortal | None = None

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def log(self) -> Path:
        return self.folder / "server.log"

    @property
    def environment(self) -> dict[str, str]:
        return os.environ | {
            "FIREBREAK_DATABASE_URL": f"sqlite:///{self.folder / 'firebreak.db'}",
            "FIREBREAK_FILES_DIR": str(self.folder / "files"),
        }

    def store(self) -> Store:
        return Store(f"sqlite:///{self.folder / 'firebreak.db'}", self.folder / "files")

    def signed_in(self, username: str) -> dict[str, str]:
        """The cookie of somebody who signed in before, without the page where one does."""
        return cookie_of(self.store(), self.url, username)

    def start(self) -> None:
        if self.by_command:
            self.process = self._command()
        else:
            self.process = Mortal(serve, (self.port,), self.environment, self.log)
            self.process.start()
        answering(f"http://127.0.0.1:{self.port}", self.log)

    def _command(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "streamlit", "run", "app.py", f"--server.port={self.port}"]
        with self.log.open("ab") as log:
            return subprocess.Popen(
                command, cwd=ROOT, env=self.environment, stdout=log, stderr=log, start_new_session=True
            )

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            if isinstance(self.process, subprocess.Popen):
                self.process.wait()
            self.process = None


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, installed_file: Path) -> Iterator[Callable[..., Server]]:
    """Start the app over a fresh, installed store that `seed(store)` has filled; ended with the module."""
    running: list[Server] = []

    def start(
        seed: Callable[[Store], object] | None = None, *, run: bool = True, by_command: bool = False
    ) -> Server:
        server = Server(tmp_path_factory.mktemp("app"), free_port(), by_command)
        shutil.copy(installed_file, server.folder / "firebreak.db")
        store = server.store()
        if seed:
            seed(store)
        store.close()
        if run:
            server.start()
        running.append(server)
        return server

    yield start
    for server in running:
        server.kill()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture
def visit(browser: Browser) -> Iterator[Callable[..., Page]]:
    """visit(url, locale="zh-CN", width=390) opens a new browser window, anonymous without a `cookie`."""
    windows = []

    def open_window(
        url: str,
        *,
        locale: str = "en-GB",
        width: int = 1280,
        zone: str = "Asia/Shanghai",
        cookie: dict[str, str] | None = None,
        **options: object,
    ) -> Page:
        window = browser.new_context(
            viewport={"width": width, "height": 860},
            locale=locale,
            timezone_id=zone,
            **options,  # type: ignore[arg-type]  # options of every type
        )
        window.set_default_timeout(PATIENCE)
        windows.append(window)
        if cookie:
            window.add_cookies([cookie])
        page = window.new_page()
        page.goto(url)
        return page

    yield open_window
    for window in windows:
        window.close()


def cookie_of(store: Store, url: str, username: str) -> dict[str, str]:
    """The cookie of a session that was opened for this person; ends the store given."""
    with store.reading() as session:
        person = session.scalars(select(Person.id).where(Person.username == username)).one()
    opened = open_session(store, person, 12, "127.0.0.1")
    exchanged = exchange_ticket(store, opened.ticket)
    store.close()
    assert exchanged
    return {"name": COOKIE, "value": exchanged[0], "url": url}


def at_rest(page: Page) -> None:
    """The page is drawn to its end and listens to keys, which begins a moment after it is seen."""
    expect(page.locator('.stApp[data-test-script-state="notRunning"]')).to_be_visible()
    page.evaluate("() => new Promise(done => requestIdleCallback(done))")


def sign_in(page: Page, username: str, password: str) -> None:
    """Fill the English sign-in form and wait until the person is in."""
    page.get_by_label("User name").fill(username)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.locator(".st-key-user_menu")).to_be_visible()
