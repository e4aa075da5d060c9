"""Today's to-dos: what counts, in whose eyes, in which order."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from core.access import OPERATOR
from core.people import PersonInput
from core.process.evidence import NextStep
from core.process.metrics import PlannedAction
from core.terms import ActionStatus, Outcome
from data.commands.actions import record_action
from data.commands.customers import grade_customer
from data.commands.opportunities import close_opportunity, open_opportunity
from data.commands.people import create_person, set_password
from data.commands.record import Link, open_record, save_record_fields, submit_record
from data.queries.today import FIRST, QUOTE_GONE_DAYS, Kind, today
from data.queries.today_kinds import accounts
from data.settings import Settings
from tests.company import found
from tests.data.test_record_action import VALUES, done
from tests.history import planned, settle


def of(store, who, kind, **how):
    """The group of a kind; None when it is not shown."""
    with store.reading() as session:
        groups = today(session, who, store.clock(), **how)
    return next((g for g in groups if g.kind is kind), None)


def plan(store, people, at, opportunity=None, who=None):
    who = who or people.rep
    action = PlannedAction(ActionStatus.PLANNED, at)
    return planned(store, who.person_id, opportunity or people.opportunity, action)


def quote(store, people, valid_until, hours_ago=1, **more):
    values = VALUES["quote_confirmation"] | {"valid_until": valid_until, "changes": "price"}
    action = done(store, "quote_confirmation", hours_ago=hours_ago, fields=values, **more)
    return record_action(store, people.rep, people.opportunity, action)


# Noon in Shanghai, when the planned step is due, and where it is shown.
STEPS = [
    (timedelta(hours=-12, minutes=-1), Kind.OVERDUE),  # yesterday
    (timedelta(days=-400), Kind.OVERDUE),
    (timedelta(hours=-12), Kind.DUE),  # it has the whole of its day
    (timedelta(0), Kind.DUE),
    (timedelta(hours=11, minutes=59), Kind.DUE),
    (timedelta(hours=12), None),  # midnight: tomorrow
]


@pytest.mark.parametrize(("ahead", "kind"), STEPS)
def test_planned_steps(store, clock, ahead, kind):
    people = found(store)
    step = plan(store, people, clock.at + ahead)
    settle(store)
    shown = {k: of(store, people.rep, k) for k in (Kind.OVERDUE, Kind.DUE)}
    assert {k: [x.id for x in g.todos] for k, g in shown.items() if g} == ({kind: [step]} if kind else {})


def test_the_day_is_the_persons_own(store, clock):
    people = found(store)
    plan(store, people, clock.at + timedelta(hours=14))  # 02:00 tomorrow in Shanghai, 18:00 today in London
    settle(store)
    assert of(store, people.rep, Kind.DUE) is None
    assert of(store, replace(people.rep, timezone="Europe/London"), Kind.DUE).total == 1


def test_steps_are_ranked_by_time_then_value_and_five_are_shown(store, clock):
    people = found(store)
    ids = []
    for hours, amount in ((5, 1), (3, 1), (3, 9), (9, 1), (7, 1), (2, 1), (1, 1)):
        other = open_opportunity(store, people.rep, people.customer, "More", amount=Decimal(amount))
        ids.append(plan(store, people, clock.at - timedelta(days=1, hours=hours), other))
    settle(store)
    group = of(store, people.rep, Kind.OVERDUE)
    assert (group.total, [x.id for x in group.todos]) == (7, [ids[i] for i in (3, 4, 0, 2, 1)])
    assert len(group.todos) == FIRST
    whole = of(store, people.rep, Kind.OVERDUE, whole="overdue")
    assert [x.id for x in whole.todos] == [ids[i] for i in (3, 4, 0, 2, 1, 5, 6)]


def test_an_open_opportunity_without_a_next_step(store, clock):
    people = found(store)
    settle(store)
    [todo] = of(store, people.rep, Kind.UNPLANNED).todos
    assert (todo.opportunity_id, todo.customer, todo.type) == (people.opportunity, "Haihe Pumps", None)
    record_action(store, people.rep, people.opportunity, done(store, "appointment", hours_ago=1))
    assert of(store, people.rep, Kind.UNPLANNED) is None


def test_a_closed_opportunity_asks_for_nothing(store, clock):
    people = found(store)
    record_action(store, people.rep, people.opportunity, done(store, "appointment", hours_ago=1))
    close_opportunity(store, people.rep, people.opportunity, Outcome.LOST)
    clock.move(days=9)
    with store.reading() as session:
        assert today(session, people.rep, clock.at) == ()


TODAY = date(2026, 3, 4)
EXPIRIES = [(-QUOTE_GONE_DAYS - 1, False), (0, True), (3, True), (4, False)]


@pytest.mark.parametrize(("days", "shown"), EXPIRIES)
def test_a_quote_that_expires_soon(store, clock, days, shown):
    people = found(store)
    if days < 0:
        quote(store, people, TODAY)
        clock.move(days=-days)
    else:
        quote(store, people, TODAY + timedelta(days=days))
    group = of(store, people.rep, Kind.EXPIRING)
    assert [x.on for x in group.todos] == [TODAY + timedelta(days=max(days, 0))] if shown else group is None


def test_only_the_latest_quote_counts(store, clock):
    people = found(store)
    first = quote(store, people, TODAY, hours_ago=9)
    assert of(store, people.rep, Kind.EXPIRING).total == 1
    quote(store, people, TODAY + timedelta(days=60), follows=first)
    assert of(store, people.rep, Kind.EXPIRING) is None


def test_expiry_is_judged_by_the_persons_day(store, clock):
    people = found(store)
    quote(store, people, TODAY + timedelta(days=4))
    clock.at = datetime(2026, 3, 5, 0, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
    assert of(store, people.rep, Kind.EXPIRING).total == 1
    assert of(store, replace(people.rep, timezone="America/New_York"), Kind.EXPIRING) is None


def test_grades_to_update(store, clock):
    people = found(store)
    settle(store)
    [todo] = of(store, people.rep, Kind.GRADE).todos
    assert (todo.id, todo.at) == (people.customer, None)
    grade_customer(store, people.rep, people.customer, "B", "growing")
    assert of(store, people.rep, Kind.GRADE) is None
    clock.move(days=181)
    [todo] = of(store, people.rep, Kind.GRADE).todos
    assert todo.words == "B"
    close_opportunity(store, people.rep, people.opportunity, Outcome.LOST)
    assert of(store, people.rep, Kind.GRADE) is None  # nothing is open there any more


def test_a_draft_with_something_in_it(store):
    people = found(store)
    id_ = open_record(store, people.rep, Link(people.customer, type="appointment"))
    assert of(store, people.rep, Kind.DRAFT) is None
    save_record_fields(store, people.rep, id_, {"summary": "They"})
    [todo] = of(store, people.rep, Kind.DRAFT).todos
    assert (todo.id, todo.customer, todo.type) == (id_, "Haihe Pumps", "appointment")
    assert of(store, people.mate, Kind.DRAFT) is None
    save_record_fields(store, people.rep, id_, {"state": "planned", "plan-day": "2026-03-06"})
    submit_record(store, people.rep, id_)
    assert of(store, people.rep, Kind.DRAFT) is None


def test_red_alerts_reach_the_manager_and_director_only(store):
    people = found(store)
    last = record_action(store, people.rep, people.opportunity, done(store, "appointment", hours_ago=60))
    for hours_ago in (40, 30, 20):
        demo = done(store, "solution_demo", hours_ago=hours_ago, follows=last)
        last = record_action(store, people.rep, people.opportunity, demo)
    for who in (people.manager, people.director):
        [todo] = of(store, who, Kind.RED).todos
        assert (todo.customer, todo.person, todo.words) == ("Haihe Pumps", "Rep", "demos_without_quote")
    strangers_manager = replace(people.manager, team_id=people.stranger.team_id)
    for who in (people.rep, people.mate, people.admin, strangers_manager):
        assert of(store, who, Kind.RED) is None


def test_admin_sees_who_cannot_sign_in(store):
    people = found(store)
    before = of(store, people.admin, Kind.PASSWORD, whole="password")
    set_password(store, people.admin, people.rep.person_id, "long enough indeed")
    after = of(store, people.admin, Kind.PASSWORD, whole="password")
    assert {x.person for x in before.todos} - {x.person for x in after.todos} == {"Rep"}
    assert of(store, people.manager, Kind.PASSWORD) is None


def test_whom_the_identity_provider_lets_in_needs_no_password(store, monkeypatch):
    people = found(store)
    for name, mail in (("gao", "gao@x.example"), ("jin", "Both@x.example"), ("kan", "both@x.example")):
        create_person(store, people.admin, PersonInput(name, name.title(), "product", email=mail))
    asked = dict.fromkeys(("metadata_url", "client_id", "client_secret", "redirect_uri"), "said")
    told = Settings(**{f"oidc_{name}": value for name, value in asked.items()})
    before = of(store, people.admin, Kind.PASSWORD, whole="password")
    monkeypatch.setattr(accounts, "settings", lambda: told)
    after = of(store, people.admin, Kind.PASSWORD, whole="password")
    assert {x.person for x in before.todos} - {x.person for x in after.todos} == {"Gao"}


def test_nobody_sees_the_to_dos_of_others(store, clock):
    people = found(store)
    plan(store, people, clock.at - timedelta(hours=1))
    settle(store)
    roles = ("mate", "stranger", "product", "delivery", "store_manager", "director")
    with store.reading() as session:
        seen = {
            r: [x.customer for g in today(session, getattr(people, r), clock.at) for x in g.todos]
            for r in roles
        }
        assert {r for r, names in seen.items() if "Haihe Pumps" in names} == set()
        assert all(x.opportunity_id is None for g in today(session, OPERATOR, clock.at) for x in g.todos)


def test_a_replaced_step_is_gone(store, clock):
    people = found(store)
    step = NextStep("solution_demo", clock.at + timedelta(hours=2))
    first = record_action(
        store, people.rep, people.opportunity, done(store, "appointment", hours_ago=5, next_step=step)
    )
    assert of(store, people.rep, Kind.DUE).total == 1
    record_action(
        store, people.rep, people.opportunity, done(store, "needs_diagnosis", hours_ago=1, follows=first)
    )
    assert of(store, people.rep, Kind.DUE) is None
