"""The main job in a real browser: a record from the link to the board, and nothing typed is ever lost."""

from __future__ import annotations

import io
import re
import wave

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import func, select

from core.access import OPERATOR
from data.commands.people import set_password
from data.queries.record import customer_facts
from data.schema import Action, Draft
from tests.browser.conftest import sign_in
from tests.company import Company, found

pytestmark = pytest.mark.browser
PASSWORD = "a long password"


@pytest.fixture(scope="module")
def company() -> dict[str, Company]:
    return {}


@pytest.fixture(scope="module")
def server(served, company):
    def seed(store) -> None:
        company["people"] = found(store)
        set_password(store, OPERATOR, company["people"].admin.person_id, PASSWORD)

    return served(seed)


@pytest.fixture
def rep(server, visit):
    """rep("record?…", width=390) opens a page as the rep, with the draft of an earlier test gone."""

    def open_page(address: str, **window) -> Page:
        with server.store().writing() as session:
            session.query(Draft).delete()
        page = visit(f"{server.url}/{address}", cookie=server.signed_in("rep"), **window)
        return page

    return open_page


def value(server, field: str):
    """What the store holds for a field of the one draft."""
    with server.store().reading() as session:
        return session.scalars(select(Draft.body)).one()["values"].get(field)


def completed(server) -> int:
    with server.store().reading() as session:
        return session.scalar(select(func.count()).where(Action.status == "completed"))


def settled(page: Page) -> None:
    page.wait_for_function(
        "() => document.querySelector('[data-testid=stApp]')?.dataset.testScriptState === 'notRunning'"
    )
    page.wait_for_timeout(300)


def until(page: Page, holds, seconds: int = 20) -> None:
    for _ in range(seconds * 5):
        if holds():
            return
        page.wait_for_timeout(200)
    assert holds()


def fill_in(page: Page) -> None:
    """Everything a needs diagnosis lacks when the link has named customer and type."""
    page.get_by_label("Pain", exact=True).fill("Paper **everywhere** <script>alert(1)</script>")
    page.get_by_label("Current process").fill("Whiteboard")
    page.get_by_label("Budget").fill("500k")
    page.get_by_label("Decision chain").fill("CEO, CFO")
    page.get_by_label("Summary").fill("They want it running by May.")
    page.get_by_text("Solution demo").last.click()
    page.get_by_role("button", name="Next working day").click()
    settled(page)


def test_typing_survives_a_reload_and_a_killed_server(server, rep):
    page = rep("record?customer=1&type=needs_diagnosis")
    pain, summary = page.get_by_label("Pain", exact=True), page.get_by_label("Summary")
    pain.click()
    page.keyboard.type("half a sent", delay=20)
    until(page, lambda: value(server, "fields-pain") == "half a sent")  # saved without leaving the field
    page.keyboard.type("ence")
    page.reload()
    expect(pain).to_have_value("half a sentence")
    until(page, lambda: value(server, "fields-pain") == "half a sentence")
    summary.click()
    page.keyboard.type("typing when ")
    server.kill()
    page.keyboard.type("it died", delay=40)
    expect(summary).to_have_value("typing when it died")
    server.start()
    until(page, lambda: value(server, "summary") == "typing when it died", 60)
    page.reload()
    expect(summary).to_have_value("typing when it died")
    expect(pain).to_have_value("half a sentence")


def test_typing_survives_the_end_of_the_session(server, rep, company):
    page = rep("record?customer=1&type=needs_diagnosis")
    page.get_by_label("Summary").fill("half a sentence")
    until(page, lambda: value(server, "summary") == "half a sentence")
    set_password(server.store(), OPERATOR, company["people"].rep.person_id, PASSWORD)  # ends all sessions
    page.get_by_text("Needs diagnosis").first.click()
    sign_in(page, "rep", PASSWORD)
    expect(page.get_by_label("Summary")).to_have_value("half a sentence")


def test_all_problems_stand_at_their_fields_on_a_phone(server, rep):
    page = rep("record?customer=1&type=needs_diagnosis", width=390)
    page.get_by_label("Summary").fill("short")
    page.get_by_role("button", name="Save the record").click()
    expect(page.get_by_text("6 things are missing or wrong")).to_have_count(1)
    expect(page.get_by_text("Please fill this in.")).to_have_count(4)
    expect(page.get_by_text("Plan the next step.")).to_have_count(1)
    expect(page.get_by_text("Please fill this in.").first).to_be_in_viewport()
    expect(page.get_by_label("Summary")).to_have_value("short")
    settled(page)
    too_wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
    assert not too_wide
    page.get_by_label("Budget").fill("500k")
    expect(page.get_by_text("Please fill this in.")).to_have_count(3)
    page.reload()
    expect(page.get_by_text("Please fill this in.")).to_have_count(3)


def test_a_recording_is_kept_and_a_text_called_wav_is_not(server, rep):
    page = rep("record?customer=1&type=needs_diagnosis")
    page.get_by_text("Upload a recording instead").click()
    chooser = page.locator("input[type=file]")
    chooser.set_input_files({"name": "a.wav", "mimeType": "audio/wav", "buffer": b"these are words"})
    expect(page.get_by_text("Not an audio file that can be kept")).to_be_visible()
    expect(page.get_by_text("a.wav")).to_be_visible()
    chooser.set_input_files({"name": "talk.wav", "mimeType": "audio/wav", "buffer": a_second_of_sound()})
    expect(page.get_by_test_id("stAudio")).to_be_visible()
    expect(page.get_by_text("Not an audio file")).to_have_count(0)
    page.reload()
    expect(page.get_by_test_id("stAudio")).to_be_visible()
    assert page.evaluate("document.querySelector('audio').duration") == pytest.approx(1, abs=0.1)
    page.get_by_role("button", name="Remove talk.wav").click()
    expect(page.get_by_test_id("stAudio")).to_have_count(0)
    expect(page.get_by_text("Voice summary")).to_be_visible()


def a_second_of_sound() -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(bytes(range(250)) * 64)
    return out.getvalue()


def test_a_double_click_records_once_and_the_board_moves(server, rep, visit, company):
    board = visit(f"{server.url}/board?part=time", cookie=server.signed_in("manager"))
    expect(board.get_by_role("heading", name="Board", exact=True)).to_be_visible()
    settled(board)
    expect(board.get_by_text("No open opportunity has begun")).to_be_visible()
    page = rep("record?customer=1&type=needs_diagnosis")
    fill_in(page)
    page.get_by_label("Summary").click()
    page.keyboard.press("End")
    page.keyboard.type(" Typed just before the click.")
    page.get_by_role("button", name="Save the record").dblclick(delay=15)
    expect(page.get_by_text("Recorded: Needs diagnosis with Haihe Pumps.")).to_be_visible()
    assert completed(server) == 1
    people = company["people"]
    with server.store().reading() as session:
        facts = customer_facts(session, people.rep, people.customer)
    assert facts.records[0].summary == "They want it running by May. Typed just before the click."
    expect(board.get_by_role("figure", name=re.compile("opportunity that has begun, n = 1"))).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_label("Pain", exact=True)).to_have_value(
        "Paper **everywhere** <script>alert(1)</script>"
    )
