"""The alerts page: what it says, and what its buttons do, in both languages."""

from __future__ import annotations

import pytest

from data.queries.alerts import Show
from data.text import translate
from tests.data.test_alerts import Desk


@pytest.fixture
def desk(sqlite_store, clock) -> Desk:
    made = Desk(sqlite_store, clock)
    made.record("appointment")
    clock.move(days=30)
    made.sweep()
    return made


def shown(page) -> str:
    return " ".join(m.value for m in (*page.markdown, *page.caption)).replace("\\", "")


def press(page, label: str):
    return next(b for b in page.button if b.label == label).click().run()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_list_says_why_and_who(open_page, desk, language):
    page = open_page("alerts", desk.people.manager, language)
    assert not page.exception
    for rule in ("stalled", "customer_silent", "next_step_overdue"):
        assert translate(language, f"alerts.{rule}.name") in shown(page)
    assert translate(language, "terms.stage.appointment") in shown(page)
    assert "appointment" not in shown(page)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_settling_asks_for_a_note_at_its_field_and_then_settles(open_page, desk, language):
    alert = desk.standing()["stalled"].id
    page = open_page("alerts", desk.people.manager, language, alert=alert)
    way = next(s for s in page.segmented_control if s.key == f"way-{alert}")
    way.set_value("resolve").run()
    press(page, translate(language, "alerts_page.do.resolve"))
    assert translate(language, "problems.reason_required") in shown(page)
    page.text_area[0].set_value("They wait for the budget round.")
    press(page, translate(language, "alerts_page.do.resolve"))
    assert not page.exception
    assert "stalled" in desk.standing(show=Show.RESOLVED)


def test_a_rep_sees_and_may_not_settle(open_page, desk):
    page = open_page("alerts", desk.people.rep, alert=desk.standing()["stalled"].id)
    assert translate("en", "alerts_page.not_yours") in shown(page)
    assert not page.segmented_control or page.segmented_control[0].key == "address-show"


def test_one_that_is_gone_says_so(open_page, desk):
    page = open_page("alerts", desk.people.manager, alert=999)
    assert [i.value for i in page.info] == [translate("en", "alerts_page.gone")]


def test_one_whose_cause_has_gone_says_so(open_page, desk):
    alert = desk.standing()["customer_silent"].id
    desk.record("needs_diagnosis")
    page = open_page("alerts", desk.people.manager, alert=alert)
    assert [i.value for i in page.info] == [translate("en", "alerts_page.gone")]
