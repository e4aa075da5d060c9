"""The alerts page: what it says, and what its buttons do, in both languages."""

from __future__ import annotations

from datetime import timedelta

import pytest

from components import format
from core.terms import ActionStatus
from data.queries.alerts import Show
from data.schema import Action, Alert, Commitment, MorningBrief, MorningMeeting, Opportunity
from data.text import translate
from tests.data.test_alerts import Desk
from tests.pages.reading import does, lines


@pytest.fixture
def desk(sqlite_store, clock) -> Desk:
    made = Desk(sqlite_store, clock)
    made.record("appointment")
    clock.move(days=30)
    made.sweep()
    return made


def shown(page) -> str:
    return " ".join((*lines(page), *(c.value for c in page.caption)))


def press(page, label: str):
    return next(b for b in page.button if does(b) == label).click().run()


def agree_on(store, people, alert, made, *, elsewhere=False, dropped=False) -> None:
    """A meeting gives an alert, which the rep has, to the mate too."""
    with store.writing() as session:
        brief = MorningBrief(
            key="of that day", team_id=people.rep.team_id, day=made.date(), timezone="Asia/Shanghai",
            issued_at=made, items={},
        )  # fmt: skip
        session.add(brief)
        session.flush()
        held = MorningMeeting(brief_id=brief.id, started_at=made)
        session.add(held)
        session.flush()
        session.get_one(Alert, alert).assigned_to_id = people.rep.person_id
        session.add(
            Commitment(
                meeting_id=held.id, what="Call", owner_id=people.mate.person_id, made_at=made,
                customer_id=session.get_one(Opportunity, people.opportunity).customer_id,
                expects="promise" if elsewhere else "action", about=alert,
                due_at=made + timedelta(hours=9), dropped_at=made if dropped else None,
            )
        )  # fmt: skip


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
    page.text_area[0].set_value("They wait for the budget round.").run()
    page = open_page("alerts", desk.people.manager, language, alert=alert)  # after a look at something else
    assert page.text_area[0].value == "They wait for the budget round."
    press(page, translate(language, "alerts_page.do.resolve"))
    assert not page.exception
    assert [m.value for m in page.toast] == [translate(language, "alerts_page.done.resolve")]
    assert "alert" not in page.query_params
    assert "stalled" in desk.standing(show=Show.RESOLVED)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(
    ("hours", "elsewhere", "dropped", "said"),
    [
        (1, False, False, "agreed"),
        (10, False, False, "agreed_missed"),
        (1, True, False, None),  # about something else of the same customer
        (1, False, True, None),
    ],
)
def test_what_the_meeting_agreed_on_about_it_is_told_beside_who_was_given_it(
    open_page, desk, sqlite_store, clock, language, hours, elsewhere, dropped, said
):
    people, alert = desk.people, desk.standing()["stalled"]
    made = clock.at
    agree_on(sqlite_store, people, alert.id, made, elsewhere=elsewhere, dropped=dropped)
    clock.move(hours=hours)
    until = format.instant(made + timedelta(hours=9), language, "Asia/Shanghai")
    text = shown(open_page("alerts", people.manager, language))
    assert translate(language, "alerts_page.with", who="Rep") in text
    for key in ("agreed", "agreed_missed"):
        sentence = translate(language, f"alerts_page.{key}", who="Mate", until=until)
        assert (sentence in text) is (key == said)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_was_done_about_an_alert_that_stands_says_that_its_cause_does(
    open_page, desk, sqlite_store, clock, language
):
    people, alert = desk.people, desk.standing()["stalled"]
    agree_on(sqlite_store, people, alert.id, clock.at)
    clock.move(hours=2)
    with sqlite_store.writing() as session:
        session.add(
            Action(
                customer_id=session.get_one(Opportunity, people.opportunity).customer_id,
                opportunity_id=people.opportunity, owner_id=people.mate.person_id, type="solution_demo",
                status=ActionStatus.COMPLETED, fields={}, recorded_at=clock.at,
                started_at=clock.at - timedelta(hours=1), ended_at=clock.at,
            )
        )  # fmt: skip
    at = format.instant(clock.at - timedelta(hours=1), language, "Asia/Shanghai")
    what = translate(language, "terms.stage.solution_demo")
    sentence = translate(language, "alerts_page.agreed_done", who="Mate", what=what, at=at)
    assert sentence.endswith({"en": "its cause still stands", "zh": "但预警原因仍在"}[language])
    assert sentence in shown(open_page("alerts", people.manager, language))


def test_the_rep_is_proposed_to_look_after_it(open_page, desk):
    page = open_page("alerts", desk.people.manager, alert=desk.standing()["stalled"].id)
    label = translate("en", "alerts_page.person")
    proposed = next(box.value for box in page.selectbox if box.label == label)
    assert proposed == desk.people.rep.person_id


def test_who_was_given_it_is_said(open_page, desk):
    alert = desk.standing()["stalled"].id
    label = translate("en", "alerts_page.person")
    for person, said in (
        (desk.people.rep, "Assigned to Rep, who is told."),
        (desk.people.manager, "your hands"),
    ):
        page = open_page("alerts", desk.people.manager, alert=alert)
        next(s for s in page.segmented_control if s.key == f"way-{alert}").set_value("assign").run()
        next(s for s in page.selectbox if s.label == label).set_value(person.person_id)
        press(page, translate("en", "alerts_page.do.assign"))
        assert said in page.toast[0].value


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_is_put_off_says_until_which_time(open_page, desk, language):
    alert = desk.standing()["stalled"].id
    page = open_page("alerts", desk.people.manager, language, alert=alert)
    due = page.button_group(f"due-{alert}").options
    assert any(said.startswith(translate(language, "alerts_page.day.today")) for said in due)
    assert all(said.endswith("18:00") for said in due)
    page.button_group(f"way-{alert}").set_value("snooze").run()
    offered = page.button_group(f"until-{alert}").options
    assert offered
    assert all(said.endswith("18:00") for said in offered)


def test_a_rep_sees_and_may_not_settle(open_page, desk):
    page = open_page("alerts", desk.people.rep, alert=desk.standing()["stalled"].id)
    assert translate("en", "alerts_page.not_yours") in shown(page)
    assert not page.segmented_control or page.segmented_control[0].key == "address-show"
    said = {does(b) for b in page.button}
    assert translate("en", "alerts_page.see") in said
    assert translate("en", "alerts_page.look") not in said


def test_one_that_is_gone_says_so(open_page, desk):
    page = open_page("alerts", desk.people.manager, alert=999)
    assert [i.value for i in page.info] == [translate("en", "alerts_page.gone")]


def test_one_whose_cause_has_gone_says_so(open_page, desk):
    alert = desk.standing()["customer_silent"].id
    desk.record("needs_diagnosis")
    page = open_page("alerts", desk.people.manager, alert=alert)
    assert [i.value for i in page.info] == [translate("en", "alerts_page.gone")]
