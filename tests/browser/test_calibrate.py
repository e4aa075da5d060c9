"""Calibrating in a real browser: a key answers, and the next opportunity stands there."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from data.schema import ForecastDecision, Opportunity
from tests.browser.conftest import at_rest
from tests.company import found
from tests.suggestions import SHANGHAI, line, month_run

pytestmark = pytest.mark.browser
NAMES = ("Pumps for line 1", "Pumps for line 2", "Pumps for line 3", "Pumps for line 4")


@pytest.fixture(scope="module")
def server(served):
    """Four suggestions for `rep`, the biggest change first."""

    def seed(store) -> None:
        people, today = found(store), store.clock().astimezone(SHANGHAI).date()
        run = month_run(store, today)
        with store.writing() as session:
            first = session.get_one(Opportunity, people.opportunity)
            same = {"pipeline_id": first.pipeline_id, "customer_id": first.customer_id, "currency": "CNY"}
            known = {"owner_id": first.owner_id, "recorded_at": first.recorded_at - timedelta(days=9)}
            made = [Opportunity(name=name, **same, **known) for name in NAMES]
            session.add_all(made)
            session.flush()
            ids = [row.id for row in made]
        for n, one in enumerate(ids):
            line(store, run, one, 400, 900 - 100 * n)

    return served(seed)


def in_front(page: Page, name: str) -> None:
    """Wait until it stands there whole and its keys are listened to, which begins after it is seen."""
    expect(page.locator(".st-key-suggestion").get_by_text(name)).to_be_visible()
    expect(page.locator(".st-key-suggestion").get_by_role("button", name="Another reason")).to_be_visible()
    at_rest(page)
    expect(page.locator(".st-key-suggestion").get_by_text(name)).to_be_in_viewport()


def test_one_key_answers_and_the_next_one_stands_there(server, visit):
    page = visit(f"{server.url}/calibrate", cookie=server.signed_in("rep"))
    page.set_viewport_size({"width": 1280, "height": 400})
    in_front(page, NAMES[0])
    for key, following in (("a", NAMES[1]), ("3", NAMES[2]), ("s", NAMES[3])):
        page.keyboard.press(key)
        in_front(page, following)
    page.get_by_role("textbox", name="In your words").fill("They signed this morning.")
    page.keyboard.press("Tab")  # out of the field: inside, a digit is a digit
    page.keyboard.press("7")
    in_front(page, NAMES[2])
    page.get_by_role("button", name="Accept").click()
    expect(page.get_by_text("4 of 4 answered")).to_be_visible()
    with server.store().reading() as session:
        rows = session.execute(
            select(
                Opportunity.name, ForecastDecision.decision, ForecastDecision.reason, ForecastDecision.note
            )
            .join(Opportunity, Opportunity.id == ForecastDecision.opportunity_id)
            .order_by(ForecastDecision.id)
        ).all()
    assert [tuple(row) for row in rows] == [
        (NAMES[0], "accepted", "agreed", ""),
        (NAMES[1], "rejected", "budget", ""),
        (NAMES[3], "rejected", "other", "They signed this morning."),
        (NAMES[2], "accepted", "agreed", ""),
    ]
