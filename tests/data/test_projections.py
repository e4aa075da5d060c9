"""Projections equal their events, whether grown step by step or rebuilt at once."""

from concurrent.futures import ThreadPoolExecutor, wait

from sqlalchemy import update

from data.commands.actions import record_action
from data.commands.opportunities import open_opportunity
from data.commands.projections import differences, rebuild
from data.schema import CustomerState, OpportunityState
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


def test_two_who_write_of_one_customer_at_once_are_both_counted(store):
    """The second cannot see what the first has not committed yet: it waits."""
    people = found(store)
    other = open_opportunity(store, people.rep, people.customer, "Second line")
    with store.writing() as session:
        rebuild(session)  # of what was written past the commands
    with ThreadPoolExecutor(1) as pool:
        with store.batch():
            record_action(store, people.rep, people.opportunity, done(store, "appointment", hours_ago=2))
            second = pool.submit(
                record_action, store, people.rep, other, done(store, "appointment", hours_ago=9)
            )
            wait([second], timeout=0.3)
            assert not second.done()
        second.result()
    with store.writing() as session:
        assert differences(session) == []
        session.rollback()
    with store.reading() as session:
        assert session.get_one(CustomerState, people.customer).actions == 2
