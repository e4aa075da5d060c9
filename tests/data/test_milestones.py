"""Milestones in the store: launch dates, each criterion's rows as known then, results that stay."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select

from core.access import OPERATOR
from core.messages import Conflict, Invalid, NotAllowed, NotFound
from core.milestones.assess import State
from core.milestones.criteria import BY_NAME, CRITERIA, Window, window
from core.milestones.path import Phase
from core.promises.demands import Answer
from core.terms import ActionStatus
from data.__main__ import main
from data.commands.demands import answer_demand
from data.commands.milestones import issue_milestone, set_launch
from data.commands.morning import CommitmentInput, assign, finish_meeting
from data.jobs.milestones import due, milestones, waiting
from data.jobs.registry import Run
from data.notices import sentence
from data.queries.milestone_facts import evidence_of
from data.queries.milestone_place import place_of
from data.queries.milestones import milestone_path, milestone_teams, proof
from data.queries.policies import policy_in_force
from data.schema import Action, Audit, Message, MilestoneResult
from tests.company import found
from tests.data.test_demands import filed
from tests.deliveries import Handover
from tests.forecasts import deal, noon, run
from tests.morning import at_risk, meeting

LAUNCH = date(2026, 3, 2)
SHANGHAI = noon(LAUNCH).tzinfo


@pytest.fixture
def company(store):
    return found(store)


@pytest.fixture
def launched(store, company):
    set_launch(store, company.director, None, LAUNCH)
    return company


def rows(store, name, at, team=None, launched_on=LAUNCH):
    """The rows of a criterion as known at an instant, those counted then."""
    criterion = BY_NAME[name]
    days = window(launched_on, criterion.day)
    with store.reading() as session:
        place = place_of(session, team)
        mine, _ = evidence_of(session, place, criterion, days, at, policy_in_force(session))
    shown = days.shown(at.astimezone(SHANGHAI).date())
    return [row for row in mine if shown.first <= row.on < shown.due_on]


def read(store, query, who, *args):
    with store.reading() as session:
        return query(session, who, *args)


def action(store, company, on: date, **values) -> int:
    """A complete follow-up of the rep, recorded on its day; the opportunity is closed afterwards."""
    at = noon(on)
    given = {
        "type": "appointment",
        "status": ActionStatus.COMPLETED,
        "customer_id": company.customer,
        "opportunity_id": company.opportunity,
        "owner_id": company.rep.person_id,
        "started_at": at - timedelta(hours=1),
        "ended_at": at,
        "recorded_at": at,
        "summary": "They want to see the line run",
        "fields": {"purpose": "x", "attendees": [{"name": "Wu", "role": "user"}], "place": "x"},
    } | values
    with store.writing() as session:
        row = Action(**given)
        session.add(row)
        session.flush()
        return row.id


def plan(store, company, on: date, **values) -> int:
    at = noon(on)
    return action(
        store, company, on,
        **({"status": ActionStatus.PLANNED, "planned_for": at, "started_at": None, "ended_at": None,
            "recorded_at": at - timedelta(days=2), "summary": "", "fields": {}} | values),
    )  # fmt: skip


def day(n: int) -> date:
    return LAUNCH + timedelta(days=n)


def test_every_rep_must_record_and_another_teams_does_not_help(store, launched):
    first = action(store, launched, day(3))
    action(store, launched, day(1), recorded_at=noon(day(4)))  # done earlier, entered later
    told = rows(store, "recording", noon(day(10)))
    assert {(r.whose, r.value) for r in told} == {("Rep", 1.0), ("Mate", 0.0), ("Stranger", 0.0)}
    assert next(r.on for r in told if r.whose == "Rep") == day(3)
    assert {r.whose for r in rows(store, "recording", noon(day(10)), launched.rep.team_id)} == {"Rep", "Mate"}
    assert first


def test_a_follow_up_lacks_what_a2_asks_for(store, launched):
    whole = action(store, launched, day(1))
    short = action(store, launched, day(2), summary="ok", follows_id=whole)
    loose = action(store, launched, day(3), fields={})
    left = plan(store, launched, day(5))
    later = plan(store, launched, day(9))
    told = {r.of: r.why for r in rows(store, "completeness", noon(day(8)))}
    assert told == {whole: "", short: "summary", loose: "fields link", left: "not_recorded"}
    assert later not in told
    ended = {r.of: r.why for r in rows(store, "completeness", noon(day(12)))}
    assert ended[later] == "not_recorded"


def test_one_visit_entered_several_times_is_one_row_by_its_weakest_record(store, launched):
    action(store, launched, day(1))
    weak = action(store, launched, day(1), summary="ok")
    action(store, launched, day(1))
    next_day = action(store, launched, day(2), follows_id=weak)
    plan(store, launched, day(9))
    told = {r.of: r.why for r in rows(store, "completeness", noon(day(8)))}
    assert told == {weak: "summary", next_day: ""}


def test_a_record_without_a_next_step_is_incomplete_until_the_opportunity_closes(store, launched):
    only = action(store, launched, day(1))
    assert [r.why for r in rows(store, "completeness", noon(day(8)))] == ["next_step"]
    plan(store, launched, day(9))
    assert [(r.of, r.value) for r in rows(store, "completeness", noon(day(8)))] == [(only, 1.0)]


def test_what_was_recorded_or_called_off_later_was_open_then(store, launched):
    late = action(store, launched, day(2), planned_for=noon(day(2)), recorded_at=noon(day(20)))
    off = plan(store, launched, day(3), status=ActionStatus.CANCELLED, cancelled_at=noon(day(21)))
    then = {r.of: r.why for r in rows(store, "completeness", noon(day(10)))}
    assert then == {late: "not_recorded", off: "not_recorded"}
    now = {r.of: r.why for r in rows(store, "completeness", noon(day(25)))}
    assert now == {late: ""}  # a step was planned after it, whatever became of that


MONTHS = date(2026, 1, 1)  # a launch whose day 60, the 2nd of March, sees January and February end


def test_accuracy_counts_whole_months_against_what_came(store, company):
    january = run(store, date(2026, 1, 1), value=100)
    deal(
        store,
        company.rep.person_id,
        run_id=january,
        chance=0.5,
        amount=200,
        won_on=date(2026, 1, 20),
        paid=80,
    )
    run(store, date(2026, 2, 1), value=300)
    deal(store, company.stranger.person_id, won_on=date(2026, 2, 10), paid=390)
    told = rows(store, "accuracy", noon(date(2026, 3, 1)), launched_on=MONTHS)
    assert [(r.on, round(r.value, 4), r.weight, r.why) for r in told] == [
        (date(2026, 1, 31), 0.8, 100.0, "short"),
        (date(2026, 2, 28), 0.7, 300.0, "over"),
    ]
    east = rows(store, "accuracy", noon(date(2026, 3, 1)), company.rep.team_id, MONTHS)
    assert [(r.on, r.value) for r in east] == [(date(2026, 1, 31), 0.8)]


def test_the_outlook_of_a_running_month_is_its_luck(store, company):
    january = run(store, date(2026, 1, 1), value=100)
    deal(
        store,
        company.rep.person_id,
        run_id=january,
        chance=0.5,
        amount=200,
        won_on=date(2026, 1, 20),
        paid=100,
    )
    february = run(store, date(2026, 2, 1), value=100)
    deal(store, company.rep.person_id, run_id=february, chance=0.5, amount=200)
    with store.reading() as session:
        days, policy = window(MONTHS, 60), policy_in_force(session)
        place = place_of(session, None)
        _, chance = evidence_of(session, place, BY_NAME["accuracy"], days, noon(date(2026, 2, 10)), policy)
        _, early = evidence_of(session, place, BY_NAME["accuracy"], days, noon(date(2026, 1, 10)), policy)
    assert chance == pytest.approx(0.0, abs=0.01)  # 0 or 200 come, and either misses by 100 of 200
    assert early is None  # two months are still to end


def test_adoption_counts_answers_in_time_with_their_reasons(store, company):
    january = run(store, date(2026, 1, 1), value=100)
    for decision in ("accepted", "accepted", "rejected"):
        deal(store, company.rep.person_id, run_id=january, decision=decision)
    deal(store, company.stranger.person_id, run_id=january, decision="rejected")
    deal(store, company.rep.person_id, run_id=january, decision="rejected", decided=noon(date(2026, 1, 25)))
    told = rows(store, "adoption", noon(date(2026, 2, 10)), launched_on=MONTHS)
    assert sorted((r.whose, r.value, r.why) for r in told) == [
        ("Rep", 0.0, "other"), ("Rep", 1.0, ""), ("Rep", 1.0, ""), ("Stranger", 0.0, "other"),
    ]  # fmt: skip
    east = rows(store, "adoption", noon(date(2026, 2, 10)), company.rep.team_id, MONTHS)
    assert {r.whose for r in east} == {"Rep"}


def test_response_and_kept_count_as_the_collaboration_report_does(store, clock):
    handover = Handover(store)
    set_launch(store, handover.people.director, None, LAUNCH)
    clock.move(days=20)  # promised for 12 March, never confirmed
    (kept,) = rows(store, "kept", clock.at)
    assert (kept.of, kept.on, kept.value, kept.why) == (handover.promise, date(2026, 3, 12), 0.0, "not_kept")
    (answer,) = rows(store, "response", clock.at)
    assert (answer.of, answer.value, answer.whose) == (handover.demand, 0.0, "Product")
    assert rows(store, "kept", clock.at, handover.people.stranger.team_id) == []


def test_an_unanswered_demand_counts_with_its_hours(store, launched, clock):
    demand = filed(store, launched)
    clock.move(days=10)
    (row,) = rows(store, "response", clock.at)
    assert (row.of, row.why) == (demand, "late")
    assert row.value > 24
    made = Answer("Dashboard", "One table", "Two weeks", "screen", "YQ-1", date(2026, 5, 10))
    answer_demand(store, launched.product, demand, made)
    assert rows(store, "response", clock.at)[0].value == pytest.approx(row.value)


def test_what_passed_its_own_clock_alone_speaks_not_against_the_mean(store, launched, clock):
    """A P1 is answered within eight hours; the criterion allows 24."""
    demand = filed(store, launched)
    clock.move(days=2)
    made = Answer("Dashboard", "One table", "Two weeks", "screen", "YQ-1", date(2026, 5, 10))
    answer_demand(store, launched.product, demand, made)
    (row,) = rows(store, "response", clock.at)
    assert (8 < row.value <= 24, row.why) == (True, "")


def test_a_problem_is_located_when_somebody_takes_it_over(store, clock):
    company = at_risk(store, clock)
    held = meeting(store, company)
    told = read(store, _top, company)
    clock.move(minutes=4)
    assign(store, company.manager, held, CommitmentInput(
        "Call", company.rep.person_id, clock.at + timedelta(hours=5), told[0][1]))  # fmt: skip
    clock.move(minutes=8)
    assert [r.value for r in rows(store, "located", clock.at)] == [4.0]
    finish_meeting(store, company.manager, held)
    clock.move(minutes=1)
    found_ = rows(store, "located", clock.at)
    assert [(r.value, r.why) for r in found_] == [(4.0, "")] + [(12.0, "not_assigned")] * (len(told) - 1)
    assert rows(store, "located", clock.at, company.stranger.team_id) == []


def _top(session, company):
    from data.brief_json import brief_from
    from data.schema import MorningBrief

    issued_ = session.scalar(select(MorningBrief).where(MorningBrief.team_id == company.rep.team_id))
    return [(item.name, item.deal.customer_id) for item in brief_from(issued_.items).top]


def test_a_launch_date_keeps_its_history_and_a_team_may_have_its_own(store, company, clock):
    set_launch(store, company.admin, None, LAUNCH)
    with pytest.raises(Invalid):
        set_launch(store, company.director, None, day(1))
    clock.move(minutes=1)
    set_launch(store, company.director, None, day(1), "Training came a day later")
    set_launch(store, company.director, company.rep.team_id, day(9))
    whole = read(store, milestone_path, company.director, None, clock.at)
    assert [(r.launched_on, r.reason) for r in whole.history] == [
        (day(1), "Training came a day later"), (LAUNCH, ""),
    ]  # fmt: skip
    assert whole.day_number == 1
    east = read(store, milestone_path, company.manager, company.manager.team_id, clock.at)
    assert (east.launch.launched_on, east.day_number, east.stops[0].assessments) == (day(9), -7, ())
    west = read(store, milestone_path, company.director, company.stranger.team_id, clock.at)
    assert (west.launch.launched_on, west.history) == (day(1), ())
    with store.reading() as session:
        said = select(func.count(Audit.id)).where(Audit.command == "milestone.launch")
        assert session.scalar(said) == 3


def test_who_sees_whose_path(store, launched, clock):
    assert list(read(store, milestone_teams, launched.manager)) == [launched.manager.team_id]
    assert None in read(store, milestone_teams, launched.admin)
    for team in (None, launched.stranger.team_id, 999):
        with pytest.raises(NotFound):
            read(store, milestone_path, launched.manager, team, clock.at)
        with pytest.raises(NotFound):
            read(store, proof, launched.manager, team, 30, "recording", clock.at)
    for who in (launched.rep, launched.product):
        with pytest.raises(NotAllowed):
            read(store, milestone_path, who, who.team_id, clock.at)


def test_a_result_is_kept_on_its_day_and_later_entries_do_not_change_it(store, launched, clock):
    for n in range(6):
        action(store, launched, day(n + 1), ended_at=noon(day(n + 1)))
    plan(store, launched, day(40))
    clock.at = noon(day(29))
    with pytest.raises(Invalid):
        issue_milestone(store, launched.director, None, 30)
    clock.at = datetime.combine(day(33), datetime.min.time(), UTC)  # three days after its day
    late = action(store, launched, day(8), recorded_at=clock.at, summary="")
    with store.reading() as session:
        assert due(session, clock.at)
    milestones(store, Run(clock.at))
    milestones(store, Run(clock.at))
    with pytest.raises(Conflict):
        issue_milestone(store, OPERATOR, None, 30)
    told = read(store, milestone_path, launched.director, None, clock.at).stops[0]
    assert told.result_id
    assert told.phase is Phase.OVER
    assert told.state is State.MISSED  # two reps recorded nothing
    assert [a.n for a in told.assessments] == [3, 6]
    kept = read(store, proof, launched.director, None, 30, "completeness", clock.at)
    assert kept.issued
    assert late not in [row.of for row in kept.rows]
    assert sum(r.value for r in kept.rows) / len(kept.rows) == pytest.approx(kept.assessment.value)
    with store.reading() as session:
        assert session.scalar(select(func.count(MilestoneResult.id))) == 3  # the company, two teams
        told_ = session.scalars(select(Message).where(Message.kind.contains("milestone_"))).all()
        assert {m.person_id for m in told_} == {launched.director.person_id, launched.manager.person_id}
        assert waiting(session, clock.at) == []
    for language, words in (("en", "Milestone of day 30 not reached"), ("zh", "第 30 天里程碑未达成")):
        company_wide = next(m for m in told_ if m.person_id == launched.director.person_id)
        assert sentence(language, company_wide.kind, company_wide.params)[0] == words


def test_without_a_launch_date_nothing_is_measured_or_due(store, company, clock):
    path = read(store, milestone_path, company.director, None, clock.at)
    assert (path.launch, path.stops, path.day_number) == (None, (), None)
    with store.reading() as session:
        assert due(session, clock.at) == []
    with pytest.raises(NotFound):
        issue_milestone(store, OPERATOR, None, 30)
    assert read(store, proof, company.director, None, 30, "recording", clock.at) is None


def test_the_rows_of_another_milestones_criterion_are_not_given(store, launched, clock):
    assert read(store, proof, launched.director, None, 60, "recording", clock.at) is None
    assert Window(day(0), day(30)) == window(LAUNCH, 30)


def test_the_command_line_says_every_criterion(sqlite_store, monkeypatch, capsys):
    company = found(sqlite_store)
    set_launch(sqlite_store, company.director, None, LAUNCH)
    monkeypatch.setattr("data.cli.milestones.this_store", lambda: sqlite_store)
    assert main(["milestones"]) == 3  # nobody has recorded anything
    out = capsys.readouterr().out.splitlines()
    assert len(out) == 3 * len(CRITERIA)
    assert "team=-  day=30" in out[0]
    assert "criterion=recording  value=0.0  limit=1.0  rows=3  state=missed" in out[0]
    assert main(["milestones", "--as-of", "2026-02-01", "--json"]) == 0
    assert capsys.readouterr().out.strip() != ""
