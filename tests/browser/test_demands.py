"""Demands read one after the other, as product does."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from data.engine import Store
from data.schema import Message
from tests.company import Company, found
from tests.data.test_demands import answered
from tests.pages.test_demands import filed

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def asked() -> dict[str, int]:
    return {}


@pytest.fixture(scope="module")
def server(served, asked):
    """Two demands, the first of them answered."""

    def seed(store: Store) -> None:
        company: Company = found(store)
        asked["product"] = company.product.person_id
        asked["answered"], asked["waiting"] = (filed(store, company) for _ in range(2))
        answered(store, company, asked["answered"], on=store.clock().date() + timedelta(days=30))

    return served(seed)


def tell(store: Store, person: int) -> None:
    told = Message(person_id=person, kind="test", key="test", page="today", posted_at=store.clock())
    told.params = told.query = {}
    with store.writing() as session:
        session.add(told)
    store.close()


def test_a_click_counts_though_a_message_came_in_meanwhile(server, asked, visit):
    page = visit(f"{server.url}/demands?demand={asked['answered']}", cookie=server.signed_in("product"))
    onward = page.get_by_role("button", name="Next: Haihe Pumps")
    expect(onward).to_be_visible()
    menu = page.locator("[data-testid=stSidebarNav]")
    expect(menu.get_by_role("link", name="Inbox", exact=True)).to_be_visible()
    tell(server.store(), asked["product"])
    onward.click()
    expect(page.get_by_role("button", name="Send the answer")).to_be_visible()
    expect(menu.get_by_role("link", name="Inbox (1)")).to_be_visible()


def read_down(page: Page, title: str) -> None:
    expect(page.get_by_role("heading", name=title, exact=True)).to_be_in_viewport()
    page.mouse.move(700, 200)
    page.mouse.wheel(0, 400)
    expect(page.get_by_role("heading", name=title, exact=True)).not_to_be_in_viewport()


def test_the_next_demand_and_the_next_page_begin_at_their_heads(server, asked, visit):
    page = visit(f"{server.url}/demands?demand={asked['answered']}", cookie=server.signed_in("product"))
    page.set_viewport_size({"width": 1280, "height": 400})
    onward = page.get_by_role("button", name="Next: Haihe Pumps")
    expect(onward).to_be_visible()
    read_down(page, "Demands")
    onward.click()
    expect(page.get_by_role("button", name="Send the answer")).to_be_visible()
    read_down(page, "Demands")
    page.locator("[data-testid=stSidebarNav]").get_by_role("link", name="Promises").click()
    expect(page.get_by_role("heading", name="Promises")).to_be_in_viewport()


@pytest.mark.parametrize("width", [1280, 390])
def test_the_menus_entry_of_the_open_page_leads_from_a_record_to_all(server, asked, visit, width):
    record = f"{server.url}/demands?demand={asked['answered']}"
    page = visit(record, cookie=server.signed_in("product"), width=width)
    menu = page.locator("[data-testid=stSidebarNav]")
    for _ in range(2):  # not the first time alone
        expect(page.get_by_role("button", name="All demands")).to_be_visible()
        if width == 390:
            page.get_by_test_id("stExpandSidebarButton").click()
        menu.get_by_role("link", name="Demands").click()
        expect(page).to_have_url(f"{server.url}/demands")
        if width == 390:  # a phone's browser folds it by itself, a narrow window does not
            page.get_by_test_id("stSidebarCollapseButton").get_by_role("button").click()
        page.get_by_role("button", name="Open").first.click()


def test_the_way_to_another_page_is_one_step_back(server, asked, visit):
    answered_ones = f"{server.url}/demands?show=answered"
    demand = f"{answered_ones}&demand={asked['answered']}"
    page = visit(answered_ones, cookie=server.signed_in("product"))
    page.get_by_role("button", name="Open").first.click()
    expect(page).to_have_url(demand)
    page.get_by_role("button", name="Its dates").click()
    expect(page.get_by_role("button", name="All promises")).to_be_visible()
    page.go_back()
    expect(page).to_have_url(demand)
    expect(page.get_by_role("button", name="Its dates")).to_be_visible()
    page.go_back()
    expect(page).to_have_url(answered_ones)
