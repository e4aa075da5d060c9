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
from data.schema import MorningBrief, MorningMeeting
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
            session.add(
                MorningMeeting(brief_id=issued.id, started_at=began, started_by_id=people.manager.person_id)
            )

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
