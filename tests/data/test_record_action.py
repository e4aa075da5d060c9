"""Recording through the store: what is written, what is refused, what follows from it."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from core.messages import Conflict, Invalid, NotAllowed, NotFound
from core.process.actions import ActionInput
from core.process.evidence import NextStep
from core.terms import ActionStatus, Outcome
from data.commands.actions import record_action
from data.commands.opportunities import open_opportunity
from data.queries.record import MOST_RECORDS, customer_facts
from data.schema import Action, Alert, Audit, Opportunity, OpportunityState, Stage
from tests.company import found

VALUES = {
    "appointment": {"purpose": "first talk", "attendees": [{"name": "Wu", "role": "buyer"}], "place": "site"},
    "needs_diagnosis": {
        "pain": "slow",
        "current_process": "paper",
        "budget": "500k",
        "decision_chain": "CEO",
    },
    "solution_demo": {"shown": "MES", "watchers": [{"name": "Wu", "role": "buyer"}], "reaction": "neutral"},
    "objection_handling": {"objection": "price", "response": "value", "resolution": "open"},
    "quote_confirmation": {
        "quote": {"amount": Decimal("1200.50"), "currency": "CNY"},
        "valid_until": date(2026, 4, 1),
        "terms": "30 days",
    },
}


def done(store, type_, *, hours_ago, **more) -> ActionInput:
    """A correct completed action that ended so many hours ago."""
    now = store.clock()
    values = {
        "started_at": now - timedelta(hours=hours_ago + 1),
        "ended_at": now - timedelta(hours=hours_ago),
        "summary": "They want it running by May.",
        "next_step": NextStep("solution_demo", now + timedelta(days=2), "show it"),
        "fields": VALUES[type_],
    }
    return ActionInput(type=type_, status=ActionStatus.COMPLETED, **(values | more))


def test_a_completed_action_moves_the_opportunity_and_plans_the_next_step(store):
    people = found(store)
    action_id = record_action(store, people.rep, people.opportunity, done(store, "appointment", hours_ago=1))
    with store.reading() as session:
        state = session.get_one(OpportunityState, people.opportunity)
        stage = session.get_one(Stage, state.stage_id).key
        step = session.get_one(Action, state.next_step_id)
        audits = session.scalars(select(Audit.entity_id).where(Audit.command == "action.record")).all()
    assert (stage, state.run_started_by, state.run_length) == ("appointment", action_id, 1)
    assert (step.type, step.status, step.note) == ("solution_demo", "planned", "show it")
    assert audits == [action_id]


def test_all_problems_come_at_once_and_nothing_is_written(store):
    people = found(store)
    empty = ActionInput(type="needs_diagnosis", status=ActionStatus.COMPLETED)
    with pytest.raises(Invalid) as refused:
        record_action(store, people.rep, people.opportunity, empty)
    assert {p.field for p in refused.value.problems} == {
        "started_at", "ended_at", "fields.pain", "fields.current_process", "fields.budget",
        "fields.decision_chain", "summary", "next_step",
    }  # fmt: skip
    with store.reading() as session:
        assert session.scalar(select(func.count()).select_from(Action)) == 0


def test_whoever_was_elsewhere_then_reads_with_which_customer_and_others_only_when(store):
    people = found(store)
    meeting = done(store, "appointment", hours_ago=1)
    record_action(store, people.rep, people.opportunity, meeting)
    other = open_opportunity(store, people.rep, people.customer, "Second line")
    times = {"start": meeting.started_at, "end": meeting.ended_at}
    for who, code, said in (
        (people.rep, "two_meetings_with", times | {"customer": "Haihe Pumps"}),
        (people.manager, "two_meetings_at_once", times),
    ):
        with pytest.raises(Invalid) as refused:
            record_action(store, who, other, meeting)
        assert (code, said) in [(p.code, p.params) for p in refused.value.problems]


def test_only_the_first_action_of_a_customer_needs_no_link(store):
    people = found(store)
    first = record_action(store, people.rep, people.opportunity, done(store, "appointment", hours_ago=20))
    with pytest.raises(Invalid) as refused:
        record_action(store, people.rep, people.opportunity, done(store, "solution_demo", hours_ago=10))
    assert [(p.field, p.code) for p in refused.value.problems] == [("follows", "link_required")]
    record_action(
        store, people.rep, people.opportunity, done(store, "solution_demo", hours_ago=10, follows=first)
    )


def test_three_demos_raise_one_alert_and_a_quote_clears_it(store):
    people = found(store)
    last = record_action(store, people.rep, people.opportunity, done(store, "appointment", hours_ago=50))
    for hours_ago in (40, 30, 20, 10):
        demo = done(store, "solution_demo", hours_ago=hours_ago, follows=last)
        last = record_action(store, people.rep, people.opportunity, demo)
    with store.reading() as session:
        alerts = session.scalars(select(Alert).where(Alert.severity == "red")).all()
    assert [(a.rule, a.cleared_at) for a in alerts] == [("demos_without_quote", None)]
    quote = done(store, "quote_confirmation", hours_ago=1, follows=last)
    record_action(store, people.rep, people.opportunity, quote)
    with store.reading() as session:
        cleared = session.scalars(select(Alert.cleared_at).where(Alert.severity == "red")).all()
        assert cleared == [store.clock()]
        assert session.get_one(Opportunity, people.opportunity).amount == Decimal("1200.5000")


def test_a_second_submit_with_the_same_key_writes_once(store):
    people = found(store)
    action = done(store, "appointment", hours_ago=1)
    ids = [record_action.once(store, people.rep, "draft-1", people.opportunity, action) for _ in range(3)]
    with store.reading() as session:
        written = session.scalar(select(func.count()).where(Action.status == "completed"))
    assert (len(set(ids)), written) == (1, 1)


def test_others_cannot_record_on_it(store):
    people = found(store)
    action = done(store, "appointment", hours_ago=1)
    for who, error in ((people.mate, NotFound), (people.stranger, NotFound), (people.product, NotAllowed)):
        with pytest.raises(error):
            record_action(store, who, people.opportunity, action)
    assert record_action(store, people.manager, people.opportunity, action)


def test_closing_takes_no_next_step_and_ends_the_opportunity(store):
    people = found(store)
    won = done(store, "quote_confirmation", hours_ago=1, outcome=Outcome.WON, next_step=None)
    record_action(store, people.rep, people.opportunity, won)
    with pytest.raises(Conflict):
        record_action(store, people.rep, people.opportunity, done(store, "appointment", hours_ago=0))
    with store.reading() as session:
        opportunity = session.get_one(Opportunity, people.opportunity)
    assert (opportunity.outcome, opportunity.closed_at) == ("won", won.ended_at)


def test_an_older_quote_that_is_written_down_late_does_not_take_the_later_one_s_place(sqlite_store):
    people = found(sqlite_store)
    kind, older = "quote_confirmation", {"quote": {"amount": Decimal(700), "currency": "USD"}}
    record_action(sqlite_store, people.rep, people.opportunity, done(sqlite_store, kind, hours_ago=2))
    late = done(sqlite_store, kind, hours_ago=30, fields=VALUES[kind] | older)
    record_action(sqlite_store, people.rep, people.opportunity, late)
    with sqlite_store.reading() as session:
        row = session.get_one(Opportunity, people.opportunity)
        assert (row.amount, row.currency) == (Decimal("1200.50"), "CNY")


def test_a_step_that_waits_is_offered_however_much_was_recorded_since(sqlite_store, clock):
    people = found(sqlite_store)
    other = open_opportunity(sqlite_store, people.rep, people.customer, "Second line")
    planned = ActionInput("solution_demo", ActionStatus.PLANNED, clock() + timedelta(hours=1))
    step = record_action(sqlite_store, people.rep, other, planned)
    clock.move(days=60)
    with sqlite_store.writing() as session:
        told = session.get_one(Action, step)
        common = {"customer_id": told.customer_id, "owner_id": told.owner_id, "fields": {}}
        session.add_all(
            Action(
                type="appointment",
                status="completed",
                opportunity_id=people.opportunity,
                recorded_at=clock(),
                started_at=clock() - timedelta(hours=n + 1),
                ended_at=clock() - timedelta(hours=n),
                **common,
            )
            for n in range(MOST_RECORDS)
        )
    with sqlite_store.reading() as session:
        facts = customer_facts(session, people.rep, people.customer)
    assert [s.id for s in facts.steps] == [step]
    assert len(facts.records) == MOST_RECORDS
