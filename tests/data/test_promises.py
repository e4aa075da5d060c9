"""Demands and promises through their commands, in scope, as known at an instant."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from core.access import OPERATOR
from core.messages import Conflict, Invalid, NotFound
from core.policies import DEFAULTS
from core.promises.demands import Answer, DemandInput, Effect, PromiseInput
from data import __main__ as command_line
from data.calendars import china
from data.cli import promises as cli
from data.commands.demands import answer_demand, file_demand, pause_demand, resume_demand
from data.commands.features import move_feature
from data.commands.promises import make_promise, move_promise
from data.queries.promises import demand_clocks, promises
from tests.company import found

EFFECT = Effect("Changeover time", Decimal(45), Decimal(25), "minutes")
ANSWER = Answer("Dashboard", "One table more", "Two weeks", "screen", "YQ-1", date(2026, 4, 10))


def filed(store, company) -> int:
    demand = DemandInput("“慢”", "efficiency", EFFECT, "P1")
    return file_demand(store, company.rep, company.customer, demand)


def seen(store, who, at=None):
    with store.reading() as session:
        return promises(session, who, DEFAULTS, at or store.clock())


def clocks(store, who, at=None):
    with store.reading() as session:
        return demand_clocks(session, who, china(), DEFAULTS, at or store.clock())


def test_a_promise_turns_red_when_either_side_moves_and_the_past_stays(store, clock):
    company = found(store)
    demand = filed(store, company)
    clock.move(hours=1)
    feature = answer_demand(store, company.product, demand, ANSWER)
    told = PromiseInput("By mid April", date(2026, 4, 20), demand_id=demand)
    promise = make_promise(store, company.rep, company.customer, told)
    assert [(r.state.light, r.state.gap_days, r.feature) for r in seen(store, company.rep)] == [
        ("green", -10, "Dashboard")
    ]
    before = clock.at
    clock.move(days=1)
    move_feature(store, company.product, feature, date(2026, 4, 29), "A slip")
    assert [(r.state.light, r.state.gap_days) for r in seen(store, company.manager)] == [("red", 9)]
    clock.move(days=1)
    move_promise(store, company.rep, promise, date(2026, 4, 30), "Agreed with the customer")
    assert [r.state.light for r in seen(store, company.director)] == ["amber"]
    clock.move(days=1)
    move_feature(store, company.product, feature, None, "Dropped")
    assert [r.state.code for r in seen(store, company.director)] == ["nothing_planned"]
    assert [r.state.light for r in seen(store, company.rep, before)] == ["green"]
    assert [r.state.light for r in seen(store, OPERATOR, before)] == ["green"]


def test_a_promise_without_any_plan_is_red(store):
    company = found(store)
    make_promise(store, company.rep, company.customer, PromiseInput("Soon", date(2026, 4, 1)))
    assert [(r.state.light, r.state.code) for r in seen(store, company.rep)] == [("red", "nothing_planned")]


def test_a_promise_for_a_day_before_it_was_said_is_refused_at_its_day(store, clock):
    company = found(store)
    early = PromiseInput("Mid January", date(2026, 1, 15))
    with pytest.raises(Invalid) as refused:
        make_promise(store, company.rep, company.customer, early)
    assert [(p.field, p.code) for p in refused.value.problems] == [("promised_on", "before_said")]
    earlier = replace(early, made_at=datetime(2026, 1, 14, 18, tzinfo=UTC))  # the 15th where the company is
    make_promise(store, company.rep, company.customer, earlier)
    assert [r.promised_on for r in seen(store, company.rep)] == [early.promised_on]


def test_a_new_date_for_a_promise_that_has_passed_is_refused_at_its_day(store, clock):
    company = found(store)
    today = clock.at.date()
    promise = make_promise(store, company.rep, company.customer, PromiseInput("Soon", today))
    clock.move(days=3)
    with pytest.raises(Invalid) as refused:
        move_promise(store, company.rep, promise, today + timedelta(days=2), "Agreed on the phone")
    assert [(p.field, p.code) for p in refused.value.problems] == [("promised_on", "day_over")]
    move_promise(store, company.rep, promise, today + timedelta(days=3), "Agreed on the phone")
    assert [r.promised_on for r in seen(store, company.rep)] == [today + timedelta(days=3)]


def test_the_clock_counts_what_was_known(store, clock):
    company = found(store)
    demand = filed(store, company)  # noon: the afternoon begins at 13:30
    clock.move(hours=2.5)
    pause_demand(store, company.product, demand, "Asked for data")
    with pytest.raises(Conflict):
        pause_demand(store, company.product, demand, "Again")
    clock.move(hours=1)
    resume_demand(store, company.product, demand)
    clock.move(hours=1)
    open_clock = clocks(store, company.rep)[0].clock
    assert (open_clock.used_hours, open_clock.paused_hours) == (2.0, 1.0)
    answer_demand(store, company.product, demand, ANSWER)
    clock.move(days=30)
    answered = clocks(store, company.product)[0]
    assert (answered.clock.used_hours, answered.clock.breached) == (2.0, False)
    with pytest.raises(Conflict):
        answer_demand(store, company.product, demand, ANSWER)


def test_others_customers_are_out_of_reach(store):
    company = found(store)
    filed(store, company)
    make_promise(store, company.rep, company.customer, PromiseInput("Soon", date(2026, 4, 1)))
    demand = DemandInput("Words", "cost", EFFECT, "P2")
    with pytest.raises(NotFound):
        file_demand(store, company.rep, company.strange_customer, demand)
    with pytest.raises(NotFound):
        make_promise(store, company.stranger, company.customer, PromiseInput("Soon", date(2026, 4, 1)))
    with pytest.raises(NotFound):
        move_promise(store, company.stranger, 1, date(2026, 5, 1), "No")
    foreign = DemandInput("Words", "cost", EFFECT, "P2", opportunity_id=company.strange_opportunity)
    with pytest.raises(Invalid):
        file_demand(store, company.rep, company.customer, foreign)
    for who, expected in (
        (company.rep, 1), (company.manager, 1), (company.director, 1), (company.product, 1),
        (company.delivery, 1), (company.mate, 0), (company.stranger, 0), (company.store_manager, 0),
        (company.admin, 0),
    ):  # fmt: skip
        assert (len(seen(store, who)), len(clocks(store, who))) == (expected, expected), who.name


def test_the_command_line_prints_what_the_store_knows(store, clock, monkeypatch, capsys):
    company = found(store)
    demand = filed(store, company)
    make_promise(
        store, company.rep, company.customer, PromiseInput("Soon", date(2026, 4, 1), demand_id=demand)
    )
    monkeypatch.setattr(cli, "this_store", lambda: store)
    clock.move(days=9)
    assert command_line.main(["check-promises", "--json"]) == 3
    (row,) = json.loads(capsys.readouterr().out)
    assert (row["customer"], row["light"], row["why"]) == ("Haihe Pumps", "red", "nothing_planned")
    assert command_line.main(["sla", "--json"]) == 3
    (row,) = json.loads(capsys.readouterr().out)
    assert (row["breached"], row["paused_hours"], row["allowed_hours"]) == (True, 0, 8.0)
    assert command_line.main(["sla", "--as-of", "2026-03-04", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["business_hours_used"] == 4.5
    assert command_line.main(["check-promises", "--as-of", "2026-03-03", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == []
