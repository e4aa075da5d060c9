"""A recording's words land while the rep types: nothing moves, nothing typed is touched."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from data.schema import Draft
from tests.company import found
from tests.sounds import hum
from tests.speech_server import speech_service

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def service():
    with speech_service() as running:
        yield running


@pytest.fixture(scope="module")
def server(served, service):
    def seed(store) -> None:
        found(store)

    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("FIREBREAK_SPEECH", service.address)
        yield served(seed)


def place(page) -> float:
    """Where the form below the recording stands, in pixels from the summary."""
    below = page.get_by_role("heading", name="What is next").bounding_box()
    return below["y"] - page.get_by_label("Summary").bounding_box()["y"]


@pytest.mark.parametrize("width", [1280, 390])
def test_words_land_while_the_rep_types(server, service, visit, width):
    service.held.clear()
    with server.store().writing() as session:
        session.query(Draft).delete()
    page = visit(
        f"{server.url}/record?customer=1&type=needs_diagnosis", cookie=server.signed_in("rep"), width=width
    )
    page.get_by_text("Upload a recording instead").click()
    talk = {"name": "talk.wav", "mimeType": "audio/wav", "buffer": hum(12 + width / 1000)}
    page.locator("input[type=file]").set_input_files(talk)
    expect(page.get_by_text("Being transcribed: 0%")).to_be_visible()
    summary = page.get_by_label("Summary")
    summary.click()
    page.keyboard.type("typed before ")
    page.wait_for_timeout(1500)  # the field has grown to its text by now
    before = place(page)
    service.held.set()
    draft = page.get_by_role("textbox", name="Transcript", disabled=False)  # it is closed until words land
    for _ in range(100):
        page.keyboard.type(". ", delay=20)
        if draft.count() and draft.first.input_value():
            break
        page.wait_for_timeout(100)
    page.keyboard.type("typed after")
    expect(draft).to_have_value("They want it by May.")
    expect(page.get_by_text("please read it over")).to_be_visible()
    expect(summary).to_be_focused()
    assert summary.input_value().startswith("typed before ")
    assert summary.input_value().endswith("typed after")
    summary.fill("typed before ")
    page.wait_for_timeout(1500)
    assert place(page) == pytest.approx(before, abs=3)
    page.get_by_role("button", name="Add it to the summary").click()
    expect(summary.first).to_have_value("typed before \nThey want it by May.")  # the old one fades out
