"""The log names the customer whose record was changed, and is read in pages of what it is narrowed to."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from data.commands.alert_handling import resolve_alert
from data.commands.morning import assign, drop_commitment
from data.commands.people import create_team
from data.commands.talks import StepInput, agree, record_talk
from data.queries.audit_log import PAGE, AuditFilters, audit_choices, audit_log
from data.schema import Alert, Audit, Customer
from tests.company import found
from tests.data.test_board_query import plans
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


def test_the_log_is_read_in_pages_and_offers_what_was_done(store):
    made = Handover(store)
    made.ready()
    for n in range(PAGE + 1):
        create_team(store, made.people.admin, f"Team {n}")
    with store.reading() as session:
        now = store.clock()
        ids = [e.id for e in _pages(session, made.people.admin, AuditFilters(), now)]
        assert ids == list(session.scalars(select(Audit.id).order_by(Audit.at.desc(), Audit.id.desc())))
        teams = [e.command for e in _pages(session, made.people.admin, AuditFilters(entity="team"), now)]
        assert len(teams) > PAGE
        assert teams == ["team.create"] * len(teams)
        offered = audit_choices(session, made.people.admin).commands
        assert list(offered) == sorted(set(session.scalars(select(Audit.command))))


@pytest.mark.parametrize(
    "filters",
    [
        AuditFilters(),
        AuditFilters(person=1),
        AuditFilters(entity="action"),
        AuditFilters(command="action.record"),
        AuditFilters(entity="action", days=7),
        AuditFilters(command="action.record", days=7, before=1),
    ],
    ids=["all", "person", "entity", "command", "days", "before"],
)
def test_no_narrowing_sorts_what_there_is_of_a_kind(sqlite_store, filters):
    company = found(sqlite_store)
    now = sqlite_store.clock()
    steps = plans(sqlite_store, lambda session: audit_log(session, company.admin, filters, now))
    assert [step for step in steps if "ORDER BY" in step] == []


def _pages(session, who, filters, now):
    """The log's entries, page after page."""
    while True:
        log = audit_log(session, who, filters, now)
        yield from log.entries
        if log.earlier is None:
            return
        filters = replace(filters, before=log.earlier)
