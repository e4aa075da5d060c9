"""The real app in a real browser: `served(seed)` starts a server, `visit(url)` opens a window."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from data.engine import Store
from data.install import install

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
    """A running app: its address, its store, and how to kill and start it again on the same port."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        return os.environ | {
            "FIREBREAK_DATABASE_URL": f"sqlite:///{self.folder / 'firebreak.db'}",
            "FIREBREAK_FILES_DIR": str(self.folder / "files"),
        }

    def store(self) -> Store:
        return Store(f"sqlite:///{self.folder / 'firebreak.db'}", self.folder / "files")

    def start(self) -> None:
        command = [sys.executable, "-m", "streamlit", "run", "app.py", f"--server.port={self.port}"]
        with (self.folder / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=self.environment, stdout=log, stderr=log, start_new_session=True
            )
        deadline = time.monotonic() + 90
        while time.monotonic() < deadline:
            try:
                with urllib.request.urlopen(f"{self.url}/healthz", timeout=2) as answer:
                    if b'"ok"' in answer.read():
                        return
            except OSError:
                time.sleep(0.3)
        raise AssertionError((self.folder / "server.log").read_text()[-3000:])

    def kill(self) -> None:
        if self.process is not None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
            self.process = None


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Server]]:
    """Start the app over a fresh, installed store that `seed(store)` has filled; ended with the module."""
    running: list[Server] = []

    def start(seed: Callable[[Store], object] | None = None, *, run: bool = True) -> Server:
        server = Server(tmp_path_factory.mktemp("app"), free_port())
        store = server.store()
        install(store)
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
    """visit(url, locale="zh-CN", width=390) opens a new, anonymous browser window."""
    windows = []

    def open_window(url: str, *, locale: str = "en-GB", width: int = 1280, **options: object) -> Page:
        window = browser.new_context(
            viewport={"width": width, "height": 860},
            locale=locale,
            timezone_id="Asia/Shanghai",
            **options,  # type: ignore[arg-type]  # options of every type
        )
        window.set_default_timeout(PATIENCE)
        windows.append(window)
        page = window.new_page()
        page.goto(url)
        return page

    yield open_window
    for window in windows:
        window.close()


def sign_in(page: Page, username: str, password: str) -> None:
    """Fill the English sign-in form and wait until the person is in."""
    page.get_by_label("User name").fill(username)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.locator(".st-key-user_menu")).to_be_visible()
