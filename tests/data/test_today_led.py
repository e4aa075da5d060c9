"""What leadership decides and checks, as it stands on Today: of whom, and when it is gone (F1)."""

from __future__ import annotations

from datetime import date

import pytest

from core.milestones.samples import Found
from data.commands.attribution import answer_factor, ask_for_factor
from data.commands.milestone_results import appeal_result, decide_appeal, sign_result
from data.commands.milestone_samples import check_item, draw_sample
from data.commands.milestones import issue_milestone, set_launch
from data.commands.ratings import revise_report
from data.queries.milestone_samples import sample_of
from data.queries.today import Kind, today
from data.schema import ReportOffline
from tests.company import found
from tests.data.test_milestones import MONTHS, action, day, read
from tests.data.test_today_promised import whose
from tests.forecasts import noon


@pytest.fixture
def people(store):
    return found(store)


def first(store, who, kind):
    with store.reading() as session:
        return next(g.todos[0] for g in today(session, who, store.clock()) if g.kind is kind)


def test_a_result_waits_for_its_signature_and_an_appeal_for_its_decision(store, people):
    set_launch(store, people.admin, None, MONTHS)
    company = issue_milestone(store, people.director, None, 30)
    east = issue_milestone(store, people.director, people.manager.team_id, 60)
    assert whose(store, people, Kind.MILESTONE) == {"director": [company, east]}
    appeal = appeal_result(store, people.manager, east, "January was booked late")
    todo = first(store, people.director, Kind.MILESTONE)  # who waits for an answer comes first
    assert (todo.id, todo.type, todo.params) == (east, "appeal", {"day": 60, "team": people.manager.team_id})
    decide_appeal(store, people.director, appeal, False, "It was not")
    for result in (east, company):
        sign_result(store, people.director, result)
    assert whose(store, people, Kind.MILESTONE) == {}


def test_a_drawn_sample_is_its_drawers_until_every_row_was_looked_at(store, people, clock):
    set_launch(store, people.director, None, date(2026, 3, 2))
    for n in range(2):
        action(store, people, day(n), summary=f"They want to see line {n} run")
    clock.at = noon(day(20))
    mine = draw_sample(store, people.manager, people.manager.team_id, "completeness")
    assert whose(store, people, Kind.SAMPLE) == {"manager": [mine]}
    sample = read(store, sample_of, people.manager, people.manager.team_id, "completeness")
    for left, item in zip((2, 1), sample.items, strict=True):
        todo = first(store, people.manager, Kind.SAMPLE)
        asked = {"left": left, "day": 30, "item": item.row.of}
        assert (todo.type, asked.items() <= todo.params.items()) == ("completeness", True)
        check_item(store, people.manager, mine, item.row.of, Found.CONFIRMED, "")
    assert whose(store, people, Kind.SAMPLE) == {}


def test_a_factor_that_was_asked_for_waits_for_leadership(store, people):
    wish = ask_for_factor(store, people.manager, "Site visits", "Whoever saw the line buys")
    assert whose(store, people, Kind.FACTOR) == {"director": [wish]}
    answer_factor(store, people.director, wish, "declined", "Too few of them")
    assert whose(store, people, Kind.FACTOR) == {}


def test_a_report_that_went_offline_waits_for_its_revision(store, people):
    with store.writing() as session:
        row = ReportOffline(report="pipeline", version=1, month="2026-02", taken_at=store.clock())
        session.add(row)
        session.flush()
        gone = row.id
    assert whose(store, people, Kind.REPORT) == {"director": [gone]}
    assert first(store, people.director, Kind.REPORT).params["page"] == "reports"
    revise_report(store, people.director, "pipeline", "It names its rows")
    assert whose(store, people, Kind.REPORT) == {}
