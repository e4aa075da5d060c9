"""Who looks after an alert: agreed on in a morning meeting about it, or given it; on Today, on the board."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from core.messages import Invalid
from core.reports.commitments import Kept
from core.terms import ActionStatus, Severity
from data.commands.alert_handling import assign_alert
from data.commands.morning import assign, drop_commitment, take_up_commitment
from data.queries.alert_hands import Hands, hands_of
from data.queries.board_ask import Ask
from data.queries.board_rows import red_alerts
from data.queries.today import Kind, today
from data.schema import Action, Alert
from tests.morning import at_risk, customer_of, deal_of, meeting, promise_to


def test_what_was_agreed_on_about_an_alert_stands_at_it_and_at_no_other(store, clock):
    company = at_risk(store, clock)
    held = meeting(store, company)
    with store.reading() as session:
        alerts = {name: session.scalars(
            select(Alert.id).where(Alert.opportunity_id == deal_of(store, name))
        ).one() for name in ("Haihe", "Minjiang")}  # fmt: skip
    other = promise_to(store, company, clock, expects="quote", about=alerts["Minjiang"])
    with pytest.raises(Invalid) as error:
        assign(store, company.manager, held, other)
    assert [(p.field, p.code) for p in error.value.problems] == [("about", "other_customer")]
    assign(store, company.manager, held, promise_to(store, company, clock))  # about nothing of these
    assert hands(store, alerts.values(), clock) == {}
    own = promise_to(store, company, clock, expects="quote", about=alerts["Haihe"])
    assign(store, company.manager, held, own)
    until = clock.at + timedelta(hours=10)
    assert hands(store, alerts.values(), clock) == {alerts["Haihe"]: Hands("Rep", until, Kept.OPEN)}
    with store.reading() as session:
        red = {todo.customer: todo.hands for todo in on_today(session, company.manager, clock.at)}
        lines = red_alerts(session, company.manager, Ask(clock.at)).lines
    assert red["Haihe"] == Hands("Rep", until, Kept.OPEN)
    assert red["Wuyi"] is None
    assert {line.customer: line.hands for line in lines} == red
    clock.move(hours=11)
    assert hands(store, alerts.values(), clock) == {alerts["Haihe"]: Hands("Rep", until, Kept.MISSED)}
    due = clock.at + timedelta(days=1)
    assign_alert(store, company.manager, alerts["Haihe"], company.mate.person_id, due)
    agreed = Hands("Rep", until, Kept.MISSED)
    assert hands(store, alerts.values(), clock) == {alerts["Haihe"]: Hands("Mate", due, beside=agreed)}


def test_an_alert_about_an_overdue_step_has_what_was_agreed_on_about_the_step(store, clock):
    company = at_risk(store, clock)
    held = meeting(store, company)
    deal = deal_of(store, "Haihe")
    with store.writing() as session:
        step = Action(
            customer_id=customer_of(store, "Haihe"), opportunity_id=deal, owner_id=company.rep.person_id,
            type="solution_demo", status=ActionStatus.PLANNED, fields={},
            planned_for=clock.at - timedelta(days=1), recorded_at=clock.at - timedelta(days=2),
        )  # fmt: skip
        session.add(step)
        session.flush()
        late = Alert(
            key=f"next_step_overdue:{deal}:{step.id}", rule="next_step_overdue", severity=Severity.AMBER,
            opportunity_id=deal, params={"days": 1}, raised_at=clock.at,
        )  # fmt: skip
        session.add(late)
        session.flush()
        about, alert = step.id, late.id
    assign(store, company.manager, held, promise_to(store, company, clock, expects="step", about=about))
    assert list(hands(store, [alert], clock)) == [alert]


def test_what_was_done_before_it_was_agreed_on_anew_and_given_up_is_told_no_more(store, clock):
    company = at_risk(store, clock)
    held, deal = meeting(store, company), deal_of(store, "Haihe")
    with store.reading() as session:
        alert = session.scalars(select(Alert.id).where(Alert.opportunity_id == deal)).one()

    def agreed():
        clock.move(hours=1)
        return assign(store, company.manager, held, promise_to(store, company, clock, about=alert))

    first = clock.at + timedelta(hours=11)
    agreed()
    clock.move(hours=2)
    with store.writing() as session:
        session.add(
            Action(
                customer_id=customer_of(store, "Haihe"), opportunity_id=deal, owner_id=company.rep.person_id,
                type="solution_demo", status=ActionStatus.COMPLETED, fields={}, recorded_at=clock.at,
                started_at=clock.at - timedelta(hours=1), ended_at=clock.at,
            )
        )  # fmt: skip
    done = hands(store, [alert], clock)[alert]
    assert (done.who, done.until, done.agreed) == ("Rep", first, Kept.KEPT)
    assert (done.done.word, done.done.started_at) == ("solution_demo", clock.at - timedelta(hours=1))
    again = agreed()
    assert hands(store, [alert], clock)[alert].agreed is Kept.OPEN
    drop_commitment(store, company.manager, again, "Not before May")
    assert hands(store, [alert], clock) == {}
    take_up_commitment(store, company.manager, again)
    assert hands(store, [alert], clock)[alert].agreed is Kept.OPEN


def hands(store, alerts, clock):
    with store.reading() as session:
        return hands_of(session, list(alerts), clock.at)


def on_today(session, who, now):
    return next(group for group in today(session, who, now) if group.kind is Kind.RED).todos
