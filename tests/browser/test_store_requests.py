"""A store asks headquarters on a phone: what was wrong, what was not taken, and what is mended."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from data.engine import Store
from tests.data.test_store_requests import Stores

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def server(served):
    def seed(store: Store) -> None:
        Stores(store)

    return served(seed)


@pytest.fixture
def page(server, visit):
    return visit(f"{server.url}/store_requests", cookie=server.signed_in("bund"))


def test_a_label_is_no_longer_marked_once_its_field_is_filled(page):
    page.get_by_role("button", name="Send to headquarters").click()
    label = page.get_by_test_id("stWidgetLabel").filter(has_text="What your store needs").locator("p")
    expect(page.get_by_text("Please fill this in.")).to_be_visible()
    assert label.evaluate("label => getComputedStyle(label, '::before').content") != "none"
    page.get_by_label("What your store needs").fill("A scanner")
    page.get_by_label("What your store needs").blur()
    expect(page.get_by_text("Please fill this in.")).to_have_count(0)
    page.wait_for_function(
        "() => [...document.querySelectorAll('[data-testid=stWidgetLabel] p')]"
        ".every((label) => getComputedStyle(label, '::before').content === 'none')"
    )


def test_a_file_that_is_not_taken_says_so_without_a_pointer(page):
    chooser = page.locator("input[type=file]")
    chooser.set_input_files({"name": "plan.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4"})
    expect(page.get_by_text("plan.pdf")).to_be_visible()
    said = page.get_by_test_id("stTooltipErrorHoverTarget").evaluate(
        "chip => getComputedStyle(chip, '::after').content"
    )
    assert "will not be sent along" in said
