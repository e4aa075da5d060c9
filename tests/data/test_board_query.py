"""The board's numbers: equal to their definitions, within scope, adding up to the rows behind them."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from core.process.metrics import (
    COMPLETION_DAYS,
    DWELL_DAYS,
    PlannedAction,
    advances,
    completion_rate,
    dwell_by_stage,
    finished_runs,
    is_due,
)
from core.process.stages import BENCHMARK_DAYS, STAGES, StageEvent
from core.terms import ActionStatus
from data.commands.actions import record_action
from data.queries.board import board
from data.queries.board_ask import Ask, By
from data.queries.board_choices import choices, version
from data.queries.board_rows import due_actions, open_opportunities, stage_runs
from data.schema import Opportunity, Pipeline, Stage
from tests.company import found
from tests.data.test_record_action import done
from tests.history import day, demo_step, opportunity, planned, settle

NOW = day(200)


def random_events(chance: random.Random) -> list[StageEvent]:
    return [
        StageEvent(
            chance.choice(STAGES), day(chance.choice([chance.uniform(0, 205), chance.randint(0, 205)])), n
        )
        for n in range(chance.randint(0, 12))
    ]


def random_action(chance: random.Random, events: list[StageEvent]) -> PlannedAction:
    status = chance.choice(list(ActionStatus))
    at = day(chance.uniform(160, 205))
    closed = None if status is ActionStatus.PLANNED else at + timedelta(days=chance.uniform(-3, 3))
    closed = chance.choice([closed, closed, None])
    return demo_step(events, status, at, closed)


def random_company(store, people, chance):
    """Opportunities of three reps with random histories; what each is made of, by id."""
    owners = [people.rep, people.mate, people.stranger]
    made = {}
    for n in range(40):
        owner, events = chance.choice(owners), random_events(chance)
        money = {"currency": chance.choice(["CNY", "USD"]), "amount": Decimal(chance.randint(0, 99_999)) / 4}
        outcome = chance.choice(["open", "open", "won", "lost"])
        customer = people.customer if owner is people.rep else None
        closed = None if outcome == "open" else day(chance.uniform(0, 205))
        given = {"outcome": outcome, "closed_at": closed, "customer_id": customer, **money}
        made_id = opportunity(store, owner.person_id, events, name=f"O{n}", **given)
        actions = [random_action(chance, events) for _ in range(chance.randint(0, 4))]
        for action in actions:
            planned(store, owner.person_id, made_id, action)
        made[made_id] = (owner, events, actions, outcome, money, closed)
    settle(store)
    return made


@pytest.mark.parametrize("seed", range(3))
def test_every_number_equals_its_definition(store, clock, seed):
    clock.at = NOW
    people = found(store)
    made = random_company(store, people, random.Random(seed))
    with store.reading() as session:
        for who, owners in (
            (people.director, (people.rep, people.mate, people.stranger)),
            (people.manager, (people.rep, people.mate)),
        ):
            mine = [case for case in made.values() if case[0] in owners]
            shown = board(session, who, Ask(NOW))
            since = NOW - timedelta(days=DWELL_DAYS)
            dwell = dwell_by_stage([run for case in mine for run in stays(case)], since, NOW)
            told = {s.key: s.dwell for s in shown.stages if s.dwell}
            assert {k: d.runs for k, d in told.items()} == {k: d.runs for k, d in dwell.items()}
            assert {k: d.median_days for k, d in told.items()} == pytest.approx(
                {k: d.median_days for k, d in dwell.items()}, abs=1e-6
            )
            window = [a for c in mine for a in c[2] if a.planned_for > NOW - timedelta(days=COMPLETION_DAYS)]
            assert shown.completion.rate == pytest.approx(completion_rate(window, NOW))
            assert shown.completion.due == sum(is_due(a, NOW) for a in window)
            check_standing(shown, mine, extra=len({people.rep, people.stranger} & set(owners)))


def stays(case):
    return finished_runs(case[1], won_at=case[5] if case[3] == "won" else None)


def check_standing(shown, mine, extra):
    """Where open opportunities stand; `extra` are the company's own, without an event."""
    reached = [advances(c[1]) for c in mine if c[3] == "open"]
    stands = [r[-1] if r else None for r in reached]
    by_stage = Counter(s.stage if s else "none" for s in stands)
    by_stage["none"] += extra
    assert {s.key: s.open for s in shown.stages if s.open} == dict(by_stage)
    past = Counter(
        s.stage for s in stands if s and NOW - s.happened_at > timedelta(days=BENCHMARK_DAYS[s.stage])
    )
    assert {s.key: s.past for s in shown.stages if s.past} == dict(past)
    money = defaultdict(Decimal)
    for case in mine:
        if case[3] == "open":
            money[case[4]["currency"]] += case[4]["amount"]
    assert dict(shown.money) == dict(money)


@pytest.mark.parametrize("by", By)
def test_numbers_add_up_to_the_rows_behind_them(store, clock, by):
    clock.at = NOW
    people = found(store)
    random_company(store, people, random.Random(7))
    ask = Ask(NOW, by)
    with store.reading() as session:
        shown = board(session, people.director, ask)
        assert (
            sum(g.open for g in shown.groups)
            == shown.open
            == open_opportunities(session, people.director, ask).total
        )
        assert (
            sum(g.past for g in shown.groups)
            == shown.past
            == open_opportunities(session, people.director, ask, past=True).total
        )
        due = due_actions(session, people.director, ask)
        assert (due.total, sum(line.done for line in due.lines)) == (
            shown.completion.due,
            shown.completion.completed,
        )
        for line in shown.stages:
            at_stage = replace(ask, stage=line.key)
            assert open_opportunities(session, people.director, at_stage).total == line.open
            assert stage_runs(session, people.director, at_stage).total == (
                line.dwell.runs if line.dwell else 0
            )
        for group in shown.groups:
            behind = open_opportunities(session, people.director, replace(ask, pick=group.id))
            assert behind.total == group.open == sum(group.by_stage)
            assert sum(line.past for line in behind.lines) == group.past
            assert sum(line.next_step_at is None for line in behind.lines) == group.without_step
            longest = max(
                behind.lines,
                key=lambda o: ((o.dwell_days or 0) / (o.benchmark_days or 1), o.dwell_days or 0),
            )
            assert group.longest_days == longest.dwell_days
            sums = defaultdict(Decimal)
            for line in behind.lines:
                if line.amount is not None:
                    sums[line.currency] += line.amount
            assert dict(group.money) == dict(sums)


def test_a_filter_narrows_and_never_widens(store, clock):
    clock.at = NOW
    people = found(store)
    random_company(store, people, random.Random(3))
    with store.reading() as session:
        own = board(session, people.manager, Ask(NOW))
        foreign = board(session, people.manager, Ask(NOW, team=people.stranger.team_id))
        one = board(session, people.manager, Ask(NOW, rep=people.rep.person_id))
        whole = board(session, people.director, Ask(NOW))
        rows = open_opportunities(
            session, people.manager, Ask(NOW, by=By.REP, pick=people.stranger.person_id)
        )
    assert (foreign.open, foreign.completion.due, foreign.groups, rows.total) == (0, 0, (), 0)
    assert [g.name for g in one.groups] == ["Rep"]
    assert {g.name for g in own.groups} == {"Rep", "Mate"}
    assert one.open < own.open < whole.open


@pytest.mark.parametrize("role", ["rep", "product", "delivery", "store_manager", "admin"])
def test_others_see_no_row(store, role):
    people = found(store)
    settle(store)
    with store.reading() as session:
        who = getattr(people, role)
        assert board(session, who, Ask(store.clock())).open == 0
        assert choices(session, who).reps == ()


def test_the_red_list_says_who_and_why(store, clock):
    people = found(store)
    last = record_action(store, people.rep, people.opportunity, done(store, "appointment", hours_ago=60))
    for hours_ago in (40, 30, 20):
        demo = done(store, "solution_demo", hours_ago=hours_ago, follows=last)
        last = record_action(store, people.rep, people.opportunity, demo)
    with store.reading() as session:
        shown = board(session, people.manager, Ask(store.clock()))
        elsewhere = board(session, people.director, Ask(store.clock(), team=people.stranger.team_id))
    assert [(a.rule, a.customer, a.rep, a.params["demos"]) for a in shown.red.lines] == [
        ("demos_without_quote", "Haihe Pumps", "Rep", 3)
    ]
    assert (shown.red.total, shown.groups[0].alerts, elsewhere.red.total) == (1, 1, 0)
    quote = done(store, "quote_confirmation", hours_ago=1, follows=last)
    record_action(store, people.rep, people.opportunity, quote)
    with store.reading() as session:
        assert board(session, people.manager, Ask(store.clock())).red.lines == ()


def test_an_imported_pipeline_is_a_board_with_its_own_stages(store, clock):
    people = found(store)
    with store.writing() as session:
        pipeline = Pipeline(key="gtx", name="GTX Pro")
        session.add(pipeline)
        session.flush()
        session.add(Stage(pipeline_id=pipeline.id, key="Engaging", position=0))
        session.add(
            Opportunity(
                pipeline_id=pipeline.id, name="Deal", currency="USD", amount=Decimal(5), recorded_at=clock.at
            )
        )
    settle(store)
    with store.reading() as session:
        shown = board(session, people.director, Ask(clock.at, pipeline="gtx"))
        own = board(session, people.director, Ask(clock.at))
        listed = [(c.key, c.count) for c in choices(session, people.director).pipelines]
        unseen = board(session, people.manager, Ask(clock.at, pipeline="gtx"))
    assert [s.key for s in shown.stages] == ["Engaging", "none"]
    assert (shown.money, own.money) == ((("USD", Decimal(5)),), ())
    assert [(g.id, g.name) for g in shown.groups] == [(0, None)]
    assert listed == [("firebreak", 2), ("gtx", 1)]
    assert unseen.open == 0


def test_the_version_moves_with_changes_that_concern_the_asker(store):
    people = found(store)
    with store.reading() as session:
        mine, yours = version(session, people.manager), version(session, people.stranger)
    record_action(store, people.rep, people.opportunity, done(store, "appointment", hours_ago=1))
    with store.reading() as session:
        assert version(session, people.manager, mine[0]) != mine
        assert version(session, people.stranger, yours[0]) == yours
        assert version(session, people.director, mine[0])[1] == 1


def plans(store, query) -> list[str]:
    """SQLite's plan of every statement that a query runs."""
    statements: list[str] = []
    with store.reading() as session:
        connection = session.connection().connection.driver_connection
        connection.set_trace_callback(statements.append)
        query(session)
        connection.set_trace_callback(None)
        asked = [s for s in statements if s.startswith(("SELECT", "WITH"))]
        return [row[3] for s in asked for row in connection.execute(f"EXPLAIN QUERY PLAN {s}")]


def test_what_is_long_past_costs_nothing(sqlite_store, clock):
    """Actions and stage events are read through indexes, never as whole tables: the company's by their
    windows, a team's from its own opportunities."""
    clock.at = NOW
    people = found(sqlite_store)
    random_company(sqlite_store, people, random.Random(1))
    for who in (people.director, people.manager):
        steps = plans(sqlite_store, lambda session, who=who: board(session, who, Ask(NOW)))
        assert [s for s in steps if s.startswith("SCAN") and {"action", "stage_event"} & set(s.split())] == []
        if who is people.director:
            assert any(
                "ix_stage_event_happened_at_stage_event_opportunity_id (happened_at>" in s for s in steps
            )
            assert any("planned_for>" in s for s in steps)
        else:
            assert any("ix_opportunity_owner_id_opportunity_outcome (owner_id=?" in s for s in steps)
