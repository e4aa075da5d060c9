"""The collaboration report in the store: issued once, its rows, analyses and their reach."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select, update

from core.access import OPERATOR, Who
from core.messages import Conflict, Invalid, NotAllowed, NotFound
from core.promises.collaboration import Level, Measure, rows_of
from core.promises.demands import Answer, DemandInput
from core.promises.handover import AnswerInput
from core.terms import Role
from data.commands.acceptance import answer_link
from data.commands.acceptance_links import new_token
from data.commands.collaboration import assign_cause, close_cause, issue_collaboration
from data.commands.deliveries import ask_again
from data.commands.demands import answer_demand, file_demand
from data.jobs.quarterly_collaboration import due, quarterly_collaboration
from data.jobs.registry import Run
from data.queries.collaboration import (
    QuarterChoice,
    cause_file,
    causes,
    collaboration_report,
    owners,
    quarters,
    report_so_far,
)
from data.queries.collaboration_facts import collaboration_facts, facts_between
from data.queries.policies import policy_in_force
from data.queries.today import Kind, today
from data.schema import Audit, CollaborationReport, Demand, Message, Person, RootCause
from tests.company import found
from tests.data.test_demands import EFFECT, filed
from tests.deliveries import Handover

QUARTER = date(2026, 1, 1)
APRIL = datetime(2026, 4, 1, 1, tzinfo=UTC)


@pytest.fixture
def company(store):
    return found(store)


@pytest.fixture
def late(store, company, clock):
    """Five demands of East answered late by Product, five of West in good time by a second one."""
    with store.writing() as session:
        second = Person(username="second", name="Second", role=Role.PRODUCT, created_at=store.clock())
        session.add(second)
        session.flush()
        quick = Who(second.id, Role.PRODUCT, None, "Second")
    for _ in range(5):
        slow = filed(store, company)
        soon = filed_by(store, company.stranger, company.strange_customer)
        clock.move(hours=2)
        answer(store, quick, soon)
        clock.move(days=2)
        answer(store, company.product, slow)
    return company


def filed_by(store, who, customer) -> int:
    return file_demand(store, who, customer, DemandInput("Words", "cost", EFFECT, "P1"))


def answer(store, who, demand) -> None:
    made = Answer("Dashboard", "One table", "Two weeks", "screen", "YQ-1", date(2026, 5, 10))
    answer_demand(store, who, demand, made)


def issued(store, clock, who=OPERATOR):
    clock.at = APRIL
    issue_collaboration(store, who, QUARTER)
    return read(store, collaboration_report, who, QUARTER).report


def read(store, query, who, *args):
    with store.reading() as session:
        return query(session, who, *args)


def test_a_report_counts_answers_by_team_and_by_who_answered(store, late, clock):
    report = issued(store, clock)
    figures = {(f.level, f.name): f for f in report.figures}
    east, west = figures[Level.TEAM, "East"], figures[Level.TEAM, "West"]
    assert (east.n, west.n, figures[Level.COMPANY, ""].n) == (5, 5, 10)
    assert west.value < 0.5 < 1 < east.value
    assert (east.below, west.below) == (True, False)
    assert figures[Level.PERSON, "Product"].below
    assert not figures[Level.PERSON, "Second"].below
    assert report.unmeasured == (Measure.KEPT, Measure.SECOND)
    assert sum(fact.value for fact in rows_of(report, east)) / 5 == pytest.approx(east.value)


def test_what_ran_out_unanswered_counts_in_the_quarter_in_which_it_did(store, company, clock):
    clock.at = datetime(2026, 3, 30, 1, tzinfo=UTC)
    over, running = filed(store, company), filed(store, company, urgency="P3")  # 8 and 24 working hours
    clock.at = datetime(2026, 4, 2, 1, tzinfo=UTC)
    answer(store, company.product, over)
    with store.reading() as session:
        policy = policy_in_force(session)
        first = collaboration_facts(session, QUARTER, APRIL, policy)
        later = collaboration_facts(session, date(2026, 4, 1), clock.at + timedelta(hours=1), policy)
    assert [(f.of, f.person_id) for f in first] == [(over, None)]  # as it stood when the quarter ended
    assert first[0].value > 1
    assert [f.of for f in later] == [over]
    assert running not in [f.of for f in first]


def test_it_is_issued_once_and_opens_each_cause_once(store, late, clock):
    issued(store, clock)
    with pytest.raises(Conflict):
        issue_collaboration(store, late.director, QUARTER)
    with store.reading() as session:
        keys = session.scalars(select(RootCause.key)).all()
        assert sorted(keys) == sorted(set(keys))
        assert len(keys) == 2
        assert session.scalar(select(func.count(CollaborationReport.id))) == 1
        told = session.scalars(select(Message.person_id).where(Message.kind == "collaboration_issued"))
        assert late.director.person_id in set(told)
        said = session.scalars(select(Audit.command).where(Audit.entity == "collaboration_report"))
        assert list(said) == ["collaboration.issue"]


@pytest.mark.parametrize(
    ("quarter", "code"), [(date(2026, 2, 1), "no_quarter"), (date(2026, 4, 1), "quarter_not_over")]
)
def test_only_a_quarter_that_is_over_is_issued(store, company, clock, quarter, code):
    clock.at = APRIL
    with pytest.raises(Invalid) as refused:
        issue_collaboration(store, company.director, quarter)
    assert [p.code for p in refused.value.problems][-1] == code


def test_what_is_recorded_later_changes_nothing(store, late, clock):
    report = issued(store, clock)
    answer(store, late.product, filed(store, late))
    assert read(store, collaboration_report, late.director, QUARTER).report == report


def in_hand(store, who, now) -> list[int]:
    groups = read(store, today, who, now)
    return [x.id for g in groups if g.kind is Kind.CAUSE for x in g.todos]


def test_an_analysis_is_assigned_and_closed_with_its_evidence(store, late, clock):
    issued(store, clock)
    east = next(c for c in read(store, causes, late.manager, clock.at) if c.figure.name == "East")
    assert len(east.rows) == 5
    with pytest.raises(Invalid):
        assign_cause(store, late.director, east.id, late.rep.person_id, date(2026, 4, 20))
    assign_cause(store, late.director, east.id, late.manager.person_id, date(2026, 4, 20))
    with store.reading() as session:
        (told,) = session.scalars(select(Message).where(Message.kind == "root_cause"))
        assert (told.person_id, told.query) == (late.manager.person_id, {"cause": east.id})
    assert in_hand(store, late.manager, clock.at) == [east.id]
    assert in_hand(store, late.director, clock.at) == []
    clock.move(days=30)
    assert read(store, cause_file, late.manager, east.id, clock.at).overdue
    with pytest.raises(Invalid):
        close_cause(store, late.manager, east.id, "Nobody looked on Mondays", " ")
    close_cause(store, late.manager, east.id, "Nobody looked on Mondays", "A rota")
    assert in_hand(store, late.manager, clock.at) == []
    closed = read(store, cause_file, late.director, east.id, clock.at)
    assert (closed.cause, closed.outcome, closed.closed_by) == (
        "Nobody looked on Mondays",
        "A rota",
        "Manager",
    )
    for again in (
        lambda: close_cause(store, late.manager, east.id, "x", "y"),
        lambda: assign_cause(store, late.director, east.id, late.manager.person_id, date(2027, 1, 1)),
    ):
        with pytest.raises(Conflict):
            again()


def test_a_quarter_before_the_companys_first_demand_has_no_report(sqlite_store, clock):
    """New Year's Eve, 17:00 UTC, is a day of the new quarter in Shanghai."""
    people = found(sqlite_store)
    filed(sqlite_store, people)
    for hour, offered in ((17, 0), (15, 1)):
        at = datetime(2025, 12, 31, hour, tzinfo=UTC)
        with sqlite_store.writing() as session:
            session.execute(update(Demand).values(recorded_at=at))
        with sqlite_store.reading() as session:
            over = [q for q in quarters(session, people.director, clock.at) if not q.running]
            assert len(over) == offered


def test_an_analysis_that_comes_back_to_somebody_is_told_to_them_again(store, late, clock):
    issued(store, clock)
    east = next(c for c in read(store, causes, late.manager, clock.at) if c.figure.name == "East")
    for who in (late.manager, late.product, late.manager, late.manager):
        assign_cause(store, late.director, east.id, who.person_id, date(2026, 4, 20))
        clock.move(minutes=1)
    told = select(Message.person_id).where(Message.kind == "root_cause").order_by(Message.id)
    with store.reading() as session:
        assert list(session.scalars(told)) == [
            who.person_id for who in (late.manager, late.product, late.manager)
        ]


def test_a_manager_sees_the_company_and_the_own_team(store, late, clock):
    issued(store, clock)
    mine = read(store, collaboration_report, late.manager, QUARTER).report
    assert {f.name for f in mine.figures if f.level is not Level.COMPANY} == {"East"}
    assert {f.team for f in mine.facts} == {"East"}
    shown = read(store, causes, late.manager, clock.at)
    assert [c.figure.name for c in shown] == ["East"]
    others = [c for c in read(store, causes, late.director, clock.at) if c.figure.name != "East"]
    with pytest.raises(NotFound):
        close_cause(store, late.manager, others[0].id, "x", "y")
    with store.reading() as session:
        able = owners(session, late.manager.team_id)
    assert set(able.values()) == {"Manager", "Director", "Product", "Second"}


def test_the_job_issues_at_the_quarters_start_as_known_then(store, late, clock):
    clock.at = APRIL
    with store.reading() as session:
        assert (
            due(session, datetime(2026, 3, 31, 22, tzinfo=UTC)) == []
        )  # January's came before the first demand
        ((at, key),) = due(session, clock.at)
    assert (at, key) == (datetime(2026, 3, 31, 23, tzinfo=UTC), "")  # 7:00 in Shanghai
    quarterly_collaboration(store, Run(at))
    quarterly_collaboration(store, Run(at))
    found_ = read(store, collaboration_report, late.director, QUARTER)
    assert (found_.as_of, found_.issued_by) == (at, None)
    assert read(store, quarters, late.director, clock.at) == (
        QuarterChoice(date(2026, 4, 1), issued=False, running=True),
        QuarterChoice(QUARTER, issued=True),
    )


def test_a_running_quarter_is_read_as_it_stands_and_opens_nothing(store, late, clock):
    """Before its last day is over the same rows and figures as the report will have, within reach."""
    running = read(store, report_so_far, late.director, clock.at)
    assert (running.report.quarter, running.as_of, running.issued_at) == (QUARTER, clock.at, None)
    mine = read(store, report_so_far, late.manager, clock.at).report
    assert {f.name for f in mine.figures if f.level is not Level.COMPANY} == {"East"}
    assert read(store, causes, late.director, clock.at) == ()
    assert issued(store, clock) == running.report
    with pytest.raises(NotAllowed):
        read(store, report_so_far, late.delivery, clock.at)


def test_without_a_demand_no_report_is_due(store, company, clock):
    clock.at = APRIL
    with store.reading() as session:
        assert due(session, clock.at) == []
    assert read(store, quarters, company.director, clock.at) == ()


def became(store, as_of) -> dict[str, float]:
    """What the first quarter's promises are worth, by measure; answers left out."""
    with store.reading() as session:
        facts = collaboration_facts(session, QUARTER, as_of, policy_in_force(session))
    return {str(f.measure): f.value for f in facts if f.measure is not Measure.RESPONSE}


def test_a_promise_is_kept_only_by_the_customers_word_and_the_second_one_is_counted(store, clock):
    handover = Handover(store)  # promised for 12 March
    assert became(store, clock.at) == {}  # nobody can know yet
    delivery, token = handover.ready()
    assert became(store, APRIL) == {"kept": 0.0}  # ready, and never confirmed
    clock.move(days=1)
    answer_link(store, token, AnswerInput("confirmed"))
    assert became(store, APRIL) == {"kept": 1.0}
    clock.move(days=31)
    again = new_token()
    ask_again(store, handover.people.delivery, delivery, again)
    answer_link(store, again, AnswerInput("problem", "It stays empty since Monday"))
    later = clock.at + timedelta(days=1)
    assert became(store, later)["second"] == 0.0
    assert became(store, APRIL) == {"kept": 1.0}  # what was known at the quarter's end stays


def test_a_teams_own_facts_are_its_part_of_everybodys(store, late, clock):
    clock.at = APRIL
    with store.reading() as session:
        span = (QUARTER, date(2026, 4, 1), APRIL, policy_in_force(session))
        every = facts_between(session, *span)
        teams = {fact.team_id for fact in every if fact.team_id}
        assert len(teams) == 2
        for team in teams:
            for measure in Measure:
                mine = facts_between(session, *span, measures=(measure,), team=team)
                assert mine == [f for f in every if f.measure is measure and f.team_id == team]
