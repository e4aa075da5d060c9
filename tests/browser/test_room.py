"""Following up together in two real browsers: one click, what is said comes by itself, the end is kept."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import func, select

from data.clock import system_clock
from data.schema import Room, RoomMember, RoomMessage
from tests.company import found
from tests.rooms import tagged

pytestmark = pytest.mark.browser
OFFER = b"%PDF-1.7\n" + bytes(range(256)) * 40


@pytest.fixture(scope="module")
def server(served):
    def seed(store) -> None:
        people = found(store)
        tagged(store, people)

    return served(seed)


def rows(server, table) -> int:
    with server.store().reading() as session:
        return session.scalar(select(func.count()).select_from(table))


def message(page: Page):
    return page.get_by_label("Message", exact=True)


def test_from_one_click_to_the_result_in_the_timeline(server, visit, tmp_path: Path):
    manager = visit(f"{server.url}/customer?customer=1", cookie=server.signed_in("manager"))
    manager.get_by_role("button", name="Follow up together", exact=True).dblclick()
    expect(message(manager)).to_be_visible()
    assert (rows(server, Room), rows(server, RoomMember)) == (1, 4)

    product = visit(f"{server.url}/inbox", cookie=server.signed_in("product"), width=390)
    expect(product.get_by_text("Follow up together: Haihe Pumps")).to_be_visible()
    product.get_by_role("button", name="Follow up together: Haihe Pumps").click()
    expect(product.get_by_role("heading", name="Haihe Pumps")).to_be_visible()
    expect(product.get_by_role("button", name="Open customer")).to_have_count(0)
    message(product).press_sequentially("They can ex")

    message(manager).fill("@Product can they export?")
    message(manager).press("Control+Enter")
    expect(product.get_by_text("@Product can they export?")).to_be_visible()  # by itself
    expect(message(product)).to_have_value("They can ex")
    expect(message(product)).to_be_focused()
    message(product).press_sequentially("port, see here")

    product.get_by_text("Attach a file").click()
    product.locator("input[type=file]").set_input_files(
        {"name": "export list.pdf", "mimeType": "application/pdf", "buffer": OFFER}
    )
    expect(product.get_by_text("export list.pdf")).to_be_visible()
    product.get_by_role("button", name="Send").dblclick()
    expect(manager.get_by_text("They can export, see here")).to_be_visible()
    expect(message(product)).to_have_count(1)  # for a moment the field that was sent is still drawn
    expect(message(product)).to_have_value("")
    assert rows(server, RoomMessage) == 2
    with manager.expect_download() as waiting:
        manager.get_by_role("button", name="export list.pdf").click()
    assert waiting.value.suggested_filename == "export list.pdf"
    assert Path(waiting.value.path()).read_bytes() == OFFER

    manager.locator("summary", has_text="Close the room").click()
    manager.get_by_text("Obstacle out of the way", exact=True).click()
    manager.get_by_label("In a few words").fill("They export it themselves")
    manager.get_by_test_id("stExpanderDetails").get_by_role("button", name="Close the room").click()
    expect(manager.get_by_role("button", name="Open customer")).to_be_visible()
    expect(manager.get_by_text("Obstacle out of the way").first).to_be_visible()
    expect(message(manager)).to_have_count(0)

    message(product).fill("One more")  # drawn before the room was closed
    expect(product.get_by_text("They export it themselves")).to_be_visible()  # while one types
    expect(product.get_by_text("One more", exact=True)).to_be_visible()
    assert rows(server, RoomMessage) == 2

    manager.get_by_role("button", name="Open customer").click()
    closed = manager.locator("[class*=st-key-event-change]", has_text="Room closed")
    expect(closed).to_contain_text("Obstacle out of the way")
    expect(closed).to_contain_text("They export it themselves")
    expect(manager.get_by_role("button", name="Follow up together", exact=True)).to_be_visible()


def test_earlier_messages_come_at_a_press(server, visit):
    manager = visit(f"{server.url}/customer?customer=1", cookie=server.signed_in("manager"))
    manager.get_by_role("button", name="Follow up together", exact=True).click()
    expect(message(manager)).to_be_visible()
    with server.store().writing() as session:
        room = session.scalar(select(func.max(Room.id)))
        session.add_all(RoomMessage(room_id=room, text=f"No. {n:02d}", at=system_clock()) for n in range(40))
    expect(manager.get_by_text("No. 39")).to_be_visible()  # by itself
    expect(manager.get_by_text("No. 09")).to_have_count(0)
    manager.get_by_role("button", name="Earlier messages").click()
    expect(manager.get_by_text("No. 09")).to_have_count(1)
    expect(manager.get_by_role("button", name="Earlier messages")).to_have_count(0)


def test_enter_in_a_line_of_a_customer_saves_it(server, visit):
    page = visit(f"{server.url}/customer?customer=1&do=edit", cookie=server.signed_in("manager"))
    dialog = page.get_by_role("dialog", name="Edit customer")
    dialog.get_by_label("Region").fill("North")
    dialog.get_by_label("Region").press("Enter")
    expect(dialog).to_have_count(0)
    expect(page.get_by_text("North").first).to_be_visible()
