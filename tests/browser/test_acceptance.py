"""From ready to delivered: a link on a phone, without account and scripts, and the page counts it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from data.schema import AcceptanceAnswer
from tests.data.test_acceptance_routes import picture
from tests.deliveries import Handover

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def server(served):
    def seed(store) -> None:
        Handover(store)

    return served(seed)


def answers(server) -> list[str]:
    with server.store().reading() as session:
        return list(session.scalars(select(AcceptanceAnswer.kind).order_by(AcceptanceAnswer.id)))


def copied(page) -> str:
    """The link that the page shows to copy."""
    link = page.get_by_test_id("stCode").first
    expect(link).to_contain_text("/confirm/")
    return re.search(r"https?://\S+/confirm/[\w-]{43}", link.inner_text()).group(0)


def phone(visit, link, **options):
    return visit(link, width=390, java_script_enabled=False, **options)


def test_the_customer_reports_then_confirms_and_the_delivery_page_counts_it(server, visit):
    cookie = server.signed_in("delivery")
    desk = visit(f"{server.url}/deliveries", cookie=cookie, width=390, is_mobile=True, has_touch=True)
    desk.get_by_role("button", name="Mark ready").click()
    desk.get_by_label("Note to the customer").fill("Open it in the menu")
    desk.get_by_role("button", name="Mark ready and send the link").click()
    first = copied(desk)
    desk.mouse.move(5, 5)  # a finger hovers over nothing
    expect(desk.get_by_test_id("stCode").first.locator("> div")).to_have_css("opacity", "1")

    customer = phone(visit, first, locale="zh-CN", color_scheme="dark")
    expect(customer.get_by_role("heading", name="Dashboard")).to_be_visible()
    expect(customer.get_by_text("Open it in the menu")).to_be_visible()
    customer.reload()
    assert answers(server) == []  # looking confirms nothing
    customer.get_by_text("Report a problem").click()
    customer.get_by_label("What does not work?").fill("The table stays empty")
    photo = {"name": "screen.png", "mimeType": "image/png", "buffer": picture()}
    customer.locator("input[type=file]").set_input_files(photo)
    assert customer.evaluate("document.documentElement.scrollWidth <= innerWidth")
    customer.get_by_role("button", name="Send the report").click()
    expect(customer.get_by_text("Your report has arrived")).to_be_visible()
    assert answers(server) == ["problem"]

    desk.reload()
    expect(desk.get_by_text("The table stays empty")).to_be_visible()
    expect(desk.get_by_test_id("stImage").locator("img")).to_be_visible()
    desk.get_by_role("button", name="Send a fresh link").click()
    expect(desk.get_by_test_id("stCode").first).to_be_in_viewport()  # it is shown this once
    second = copied(desk)
    assert second != first
    expect(desk.get_by_role("button", name="Send a fresh link")).to_be_hidden()  # folded, once it was sent

    customer = phone(visit, second)
    customer.get_by_role("button", name="Yes, it is usable").click()
    expect(customer.get_by_role("heading", name="Confirmed. Thank you!")).to_be_visible()
    customer.reload()
    expect(customer.get_by_role("button")).to_have_count(0)
    assert answers(server) == ["problem", "confirmed"]
    assert customer.context.cookies() == []

    rep = visit(f"{server.url}/deliveries?show=confirmed", cookie=server.signed_in("rep"), width=390)
    expect(rep.get_by_text("100%")).to_be_visible()
    expect(rep.get_by_text("Haihe Pumps · Dashboard")).to_be_visible()
