"""The meeting's clock in a real browser: it counts from the meeting's start, through reruns and reloads."""

from __future__ import annotations

import re
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from core.policies import DEFAULTS
from core.reports.brief import brief
from data.brief_json import brief_json
from data.schema import Commitment, MorningBrief, MorningMeeting
from tests.company import found

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def server(served):
    """A meeting that began six minutes ago, over a brief in which nothing is at risk."""

    def seed(store) -> None:
        people, now = found(store), store.clock()
        day = now.astimezone(ZoneInfo("Asia/Shanghai")).date()
        with store.writing() as session:
            issued = MorningBrief(
                key="today", team_id=people.manager.team_id, day=day, timezone="Asia/Shanghai",
                issued_at=now, items=brief_json(brief([], [], DEFAULTS)),
            )  # fmt: skip
            session.add(issued)
            session.flush()
            began = now - timedelta(minutes=6)
            held = MorningMeeting(
                brief_id=issued.id, started_at=began, started_by_id=people.manager.person_id
            )
            session.add(held)
            session.flush()
            session.add(
                Commitment(
                    meeting_id=held.id, what="See them", owner_id=people.rep.person_id,
                    customer_id=people.customer, expects="action", due_at=now + timedelta(hours=4),
                    made_at=began, made_by_id=people.manager.person_id,
                )
            )  # fmt: skip

    return served(seed)


def left(page: Page) -> int:
    """Seconds that the clock shows."""
    face = page.locator(".timer b")
    expect(face).to_have_text(re.compile(r"^\d\d:\d\d$"))
    minutes, seconds = (face.text_content() or "").split(":")
    return int(minutes) * 60 + int(seconds)


def test_the_clock_runs_on_through_reruns_and_reloads(server, visit):
    page = visit(f"{server.url}/morning", cookie=server.signed_in("manager"))
    first = left(page)
    assert 0 < first <= 9 * 60
    face = page.locator(".timer b")
    expect(face).not_to_have_text(face.text_content() or "")
    page.get_by_role("button", name="Next").click()
    expect(page.get_by_role("heading", name="The top three")).to_be_visible()
    second = left(page)
    page.goto(f"{server.url}/morning?step=top&wall=1")
    third = left(page)
    assert first > second >= third
    expect(page.locator('[data-testid="stSidebar"]')).to_be_hidden()


def test_whoever_leaves_the_wall_has_the_menu_again(server, visit):
    page = visit(f"{server.url}/morning?step=made", cookie=server.signed_in("manager"))
    menu = page.get_by_test_id("stSidebar")
    page.get_by_text("Agree on something else", exact=True).click()
    for hidden in (True, False):
        page.get_by_text("Wall screen", exact=True).click()
        expect(menu).to_be_hidden() if hidden else expect(menu).to_be_visible()
        expect(page.locator("details[open]")).to_have_count(1)  # what was opened stays open


def test_on_the_wall_badges_and_small_print_are_large_too(server, visit):
    page = visit(f"{server.url}/morning?step=made", cookie=server.signed_in("manager"))
    at_desk = [size(page, text) for text in ("Open", "Haihe Pumps")]
    page.goto(f"{server.url}/morning?step=made&wall=1")
    on_wall = [size(page, text) for text in ("Open", "Haihe Pumps")]
    assert all(large > 1.25 * small for small, large in zip(at_desk, on_wall, strict=True))


def size(page: Page, text: str) -> float:
    """The letters of a text, in pixels."""
    shown = page.get_by_test_id("stMarkdownContainer").locator("span", has_text=text).last
    return float(shown.evaluate("e => parseFloat(getComputedStyle(e).fontSize)"))
