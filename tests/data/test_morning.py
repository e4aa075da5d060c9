"""The morning brief in the store: issued once at seven, its sources, the meeting, what records prove."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from core.access import OPERATOR
from core.messages import Conflict, Invalid, NotAllowed, NotFound
from core.promises.demands import DemandInput, Effect, PromiseInput
from core.reports.commitments import Kept
from core.terms import ActionStatus
from data.commands.actions import record_action
from data.commands.briefs import issue_brief
from data.commands.calendars import set_days
from data.commands.demands import answer_demand, file_demand
from data.commands.morning import (
    assign,
    drop_commitment,
    export_minutes,
    finish_meeting,
    move_commitment,
    start_meeting,
    take_up_commitment,
)
from data.commands.promises import make_promise, move_promise, plan_promise
from data.commands.undo import undo
from data.jobs.morning_brief import morning_brief
from data.jobs.registry import JOBS, Run
from data.jobs.runner import LEASE
from data.jobs.schedule import tick, work
from data.minutes_json import Minutes, minutes_from, minutes_json
from data.minutes_words import checked_words, proof_words
from data.notices import sentence
from data.queries.commitments import own_commitments
from data.queries.morning import morning, morning_days, morning_teams
from data.queries.today import Kind, today
from data.schema import (
    Action,
    Alert,
    Audit,
    Customer,
    Demand,
    JobRun,
    Message,
    MorningBrief,
    Opportunity,
    OpportunityState,
    PolicyVersion,
    Team,
)
from data.text import has
from tests.company import found
from tests.data.test_promises import ANSWER, filed
from tests.data.test_record_action import done
from tests.data.test_undo import kept, last
from tests.morning import at_risk, customer_of, deal_of, issued, meeting, promise_to
from tests.rooms import meanwhile

TODAY = date(2026, 3, 4)


@pytest.fixture
def company(store, clock, monkeypatch):
    """The alerts were written without their causes, so the hourly sweep must leave them alone; the forecast
    is not what is looked at."""
    for other in ("sweep_alerts", "forecast"):
        monkeypatch.setitem(JOBS, other, lambda store, run: None)
    return at_risk(store, clock)


def shown(store, who, team, day=TODAY):
    with store.reading() as session:
        return morning(session, who, team, day, store.clock())


def briefs(store) -> list[tuple[int, date]]:
    with store.reading() as session:
        query = select(MorningBrief.team_id, MorningBrief.day).order_by(MorningBrief.id)
        return [tuple(row) for row in session.execute(query)]


def add(store, row) -> int:
    with store.writing() as session:
        session.add(row)
        session.flush()
        return row.id


def test_it_is_issued_at_seven_once_and_the_team_is_told(store, company, clock):
    clock.move(seconds=-1)
    work(store)
    assert briefs(store) == []
    clock.move(seconds=1)
    work(store)
    assert work(store) == 0
    assert briefs(store) == [(company.rep.team_id, TODAY), (company.stranger.team_id, TODAY)]
    with store.reading() as session:
        issued_ = select(Message).where(Message.kind == "brief_issued").order_by(Message.id)
        messages = session.scalars(issued_).all()
    assert {m.person_id for m in messages} == {
        who.person_id for who in (company.rep, company.mate, company.manager, company.stranger)
    }
    title, body = sentence("en", messages[0].kind, messages[0].params)
    assert title == "Morning brief, East, 4 Mar 2026"
    assert body.splitlines()[0] == (
        "1. Haihe: CN¥200,000 at risk. Rep: Ask what keeps the customer from a quote, "
        "and make one or stop. By Wed 4 Mar, 18:00."
    )
    assert [line.split(":")[0] for line in body.splitlines()] == ["1. Haihe", "2. Minjiang", "3. Wuyi"]
    assert (messages[0].page, messages[0].query["day"]) == ("morning", "2026-03-04")


def test_each_team_has_its_own_seven_oclock(store, company, clock):
    with store.writing() as session:
        session.get_one(Team, company.stranger.team_id).timezone = "Europe/Berlin"
    work(store)
    assert [team for team, _ in briefs(store)] == [company.rep.team_id]
    clock.at = datetime(2026, 3, 4, 6, tzinfo=UTC)  # 7:00 in Berlin
    work(store)
    assert [team for team, _ in briefs(store)] == [company.rep.team_id, company.stranger.team_id]


# fmt: off
DAYS = [
    # 8:00 in Shanghai on      briefs
    (date(2026, 3, 8),     0),  # a Sunday
    (date(2026, 2, 17),    0),  # Spring Festival
    (date(2026, 2, 14),    2),  # a Saturday that is worked for it
    (date(2026, 3, 9),     2),
]
# fmt: on


@pytest.mark.parametrize(("day", "n"), DAYS)
def test_only_working_days_have_one(store, company, clock, day, n):
    clock.at = datetime.combine(day, time(), UTC)
    work(store)
    assert len(briefs(store)) == n
    if not n:
        with pytest.raises(Invalid):
            issue_brief(store, company.manager, company.rep.team_id)


def test_a_day_that_the_company_made_free_has_none_and_a_made_up_one_has(store, company, clock):
    set_days(store, company.admin, "CN", TODAY, None, "off")
    set_days(store, company.admin, "CN", date(2026, 3, 7), None, "work")  # a Saturday
    work(store)
    assert briefs(store) == []
    clock.at = datetime(2026, 3, 7, tzinfo=UTC)
    work(store)
    assert len(briefs(store)) == 2


def test_after_a_stop_todays_comes_late_and_days_that_are_over_get_none(store, company, clock):
    clock.at = datetime(2026, 3, 6, 7, 30, tzinfo=UTC)  # Friday, 15:30, after two silent mornings
    work(store)
    work(store)
    assert [day for _, day in briefs(store)] == [date(2026, 3, 6)] * 2
    assert shown(store, company.manager, company.rep.team_id, date(2026, 3, 6)).issued_at == clock.at


def test_killed_in_the_middle_it_is_issued_once(store, company, clock, monkeypatch):
    class Killed(BaseException):
        """What ends the process; nothing of the runner catches it."""

    def die(store, who, team_id):
        issue_brief(store, who, team_id)
        raise Killed

    monkeypatch.setattr("data.jobs.morning_brief.issue_brief", die)
    with pytest.raises(Killed):
        work(store)
    monkeypatch.setattr("data.jobs.morning_brief.issue_brief", issue_brief)
    clock.move(seconds=LEASE.total_seconds() + 1)
    work(store)
    assert len(briefs(store)) == 2
    with store.reading() as session:
        told = session.scalar(select(func.count()).where(Message.kind == "brief_issued"))
        states = set(session.scalars(select(JobRun.state).where(JobRun.job == "morning_brief")))
    assert (told, states) == (4, {"done"})


def test_many_workers_issue_each_once(store, company):
    workers = [threading.Thread(target=work, args=(store,)) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(briefs(store)) == 2


def test_who_is_told_is_policy(store, company):
    changes = {"brief_told": ["manager"]}
    add(store, PolicyVersion(version=1, changes=changes, published_at=store.clock()))
    issued(store, company)
    with store.reading() as session:
        assert session.scalars(select(Message.person_id)).all() == [company.manager.person_id]


def test_a_company_without_an_opportunity_gets_none(store, clock):
    clock.at = datetime(2026, 3, 4, 1, tzinfo=UTC)
    found(store)
    with store.writing() as session:
        session.query(Opportunity).delete()
    tick(store)
    assert briefs(store) == []


def test_every_source_is_in_it(store, company, clock):
    """A red promise, an overdue demand, an ending quote and an overdue step, all at one customer."""
    customer, deal = customer_of(store, "Luoyang"), deal_of(store, "Luoyang")
    effect = Effect("Changeover", Decimal(45), Decimal(25), "minutes")
    make_promise(store, company.rep, customer, PromiseInput("By then", TODAY + timedelta(days=9)))
    clock.move(hours=-3)
    file_demand(store, company.rep, customer, DemandInput("Slow", "cost", effect, "P0"))
    clock.move(hours=3)
    common = {"customer_id": customer, "opportunity_id": deal, "owner_id": company.rep.person_id,
              "recorded_at": clock.at - timedelta(days=3)}  # fmt: skip
    quoted = {"ended_at": clock.at - timedelta(days=3), "fields": {"valid_until": "2026-03-05"}}
    add(store, Action(type="quote_confirmation", status=ActionStatus.COMPLETED, **quoted, **common))
    add(store, Action(type="solution_demo", status=ActionStatus.PLANNED, fields={},
                      planned_for=clock.at - timedelta(hours=20), **common))  # fmt: skip
    issued(store, company)
    told = shown(store, company.manager, company.rep.team_id)
    (item,) = [i for i in (*told.brief.top, *told.brief.following) if i.name == "Luoyang"]
    assert [c.source.value for c in item.causes] == ["promise", "demand", "alert", "quote", "step"]
    assert item.at_risk == {"CNY": 45_000}
    stranger = shown(store, company.director, company.stranger.team_id)
    assert stranger is None
    issue_brief(store, company.director, company.stranger.team_id)
    others = shown(store, company.director, company.stranger.team_id)
    assert [i.name for i in others.brief.top] == ["Taihu Bearings"]
    assert [a.customer for a in others.alerts] == ["Taihu Bearings"]
    assert len(told.alerts) == 4


def test_an_issued_brief_stays_as_it_was(store, company, clock):
    issued(store, company)
    before = shown(store, company.manager, company.rep.team_id).brief
    clock.move(hours=1)
    with store.writing() as session:
        for row in session.scalars(select(Opportunity)):
            row.name, row.amount = "Renamed", Decimal(1)
        for alert in session.scalars(select(Alert)):
            alert.cleared_at = clock.at
    assert shown(store, company.manager, company.rep.team_id).brief == before
    with pytest.raises(Conflict):
        issued(store, company)


def test_a_team_is_met_by_its_own_and_the_directors_choose(store, company):
    issued(store, company)
    with store.reading() as session:
        assert list(morning_teams(session, company.rep).values()) == ["East"]
        assert list(morning_teams(session, company.director).values()) == ["East", "West"]
        for query in (morning, morning_days):
            args = (TODAY, store.clock()) if query is morning else (store.clock(),)
            with pytest.raises(NotFound):
                query(session, company.stranger, company.rep.team_id, *args)
            with pytest.raises(NotAllowed):
                query(session, company.admin, company.rep.team_id, *args)
    with pytest.raises(NotFound):
        issue_brief(store, replace(company.manager, team_id=company.stranger.team_id), company.rep.team_id)
    assert not shown(store, company.rep, company.rep.team_id).may_run


def test_the_meeting_begins_once_and_only_on_its_day(store, company, clock):
    brief = issued(store, company)
    start_meeting(store, company.manager, brief)
    with pytest.raises(Conflict):
        start_meeting(store, company.director, brief)
    clock.move(days=1)
    with pytest.raises(Conflict):
        start_meeting(store, company.manager, brief)
    with pytest.raises(NotFound):
        start_meeting(store, company.manager, 999)


def test_today_leads_the_manager_to_the_meeting_until_it_is_over(store, company, clock):
    def line(who):
        with store.reading() as session:
            groups = [g for g in today(session, who, store.clock()) if g.kind is Kind.MEETING]
        return [(one.type, one.person, one.params) for g in groups for one in g.todos]

    manager = company.manager
    assert line(manager) == []  # no brief yet
    brief = issued(store, company)
    top = {"top": ["Haihe", "Minjiang", "Wuyi"]}
    assert line(manager) == [("waits", "East", top)]
    others = (company.rep, company.director, replace(manager, team_id=company.stranger.team_id))
    assert [line(who) for who in others] == [[], [], []]
    held = start_meeting(store, manager, brief)
    assert line(manager) == [("runs", "East", top)]
    finish_meeting(store, manager, held)
    assert line(manager) == []
    clock.move(days=1)
    brief = issued(store, company)
    assert len(line(manager)) == 1
    clock.move(days=1)
    assert line(manager) == []  # yesterday's was not held: there is nothing to open today


def test_what_was_agreed_is_asked_for_the_next_morning_and_shown_by_records(store, company, clock):
    held = meeting(store, company)
    for name in ("Haihe", "Minjiang", "Wuyi"):
        assign(store, company.manager, held, promise_to(store, company, clock, name))
    assign(store, company.manager, held, promise_to(store, company, clock, "Luoyang", expects="quote"))
    finish_meeting(store, company.manager, held, "All well")
    common = {"status": ActionStatus.COMPLETED, "owner_id": company.mate.person_id, "fields": {},
              "type": "solution_demo", "recorded_at": clock.at + timedelta(hours=20)}  # fmt: skip
    for name, hours in (("Haihe", 3), ("Minjiang", 12), ("Wuyi", -2), ("Luoyang", 3)):
        ended = clock.at + timedelta(hours=hours)
        add(store, Action(customer_id=customer_of(store, name), opportunity_id=deal_of(store, name),
                          started_at=ended - timedelta(hours=1), ended_at=ended, **common))  # fmt: skip
    clock.move(days=1)
    issued(store, company)
    told = shown(store, company.manager, company.rep.team_id, date(2026, 3, 5))
    states = {c.commitment.customer: c.state.value for c in told.followed}
    assert states == {"Haihe": "kept", "Minjiang": "late", "Wuyi": "missed", "Luoyang": "missed"}
    assert [c.record.by for c in told.followed if c.record] == ["Mate", "Mate"]
    said = [proof_words("en", c, "Asia/Shanghai") for c in told.followed if c.record]
    assert ["18:00" in said[0], "09:00" in said[1]] == [True, True]  # a visit is named by its start
    kept = Minutes(told.followed, (), 0, "")
    assert minutes_from(minutes_json(kept)) == kept
    assert told.meeting is None
    clock.move(days=1)
    issued(store, company)
    later = shown(store, company.manager, company.rep.team_id, date(2026, 3, 6))
    assert len(later.followed) == 4  # no meeting between: the last one's are asked for again


def test_older_ones_are_asked_for_until_they_are_done_or_given_up(store, company, clock):
    first = meeting(store, company)
    old = assign(store, company.manager, first, promise_to(store, company, clock))
    clock.move(days=1)
    second = meeting(store, company)
    assign(store, company.manager, second, promise_to(store, company, clock, "Wuyi"))
    clock.move(days=1)
    issued(store, company)
    day = date(2026, 3, 6)
    told = shown(store, company.manager, company.rep.team_id, day)
    assert [c.commitment.customer for c in told.followed] == ["Haihe", "Wuyi"]
    with pytest.raises(Invalid):
        drop_commitment(store, company.manager, old, " ")
    drop_commitment(store, company.manager, old, "They bought elsewhere")
    with pytest.raises(Conflict):
        drop_commitment(store, company.manager, old, "Again")
    told = shown(store, company.manager, company.rep.team_id, day)
    left = [(c.commitment.customer, c.state, c.commitment.drop_reason) for c in told.followed]
    assert left == [
        ("Haihe", Kept.DROPPED, "They bought elsewhere"),
        ("Wuyi", Kept.MISSED, ""),
    ]  # where it stood
    clock.move(days=3)
    issued(store, company)
    told = shown(store, company.manager, company.rep.team_id, date(2026, 3, 9))
    assert [c.commitment.customer for c in told.followed] == ["Wuyi"]


def test_a_new_date_proves_a_commitment_about_a_promise(store, company, clock):
    customer = customer_of(store, "Haihe")
    promise = make_promise(store, company.rep, customer, PromiseInput("Then", TODAY + timedelta(days=9)))
    held = meeting(store, company)
    given = promise_to(store, company, clock, expects="promise", about=promise)
    assign(store, company.manager, held, given)
    clock.move(hours=2)

    def state() -> Kept:
        return shown(store, company.manager, company.rep.team_id).made[0].state

    assert state() is Kept.OPEN
    move_promise(store, company.rep, promise, TODAY + timedelta(days=30), "Agreed on the phone")
    assert state() is Kept.KEPT


@pytest.mark.parametrize("of_demand", [False, True])
def test_a_planned_feature_for_a_promise_proves_that_it_was_planned(store, company, clock, of_demand):
    customer = company.customer
    planned = answer_demand(store, company.product, filed(store, company), ANSWER)
    demand = filed(store, company) if of_demand else None
    told = PromiseInput("Then", date(2026, 4, 20), demand_id=demand)
    promise = make_promise(store, company.rep, customer, told)
    held = meeting(store, company)
    given = promise_to(store, company, clock, expects="promise", about=promise, customer_id=customer)
    assign(store, company.manager, held, given)
    clock.move(hours=2)
    if demand:
        answer_demand(store, company.product, demand, ANSWER, planned)
    else:
        plan_promise(store, company.product, promise, planned)
    (made,) = shown(store, company.manager, company.rep.team_id).made
    assert (made.state, made.record.word) == (Kept.KEPT, "answered" if demand else "named")
    assert has("zh", f"morning.record.{made.record.word}")


def test_a_commitment_concerns_its_own_customers_promise_demand_or_step(store, company, clock):
    told = PromiseInput("Then", TODAY + timedelta(days=9))
    theirs = make_promise(store, company.stranger, company.strange_customer, told)
    common = {"fields": {}, "type": "solution_demo", "status": ActionStatus.PLANNED,
              "planned_for": clock.at - timedelta(days=5), "recorded_at": clock.at}  # fmt: skip
    step = add(store, Action(customer_id=company.strange_customer, opportunity_id=company.strange_opportunity,
                             owner_id=company.stranger.person_id, **common))  # fmt: skip
    own = add(store, Action(customer_id=customer_of(store, "Haihe"), opportunity_id=deal_of(store, "Haihe"),
                            owner_id=company.rep.person_id, **common))  # fmt: skip
    held = meeting(store, company)
    guesses = (("promise", theirs), ("promise", 999), ("demand", 999), ("step", step), ("step", 999))
    for expects, about in guesses:
        given = promise_to(store, company, clock, expects=expects, about=about)
        with pytest.raises(Invalid) as refused:
            assign(store, company.manager, held, given)
        assert [(p.field, p.code) for p in refused.value.problems] == [("about", "other_customer")]
    other = promise_to(store, company, clock, expects="step", about=own)
    with pytest.raises(Invalid):
        assign(store, company.manager, held, replace(other, opportunity_id=deal_of(store, "Wuyi")))
    assign(store, company.manager, held, other)
    assign(store, company.manager, held, promise_to(store, company, clock, expects="quote"))
    made = shown(store, company.manager, company.rep.team_id).made
    assert [one.commitment.about for one in made] == [own, None]


def test_what_was_done_is_not_given_up(store, company, clock):
    held = meeting(store, company)
    made = assign(store, company.manager, held, promise_to(store, company, clock))
    add(store, Action(customer_id=customer_of(store, "Haihe"), opportunity_id=deal_of(store, "Haihe"),
                      owner_id=company.rep.person_id, fields={}, type="solution_demo",
                      status=ActionStatus.COMPLETED, ended_at=clock.at + timedelta(hours=1),
                      recorded_at=clock.at + timedelta(hours=1)))  # fmt: skip
    clock.move(hours=2)
    with pytest.raises(Conflict):
        drop_commitment(store, company.manager, made, "They bought elsewhere")


@pytest.mark.parametrize("settled", ["recorded", "called off"])
def test_a_step_that_was_overdue_is_done_once_it_is_entered_whenever_it_took_place(
    store, company, clock, settled
):
    step = add(store, Action(
        customer_id=customer_of(store, "Haihe"), opportunity_id=deal_of(store, "Haihe"), fields={},
        owner_id=company.mate.person_id, type="solution_demo", status=ActionStatus.PLANNED,
        planned_for=clock.at - timedelta(days=5), recorded_at=clock.at - timedelta(days=9),
    ))  # fmt: skip
    held = meeting(store, company)
    assign(store, company.manager, held, promise_to(store, company, clock, expects="step", about=step))
    clock.move(hours=2)

    def made():
        return shown(store, company.manager, company.rep.team_id).made[0]

    assert made().state is Kept.OPEN
    with store.writing() as session:
        row = session.get_one(Action, step)
        if settled == "recorded":
            row.status, row.ended_at, row.recorded_at = "completed", row.planned_for, clock.at
        else:
            row.status, row.cancelled_at = "cancelled", clock.at
    assert (made().state, made().record.by) == (Kept.KEPT, "Mate")


def test_a_step_whose_record_is_undone_and_made_again_is_done(store, company, clock):
    deal = deal_of(store, "Haihe")
    clock.move(hours=-5)
    first = record_action(store, company.rep, deal, done(store, "appointment", hours_ago=2))
    clock.move(hours=5)
    step = kept(store, OpportunityState, deal)["next_step_id"]
    held = meeting(store, company)
    assign(store, company.manager, held, promise_to(store, company, clock, expects="step", about=step))
    clock.move(hours=1)

    def stands():
        return shown(store, company.manager, company.rep.team_id).made[0].state

    before = done(store, "solution_demo", hours_ago=3, follows=first)  # it took place before it was agreed on
    record_action(store, company.rep, deal, replace(before, completes=step))
    assert stands() is Kept.KEPT
    undone = undo(store, company.rep, last(store))
    assert stands() is Kept.OPEN
    again = undo(store, company.rep, undone)
    assert stands() is Kept.KEPT
    undo(store, company.rep, again)
    anew = kept(store, OpportunityState, deal)["next_step_id"]
    record_action(store, company.rep, deal, replace(before, completes=anew))
    assert stands() is Kept.KEPT


def test_what_is_agreed_on_about_a_step_of_a_brief_is_about_its_row_of_now(store, company, clock):
    deal = deal_of(store, "Haihe")
    clock.move(hours=-5)
    first = record_action(store, company.rep, deal, done(store, "appointment", hours_ago=2))
    clock.move(hours=5)
    step = kept(store, OpportunityState, deal)["next_step_id"]
    held = meeting(store, company)
    demo = replace(done(store, "solution_demo", hours_ago=3, follows=first), completes=step)
    record_action(store, company.rep, deal, demo)
    undo(store, company.rep, last(store))
    assign(store, company.manager, held, promise_to(store, company, clock, expects="step", about=step))
    clock.move(hours=1)
    anew = kept(store, OpportunityState, deal)["next_step_id"]
    record_action(store, company.rep, deal, replace(demo, completes=anew))
    assert shown(store, company.manager, company.rep.team_id).made[0].state is Kept.KEPT


def test_what_was_agreed_on_two_mornings_running_is_one_thing_to_do(store, company, clock):
    for _ in range(2):
        held = meeting(store, company)
        assign(store, company.manager, held, promise_to(store, company, clock))
        finish_meeting(store, company.manager, held, "")
        clock.move(days=1)
    issued(store, company)
    asked = shown(store, company.manager, company.rep.team_id, date(2026, 3, 6)).followed
    assert [(c.commitment.customer, c.before) for c in asked] == [("Haihe", 1)]
    said = checked_words("en", asked[0], "Asia/Shanghai")
    assert "See them. By " in said
    assert ". Agreed on once before. No action with the customer since." in said
    with store.reading() as session:
        own = own_commitments(session, company.rep.person_id, clock.at + timedelta(days=1), clock.at)
    assert [c.id for c in own] == [asked[0].commitment.id]
    drop_commitment(store, company.manager, asked[0].commitment.id, "They bought elsewhere")
    told = shown(store, company.manager, company.rep.team_id, date(2026, 3, 6)).followed
    assert [(c.state, c.before) for c in told] == [(Kept.DROPPED, 1)]
    take_up_commitment(store, company.manager, asked[0].commitment.id)
    told = shown(store, company.manager, company.rep.team_id, date(2026, 3, 6)).followed
    assert [(c.state, c.before, c.commitment.drop_reason) for c in told] == [(Kept.MISSED, 1, "")]
    with pytest.raises(Conflict):
        take_up_commitment(store, company.manager, asked[0].commitment.id)
    drop_commitment(store, company.manager, asked[0].commitment.id, "They bought elsewhere")
    with store.reading() as session:
        assert own_commitments(session, company.rep.person_id, clock.at + timedelta(days=1), clock.at) == []


def test_what_a_running_meeting_takes_back_leaves_the_word_before_it_as_it_stood(store, company, clock):
    held = meeting(store, company)
    old = assign(store, company.manager, held, promise_to(store, company, clock))
    finish_meeting(store, company.manager, held, "")
    clock.move(days=1)
    again = assign(store, company.manager, meeting(store, company), promise_to(store, company, clock))
    drop_commitment(store, company.manager, again, "Another customer first")
    told = shown(store, company.manager, company.rep.team_id, date(2026, 3, 5))
    assert [(c.commitment.id, c.state) for c in told.followed] == [(old, Kept.MISSED)]
    assert [(c.commitment.id, c.state) for c in told.made] == [(again, Kept.DROPPED)]
    with store.reading() as session:
        assert [c.id for c in own_commitments(session, company.rep.person_id, clock.at, clock.at)] == [old]


def test_what_is_agreed_on_again_for_tomorrow_is_not_asked_for_today(store, company, clock):
    for due in (timedelta(hours=10), timedelta(days=1, hours=10)):
        held = meeting(store, company)
        assign(store, company.manager, held, promise_to(store, company, clock, due_at=clock.at + due))
        finish_meeting(store, company.manager, held, "")
        clock.move(days=1)
    clock.move(hours=-20)  # some hours after the second meeting
    rep = company.rep.person_id
    with store.reading() as session:
        assert own_commitments(session, rep, clock.at + timedelta(hours=8), clock.at) == []
        [own] = own_commitments(session, rep, clock.at + timedelta(days=2), clock.at)
    assert own.due_at > clock.at


def test_what_is_agreed_on_again_in_other_words_or_by_another_is_asked_for_once(store, company, clock):
    rep, mate = company.rep, company.mate
    with store.reading() as session:
        alerts = dict(session.execute(select(Alert.opportunity_id, Alert.id)).all())
    last = 0
    for words, second in (("See them", rep), ("去看他们", mate)):
        held = meeting(store, company)
        for name, who in (("Haihe", rep), ("Minjiang", second)):
            about = alerts[deal_of(store, name)]
            more = {"what": f"{words}, {name}", "owner_id": who.person_id, "about": about}
            agreed = assign(store, company.manager, held, promise_to(store, company, clock, name, **more))
            last = agreed if name == "Haihe" else last
        assign(store, company.manager, held, promise_to(store, company, clock, what=f"{words} too"))
        clock.move(days=1)
    issued(store, company)

    def asked(who):
        with store.reading() as session:
            own = own_commitments(session, who.person_id, clock.at + timedelta(days=1), clock.at)
        return [c.what for c in own]

    others = ["See them too", "去看他们 too"]  # about nothing but the customer: each is another thing
    assert sorted(asked(rep)) == sorted([*others, "去看他们, Haihe"])
    assert asked(mate) == ["去看他们, Minjiang"]
    followed = shown(store, company.manager, rep.team_id, date(2026, 3, 6)).followed
    assert sorted(c.commitment.what for c in followed) == sorted([*asked(rep), *asked(mate)])
    drop_commitment(store, company.manager, last, "They bought elsewhere")
    assert sorted(asked(rep)) == sorted(others)


def test_whoever_takes_something_over_is_told_once(store, company, clock):
    held = meeting(store, company)
    assign.once(store, company.manager, "k", held, promise_to(store, company, clock))
    assign.once(store, company.manager, "k", held, promise_to(store, company, clock))
    with store.reading() as session:
        (message,) = session.scalars(select(Message).where(Message.kind == "commitment"))
    assert message.person_id == company.rep.person_id
    body = sentence("en", message.kind, message.params)[1]
    assert body == "Haihe: See them. By Wed 4 Mar, 17:00. (Manager)"
    assert (message.page, message.query) == ("customer", {"customer": customer_of(store, "Haihe")})
    assert (
        sentence("zh", message.kind, message.params)[1] == "Haihe：See them（截止 3月4日周三 17:00，Manager）"
    )


def test_what_a_meeting_agrees_on_again_word_for_word_gets_the_new_time_and_is_told(store, company, clock):
    held = meeting(store, company)
    first = assign(store, company.manager, held, promise_to(store, company, clock))
    later = clock.at + timedelta(days=2)
    clock.move(minutes=1)
    again = assign(store, company.manager, held, promise_to(store, company, clock, due_at=later))
    clock.move(minutes=-1)
    other = assign(store, company.manager, held, promise_to(store, company, clock, what="See them, all"))
    made = shown(store, company.manager, company.rep.team_id).made
    assert again == first
    assert [(c.commitment.id, c.commitment.due_at == later) for c in made] == [(first, True), (other, False)]
    with store.reading() as session:
        told = session.scalars(select(Message).order_by(Message.id)).all()
        told = [m for m in told if m.kind.startswith("commitment")]
    assert [sentence("en", m.kind, m.params)[1] for m in told[:2]] == [
        "Haihe: See them. By Wed 4 Mar, 17:00. (Manager)",
        "Haihe: See them. Now by Fri 6 Mar, 07:00, no longer by Wed 4 Mar, 17:00. (Manager)",
    ]
    drop_commitment(store, company.manager, first, "They bought elsewhere")
    assert assign(store, company.manager, held, promise_to(store, company, clock)) not in (first, other)


def test_what_a_running_meeting_agreed_on_gets_another_day_and_its_owner_is_told(store, company, clock):
    held = meeting(store, company)
    made = assign(store, company.manager, held, promise_to(store, company, clock))
    later = clock.at + timedelta(days=2)
    with pytest.raises(NotFound):
        move_commitment(store, replace(company.manager, team_id=company.stranger.team_id), made, later)
    with pytest.raises(NotAllowed):
        move_commitment(store, company.rep, made, later)
    with pytest.raises(Invalid) as refused:
        move_commitment(store, company.manager, made, clock.at)
    assert [p.field for p in refused.value.problems] == ["due_at"]
    clock.move(minutes=1)
    move_commitment(store, company.manager, made, later)
    [stands] = shown(store, company.manager, company.rep.team_id).made
    assert (stands.commitment.id, stands.commitment.due_at, stands.state) == (made, later, Kept.OPEN)
    clock.move(minutes=1)
    drop_commitment(store, company.manager, made, "They bought elsewhere")
    with pytest.raises(Conflict):
        move_commitment(store, company.manager, made, later)
    clock.move(minutes=1)
    take_up_commitment(store, company.manager, made)
    with store.reading() as session:
        told = session.scalars(select(Message).where(Message.person_id == company.rep.person_id))
        said = [sentence("en", m.kind, m.params)[1] for m in told if m.kind.startswith("commitment")]
    assert said == [
        "Haihe: See them. By Wed 4 Mar, 17:00. (Manager)",
        "Haihe: See them. Now by Fri 6 Mar, 07:00, no longer by Wed 4 Mar, 17:00. (Manager)",
        "Haihe: See them. Why: They bought elsewhere (Manager)",
        "Haihe: See them. By Fri 6 Mar, 07:00. (Manager)",
    ]  # fmt: skip
    finish_meeting(store, company.manager, held)
    with pytest.raises(Conflict):
        move_commitment(store, company.manager, made, later + timedelta(days=1))


def test_word_of_a_promise_a_demand_or_an_alert_opens_it(store, company, clock):
    customer, deal = customer_of(store, "Haihe"), deal_of(store, "Haihe")
    promise = make_promise(store, company.rep, customer, PromiseInput("Then", TODAY + timedelta(days=9)))
    asked = {"words": "Slow", "pain": "cost", "metric": "", "unit": "", "urgency": "P1"}
    demand = add(store, Demand(customer_id=customer, opened_at=clock.at, recorded_at=clock.at, **asked))
    with store.reading() as session:
        alert = session.scalars(select(Alert.id).where(Alert.opportunity_id == deal)).one()
    held = meeting(store, company)
    for expects, number in (("promise", promise), ("demand", demand), ("quote", alert)):
        assign(store, company.manager, held, promise_to(store, company, clock, expects=expects, about=number))
    told = promise_to(store, company, clock, expects="quote", about=alert, owner_id=company.mate.person_id)
    assign(store, company.manager, held, told)
    with store.reading() as session:
        found = session.scalars(select(Message).where(Message.kind == "commitment").order_by(Message.id))
        opens = [(message.page, message.query) for message in found]
    assert opens == [
        ("promises", {"promise": promise}),
        ("demands", {"demand": demand}),
        ("alerts", {"alert": alert}),
        ("today", {}),  # another's, who sees neither the customer nor the alert
    ]


def test_whoever_does_not_see_the_customer_is_led_to_their_own_day(store, company, clock):
    held = meeting(store, company)
    assign(store, company.manager, held, promise_to(store, company, clock, owner_id=company.mate.person_id))
    with store.reading() as session:
        (message,) = session.scalars(select(Message).where(Message.kind == "commitment"))
    assert (message.person_id, message.page, message.query) == (company.mate.person_id, "today", {})


# fmt: off
WRONG = [
    ({"what": " "},             "what"),
    ({"what": "x" * 301},       "what"),
    ({"owner_id": 0},           "owner"),
    ({"expects": "wish"},       "expects"),
    ({"customer_id": None},     "customer"),
    ({"customer_id": 0},        "customer"),
    ({"opportunity_id": 0},     "customer"),
    ({"due_at": datetime(2026, 3, 3, tzinfo=UTC)}, "due_at"),
]
# fmt: on


@pytest.mark.parametrize(("wrong", "field"), WRONG)
def test_a_wrong_commitment_is_refused_at_its_field(store, company, clock, wrong, field):
    held = meeting(store, company)
    with pytest.raises(Invalid) as refused:
        assign(store, company.manager, held, replace(promise_to(store, company, clock), **wrong))
    assert [p.field for p in refused.value.problems] == [field]


def test_a_meeting_that_two_finish_at_once_is_finished_once(store, company, monkeypatch):
    held = meeting(store, company)
    outcomes = meanwhile(
        monkeypatch,
        "data.commands.morning.followed",
        lambda: finish_meeting(store, company.manager, held, "One"),
        lambda: finish_meeting(store, company.manager, held, "Other"),
    )
    assert {type(said) for said in outcomes} == {int, Conflict}
    ended = select(func.count()).select_from(Audit).where(Audit.command == "morning.finish")
    with store.reading() as session:
        assert session.scalar(ended) == 1


def test_the_minutes_say_what_was_agreed_on_again(store, company, clock):
    held = meeting(store, company)
    for name in ("Haihe", "Wuyi"):
        assign(store, company.manager, held, promise_to(store, company, clock, name))
    finish_meeting(store, company.manager, held)
    clock.move(days=1)
    held = meeting(store, company)
    for name, what in (("Haihe", "See them"), ("Minjiang", "Call")):
        assign(store, company.manager, held, promise_to(store, company, clock, name, what=what))
    finish_meeting(store, company.manager, held)
    day = TODAY + timedelta(days=1)
    said = {
        language: export_minutes(store, company.rep, company.rep.team_id, day, language).decode().splitlines()
        for language in ("en", "zh")
    }
    followed, made = "Agreed on again in this meeting.", "Agreed on before and not done."
    agreed = [line for line in said["en"] if "[" in line]
    assert [(line[: line.index(":")], followed in line, made in line) for line in agreed] == [
        ("- [Not done] Rep, Haihe", True, False),
        ("- [Not done] Rep, Wuyi", False, False),
        ("- [Open] Rep, Haihe", False, True),
        ("- [Open] Rep, Minjiang", False, False),
    ]  # fmt: skip
    chinese = [line for line in said["zh"] if "Haihe" in line and "Rep" in line and "再次" in line]
    assert len(chinese) == 1
    assert chinese[0].endswith("。本次晨会已再次约定。")


def test_the_minutes_are_kept_and_read_in_either_language(store, company, clock):
    held = meeting(store, company)
    assign(store, company.manager, held, promise_to(store, company, clock))
    clock.move(minutes=14)
    finish_meeting(store, company.manager, held, " Watch Wuyi ")
    with pytest.raises(Conflict):
        finish_meeting(store, company.manager, held)
    with pytest.raises(Conflict):
        assign(store, company.manager, held, promise_to(store, company, clock))
    with store.writing() as session:
        session.get_one(Opportunity, deal_of(store, "Haihe")).name = "Renamed"
    text = export_minutes(store, company.rep, company.rep.team_id, TODAY, "en").decode()
    assert text == (
        "Morning meeting, East, 4 Mar 2026\n\n"
        "Held Wed 4 Mar, 07:00, led by Manager, 14 minutes. Its minutes are as things stood at the end.\n\n"
        "Agreed before\n- nothing\n\n"
        "The top three\n"
        "- Haihe: CN¥200,000 at risk. Rep: Ask what keeps the customer from a quote, and make one or stop. "
        "By Wed 4 Mar, 18:00.\n"
        "- Minjiang: CN¥180,000 at risk. Rep: Agree on the next step with the customer and plan it. "
        "By Thu 5 Mar, 18:00.\n"
        "- Wuyi: CN¥50,000 at risk. Rep: Ask what keeps the customer from a quote, and make one or stop. "
        "By Wed 4 Mar, 18:00.\n\n"
        "2 red alerts stood.\n\n"
        "Who does what\n"
        "- [Open] Rep, Haihe: See them. By Wed 4 Mar, 17:00. No action with the customer since.\n\n"
        "Note\nWatch Wuyi\n"
    )
    assert "用时 14 分钟" in export_minutes(store, company.rep, company.rep.team_id, TODAY, "zh").decode()
    with pytest.raises(NotFound):
        export_minutes(store, company.stranger, company.rep.team_id, TODAY, "en")
    with store.reading() as session:
        commands = session.scalars(select(Audit.command).order_by(Audit.id)).all()
    assert commands[:4] == ["morning.issue", "morning.start", "morning.assign", "morning.finish"]


def test_a_run_of_a_day_that_is_over_does_nothing(store, company, clock):
    morning_brief(store, Run(clock.at - timedelta(days=1), str(company.rep.team_id)))
    assert briefs(store) == []


def test_the_operator_may_issue_and_a_team_that_sells_nothing_may_not(store, company):
    with store.writing() as session:
        session.get_one(Team, company.stranger.team_id).kind = "office"
    issue_brief(store, OPERATOR, company.rep.team_id)
    with pytest.raises(NotFound):
        issue_brief(store, OPERATOR, company.stranger.team_id)


def test_customers_of_one_name_are_told_apart_where_one_is_chosen(store, clock):
    company = at_risk(store, clock)
    one, other = customer_of(store, "Haihe"), customer_of(store, "Wuyi")
    with store.writing() as session:
        session.get_one(Customer, other).name = "Haihe"
    meeting(store, company)
    with store.reading() as session:
        told = morning(session, company.manager, company.rep.team_id, date(2026, 3, 4), clock())
    assert [told.customers[i] for i in (one, other)] == [f"Haihe · {one}", f"Haihe · {other}"]
