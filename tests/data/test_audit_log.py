"""The log names the customer whose record was changed."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from data.commands.alert_handling import resolve_alert
from data.commands.morning import assign, drop_commitment
from data.commands.talks import StepInput, agree, record_talk
from data.queries.audit_log import AuditFilters, audit_log
from data.schema import Alert, Customer
from tests.deliveries import Handover
from tests.morning import at_risk, customer_of, deal_of, meeting, promise_to


def _log(store, company, entity=None):
    with store.reading() as session:
        found = audit_log(session, company.admin, AuditFilters(entity=entity), store.clock())
    return [(e.command, e.name, e.customer_id) for e in found.entries]


def test_promises_demands_and_deliveries_name_their_customer(store):
    made = Handover(store)
    made.ready()
    with store.reading() as session:
        theirs = (session.get_one(Customer, made.people.customer).name, made.people.customer)
    for entity, commands in {
        "delivery": ["delivery.mark_ready"],
        "promise": ["promise.make"],
        "demand": ["demand.answer", "demand.file"],
    }.items():
        assert _log(store, made.people, entity) == [(command, *theirs) for command in commands]


def test_alerts_name_their_opportunitys_customer(store, clock):
    company = at_risk(store, clock)
    with store.reading() as session:
        alert = session.scalar(select(Alert.id).where(Alert.opportunity_id == deal_of(store, "Haihe")))
    resolve_alert(store, company.manager, alert, "Quoted")
    assert _log(store, company, "alert") == [("alert.resolve", "Haihe", customer_of(store, "Haihe"))]


def test_steps_agreed_in_meetings_and_talks_name_their_customer(store, clock):
    company = at_risk(store, clock)
    theirs = ("Haihe", customer_of(store, "Haihe"))
    held = meeting(store, company)
    kept = assign(store, company.manager, held, promise_to(store, company, clock))
    drop_commitment(store, company.manager, kept, "They are away")
    by_deal = promise_to(store, company, clock, customer_id=None, opportunity_id=deal_of(store, "Haihe"))
    assign(store, company.manager, held, by_deal)
    talk = record_talk(store, company.manager, company.rep.person_id, "Haihe first")
    due = clock.at + timedelta(days=2)
    for customer in (theirs[1], None):
        agree(store, company.manager, talk, StepInput("See them", due, customer))
    assert _log(store, company)[:6] == [
        ("talk.agree", "", None), ("talk.agree", *theirs), ("talk.record", "", None),
        ("morning.assign", *theirs), ("morning.drop", *theirs), ("morning.assign", *theirs),
    ]  # fmt: skip
