"""The demo company: every planted story is there to be found, the same each time, under every rule."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from statistics import median

import pytest
from sqlalchemy import func, select

from core.access import OPERATOR
from core.messages import Conflict, Invalid
from core.policies import DEFAULTS
from core.terms import Role
from data import __main__ as command_line
from data.calendars import china
from data.commands.pipelines import set_benchmarks
from data.commands.projections import differences
from data.demo import PASSWORD, write
from data.demo.staff import ACCOUNTS, LEAVER, OPTIMIST, PADDER, SANDBAGGER, SKIPPING_TEAM, STUCK_TEAM, TEAMS
from data.engine import Store
from data.files import read_file
from data.install import install
from data.queries.deliveries import Show as Deliveries
from data.queries.deliveries import delivery_board, delivery_file
from data.queries.demands import Show, demand_list
from data.queries.promises import demand_clocks, promises
from data.queries.sessions import demo_accounts
from data.queries.store_requests import Show as Requests
from data.queries.store_requests import alike, pool
from data.schema import (
    Action,
    Alert,
    Audit,
    Customer,
    CustomerState,
    Interaction,
    Opportunity,
    OpportunityChange,
    OpportunityState,
    Person,
    Stage,
    StageEvent,
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


def test_it_is_there_on_both_databases_and_its_projections_hold(store):
    write(store, "small")
    with store.writing() as session:
        assert differences(session) == []
    assert one(store, select(func.count()).select_from(Customer)) == 60
    assert {a[0] for a in ask(store, select(Person.username))} >= set(ACCOUNTS)
    with store.reading() as session:
        assert {role for _, _, role in demo_accounts(session)} == set(Role)


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
def test_the_little_companies(sqlite_store, size, customers, opportunities):
    write(sqlite_store, size)
    counts = [one(sqlite_store, select(func.count()).select_from(t)) for t in (Customer, Opportunity)]
    assert counts == [customers, opportunities]


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


def test_an_answer_came_late_across_a_holiday(company):
    with company.reading() as session:
        rows = demand_clocks(session, OPERATOR, china(), DEFAULTS, company.clock())
    assert len(rows) == 23
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


def test_a_rep_left_and_the_history_stayed(company):
    [(person_id, active)] = ask(company, select(Person.id, Person.active).where(Person.name == LEAVER[0]))
    done = (Action.owner_id == person_id, Action.status == "completed")
    still_open = (Opportunity.owner_id == person_id, Opportunity.outcome == "open")
    assert not active
    assert one(company, select(func.count()).where(*done)) > 0
    assert one(company, select(func.count()).where(*still_open)) == 0
    assert one(company, select(func.count()).where(Customer.owner_id == person_id)) == 0


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


@pytest.mark.parametrize("days", [{"lunch": 3.0}, {"solution_demo": 0.0}])
def test_a_wrong_benchmark_is_refused(sqlite_store, days):
    install(sqlite_store)
    with pytest.raises(Invalid):
        set_benchmarks(sqlite_store, OPERATOR, days)


def test_the_offered_password_is_the_accounts(company):
    import bcrypt

    kept = one(company, select(Person.password_hash).where(Person.username == "rep"))
    assert bcrypt.checkpw(PASSWORD.encode(), kept.encode())
