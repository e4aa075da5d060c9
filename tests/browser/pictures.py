"""The pictures of the README, taken from the demo company: `python -m tests.browser.pictures [FOLDER]`.

FOLDER is where `python -m data demo` wrote `firebreak.db` and `files` (default `var`).
"""

from __future__ import annotations

import shutil
import sys
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from data.demo import PASSWORD
from tests.browser.conftest import ARGUMENTS, PATIENCE, ROOT, Server, free_port

FOLDER = ROOT / "docs" / "pictures"
COLOURS = 256
WIDTH, HEIGHT = 1280, 1040
LOCALES = {"en": "en-GB", "zh": "zh-CN"}


@dataclass(frozen=True)
class Picture:
    """One page as one account sees it."""

    page: str
    account: str
    language: str = "en"

    @property
    def name(self) -> str:
        return f"{self.page}-{self.language}.png"


PICTURES = (
    Picture("today", "manager"),
    Picture("board", "manager"),
    Picture("calibrate", "rep"),
    Picture("outlook", "director"),
    Picture("promises", "product", "zh"),
    Picture("reports", "director", "zh"),
)


def main(folder: Path) -> None:
    """Take every picture anew."""
    server = Server(folder, free_port())
    server.start()
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
            for picture in PICTURES:
                (FOLDER / picture.name).write_bytes(small(_taken(browser, server.url, picture)))
    finally:
        server.kill()


def small(png: bytes) -> bytes:
    """The same picture in fewer colours."""
    reduced = (
        Image.open(BytesIO(png))
        .convert("RGB")
        .quantize(COLOURS, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    )
    out = BytesIO()
    reduced.save(out, "PNG", optimize=True)
    return out.getvalue()


def _taken(browser: Browser, url: str, picture: Picture) -> bytes:
    window = browser.new_context(
        viewport={"width": WIDTH, "height": HEIGHT},
        locale=LOCALES[picture.language],
        timezone_id="Asia/Shanghai",
        color_scheme="light",
    )
    window.set_default_timeout(2 * PATIENCE)
    page = window.new_page()
    page.goto(f"{url}/{picture.page}")
    _sign_in(page, picture.account)
    _settled(page)
    png = page.screenshot()
    window.close()
    return png


def _sign_in(page: Page, account: str) -> None:
    """In whichever language the form is."""
    page.locator("input[type=text]").first.fill(account)
    page.locator("input[type=password]").fill(PASSWORD)
    page.locator("input[type=password]").press("Enter")
    page.locator(".st-key-user_menu").wait_for()


def _settled(page: Page) -> None:
    """The script is through, and what it drew stands still."""
    page.locator("[data-testid=stMain] h1").wait_for()
    page.wait_for_function(
        "() => document.querySelector('[data-testid=stApp]').dataset.testScriptState === 'notRunning'"
    )
    page.wait_for_function("() => !document.querySelector('[data-testid=stMain] [data-testid=stSkeleton]')")
    page.wait_for_timeout(2_000)


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "var").resolve())
