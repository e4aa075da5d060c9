"""A business user's journey: from a wish of the board to a field that the next record is asked for."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, expect
from sqlalchemy import select

from data.schema import Action, Person
from tests.company import found

pytestmark = pytest.mark.browser
FEW = 25  # interactions from the studio's menu entry to the saved record


class Hand:
    """Clicks and fills, counted."""

    def __init__(self) -> None:
        self.interactions = 0

    def click(self, target: Locator) -> None:
        target.click()
        self.interactions += 1

    def fill(self, target: Locator, text: str) -> None:
        target.fill(text)
        target.press("Tab")
        self.interactions += 1


def test_a_required_field_is_added_and_used_on_the_next_record(served, visit):
    people = []

    def seed(store) -> None:
        people.append(found(store))
        with store.writing() as session:
            session.get_one(Person, people[0].rep.person_id).language = "zh"

    server, hand = served(seed), Hand()
    page = visit(server.url, cookie=server.signed_in("director"))
    hand.click(page.get_by_role("link", name="Studio"))
    hand.click(page.get_by_role("button", name="Add a field"))
    hand.fill(page.get_by_label("Name in English"), "IT lead's influence")
    hand.fill(page.get_by_label("Name in Chinese"), "IT负责人影响力")
    hand.fill(page.get_by_role("textbox", name="Choices"), "Strong | 强\nWeak | 弱")
    hand.click(page.get_by_role("button", name="Needs diagnosis"))
    hand.click(page.get_by_role("radio", name="always"))
    hand.click(page.get_by_role("button", name="Keep in the draft"))
    expect(page.get_by_text("not published yet")).to_be_visible()
    hand.fill(page.get_by_label("Why"), "The board wants to know who decides.")
    hand.click(page.get_by_role("button", name="Publish"))
    expect(page.get_by_text("not published yet")).to_have_count(0)

    form = visit(
        f"{server.url}/record?customer=1&type=needs_diagnosis", locale="zh-CN", cookie=server.signed_in("rep")
    )
    hand.fill(form.get_by_label("痛点", exact=True), "全靠纸质单据")
    hand.fill(form.get_by_label("现有流程"), "白板")
    hand.fill(form.get_by_label("预算"), "50 万")
    hand.fill(form.get_by_label("决策链"), "总经理、财务总监")
    hand.fill(form.get_by_label("小结"), "希望五月之前上线，正在等总经理回复。")
    hand.click(form.get_by_text("方案演示").last)
    hand.click(form.get_by_role("button", name="下个工作日"))
    hand.click(form.get_by_role("button", name="保存记录"))
    label = form.get_by_text("IT负责人影响力", exact=True)
    expect(label).to_be_visible()
    expect(form.get_by_text("请填写此项。")).to_have_count(1)
    hand.click(form.get_by_role("radio", name="强", exact=True))
    expect(form.get_by_text("请填写此项。")).to_have_count(0)
    hand.click(form.get_by_role("button", name="保存记录"))
    expect(form.get_by_text("已记录")).to_be_visible()
    assert hand.interactions < FEW
    with server.store().reading() as session:
        kept = session.scalars(select(Action.fields).where(Action.status == "completed")).one()
    assert kept["own_it_leads_influence"] == "strong"
