"""A phone without network: visits are written down, survive a killed tab, and arrive once and in order."""

from __future__ import annotations

from datetime import date

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from components import format
from data.schema import Action
from tests.company import found

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def server(served):
    return served(found)


def recorded(server) -> list[tuple[str, int | None]]:
    query = select(Action.summary, Action.follows_id).where(Action.status == "completed").order_by(Action.id)
    with server.store().reading() as session:
        return [tuple(row) for row in session.execute(query)]


def write_down(page: Page, start: str, summary: str) -> None:
    """A needs diagnosis of yesterday, half an hour long."""
    page.get_by_role("button", name="Record a visit").click()
    page.get_by_text("Needs diagnosis", exact=True).first.click()  # not "Recorded: …"
    page.get_by_label("Customer").select_option("Haihe Pumps")
    day = page.evaluate("new Date(Date.now() - 864e5).toLocaleDateString('sv-SE')")
    page.get_by_label("Date").fill(day)
    page.get_by_label("Start").fill(start)
    page.get_by_text("30 min").click()
    for label, words in (("Pain", "slow"), ("Current process", "paper"), ("Budget", "500k")):
        page.get_by_label(label).fill(words)
    page.get_by_label("Decision chain").fill("CEO")
    page.get_by_label("Summary").fill(summary)
    page.get_by_text("Solution demo").last.click()


def save(page: Page) -> None:
    page.get_by_role("button", name="Next working day").click()
    page.get_by_role("button", name="Save on this device").click()


def test_visits_without_network(server, visit):
    first = visit(
        f"{server.url}/record", cookie=server.signed_in("rep"), width=390, permissions=["microphone"]
    )
    with first.context.expect_page() as opened:
        first.get_by_role("link", name="Use without network").click()
    page, phone = opened.value, first.context
    page.evaluate("navigator.serviceWorker.ready")
    expect(page.get_by_text("Online")).to_be_visible()

    phone.set_offline(True)
    page.reload()
    expect(page.get_by_text("No network")).to_be_visible()
    write_down(page, "11:00", "The second talk, written down first.")
    page.get_by_role("button", name="Save on this device").click()
    expect(page.get_by_text("Please fill this in.")).to_have_count(1)  # the day of the next step
    save(page)
    expect(page.get_by_text("Waits to be sent")).to_have_count(1)
    yesterday = page.evaluate("new Date(Date.now() - 864e5).toLocaleDateString('sv-SE')")
    day = format.day(date.fromisoformat(yesterday), "en")
    expect(page.get_by_text(f"Needs diagnosis · {day}, 11:00")).to_be_visible()
    write_down(page, "10:00", "The first talk of the day.")
    page.wait_for_timeout(300)  # the last word reaches the disk
    page.close()  # before anything was saved by hand
    page = phone.new_page()
    page.goto(f"{server.url}/offline")
    expect(page.get_by_text("Not finished")).to_be_visible()
    page.get_by_role("button", name="Edit").first.click()
    expect(page.get_by_label("Summary")).to_have_value("The first talk of the day.")
    save(page)
    expect(page.get_by_text("Waits to be sent")).to_have_count(2)
    write_down(page, "11:10", "At the same time as the second.")
    save(page)
    assert recorded(server) == []

    phone.set_offline(False)
    expect(page.get_by_text("Recorded: Needs diagnosis with Haihe Pumps.")).to_have_count(2)
    expect(page.get_by_text("Not recorded: 2 things to put right")).to_be_visible()
    assert [s for s, _ in recorded(server)] == [
        "The first talk of the day.",
        "The second talk, written down first.",
    ]
    page.reload()
    expect(page.get_by_text("Online")).to_be_visible()
    assert len(recorded(server)) == 2
    page.get_by_role("button", name="Put right").click()
    expect(page.get_by_text("At least 30 minutes after the previous action")).to_be_visible()
    page.get_by_label("Start").fill("12:30")
    page.get_by_role("button", name="Save on this device").click()
    expect(page.get_by_text("Recorded: Needs diagnosis with Haihe Pumps.")).to_have_count(1)
    assert len(recorded(server)) == 3

    phone.set_offline(True)
    write_down(page, "14:00", "Kept for whoever wrote it.")
    expect(page.get_by_label("Builds on")).to_contain_text("11:00–11:30")
    page.get_by_role("button", name="Finish later").click()
    expect(page.get_by_text("Not finished")).to_be_visible()
    phone.set_offline(False)
    first.bring_to_front()
    first.set_viewport_size({"width": 1280, "height": 860})
    first.locator(".st-key-user_menu button").first.click()
    first.get_by_role("button", name="Sign out").click()
    expect(first.get_by_label("Password", exact=True)).to_be_visible()
    first.wait_for_function("indexedDB.databases().then((all) => all.length === 1)")
    phone.set_offline(True)
    page.reload()
    expect(page.get_by_text("Nobody is known on this device yet")).to_be_visible()
    phone.set_offline(False)
    expect(page.get_by_text("You are signed out")).to_be_visible()
    expect(page.get_by_text("1 visit of another person waits")).to_be_visible()
    expect(page.get_by_text("Haihe Pumps")).to_have_count(0)
    assert len(recorded(server)) == 3
