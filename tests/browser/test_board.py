"""The board in a real browser: what is clicked opens its rows, and refreshing loses nobody's place."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, TimeoutError, expect

from data.commands.actions import record_action
from tests.browser.conftest import at_rest
from tests.company import found
from tests.data.test_record_action import done
from tests.history import settle

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def company() -> dict[str, Any]:
    return {}


@pytest.fixture(scope="module")
def server(served, company):
    """The rep's one opportunity saw three demos: one red alert, one cell of the heat map."""

    def seed(store) -> None:
        people = company["people"] = found(store)
        last = record_action(store, people.rep, people.opportunity, done(store, "appointment", hours_ago=190))
        for hours_ago in (160, 140, 120):
            demo = done(store, "solution_demo", hours_ago=hours_ago, follows=last)
            last = record_action(store, people.rep, people.opportunity, demo)
        company["last"] = last
        settle(store)

    return served(seed)


@pytest.fixture
def board(server, visit):
    """board("?by=rep", width=390) opens it as the manager."""

    def open_board(query: str = "", **window) -> Page:
        page = visit(f"{server.url}/board{query}", cookie=server.signed_in("manager"), **window)
        expect(page.get_by_role("radiogroup", name="What to look at")).to_be_attached()
        return page

    return open_board


def leave(page: Page) -> None:
    """Close the rows, once they are drawn whole: before, the key may come to a dialog that is drawn anew."""
    at_rest(page)
    page.keyboard.press("Escape")


def asks(page: Page) -> dict[str, str]:
    """The names and values of the address."""
    return page.evaluate("() => Object.fromEntries(new URLSearchParams(location.search))")


def record(server, company, type_: str, hours_ago: float) -> None:
    """Another process records an action of the rep's."""
    store, people = server.store(), company["people"]
    action = done(store, type_, hours_ago=hours_ago, follows=company["last"])
    record_action(store, people.rep, people.opportunity, action)
    store.close()


def press(page: Page, mark, *, touch: bool = False) -> None:
    """Click the middle of a mark as a hand does: arrive, then press. The first touch may only arrive."""
    mark.scroll_into_view_if_needed()
    page.wait_for_timeout(1000)
    box = mark.bounding_box()
    place = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    arrive, click = (page.touchscreen.tap,) * 2 if touch else (page.mouse.move, page.mouse.click)
    arrive(*place)
    page.wait_for_timeout(2000 if touch else 300)
    if not page.get_by_role("dialog").count():
        click(*place)


def test_the_views_beside_the_title_open_by_a_click(board):
    page = board()
    page.get_by_test_id("stPopoverButton").filter(has_text="Views").click()
    expect(page.get_by_test_id("stPopoverBody").get_by_label("Name")).to_be_visible()


@pytest.mark.parametrize("window", [{"width": 1440}, {"width": 390, "has_touch": True}])
def test_a_cell_of_the_heat_map_opens_its_rows_again_and_again(board, company, window):
    page, people = board("?part=who", **window), company["people"]
    cell = page.locator(".st-key-board-heat-rep .bars path").nth(2)  # the rep's, at solution demo
    for _ in range(2):
        press(page, cell, touch="has_touch" in window)
        rows = page.get_by_role("dialog")
        expect(rows.get_by_text("Rep · Solution demo · 1 row")).to_be_visible()
        assert asks(page) == {
            "part": "who", "show": "open", "pick": str(people.rep.person_id), "stage": "solution_demo",
        }  # fmt: skip
        leave(page)
        expect(rows).to_have_count(0)
        page.wait_for_function("() => !location.search.includes('show')")


def pick(page: Page, table) -> None:
    """Click the first line's red alerts; a table that is being drawn anew swallows a click."""
    for _ in range(4):
        at_rest(page)
        box = table.bounding_box()
        page.mouse.click(box["x"] + 160, box["y"] + 52)
        with suppress(TimeoutError):
            return page.get_by_role("dialog").wait_for(timeout=8_000)


def test_a_cell_of_the_table_opens_its_rows_again_and_again(board):
    page = board("?part=who", width=1440)
    table = page.locator(".st-key-board-table-rep canvas").first
    table.scroll_into_view_if_needed()
    for _ in range(2):
        pick(page, table)
        rows = page.get_by_role("dialog")
        expect(rows.get_by_text("Rep · 1 row")).to_be_visible()
        assert asks(page)["show"] == "red"
        leave(page)
        page.wait_for_function("() => !location.search.includes('show')")
        expect(rows).to_have_count(0)


def test_a_figure_opens_its_rows_by_mouse_and_by_key(board):
    page = board()
    page.get_by_role("button", name="Red alerts 1").click()
    expect(page.get_by_role("dialog").get_by_text("1 row")).to_be_visible()
    leave(page)
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.get_by_role("button", name="Past benchmark 1").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog").get_by_text("Past the benchmark")).to_be_visible()


def test_a_shared_address_opens_the_same_rows(board, company):
    pick = company["people"].rep.person_id
    page = board(f"?show=open&pick={pick}&stage=solution_demo")
    expect(page.get_by_role("dialog").get_by_text("Rep · Solution demo · 1 row")).to_be_visible()


def dwell(page: Page, stays: int) -> Locator:
    """The picture of median days, once it rests on so many stays."""
    return page.get_by_role("figure", name=re.compile(f"n = {stays} stays that ended"))


def test_it_refreshes_without_losing_ones_place(server, board, company):
    people = company["people"]
    page = board(f"?by=rep&rep={people.rep.person_id}&part=time", width=390)
    below = page.get_by_role("heading", name="How long a stage takes")
    below.scroll_into_view_if_needed()
    page.wait_for_timeout(1500)
    before, filters = below.bounding_box()["y"], asks(page)
    expect(dwell(page, 1)).to_be_attached()
    assert page.evaluate("() => document.querySelector('[data-testid=stMain]').scrollTop") > 500
    record(server, company, "objection_handling", 50)
    expect(dwell(page, 2)).to_be_attached()  # by itself, nobody reloads
    page.wait_for_timeout(1500)
    expect(page.get_by_role("button", name="Red alerts 0")).to_be_attached()  # a list above went, and yet
    assert abs(below.bounding_box()["y"] - before) <= 2
    assert asks(page) == filters


def test_rows_stay_open_while_the_board_refreshes(server, board, company):
    people = company["people"]
    page = board(f"?show=open&pick={people.rep.person_id}")
    rows = page.get_by_role("dialog")
    expect(rows.get_by_text("Rep · 1 row")).to_be_visible()
    record(server, company, "objection_handling", 1)
    page.wait_for_timeout(8000)
    expect(rows.get_by_text("Rep · 1 row")).to_be_visible()
    assert asks(page) == {"show": "open", "pick": str(people.rep.person_id)}
