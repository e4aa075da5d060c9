"""Projections equal their events, whether grown step by step or rebuilt at once."""

from sqlalchemy import update

from data.commands.actions import record_action
from data.commands.projections import differences
from data.schema import OpportunityState
from tests.company import found
from tests.data.test_record_action import done


def test_grown_state_equals_a_rebuild(store):
    people = found(store)
    last = None
    for hours_ago, type_ in ((50, "appointment"), (40, "solution_demo"), (30, "solution_demo")):
        action = done(store, type_, hours_ago=hours_ago, follows=last)
        last = record_action(store, people.rep, people.opportunity, action)
    with store.writing() as session:
        found_lines = [line for line in differences(session) if "strange" not in line]
    assert [line for line in found_lines if f"opportunity_state {people.opportunity}:" in line] == []


def test_a_wrong_projection_is_found(store):
    people = found(store)
    record_action(store, people.rep, people.opportunity, done(store, "appointment", hours_ago=2))
    with store.writing() as session:
        session.execute(update(OpportunityState).values(run_length=7))
    with store.writing() as session:
        assert any("opportunity_state" in line for line in differences(session))
