"""What a leaver looks after goes to a colleague: all of it, at once, and only by who manages people."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from core.customers import CustomerInput
from core.messages import Conflict, Invalid, NotAllowed, NotFound
from core.terms import Outcome, Role
from data.commands.alert_handling import assign_alert
from data.commands.customers import assign_customer, open_customer
from data.commands.leaving import bring_back, hand_over
from data.commands.morning import CommitmentInput, assign
from data.commands.opportunities import close_opportunity
from data.commands.people import activate_person
from data.commands.projections import differences, rebuild
from data.commands.room_work import add_task, finish_task
from data.notices import sentence
from data.queries.customers import Filters, customer_list
from data.queries.leaving import given_away, held
from data.queries.timeline import timeline
from data.schema import (
    Action,
    Alert,
    Audit,
    CoachingTask,
    CollaborationReport,
    Commitment,
    Customer,
    Message,
    Opportunity,
    OpportunityChange,
    RoomMember,
    RoomTask,
    RootCause,
)
from tests.company import found
from tests.morning import at_risk, meeting
from tests.rooms import joined, room_of


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
        theirs = held(session, people.admin, whose.person_id, store.clock()).counts
    return tuple(theirs.get(kind, 0) for kind in ("customers", "opportunities", "steps"))


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
            held(session, who, rep, sqlite_store.clock())


def duties(store, people, whose):
    with store.reading() as session:
        theirs = held(session, people.admin, whose.person_id, store.clock()).counts
    return {kind: n for kind, n in theirs.items() if kind not in ("customers", "opportunities", "steps")}


def coached(store, rep, coach):
    """A coaching task about `rep` in the hands of `coach`."""
    with store.writing() as session:
        session.add(
            CoachingTask(
                cause=f"deviation:firebreak:{rep.person_id}:2026-01-01",
                rep_id=rep.person_id,
                owner_id=coach.person_id,
                figures=[],
                due_on=store.clock().date(),
                opened_at=store.clock(),
            )
        )


def looked_into(store, people, owner):
    """A root-cause analysis about the rep's team in somebody's hands."""
    now = store.clock()
    with store.writing() as session:
        report = CollaborationReport(
            quarter_start=now.date(), timezone="UTC", as_of=now, issued_at=now, figures={}
        )
        session.add(report)
        session.flush()
        session.add(
            RootCause(
                key="answer_hours",
                report_id=report.id,
                team_id=people.rep.team_id,
                evidence={},
                opened_at=now,
                owner_id=owner.person_id,
            )
        )


def test_tasks_commitments_and_alerts_go_over_with_the_place_in_the_room(store, clock):
    people = at_risk(store, clock)
    soon = store.clock() + timedelta(hours=3)
    room = room_of(store, people)
    task, done = (
        add_task(store, people.manager, room, t, people.rep.person_id, soon) for t in ("ask", "call")
    )
    finish_task(store, people.rep, done)
    given = CommitmentInput("send the quote", people.rep.person_id, soon, people.customer)
    agreed = assign(store, people.manager, meeting(store, people), given)
    with store.reading() as session:
        alert = session.scalar(select(Alert.id).where(Alert.key == "other"))
    assign_alert(store, people.director, alert, people.rep.person_id)
    theirs = {"rooms": 1, "tasks": 1, "alerts": 1, "commitments": 1}
    assert duties(store, people, people.rep) == theirs
    hand_over(store, people.admin, people.rep.person_id, people.mate.person_id)
    assert duties(store, people, people.rep) == {}
    assert duties(store, people, people.mate) == theirs
    heir = people.mate.person_id
    with store.reading() as session:
        assert session.get_one(RoomTask, task).owner_id == heir
        assert session.get_one(RoomTask, done).owner_id == people.rep.person_id  # what was done stays theirs
        assert session.get_one(Commitment, agreed).owner_id == heir
        assert session.get_one(Alert, alert).assigned_to_id == heir
        places = select(RoomMember.person_id, RoomMember.why).where(RoomMember.left_at.is_(None))
        there = {row.person_id: row.why for row in session.execute(places.where(RoomMember.room_id == room))}
        assert there[heir] == "owner"
        assert people.rep.person_id not in there
        kept = session.scalar(select(Audit).where(Audit.command == "person.hand_over")).after
        assert {kind: kept[kind] for kind in theirs} == theirs
        told = session.scalar(select(Message).where(Message.kind == "duties_handed_over"))
    assert (told.person_id, told.page) == (heir, "today")
    assert sentence("en", told.kind, told.params)[1].startswith(
        "Rooms: 1. Tasks in them: 1. Commitments of morning meetings: 1. Alerts: 1."
    )


@pytest.mark.parametrize("was_there", [False, True])
def test_duties_are_brought_back_and_who_was_in_the_room_before_stays(store, clock, was_there):
    people = at_risk(store, clock)
    soon = store.clock() + timedelta(hours=3)
    room = room_of(store, people)
    add_task(store, people.manager, room, "ask", people.rep.person_id, soon)
    given = CommitmentInput("send the quote", people.rep.person_id, soon, people.customer)
    assign(store, people.manager, meeting(store, people), given)
    heir, own = people.mate.person_id, people.rep.person_id
    if was_there:
        with store.writing() as session:
            session.add(RoomMember(room_id=room, person_id=heir, why="added", joined_at=store.clock()))
    before = duties(store, people, people.mate)
    hand_over(store, people.admin, own, heir)
    with store.reading() as session:
        (past,) = given_away(session, people.admin, own, store.clock())
    assert {k: past.counts[k] for k in ("rooms", "tasks", "commitments")} == dict(
        rooms=1, tasks=1, commitments=1
    )
    bring_back(store, people.admin, past.id)
    assert duties(store, people, people.rep) == {"rooms": 1, "tasks": 1, "commitments": 1}
    assert duties(store, people, people.mate) == before
    with store.reading() as session:
        log = session.scalar(select(Audit).where(Audit.command == "person.bring_back"))
    assert {k: log.after[k] for k in ("rooms", "tasks", "commitments")} == dict(
        rooms=1, tasks=1, commitments=1
    )


def test_coaching_and_analyses_go_to_those_who_may_and_stay_otherwise(store):
    people = found(store)
    coached(store, people.rep, people.manager)
    looked_into(store, people, people.manager)
    theirs = {"coaching": 1, "analyses": 1}
    with pytest.raises(Invalid) as refused:
        hand_over(store, people.admin, people.manager.person_id, people.mate.person_id)
    assert [p.code for p in refused.value.problems] == ["nothing_to_hand_over"]
    assert duties(store, people, people.manager) == theirs
    heir = joined(store, "lead", Role.MANAGER, people.manager.team_id)
    hand_over(store, people.admin, people.manager.person_id, heir.person_id)
    assert (duties(store, people, people.manager), duties(store, people, heir)) == ({}, theirs)
    with store.reading() as session:
        kinds = set(session.scalars(select(Message.kind).where(Message.person_id == heir.person_id)))
    assert kinds == {"duties_handed_over"}  # no customers, so none are told


def test_nobody_coaches_themselves(sqlite_store):
    people = found(sqlite_store)
    lead = joined(sqlite_store, "lead", Role.MANAGER, people.manager.team_id)
    coached(sqlite_store, lead, people.manager)
    with pytest.raises(Invalid):
        hand_over(sqlite_store, people.admin, people.manager.person_id, lead.person_id)


def test_what_product_has_in_hand_goes_to_product_and_no_customer_does(sqlite_store):
    people = found(sqlite_store)
    other = joined(sqlite_store, "planner", Role.PRODUCT)
    looked_into(sqlite_store, people, people.product)
    with sqlite_store.reading() as session:
        heirs = {
            whose: {i for i, *_ in held(session, people.admin, whose.person_id, sqlite_store.clock()).heirs}
            for whose in (people.product, people.rep)
        }
    assert other.person_id in heirs[people.product]
    assert other.person_id not in heirs[people.rep]
    hand_over(sqlite_store, people.admin, people.product.person_id, other.person_id)
    assert duties(sqlite_store, people, other) == {"analyses": 1}
    with sqlite_store.writing() as session:
        session.get_one(Customer, people.customer).owner_id = people.product.person_id
    with pytest.raises(Invalid) as refused:
        hand_over(sqlite_store, people.admin, people.product.person_id, other.person_id)
    assert [p.code for p in refused.value.problems] == ["unknown_person"]


HEIRS = {
    "rep": {"mate", "stranger", "manager"},
    "manager": {"rep", "mate", "stranger"},
    "delivery": {"manager", "director"},
    "product": {"manager", "director"},
    "director": {"manager"},
}


@pytest.mark.parametrize("leaver", HEIRS)
def test_who_is_offered_as_heir(sqlite_store, leaver):
    people = found(sqlite_store)
    known = {
        getattr(people, role).person_id: role
        for role in (*HEIRS, "mate", "stranger", "admin", "store_manager")
    }
    with sqlite_store.reading() as session:
        offered = held(session, people.admin, getattr(people, leaver).person_id, sqlite_store.clock()).heirs
    assert {known[key] for key, *_ in offered} == HEIRS[leaver]


def test_the_customers_timeline_says_from_whom_to_whom(store):
    people = found(store)

    def told(customer, **narrowed):
        with store.reading() as session:
            events = timeline(session, people.director, customer, **narrowed).events
        changes = [e.change for e in events if e.change and e.change.command == "person.hand_over"]
        return [[(c.field, c.before, c.after) for c in change.changes] for change in changes]

    hand_over(store, people.admin, people.rep.person_id, people.mate.person_id)
    over = [[("owner_id", "Rep", "Mate")]]
    assert told(people.customer) == over
    assert told(people.customer, opportunity=people.opportunity) == over
    assert told(people.strange_customer) == []
    assert told(people.strange_customer, opportunity=people.strange_opportunity) == []
    assert told(people.customer, opportunity=people.strange_opportunity) == []


def listed(store, who, audit_id):
    with store.reading() as session:
        found = customer_list(session, who, Filters(handed=audit_id), store.clock())
    return [row.id for row in found.rows]


def log_of(store, command="person.hand_over"):
    with store.reading() as session:
        return session.scalars(select(Audit).where(Audit.command == command)).one()


def test_the_message_opens_exactly_what_went_over(store):
    people = found(store)
    own = open_customer(store, people.mate, CustomerInput("Mate's own"))
    hand_over(store, people.admin, people.rep.person_id, people.mate.person_id)
    with store.reading() as session:
        told = session.scalar(select(Message).where(Message.kind == "customers_handed_over"))
    assert told.query == {"handed": log_of(store).id}
    assert listed(store, people.mate, log_of(store).id) == [people.customer]
    assert own in listed(store, people.mate, None)
    assert listed(store, people.stranger, log_of(store).id) == []  # who does not see them still does not


def test_an_opportunity_of_a_colleagues_customer_opens_that_customer(store):
    people = found(store)
    with store.writing() as session:
        session.get_one(Customer, people.customer).owner_id = people.manager.person_id
    hand_over(store, people.admin, people.rep.person_id, people.mate.person_id)
    assert log_of(store).after["customer_ids"] == []
    assert listed(store, people.manager, log_of(store).id) == [people.customer]


def test_a_hand_over_is_brought_back_as_far_as_it_is_still_the_others(store):
    people = found(store)
    with store.writing() as session:
        rebuild(session)
    step, gone = planned(store, people), open_customer(store, people.rep, CustomerInput("Gone on"))
    hand_over(store, people.admin, people.rep.person_id, people.mate.person_id)
    assign_customer(store, people.director, gone, people.stranger.person_id)
    with store.reading() as session:
        (given,) = given_away(session, people.admin, people.rep.person_id, store.clock())
    assert (given.heir, given.counts) == ("Mate", {"customers": 2, "opportunities": 1, "steps": 1})
    assert bring_back(store, people.admin, given.id) == people.rep.person_id
    assert counts(store, people, people.rep) == (1, 1, 1)
    with store.reading() as session:
        assert session.get_one(Action, step).owner_id == people.rep.person_id
        assert session.get_one(Customer, gone).owner_id == people.stranger.person_id
        assert given_away(session, people.admin, people.rep.person_id, store.clock()) == ()
        lines = [e.change for e in timeline(session, people.rep, people.customer).events if e.change]
        back = next(line for line in lines if line.command == "person.bring_back")
        assert [(c.before, c.after) for c in back.changes] == [("Mate", "Rep")]
        assert differences(session) == []
    with pytest.raises(Conflict) as refused:
        bring_back(store, people.admin, given.id)
    assert refused.value.code == "undone_already"


def test_what_went_on_or_whose_giver_is_locked_out_is_not_brought_back(sqlite_store):
    store, people = sqlite_store, found(sqlite_store)
    rep, mate = people.rep.person_id, people.mate.person_id
    hand_over(store, people.admin, rep, mate)
    first = log_of(store).id
    activate_person(store, people.admin, rep, False)
    with pytest.raises(Conflict) as refused:
        bring_back(store, people.admin, first)
    assert refused.value.code == "looks_after_nobody"
    activate_person(store, people.admin, rep, True)
    hand_over(store, people.admin, mate, people.stranger.person_id)
    with pytest.raises(Conflict) as refused:
        bring_back(store, people.admin, first)
    assert refused.value.code == "nothing_to_bring_back"
    with pytest.raises(NotFound):
        bring_back(store, people.admin, 9999)
    with sqlite_store.reading() as session, pytest.raises(NotAllowed):
        given_away(session, people.director, rep, store.clock())
