"""What a leaver looks after goes to a colleague: all of it, at once, and only by who manages people."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from core.messages import Invalid, NotAllowed, NotFound
from core.terms import Outcome
from data.commands.leaving import hand_over
from data.commands.opportunities import close_opportunity
from data.commands.people import activate_person
from data.notices import sentence
from data.queries.leaving import held
from data.schema import Action, Audit, Customer, Message, Opportunity, OpportunityChange
from tests.company import found


def planned(store, people):
    now = store.clock()
    with store.writing() as session:
        row = Action(
            type="appointment",
            status="planned",
            opportunity_id=people.opportunity,
            customer_id=people.customer,
            owner_id=people.rep.person_id,
            planned_for=now + timedelta(days=1),
            recorded_at=now,
            fields={},
        )
        session.add(row)
        session.flush()
        return row.id


def counts(store, people, whose):
    with store.reading() as session:
        theirs = held(session, people.admin, whose.person_id)
    return theirs.customers, theirs.opportunities, theirs.steps


def test_customers_open_opportunities_and_planned_steps_go_over(store):
    people = found(store)
    step = planned(store, people)
    assert counts(store, people, people.rep) == (1, 1, 1)
    hand_over(store, people.admin, people.rep.person_id, people.mate.person_id)
    assert counts(store, people, people.rep) == (0, 0, 0)
    assert counts(store, people, people.mate) == (1, 1, 1)
    heir = people.mate.person_id
    with store.reading() as session:
        assert session.get_one(Customer, people.customer).owner_id == heir
        assert session.get_one(Opportunity, people.opportunity).owner_id == heir
        assert session.get_one(Action, step).owner_id == heir
        assert session.get_one(Customer, people.strange_customer).owner_id == people.stranger.person_id
        moved = session.scalars(select(OpportunityChange).where(OpportunityChange.field == "owner_id")).all()
        assert [(m.opportunity_id, m.before, m.after) for m in moved] == [
            (people.opportunity, people.rep.person_id, heir)
        ]
        kept = session.scalar(select(Audit).where(Audit.command == "person.hand_over")).after
        assert (kept["owner_id"], kept["customer_ids"], kept["action_ids"]) == (
            heir,
            [people.customer],
            [step],
        )


def test_whoever_takes_over_is_told(sqlite_store):
    people = found(sqlite_store)
    hand_over(sqlite_store, people.admin, people.rep.person_id, people.mate.person_id)
    with sqlite_store.reading() as session:
        told = session.scalar(select(Message).where(Message.kind == "customers_handed_over"))
    assert (told.person_id, told.page) == (people.mate.person_id, "customers")
    title, body = sentence("en", told.kind, told.params)
    assert title == "Admin hands the customers of Rep over to you"
    assert body.startswith("Customers: 1. Open opportunities: 1. Planned steps: 0.")


def test_what_is_closed_stays_with_who_closed_it(store):
    people = found(store)
    close_opportunity(store, people.rep, people.opportunity, Outcome.WON)
    hand_over(store, people.admin, people.rep.person_id, people.mate.person_id)
    with store.reading() as session:
        assert session.get_one(Opportunity, people.opportunity).owner_id == people.rep.person_id
        assert session.get_one(Customer, people.customer).owner_id == people.mate.person_id


@pytest.mark.parametrize("heir", ["nobody", "themselves", "product", "locked out"])
def test_who_cannot_take_over_is_refused(sqlite_store, heir):
    people = found(sqlite_store)
    activate_person(sqlite_store, people.admin, people.mate.person_id, False)
    whom = {
        "nobody": None,
        "themselves": people.rep.person_id,
        "product": people.product.person_id,
        "locked out": people.mate.person_id,
    }[heir]
    with pytest.raises(Invalid) as refused:
        hand_over(sqlite_store, people.admin, people.rep.person_id, whom)
    assert [(p.field, p.code) for p in refused.value.problems] == [
        ("heir", "required" if whom is None else "unknown_person")
    ]
    assert counts(sqlite_store, people, people.rep) == (1, 1, 0)


def test_nothing_to_hand_over_is_said_and_nobody_else_may(sqlite_store):
    people = found(sqlite_store)
    rep, mate = people.rep.person_id, people.mate.person_id
    with pytest.raises(Invalid):
        hand_over(sqlite_store, people.admin, people.product.person_id, mate)
    with pytest.raises(NotFound):
        hand_over(sqlite_store, people.admin, 9999, mate)
    for who in (people.manager, people.director, people.stranger):
        with pytest.raises(NotAllowed):
            hand_over(sqlite_store, who, rep, mate)
        with sqlite_store.reading() as session, pytest.raises(NotAllowed):
            held(session, who, rep)
