"""Projections equal their events, whether grown step by step or rebuilt at once."""

from concurrent.futures import ThreadPoolExecutor, wait
from datetime import timedelta
from random import Random

from sqlalchemy import select, update

from core.process.stages import PIPELINE, STAGES, StageEvent, standing
from data import schema
from data.commands.actions import record_action
from data.commands.opportunities import open_opportunity
from data.commands.projections import differences, project_opportunities, rebuild
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


def test_state_equals_the_reference(store):
    """The present run in SQL and in plain Python, over logs with repeats, steps back and equal instants."""
    draw, begun = Random(7), store.clock() - timedelta(days=40)
    logs = [[(draw.choice(STAGES), draw.randrange(6)) for _ in range(n)] for n in (0, 1, 1, 3, 5, 5, 8, 8)]
    logs.append([("solution_demo", n) for n in range(4)])
    with store.writing() as session:
        pipeline = session.scalars(select(schema.Pipeline.id).where(schema.Pipeline.key == PIPELINE)).one()
        stages = dict(
            session.execute(
                select(schema.Stage.key, schema.Stage.id).where(schema.Stage.pipeline_id == pipeline)
            ).all()
        )
        expected = {}
        for name, log in enumerate(logs):
            deal = schema.Opportunity(
                pipeline_id=pipeline, name=str(name), currency="CNY", outcome="open", recorded_at=begun
            )
            session.add(deal)
            session.flush()
            events = [StageEvent(stage, begun + timedelta(days=day), n) for n, (stage, day) in enumerate(log)]
            session.add_all(
                schema.StageEvent(
                    opportunity_id=deal.id, stage_id=stages[e.stage],
                    happened_at=e.happened_at, recorded_at=e.happened_at,
                )
                for e in events
            )  # fmt: skip
            session.flush()
            expected[deal.id] = standing(events)
        project_opportunities(session)
        for deal_id, stood in expected.items():
            kept = session.get_one(OpportunityState, deal_id)
            if stood is None:
                assert (kept.stage_id, kept.run_length, kept.events) == (None, 0, 0)
            else:
                assert (kept.stage_id, kept.stage_since, kept.run_length, kept.events) == (
                    stages[stood.stage], stood.since, stood.run_length, stood.events
                )  # fmt: skip


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
