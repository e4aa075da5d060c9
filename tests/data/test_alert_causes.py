"""One cause, one alert: also when the cause changes, goes, or two hands sweep at once."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from threading import Thread

import pytest
from sqlalchemy import select

from core.messages import Finding
from core.policies import DEFAULTS
from core.process.alerts import RULES
from core.terms import Severity
from data.commands.alert_handling import resolve_alert, snooze_alert
from data.commands.alerts import sweep
from data.queries.alerts import one_alert
from data.queries.inbox import inbox
from data.schema import Alert
from tests.data.test_alerts import Desk


@pytest.fixture
def desk(store, clock) -> Desk:
    return Desk(store, clock)


def rows(desk, rule):
    with desk.store.reading() as session:
        query = select(Alert.key, Alert.cleared_at, Alert.resolved_at).where(Alert.rule == rule)
        return session.execute(query.order_by(Alert.id)).all()


def test_a_standing_alert_follows_its_cause_and_wakes(desk, clock):
    desk.record("appointment")
    clock.move(days=1)
    first = desk.record("quote_confirmation", valid_until=date(2026, 3, 7))
    alert = desk.standing()["quote_expiring"]
    assert [row.key for row in rows(desk, "quote_expiring")] == [f"quote_expiring:1:{first}"]
    snooze_alert(desk.store, desk.people.manager, alert.id, clock.at + timedelta(days=9))
    clock.move(days=1)
    second = desk.record("quote_confirmation", valid_until=date(2026, 3, 8))
    assert [row.key for row in rows(desk, "quote_expiring")] == [f"quote_expiring:1:{second}"]
    assert desk.standing()["quote_expiring"].params["on"] == "2026-03-08"


def test_a_quote_ends_by_the_company_s_day(desk, clock):
    """At seven in the morning in Shanghai, the day before has not ended in Greenwich."""
    desk.record("appointment")
    clock.move(days=1)
    last = clock.at.date() + timedelta(days=6)
    desk.record("quote_confirmation", valid_until=last)
    clock.at = datetime(*(last - timedelta(days=4)).timetuple()[:3], 15, 59, tzinfo=UTC)
    desk.sweep()
    assert "quote_expiring" not in desk.standing()
    clock.at += timedelta(minutes=1)
    desk.sweep()
    assert "quote_expiring" in desk.standing()


def test_what_a_person_settled_stays_settled_when_the_cause_had_changed(desk, clock):
    desk.record("appointment")
    clock.move(days=1)
    desk.record("quote_confirmation", valid_until=date(2026, 3, 7))
    clock.move(days=1)
    desk.record("quote_confirmation", valid_until=date(2026, 3, 8))
    resolve_alert(
        desk.store, desk.people.manager, desk.standing()["quote_expiring"].id, "They sign on Monday"
    )
    clock.move(hours=1)
    desk.sweep()
    assert "quote_expiring" not in desk.standing()


def test_one_whose_cause_has_gone_is_said_to_be_gone(desk, clock):
    desk.record("appointment")
    clock.move(days=30)
    desk.sweep()
    alert = desk.standing()["customer_silent"].id
    desk.record("needs_diagnosis")
    with desk.store.reading() as session:
        assert one_alert(session, desk.people.manager, alert, clock.at) is None


def test_actions_that_name_nobody_do_not_make_a_single_contact(desk, clock):
    desk.record("appointment")
    for type_ in ("needs_diagnosis", "quote_confirmation"):
        clock.move(days=1)
        desk.record(type_)
    assert "single_contact" not in desk.standing()
    for _ in range(2):
        clock.move(days=1)
        desk.record("solution_demo")
    assert desk.standing()["single_contact"].params == {"actions": 3}


def test_two_red_causes_of_one_opportunity_are_both_pushed(desk, clock, monkeypatch):
    def stalled(facts, policy):
        return Finding("stalled", f"stalled:{facts.opportunity_id}:x", Severity.RED, {"days": 1})

    monkeypatch.setitem(RULES, "stalled", stalled)
    desk.record("appointment")
    for _ in range(3):
        clock.move(days=1)
        desk.record("solution_demo")
    with desk.store.reading() as session:
        told = {m.params["rule"] for m in inbox(session, desk.people.manager).messages}
    assert told == {"stalled", "demos_without_quote"}


def test_two_hands_that_sweep_at_once_raise_one_alert(desk, clock):
    desk.record("appointment")
    clock.move(days=30)
    failed = []

    def other() -> None:
        try:
            with desk.store.writing() as session:
                sweep(session, clock.at, DEFAULTS)
        except Exception as error:  # the thread's failure is the test's
            failed.append(error)

    with desk.store.writing() as session:
        sweep(session, clock.at, DEFAULTS)
        session.flush()
        thread = Thread(target=other)
        thread.start()
        thread.join(1)
    thread.join(10)
    assert failed == []
    assert len(rows(desk, "stalled")) == 1
