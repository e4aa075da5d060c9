"""A page that a link on another one opens begins at its head."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

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
