"""The demo company: every planted story is there to be found, the same each time, under every rule."""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from random import Random
from statistics import median
from types import SimpleNamespace

import pytest
from sqlalchemy import func, select

from core.access import OPERATOR, Who, decide
from core.forecast.backtest import backtest
from core.forecast.calibration import REJECT_REASONS, REJECTED
from core.forecast.periods import Horizon
from core.messages import Conflict, Invalid
from core.policies import DEFAULTS
from core.process.alerts import findings
from core.process.stages import PIPELINE
from core.reports.brief import Source
from core.terms import Outcome, Role
from data import __main__ as command_line
from data.calendars import china
from data.commands.pipelines import set_benchmarks
from data.commands.projections import differences
from data.demo import PASSWORD, texts, write
from data.demo.branches import branch_out
from data.demo.calendar import SHANGHAI
from data.demo.deals import Dealer
from data.demo.feedback import LIKED
from data.demo.inboxes import SOON
from data.demo.staff import ACCOUNTS, LEAVER, OPTIMIST, PADDER, SANDBAGGER, SKIPPING_TEAM, STUCK_TEAM, TEAMS
from data.demo.tour import stops
from data.engine import Store
from data.files import read_file
from data.forecasting import open_books
from data.install import install
from data.queries.alert_facts import alert_facts
from data.queries.deliveries import Show as Deliveries
from data.queries.deliveries import delivery_board
from data.queries.delivery_file import delivery_file
from data.queries.demands import Show, demand_list
from data.queries.forecast_health import forecast_health
from data.queries.health import health_report, health_weeks
from data.queries.milestones import milestone_path
from data.queries.morning import morning
from data.queries.policies import policy_in_force
from data.queries.promises import demand_clocks, promises
from data.queries.ratings import wanting
from data.queries.sessions import demo_accounts
from data.queries.store_requests import Show as Requests
from data.queries.store_requests import alike, pool
from data.queries.timeline import timeline
from data.schema import (
    Action,
    Alert,
    Audit,
    BallotBox,
    BallotPaper,
    CollaborationReport,
    Customer,
    CustomerState,
    ForecastDecision,
    ForecastRun,
    HealthReport,
    Interaction,
    Message,
    MilestoneAppeal,
    MilestoneSignature,
    MorningBrief,
    Opportunity,
    OpportunityChange,
    OpportunityState,
    Person,
    PlannedDate,
    Promise,
    Room,
    RoomMember,
    RoomMessage,
    RoomTask,
    RootCause,
    SealedBallot,
    Signal,
    Stage,
    StageEvent,
    TalkStep,
    Team,
)  # fmt: skip
from tests.conftest import Hands


@pytest.fixture(scope="module")
def company(tmp_path_factory):
    """A small demo company on SQLite, written once for the stories."""
    folder = tmp_path_factory.mktemp("demo")
    store = Store(f"sqlite:///{folder / 'demo.db'}", folder / "files", clock=Hands())
    write(store, "small")
    yield store
    store.close()


def ask(store, query):
    with store.reading() as session:
        return session.execute(query).all()


def one(store, query):
    with store.reading() as session:
        return session.scalar(query)


def of(named):
    return select(Person.id).where(Person.name == named[0]).scalar_subquery()


def team(index):
    people = select(Person.id).join(Team, Team.id == Person.team_id).where(Team.name == TEAMS[index])
    return Opportunity.owner_id.in_(people)


def test_its_accounts_are_there_and_its_projections_hold(company):
    with company.writing() as session:
        assert differences(session) == []
    assert one(company, select(func.count()).select_from(Customer)) == 60
    assert {a[0] for a in ask(company, select(Person.username))} >= set(ACCOUNTS)
    with company.reading() as session:
        assert {role for _, _, role in demo_accounts(session)} == set(Role)


def test_its_branches_hold_on_both_databases(store):
    write(store, "three")
    with store.writing() as session:
        branch_out(session, 1, seed=7)
        assert differences(session) == []


def digest(folder, seed):
    store = Store(f"sqlite:///{folder / f'{seed}.db'}", folder / "files", clock=Hands())
    write(store, "three", seed)
    with store.reading() as session:
        rows = [repr(r) for table in (Customer, Action, Interaction) for r in session.execute(
            select(*(c for c in table.__table__.columns))
        )]  # fmt: skip
    store.close()
    (folder / f"{seed}.db").unlink()
    return hashlib.sha256("".join(rows).encode()).hexdigest()


def test_a_seed_is_a_company(tmp_path):
    assert digest(tmp_path, 1) == digest(tmp_path, 1) != digest(tmp_path, 2)


def test_a_company_with_people_never_becomes_a_demo(company, monkeypatch, capsys):
    with pytest.raises(Conflict):
        write(company, "small")
    monkeypatch.setattr("data.cli.demo.this_store", lambda: company)
    assert command_line.main(["demo", "--size", "empty"]) == 2
    assert "empty store" in capsys.readouterr().err


@pytest.mark.parametrize(("size", "customers", "opportunities"), [("empty", 0, 0), ("three", 3, 3)])
def test_the_little_companies(store, size, customers, opportunities):
    write(store, size)
    counts = [one(store, select(func.count()).select_from(t)) for t in (Customer, Opportunity)]
    assert counts == [customers, opportunities]
    with store.writing() as session:
        assert differences(session) == []


def test_nothing_lies_in_the_future_but_plans(company):
    now = company.clock()
    assert one(company, select(func.max(Action.ended_at))) <= now
    assert one(company, select(func.max(Audit.at))) <= now
    assert one(company, select(func.max(Action.planned_for))) > now


def test_every_completed_action_but_a_customers_first_builds_on_an_earlier_one(company):
    done = Action.status == "completed"
    unlinked = ask(company, select(Action.customer_id).where(done, Action.follows_id.is_(None)))
    assert len(unlinked) == len(set(unlinked))
    assert one(company, select(func.min(func.length(Action.summary))).where(done)) >= 10


def test_some_actions_were_entered_late(company):
    late = ask(company, select(Action.ended_at, Action.recorded_at).where(Action.status == "completed"))
    share = sum(recorded - ended > timedelta(hours=18) for ended, recorded in late) / len(late)
    assert 0.04 < share < 0.25


def test_signals_tell_something_of_how_a_deal_ends_and_not_everything(company):
    told = (
        select(Opportunity.outcome, Signal.kind, func.count())
        .join(Signal, Signal.opportunity_id == Opportunity.id)
        .where(Opportunity.outcome != "open", Signal.recorded_at < Opportunity.closed_at)
        .group_by(Opportunity.outcome, Signal.kind)
    )
    closed = dict(ask(company, select(Opportunity.outcome, func.count()).group_by(Opportunity.outcome)))
    share = {(kind, outcome): n / closed[outcome] for outcome, kind, n in ask(company, told)}
    rivals = [share["competitor_contact", outcome] for outcome in ("won", "lost")]
    wanted = [
        share.get(("trial_activity", o), 0) + share.get(("drawing_confirmation", o), 0)
        for o in ("won", "lost")
    ]
    assert 0 < rivals[0] < rivals[1]
    assert wanted[0] > wanted[1] > 0
    times = ask(company, select(Signal.happened_at, Signal.recorded_at))
    assert sum(entered - at > timedelta(days=1) for at, entered in times) > 5
    assert all(at <= entered <= company.clock() for at, entered in times)


def test_three_demos_without_a_quote_stand_in_red(company):
    red = ask(
        company,
        select(Alert.opportunity_id).where(Alert.rule == "demos_without_quote", Alert.cleared_at.is_(None)),
    )
    assert len(red) >= 3


def test_a_region_is_stuck_at_quote(company):
    at_quote = (
        select(func.count())
        .select_from(OpportunityState)
        .join(Opportunity, Opportunity.id == OpportunityState.opportunity_id)
        .join(Stage, Stage.id == OpportunityState.stage_id)
        .where(
            Stage.key == "quote_confirmation",
            Opportunity.outcome == "open",
            OpportunityState.stage_since < company.clock() - timedelta(days=28),
        )
    )
    stuck = one(company, at_quote.where(team(STUCK_TEAM)))
    elsewhere = one(company, at_quote.where(~team(STUCK_TEAM)))
    assert stuck >= 5
    assert stuck > 2 * elsewhere


def skipped(company, index):
    diagnosed = select(StageEvent.opportunity_id).join(Stage).where(Stage.key == "needs_diagnosis")
    demoed = select(StageEvent.opportunity_id).join(Stage).where(Stage.key == "solution_demo")
    both = select(func.count()).select_from(Opportunity).where(team(index), Opportunity.id.in_(demoed))
    return one(company, both.where(Opportunity.id.not_in(diagnosed))) / one(company, both)


def test_a_team_skips_the_diagnosis(company):
    assert skipped(company, SKIPPING_TEAM) > 0.4 > 0.2 > skipped(company, 0)


def first_estimate_over_final(company, named):
    """Median of the first amount over the last one, of opportunities that were quoted."""
    quoted = select(Action.opportunity_id).where(
        Action.type == "quote_confirmation", Action.status == "completed"
    )
    rows = ask(
        company,
        select(Opportunity.id, Opportunity.amount).where(
            Opportunity.owner_id == of(named), Opportunity.id.in_(quoted)
        ),
    )
    ratios = []
    for opportunity_id, amount in rows:
        before = ask(
            company,
            select(OpportunityChange.before)
            .where(OpportunityChange.opportunity_id == opportunity_id, OpportunityChange.field == "amount")
            .order_by(OpportunityChange.id)
            .limit(1),
        )
        if before and before[0][0]:
            ratios.append(float(before[0][0]) / float(amount))
    return median(ratios)


def test_a_sandbagger_says_less_and_an_optimist_more(company):
    assert first_estimate_over_final(company, SANDBAGGER) < 0.85
    assert first_estimate_over_final(company, OPTIMIST) > 1.15


def variety(company, whose):
    """Different summaries over all, 0–1."""
    said = ask(company, select(Action.summary).where(whose, Action.status == "completed"))
    return len(set(said)) / len(said)


def test_a_rep_pads_empty_actions(company):
    assert (
        variety(company, Action.owner_id == of(PADDER))
        < 0.8
        < variety(company, Action.owner_id != of(PADDER))
    )


def test_a_promise_stands_nine_days_before_the_plan(company):
    with company.reading() as session:
        rows = promises(session, OPERATOR, DEFAULTS, company.clock())
    assert len(rows) > 3
    red = [(r.state.code, r.state.gap_days) for r in rows if r.state.light == "red"]
    assert red == [("nothing_planned", None), ("before_plan", 9), ("before_plan", 6)]


def test_a_plan_slipped_behind_a_promise_that_fitted(company):
    def red(at):
        with company.reading() as session:
            return {r.id for r in promises(session, OPERATOR, DEFAULTS, at) if r.state.gap_days == 6}

    assert len(red(company.clock())) == 1
    assert red(company.clock() - timedelta(days=7)) == set()


def test_one_customer_is_followed_up_together_and_one_was(company):
    accounts = {name: one(company, select(Person.id).where(Person.username == name)) for name in ACCOUNTS}
    closed, still_open = (
        one(company, select(Room.id).where(Room.closed_at.is_not(None))),
        one(company, select(Room.id).where(Room.closed_at.is_(None))),
    )
    result, note = ask(company, select(Room.result, Room.note).where(Room.id == closed))[0]
    assert result == "obstacle_gone"
    assert ACCOUNTS["rep"][0] in note
    for room in (closed, still_open):
        inside = {i for (i,) in ask(company, select(RoomMember.person_id).where(RoomMember.room_id == room))}
        assert {accounts["manager"], accounts["product"], accounts["delivery"]} <= inside
        assert one(company, select(func.count()).where(RoomMessage.room_id == room)) >= 4
    tasks = ask(company, select(RoomTask.done_at.is_not(None)).where(RoomTask.room_id == still_open))
    assert sorted(done for (done,) in tasks) == [False, False, True]
    red = select(Alert.id).join(Opportunity, Opportunity.id == Alert.opportunity_id)
    red = red.join(Room, Room.customer_id == Opportunity.customer_id)
    assert one(company, red.where(Alert.rule == "demos_without_quote", Room.id == still_open))
    with company.reading() as session:
        events = timeline(session, OPERATOR, one(company, select(Room.customer_id).where(Room.id == closed)),
                          kind="change").events  # fmt: skip
    assert "room.close" in {e.change.command for e in events if e.change}


def test_an_answer_came_late_across_a_holiday(company):
    with company.reading() as session:
        rows = demand_clocks(session, OPERATOR, china(), DEFAULTS, company.clock())
    assert len(rows) > 20
    (late,) = [row for row in rows if row.clock.breached and row.answered_at]
    assert late.urgency == "P1"
    assert late.clock.used_hours == pytest.approx(15)
    assert late.answered_at - late.opened_at > timedelta(days=4)  # free days between, which do not count
    assert late.clock.due_at < late.answered_at


def test_deliveries_stand_in_every_way(company):
    with company.reading() as session:
        board = delivery_board(session, OPERATOR, Deliveries.PROBLEM, company.clock())
        file = delivery_file(session, OPERATOR, board.rows[0].id, company.clock())
    assert all(board.counts[show] for show in (Deliveries.DUE, Deliveries.SENT, Deliveries.CONFIRMED))
    assert 0 < board.second.part <= board.second.whole
    problem = next(h for h in file.happened if h.what == "problem")
    assert problem.text
    assert read_file(company, problem.photo)[1] == "image/jpeg"
    kept = [r.fulfilment for r in promises_of_all(company) if r.delivered]
    assert kept.count("kept") >= 3


def test_two_stores_ask_for_the_same_and_one_pair_was_answered(company):
    with company.reading() as session:
        waiting = pool(session, OPERATOR, Requests.OPEN).rows
        (answered,) = pool(session, OPERATOR, Requests.ANSWERED).rows
        likes = alike(session, OPERATOR, waiting[0].words, waiting[0].id)
    assert [like.request.id for like in likes] == [waiting[1].id]
    assert len(answered.stores) == 2


def promises_of_all(company):
    with company.reading() as session:
        return promises(session, OPERATOR, DEFAULTS, company.clock())


def test_demands_wait_for_an_answer_in_every_state(company):
    with company.reading() as session:
        counts = demand_list(session, OPERATOR, Show.OPEN, company.clock()).counts
    assert (counts["breached"], counts["paused"], counts["running"]) == (1, 1, 3)


def test_product_declined_in_time_and_the_rep_was_told(company):
    with company.reading() as session:
        rows = demand_list(session, OPERATOR, Show.DECLINED, company.clock()).items
    assert sorted(row.declined_for for row in rows) == ["exists", "one_customer"]
    assert not any(row.clock.breached for row in rows)
    told = select(Person.name).join(Message, Message.person_id == Person.id)
    reps = ask(company, told.where(Message.kind == "demand_declined"))
    assert [name for (name,) in reps] == [ACCOUNTS["rep"][0]] * 2


def test_a_rep_has_read_what_product_answered_before_today(company):
    told = select(Message.posted_at, Message.read_at).where(Message.kind == "demand_answered")
    answers = ask(company, told)
    assert answers
    assert all((read_at is None) == (company.clock() - at < SOON) for at, read_at in answers)


def test_a_regions_customers_waited_and_it_is_looked_into(company):
    found = ask(company, select(RootCause.evidence, RootCause.owner_id, RootCause.due_on))
    assert ("response", TEAMS[0]) in [(e["figure"]["measure"], e["figure"]["name"]) for e, _, _ in found]
    assert all(owner and due_on for _, owner, due_on in found)
    assert one(company, select(func.count(CollaborationReport.id))) == 2


def test_months_that_are_over_were_answered_and_the_running_one_waits(company):
    rows = ask(company, select(ForecastDecision.starts_on, ForecastDecision.decided_at))
    months = {row.starts_on for row in rows}
    assert len(months) >= 3
    assert max(months) < company.clock().date().replace(day=1)
    assert all(1 <= (at.date() - month).days <= 3 for month, at in rows)  # the third, in Shanghai
    with company.reading() as session:
        shown = forecast_health(session, OPERATOR, company.clock(), months=12, pipeline=None, group=None)
    assert len(shown.groups[0].months) >= 3
    assert shown.groups[0].total.adoption is not None


def test_a_kept_morning_says_what_a_backtest_of_the_same_origin_says(company):
    running = company.clock().astimezone(SHANGHAI).date().replace(day=1)
    first = Horizon("month").step(running, -1)
    kept = select(ForecastRun.value).where(ForecastRun.period == "month", ForecastRun.taken_on == first)
    with company.reading() as session:
        books, value = open_books(session, PIPELINE), session.scalar(kept)
    (said,) = backtest(books.history, Horizon("month"), first, first, zone=books.zone).rows
    assert float(value) == pytest.approx(said.forecast, abs=0.01)


@pytest.mark.parametrize("seed", range(8))
def test_wins_come_as_often_as_their_chances_say_in_every_season(seed):
    rep = SimpleNamespace(skips=0.0, pads=False, quote_days=1.0, quote_pass=None)
    customer = SimpleNamespace(rep=rep, values=SimpleNamespace(segment="large"))
    dealer = Dealer(Random(seed), None)
    won = [dealer.deal(customer, datetime(2025, 1, 1, tzinfo=UTC)).outcome == Outcome.WON for _ in range(64)]
    assert all(2 <= sum(won[n : n + 16]) <= 8 for n in range(0, 64, 16))
    assert 17 <= sum(won) <= 24


def test_several_reps_rejected_suggestions_for_a_reason(company):
    query = select(ForecastDecision.person_id, ForecastDecision.reason)
    rejected = ask(company, query.where(ForecastDecision.decision == REJECTED))
    assert len({row.person_id for row in rejected}) >= 2
    assert {row.reason for row in rejected} <= set(REJECT_REASONS)


def test_a_rep_left_and_the_history_stayed(company):
    [(person_id, active)] = ask(company, select(Person.id, Person.active).where(Person.name == LEAVER[0]))
    done = (Action.owner_id == person_id, Action.status == "completed")
    still_open = (Opportunity.owner_id == person_id, Opportunity.outcome == "open")
    assert not active
    assert one(company, select(func.count()).where(*done)) > 0
    assert one(company, select(func.count()).where(*still_open)) == 0
    assert one(company, select(func.count()).where(Customer.owner_id == person_id)) == 0


def test_the_company_made_fields_and_rules_its_own(company):
    rep = select(Person.id).where(Person.username == "rep").scalar_subquery()
    held = ask(company, select(Customer.fields).where(Customer.owner_id == rep))
    assert sum("own_erp_in_use" in fields for (fields,) in held) >= 3
    with company.reading() as session:
        policy = policy_in_force(session)
    assert [rule.grade for rule in policy.grade_rules] == ["A", "B", "C"]


def test_the_account_rep_has_a_lively_desk(company):
    rep = select(Person.id).where(Person.username == "rep").scalar_subquery()
    now = company.clock()
    planned = select(func.count()).where(Action.owner_id == rep, Action.status == "planned")
    assert one(company, planned.where(Action.planned_for < now)) >= 1
    ungraded = (
        select(func.count())
        .select_from(Customer)
        .join(CustomerState)
        .where(Customer.owner_id == rep, Customer.grade.is_(None), CustomerState.open_opportunities > 0)
    )
    assert one(company, ungraded) >= 1
    quotes = ask(
        company,
        select(Action.fields)
        .join(Opportunity, Opportunity.id == Action.opportunity_id)
        .where(Action.owner_id == rep, Action.type == "quote_confirmation", Opportunity.outcome == "open"),
    )
    soon = {(now + timedelta(days=n)).date().isoformat() for n in range(4)}
    assert soon & {q[0].get("valid_until") for q in quotes}


def test_benchmarks_are_the_companys_own_and_audited(company):
    assert one(company, select(Stage.benchmark_days).where(Stage.key == "solution_demo")) == 12.0
    assert one(company, select(func.count()).where(Audit.command == "pipeline.benchmarks")) == 1


def test_weekly_reports_were_issued_when_they_were_due(company):
    reports = ask(company, select(HealthReport.team_id, HealthReport.week_start, HealthReport.issued_at))
    teams = one(company, select(func.count()).select_from(Team).where(Team.kind == "sales"))
    assert len(reports) == 13 * (teams + 1)
    assert {issued.astimezone(SHANGHAI).time() for _, _, issued in reports} == {time(7)}
    assert all(
        issued.astimezone(SHANGHAI).date() - monday == timedelta(days=7) for _, monday, issued in reports
    )
    issuing = select(func.count()).where(Audit.command == "health.issue", Audit.actor_id.is_(None))
    assert one(company, issuing) == len(reports)


def test_the_last_report_of_the_stuck_region_names_the_quote(company):
    region = one(company, select(Team.id).where(Team.name == TEAMS[STUCK_TEAM]))
    with company.reading() as session:
        (latest, *_) = health_weeks(session, OPERATOR, region, company.clock())
        report = health_report(session, OPERATOR, region, latest.monday)
    assert report.health.bottleneck.stage == "quote_confirmation"
    assert report.health.bottleneck.share > 0.5


@pytest.mark.parametrize(
    "days",
    [{"lunch": 3.0}, {"solution_demo": 0.0}, {"solution_demo": 366.0}, {"solution_demo": float("nan")}],
)
def test_a_wrong_benchmark_is_refused(sqlite_store, days):
    install(sqlite_store)
    with pytest.raises(Invalid):
        set_benchmarks(sqlite_store, OPERATOR, days)


def test_the_offered_password_is_the_accounts(company):
    import bcrypt

    kept = one(company, select(Person.password_hash).where(Person.username == "rep"))
    assert bcrypt.checkpw(PASSWORD.encode(), kept.encode())


def test_last_weeks_morning_meetings_left_minutes_with_words_kept_and_broken(company):
    today = company.clock().astimezone(SHANGHAI).date()
    with company.reading() as session:
        team = session.scalars(select(Person.team_id).where(Person.username == "manager")).one()
        days = session.scalars(select(MorningBrief.day).where(MorningBrief.team_id == team)).all()
        met = {day: morning(session, OPERATOR, team, day, company.clock()) for day in sorted(days)}
    assert len(met) >= 4
    assert max(met) == today
    assert met[today].meeting is None  # it waits for whoever looks at the demo
    assert met[today].brief.top
    held = [m for day, m in met.items() if day != today]
    assert all(m.meeting and m.meeting.minutes and m.meeting.finished_at for m in held)
    assert {c.state.value for m in held for c in m.made} >= {"kept", "missed"}


def test_a_brief_says_how_long_things_stood_in_the_morning(company):
    now = company.clock()
    today = now.astimezone(SHANGHAI).date()
    with company.reading() as session:
        present = {
            (finding.rule, facts.opportunity_id): finding.params["days"]
            for facts in alert_facts(session, now)
            for finding in findings(facts, policy_in_force(session))
            if "days" in finding.params
        }
        teams = session.scalars(select(MorningBrief.team_id).where(MorningBrief.day == today)).all()
        briefs = [morning(session, OPERATOR, team_id, today, now).brief for team_id in teams]
    causes = [c for brief in briefs for item in (*brief.top, *brief.following) for c in item.causes]
    since = [
        present[c.rule, deal] - c.params["days"]
        for c in causes
        for deal in c.deals
        if c.source is Source.ALERT and (c.rule, deal) in present
    ]
    assert since
    assert set(since) <= {0, 1}  # by the morning's hour, not by the last record


def test_what_people_write_in_the_demo_holds_in_any_month():
    folder = Path(texts.__file__).parent / "words"
    said = {file.name: file.read_text(encoding="utf-8") for file in folder.glob("*.toml")}
    assert said
    assert {name: found for name, text in said.items() if (found := re.findall(r"\d+ ?月", text))} == {}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_demand_and_a_promise_name_whom_they_are_kept_with(language):
    """Both are kept with the customer's first contact."""
    said = texts.words(language)["demand"]
    assert [line for line in (*said["words"], *said["promise"]) if "{boss}" in line] == []


def test_the_way_from_the_launch_is_measured_and_an_appeal_waits(company):
    with company.reading() as session:
        path = milestone_path(session, OPERATOR, None, company.clock())
    assert path.day_number == 75
    assert [stop.result_id is not None for stop in path.stops] == [True, True, False, False]
    measured = {a.criterion for stop in path.stops for a in stop.assessments if a.value is not None}
    assert measured >= {"recording", "completeness", "adoption", "response", "reporting", "located"}
    waiting = select(func.count()).select_from(MilestoneAppeal).where(MilestoneAppeal.upheld.is_(None))
    assert one(company, waiting) == 1
    teams = one(company, select(func.count()).select_from(Team).where(Team.kind == "sales"))
    signed = one(company, select(func.count()).select_from(MilestoneSignature))
    assert signed == teams + 1  # day 30 of each, and of the company


def test_reports_were_rated_secretly_and_a_talk_was_held(company):
    with company.reading() as session:
        boxes = session.scalars(select(BallotBox)).all()
        assert {box.subject for box in boxes} == {f"report:{name}:1" for name in LIKED}
        assert all(box.opened and box.votes >= 3 and box.counts for box in boxes)
        assert session.scalars(select(SealedBallot.mark)).all() == []
        assert session.scalars(select(BallotPaper.month)).all() == []
        assert wanting(session) == []
        assert len(session.scalars(select(TalkStep.id)).all()) >= 2


_NAMED_BY_THE_WALK = {
    "rep": {"customer", "opportunity", "promise"},
    "director": {"team"},
    "product": {"promise"},
    "delivery": {"delivery"},
    "admin": {"search", "active"},
}


@pytest.mark.parametrize("account", ACCOUNTS)
def test_the_walk_leads_to_what_is_planted(company, account):
    """Every stop is a page that the role may open, has its words, and names a record that is there."""
    from components.navigation import PAGES
    from data.text import LANGUAGES, has

    with company.reading() as session:
        row = session.scalars(select(Person).where(Person.username == account)).one()
        who = Who(row.id, Role(row.role), row.team_id, row.name)
        walk = stops(session, who, company.clock())
        moved = [_plans_behind(session, promise) for stop in walk if (promise := stop.query.get("promise"))]
    needs = {spec.name: spec.needs for spec in PAGES}
    assert walk
    for stop in walk:
        assert decide(who, needs[stop.page]).allowed
        assert all(has(language, f"tour.stop.{stop.name}") for language in LANGUAGES)
    told = {name for stop in walk for name in stop.query}
    assert told >= _NAMED_BY_THE_WALK.get(account, set())
    assert moved == [2] * (account in ("rep", "product"))


def _plans_behind(session, promise):
    """How many dates the plan behind a promise has had."""
    return session.scalar(
        select(func.count(PlannedDate.id))
        .join(Promise, Promise.feature_id == PlannedDate.feature_id)
        .where(Promise.id == promise)
    )
