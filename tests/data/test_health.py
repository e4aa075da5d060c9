"""The weekly health report in the store: week bounds, issued once, never changed, only what was known."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select, update

from core.access import OPERATOR
from core.messages import Conflict, Invalid, NotAllowed, NotFound
from core.process.evidence import NextStep
from core.process.metrics import PlannedAction
from core.process.stages import STAGES, StageEvent
from core.terms import ActionStatus, Outcome
from data.commands.actions import cancel_action, record_action
from data.commands.health import issue_health
from data.commands.opportunities import assign_opportunity, close_opportunity
from data.commands.pipelines import set_benchmarks
from data.jobs.schedule import tick
from data.queries.health import (
    benchmark_table,
    health_report,
    health_rows,
    health_teams,
    health_trend,
    health_weeks,
)
from data.queries.inbox import inbox
from data.schema import Audit, HealthReport, Opportunity, Team  # fmt: skip
from data.schema import StageEvent as EventRow
from tests.company import found
from tests.data.test_record_action import done
from tests.history import LETTERS, opportunity, planned

MONDAY = date(2026, 2, 23)
WEEK = timedelta(days=7)
SEVEN = datetime(2026, 3, 1, 23, tzinfo=UTC)  # Monday, 2 March, 7:00 in Shanghai


def at(day: float) -> datetime:
    """The instant so many days after the week began in Shanghai."""
    return datetime(2026, 2, 22, 16, tzinfo=UTC) + timedelta(days=day)


def drawn(history: str) -> list[StageEvent]:
    """A letter for the stage, a number for the day of the week, negative before it."""
    steps = history.split()
    return [StageEvent(LETTERS[s[0]], at(float(s[1:])), n) for n, s in enumerate(steps)]


@pytest.fixture
def company(store, clock):
    clock.at = SEVEN
    people = found(store)
    with store.writing() as session:
        for row in session.scalars(select(Opportunity)):
            row.recorded_at = at(-100)
    return people


def write(store, owner, history, **values) -> int:
    return opportunity(store, owner.person_id, drawn(history), **({"recorded_at": at(-90)} | values))


def shown(store, who, team, monday=MONDAY):
    with store.reading() as session:
        return health_report(session, who, team, monday)


def behind(store, who, team, monday=MONDAY):
    with store.reading() as session:
        return health_rows(session, who, team, monday)


def stage(report, letter):
    return next(s for s in report.health.stages if s.stage == LETTERS[letter])


def test_a_team_gets_its_own_figures_and_the_company_all(store, company):
    write(store, company.rep, "A-9 N-7 S-6 O1")
    write(store, company.mate, "A-9 N-7 S-6")
    write(store, company.stranger, "A-9 Q-6")
    east = company.rep.team_id
    for team in (east, company.stranger.team_id, None):
        issue_health(store, OPERATOR, team, MONDAY)
    report = shown(store, company.manager, east)
    assert (report.team, report.issued_by, report.issued_at) == ("East", None, SEVEN)
    s = stage(report, "S")
    assert (s.stays, s.ended, s.median_days, s.benchmark_days) == (2, 1, pytest.approx(7), 3.5)
    assert s.lost_days == pytest.approx(1 + 7)
    assert report.health.bottleneck.stage == "solution_demo"
    assert {s.about.rep for s in behind(store, company.manager, east).stays} == {"Rep", "Mate"}
    whole = shown(store, company.director, None)
    assert stage(whole, "Q").stays == 1
    assert whole.health.total(lambda s: s.stays) == report.health.total(lambda s: s.stays) + 1


def test_figures_survive_the_store(store, company):
    write(store, company.rep, "A-9 S-6 A1 S2")
    issue_health(store, OPERATOR, company.rep.team_id, MONDAY)
    report, rows = (f(store, company.manager, company.rep.team_id) for f in (shown, behind))
    assert report.health.total(lambda s: s.lost_days) == pytest.approx(sum(s.lost_days for s in rows.stays))
    assert stage(report, "S").repeats == sum(
        m.yes for m in rows.marks if (m.kind, m.stage) == ("visit", "solution_demo")
    )
    assert rows.stays[0].started_at == at(-6)


# zone of the team, and the event's instant with whether it falls into the week of 23 March 2026
EDGES = [
    ("Asia/Shanghai", "2026-03-22 15:59", False),
    ("Asia/Shanghai", "2026-03-22 16:00", True),
    ("Asia/Shanghai", "2026-03-29 15:59", True),
    ("Asia/Shanghai", "2026-03-29 16:00", False),
    ("Europe/Berlin", "2026-03-22 22:59", False),
    ("Europe/Berlin", "2026-03-22 23:00", True),
    ("Europe/Berlin", "2026-03-29 21:59", True),  # summer time began that Sunday
    ("Europe/Berlin", "2026-03-29 22:00", False),
]


@pytest.mark.parametrize(("zone", "instant", "inside"), EDGES)
def test_a_week_is_by_the_clock_of_the_team(store, clock, company, zone, instant, inside):
    clock.at = datetime(2026, 3, 30, 12, tzinfo=UTC)
    with store.writing() as session:
        session.get_one(Team, company.rep.team_id).timezone = zone
    happened = datetime.fromisoformat(instant).replace(tzinfo=UTC)
    opportunity(store, company.rep.person_id, [StageEvent("appointment", happened, 1)])
    issue_health(store, OPERATOR, company.rep.team_id, date(2026, 3, 23))
    visits = stage(shown(store, company.manager, company.rep.team_id, date(2026, 3, 23)), "A").visits
    assert visits == inside


@pytest.mark.parametrize("monday", [date(2026, 2, 24), date(2026, 3, 2), date(2026, 3, 9)])
def test_a_week_that_is_not_over_or_no_week_is_refused(store, company, monday):
    with pytest.raises(Invalid):
        issue_health(store, OPERATOR, company.rep.team_id, monday)


def test_it_is_issued_once_and_late_entries_change_nothing(store, clock, company):
    line = write(store, company.rep, "A-9 S-6")
    issue_health(store, OPERATOR, company.rep.team_id, MONDAY)
    before = shown(store, company.manager, company.rep.team_id)
    clock.move(days=1)
    with store.writing() as session:
        session.add(EventRow(opportunity_id=line, stage_id=4, happened_at=at(2), recorded_at=clock.at))
    set_benchmarks(store, OPERATOR, {"solution_demo": 99.0})
    close_opportunity(store, company.manager, line, Outcome.LOST)
    with pytest.raises(Conflict):
        issue_health(store, company.manager, company.rep.team_id, MONDAY)
    assert shown(store, company.manager, company.rep.team_id) == before
    assert stage(before, "S").benchmark_days == 3.5
    with store.reading() as session:
        assert session.scalar(select(func.count()).select_from(HealthReport)) == 1
        table = benchmark_table(session, company.manager)
    assert {b.stage: b.days for b in table.lines}["solution_demo"] == 99.0
    assert table.changed_at == clock.at


def test_a_late_report_says_what_it_would_have_said_in_time(store, clock, company):
    """All that happened after Monday, 7:00 is undone for it: entries, a closing, a hand-over, a record."""
    lies = write(store, company.rep, "A-9 S-6")
    goes = write(store, company.mate, "A-9 S-6")
    left = planned(store, company.rep.person_id, lies, PlannedAction(ActionStatus.PLANNED, at(3)))
    soon = planned(store, company.mate.person_id, goes, PlannedAction(ActionStatus.PLANNED, at(9)))
    team = company.rep.team_id
    issue_health(store, OPERATOR, team, MONDAY)
    in_time, rows = shown(store, OPERATOR, team), behind(store, OPERATOR, team)
    clock.move(hours=30)
    with store.writing() as session:
        session.add(EventRow(opportunity_id=lies, stage_id=5, happened_at=at(1), recorded_at=clock.at))
        session.query(HealthReport).delete()
    record = done(
        store, "quote_confirmation", hours_ago=2, completes=left, next_step=None, outcome=Outcome.WON
    )
    assert record_action(store, company.rep, lies, record) == left
    cancel_action(store, company.mate, soon, "not needed")
    new = done(store, "solution_demo", hours_ago=60, next_step=NextStep("solution_demo", at(12), ""))
    record_action(store, company.mate, goes, new)
    assign_opportunity(store, OPERATOR, goes, company.stranger.person_id)
    issue_health(store, OPERATOR, team, MONDAY, as_of=SEVEN)
    again = shown(store, OPERATOR, team)
    assert again.health == in_time.health
    assert behind(store, OPERATOR, team) == rows
    assert (stage(again, "S").due, stage(again, "S").completed) == (1, 0)
    assert {s.about.rep: s.waits for s in rows.stays if s.ended_at is None} == {"Rep": True, "Mate": False}


def test_completion_counts_what_was_due_in_the_week(store, company):
    line = write(store, company.rep, "A-9 S2")
    done = planned(
        store, company.rep.person_id, line, PlannedAction(ActionStatus.COMPLETED, at(2)), ended_at=at(2)
    )
    with store.writing() as session:
        moved = EventRow.opportunity_id == line, EventRow.happened_at == at(2)
        session.scalars(select(EventRow).where(*moved)).one().action_id = done
    other = write(store, company.mate, "A-9")
    for action in (
        PlannedAction(ActionStatus.PLANNED, at(4)),  # left lying
        PlannedAction(ActionStatus.CANCELLED, at(5), at(4)),  # called off in time
        PlannedAction(ActionStatus.PLANNED, at(9)),  # next week
    ):
        planned(store, company.mate.person_id, other, action)
    issue_health(store, OPERATOR, company.rep.team_id, MONDAY)
    report = shown(store, company.manager, company.rep.team_id)
    assert (stage(report, "S").due, stage(report, "S").completed) == (2, 1)
    waits = {s.about.rep: s.waits for s in behind(store, company.manager, company.rep.team_id).stays}
    assert waits == {"Rep": True, "Mate": False}


def test_the_job_issues_each_week_once_and_catches_up(store, clock, company):
    write(store, company.rep, "A-6 S-5", recorded_at=at(-6))
    with store.writing() as session:
        for row in session.scalars(select(Opportunity)):
            row.recorded_at = at(-6)
    clock.at = SEVEN - timedelta(minutes=1)
    tick(store)
    weeks = select(HealthReport.key, HealthReport.as_of).order_by(HealthReport.key)
    with store.reading() as session:
        (company_1, east_1, west_1) = (r.key for r in session.execute(weeks))  # of the week before
    assert {key.split(":")[1] for key in (company_1, east_1, west_1)} == {"2026-02-16"}
    clock.at = SEVEN
    tick(store)
    assert tick(store) == 0
    with store.reading() as session:
        now = session.execute(weeks).all()
        told = [m for m in inbox(session, company.manager).messages if m.kind == "health_issued"]
    assert len(now) == 6
    assert {r.as_of for r in now if r.key.endswith("2026-02-23")} == {SEVEN}
    assert [m.params["week"] for m in told][:1] == ["2026-W09"]
    clock.move(days=7 * 3 + 2)  # stopped over three Mondays
    tick(store)
    assert tick(store) == 0
    with store.reading() as session:
        later = session.execute(weeks).all()
        assert session.scalar(select(func.count()).where(Audit.command == "health.issue")) == len(later)
    assert len(later) == 15
    assert max(r.as_of for r in later) == SEVEN + WEEK * 3


def test_a_company_without_opportunities_gets_no_reports(store, clock):
    clock.at = SEVEN
    people = found(store)
    with store.writing() as session:
        session.query(Opportunity).delete()
    tick(store)
    with store.reading() as session:
        assert session.scalar(select(func.count()).select_from(HealthReport)) == 0
        assert health_weeks(session, people.director, None, clock.at) == ()


def test_reach(store, company):
    east, west = company.rep.team_id, company.stranger.team_id
    for who, team in ((company.manager, west), (company.manager, None)):
        with pytest.raises(NotFound):
            issue_health(store, who, team, MONDAY)
        with pytest.raises(NotFound):
            shown(store, who, team)
        with pytest.raises(NotFound):
            behind(store, who, team)
    issue_health(store, company.manager, east, MONDAY)
    issue_health(store, company.director, None, MONDAY)
    assert shown(store, company.manager, east).issued_by == "Manager"
    with pytest.raises(NotAllowed):
        shown(store, company.rep, east)
    with pytest.raises(NotFound):
        issue_health(store, company.director, 999, MONDAY)
    with store.reading() as session:
        assert [t.team_id for t in health_teams(session, company.manager)] == [east]
        assert [t.team_id for t in health_teams(session, company.director)] == [None, east, west]


def test_a_week_before_the_companys_first_monday_has_no_report(store, clock, company):
    """Sunday 17:00 UTC is Monday in Shanghai: the week before had no opportunity."""
    with store.writing() as session:
        session.execute(update(Opportunity).values(recorded_at=datetime(2026, 3, 1, 17, tzinfo=UTC)))
    clock.at = datetime(2026, 3, 9, 4, tzinfo=UTC)
    with store.reading() as session:
        weeks = health_weeks(session, company.manager, company.rep.team_id, clock.at)
    assert [w.monday for w in weeks] == [date(2026, 3, 2)]


def test_weeks_and_trend(store, clock, company):
    write(store, company.rep, "A-19 S-16")
    team = company.rep.team_id
    for back in (2, 1):
        issue_health(store, OPERATOR, team, MONDAY - WEEK * back)
    with store.reading() as session:
        weeks = health_weeks(session, company.manager, team, clock.at)
        trend = health_trend(session, company.manager, team, MONDAY - WEEK)
    assert [(w.monday, w.issued) for w in weeks][:4] == [
        (MONDAY, False), (MONDAY - WEEK, True), (MONDAY - WEEK * 2, True), (MONDAY - WEEK * 3, False),
    ]  # fmt: skip
    assert [r.monday for r in trend] == [MONDAY - WEEK * 2, MONDAY - WEEK]
    assert set(STAGES) == {s.stage for s in trend[0].health.stages}


def test_the_trend_reaches_as_far_back_on_any_day_of_the_week(store, company, monkeypatch):
    """The company's screen asks on a Friday, the report's page with its Monday: the weeks are the same."""
    monkeypatch.setattr("data.queries.health.TREND_WEEKS", 2)
    for back in (3, 2, 1):
        issue_health(store, OPERATOR, None, MONDAY - WEEK * back)
    with store.reading() as session:
        trends = [
            [r.monday for r in health_trend(session, company.director, None, day)]
            for day in (MONDAY - WEEK, MONDAY + timedelta(days=4))
        ]
    assert trends == [[MONDAY - WEEK * 2, MONDAY - WEEK]] * 2
