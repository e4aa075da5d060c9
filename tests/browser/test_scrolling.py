"""A page that a link on another one opens begins at its head; what a press opens comes into view."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from data.commands.weights import draft_weights
from tests.browser.conftest import at_rest
from tests.company import found

pytestmark = pytest.mark.browser


def place(page: Page) -> int:
    """How far down the window stands, in pixels."""
    return page.get_by_test_id("stMain").evaluate("main => Math.round(main.scrollTop)")


def test_a_link_at_the_foot_of_a_page_opens_the_next_one_at_its_head(served, visit):
    server = served(found)
    page = visit(f"{server.url}/reports", cookie=server.signed_in("manager"))
    page.set_viewport_size({"width": 1280, "height": 400})
    link = page.get_by_role("button", name="What these numbers count")
    link.scroll_into_view_if_needed()
    assert place(page) > 0
    link.click()
    expect(page.get_by_role("heading", name="Metrics", exact=True)).to_be_visible()
    at_rest(page)
    assert place(page) == 0


def test_what_a_press_opens_out_of_sight_comes_into_view_each_time(served, visit):
    def two_versions(store):
        director = found(store).director
        for n in (1, 2):
            draft_weights(store, director, {"": {"stage": 1.5}}, f"Version number {n}.")

    server = served(two_versions)
    page = visit(f"{server.url}/weights", cookie=server.signed_in("director"))
    page.set_viewport_size({"width": 1280, "height": 400})
    for version in (2, 1, 2):
        press = page.locator(f".st-key-look-{version}").get_by_role("button")
        press.scroll_into_view_if_needed()
        before = place(page)
        press.click()
        shown = page.locator(".st-key-weights_version").filter(has_text=f"Version number {version}.")
        expect(shown).to_be_in_viewport()
        at_rest(page)
        assert place(page) < before
