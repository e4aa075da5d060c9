"""The board's weeks, points and cells: equal to their definitions, and no empty action moves them."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta
from statistics import median

import pytest

from core.process.funnel import funnel
from core.process.metrics import advances, is_due, is_kept
from core.process.stages import BENCHMARK_DAYS, STAGES
from core.process.weeks import week_starts
from core.terms import ActionStatus
from data.commands.projections import project_opportunities
from data.queries.board import board
from data.queries.board_ask import Ask
from data.queries.board_flow import funnel_steps, weeks
from data.queries.board_points import points
from data.queries.board_rows import ROWS, due_actions, timed_runs
from data.schema import Action, Opportunity, Pipeline, Stage, StageEvent
from tests.company import found
from tests.data.test_board_query import NOW, random_company, stays
from tests.history import day, opportunity, settle

STARTS = week_starts(NOW, "Asia/Shanghai", 8)
TEAM = ("rep", "mate")


def team_cases(people, made):
    return [case for case in made.values() if case[0] in {getattr(people, name) for name in TEAM}]


@pytest.mark.parametrize("seed", range(2))
def test_every_week_equals_its_definition(store, clock, seed):
    clock.at = NOW
    people = found(store)
    cases = team_cases(people, random_company(store, people, random.Random(seed)))
    with store.reading() as session:
        shown = weeks(session, people.manager, Ask(NOW), STARTS)
        steps = funnel_steps(session, people.manager, Ask(NOW))
    assert [(w.since, w.until) for w in shown] == list(zip(STARTS, (*STARTS[1:], NOW), strict=True))
    for week in shown:
        due = [a for c in cases for a in c[2] if week.since < a.planned_for <= week.until and is_due(a, NOW)]
        assert (week.due, week.completed) == (len(due), sum(map(is_kept, due)))
        times = [
            run.days / BENCHMARK_DAYS[run.stage]
            for case in cases
            for run in stays(case)
            if week.since < run.ended_at <= week.until
        ]
        assert week.runs == len(times)
        assert week.times_benchmark == (pytest.approx(median(times), abs=1e-5) if times else None)
    assert any(w.due for w in shown)
    assert any(w.runs for w in shown)
    assert steps == funnel([(case[1], case[3]) for case in cases], NOW)


def test_rows_behind_weeks_points_and_cells(store, clock):
    clock.at = NOW
    people = found(store)
    random_company(store, people, random.Random(11))
    ask = Ask(NOW)
    with store.reading() as session:
        shown = board(session, people.director, ask)
        for week in weeks(session, people.director, ask, STARTS):
            span = replace(ask, window=(week.since, week.until))
            due, runs = (rows(session, people.director, span) for rows in (due_actions, timed_runs))
            assert (due.total, sum(d.done for d in due.lines), runs.total) == (
                week.due,
                week.completed,
                week.runs,
            )
        for group in shown.groups:
            for place, line in enumerate(shown.stages):
                cell = replace(ask, pick=group.id, stage=line.key)
                told = tuple(ROWS[show](session, people.director, cell).total for show in ("open", "past"))
                assert told == (group.by_stage[place], group.past_by_stage[place])
            red = ROWS["red"](session, people.director, replace(ask, pick=group.id))
            assert red.total == group.alerts
        found_points = points(session, people.director, ask)
        assert found_points.total == shown.open - shown.stages[-1].open  # those that have not begun
        for point in found_points.points:
            one = ROWS["open"](session, people.director, replace(ask, opportunity=point.opportunity_id))
            assert [(o.opportunity_id, o.dwell_days, o.past) for o in one.lines] == [
                (point.opportunity_id, point.dwell_days, point.past)
            ]


@pytest.mark.parametrize("show", ROWS)
def test_no_row_of_another_team(store, clock, show):
    clock.at = NOW
    people = found(store)
    made = random_company(store, people, random.Random(5))
    theirs = {f"O{n}" for n, case in enumerate(made.values()) if case[0] is people.stranger}
    with store.reading() as session:
        lines = ROWS[show](session, people.manager, Ask(NOW)).lines
        assert {line.opportunity for line in lines} & theirs == set()
        assert ROWS[show](session, people.rep, Ask(NOW)).total == 0
        assert points(session, people.rep, Ask(NOW)).total == 0


def picture(store, who):
    """All measures of the board that a record could improve."""
    with store.reading() as session:
        shown = board(session, who, Ask(NOW))
        groups = sorted((g.id, g.past, g.by_stage, g.past_by_stage, g.completion) for g in shown.groups)
        return (
            (shown.past, shown.completion, shown.stages, groups),
            funnel_steps(session, who, Ask(NOW)),
            weeks(session, who, Ask(NOW), STARTS),
            points(session, who, Ask(NOW)),
        )


@pytest.mark.parametrize("seed", range(3))
def test_logging_many_empty_actions_improves_nothing(store, clock, seed):
    """Records that take nothing further, some in place of a planned step, leave every number as it was."""
    clock.at, chance = NOW, random.Random(seed)
    people = found(store)
    made = random_company(store, people, chance)
    before = picture(store, people.director)
    with store.writing() as session:
        pipeline = session.query(Pipeline.id).filter_by(key="firebreak").scalar()
        stages = {s.key: s.id for s in session.query(Stage).filter_by(pipeline_id=pipeline)}
        for number, case in made.items():
            reached = advances(case[1])
            for _ in range(20 if reached else 0):
                at = chance.uniform(0, 1) * (NOW - reached[0].happened_at) + reached[0].happened_at
                furthest = max(STAGES.index(e.stage) for e in reached if e.happened_at <= at)
                stage = stages[STAGES[chance.randint(0, furthest)]]
                session.add(
                    StageEvent(opportunity_id=number, stage_id=stage, happened_at=at, recorded_at=NOW)
                )
            left = session.query(Action).filter_by(opportunity_id=number, status=ActionStatus.PLANNED)
            for step in left:
                done_at = step.planned_for + timedelta(days=chance.uniform(0, 3))
                place = STAGES.index(step.type)
                if any(STAGES.index(e.stage) >= place for e in reached if e.happened_at < done_at):
                    step.status, step.ended_at = ActionStatus.COMPLETED, done_at
        project_opportunities(session)
    assert picture(store, people.director) == before


def test_a_stay_without_a_benchmark_is_no_part_of_the_trend(store, clock):
    clock.at = NOW
    people = found(store)
    with store.writing() as session:
        pipeline = Pipeline(key="gtx", name="GTX Pro")
        session.add(pipeline)
        session.flush()
        first = Stage(pipeline_id=pipeline.id, key="Engaging", position=0)
        session.add(first)
        session.flush()
        deal = Opportunity(
            pipeline_id=pipeline.id,
            name="Deal",
            currency="USD",
            outcome="won",
            closed_at=day(199),
            owner_id=people.rep.person_id,
            recorded_at=NOW,
        )
        session.add(deal)
        session.flush()
        session.add(
            StageEvent(opportunity_id=deal.id, stage_id=first.id, happened_at=day(190), recorded_at=day(190))
        )
    opportunity(store, people.rep.person_id)
    settle(store)
    ask = Ask(NOW, pipeline="gtx")
    with store.reading() as session:
        last = weeks(session, people.manager, ask, STARTS)[-1]
        assert (last.runs, last.times_benchmark) == (0, None)
        assert ROWS["runs"](session, people.manager, ask).total == 1
        assert ROWS["timed"](session, people.manager, ask).total == 0
