"""Who is told of a red promise and of a clock that runs out: once per cause, whichever side changed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from core.messages import Conflict, Invalid, NotFound
from core.promises.demands import Answer, DemandInput, Effect, PromiseInput
from data.commands.demands import answer_demand, file_demand, pause_demand
from data.commands.features import move_feature
from data.commands.promises import escalate_promise, make_promise, move_promise, plan_promise
from data.jobs.registry import Run
from data.jobs.sweep_promises import sweep
from data.notices import sentence
from data.queries.promise_file import promise_file
from data.queries.promises import PromiseRow
from data.queries.schedule import DateChange
from data.schema import Customer, Message, Opportunity, Person
from tests.company import found
from tests.importing import import_text

EFFECT = Effect("Changeover time", Decimal(45), Decimal(25), "minutes")


def answer(on: date, feature: str = "Dashboard") -> Answer:
    return Answer(feature, "One table more", "Two weeks", "screen", "YQ-1", on)


# What product does is told besides: test_demand_notices.py
AT_ONCE = ("demand_answered", "demand_asked", "demand_moved")


def told(store) -> list[tuple[str, str]]:
    query = select(Person.username, Message.kind).join(Message, Message.person_id == Person.id)
    with store.reading() as session:
        rows = session.execute(query.where(Message.kind.not_in(AT_ONCE)))
        return sorted((who, kind) for who, kind in rows)


def look(store) -> None:
    sweep(store, Run(store.clock()))


@pytest.fixture
def company(store):
    return found(store)


def filed(store, company, urgency="P1") -> int:
    return file_demand(
        store, company.rep, company.customer, DemandInput("“慢”", "efficiency", EFFECT, urgency)
    )


def promised(store, company, on: date, demand: int | None = None) -> int:
    return make_promise(store, company.rep, company.customer, PromiseInput("Then", on, demand_id=demand))


BOTH = [("manager", "promise_before_plan"), ("product", "promise_before_plan")]
ALL = [*BOTH, ("rep", "promise_before_plan")]  # who promised hears what others did to it


def test_a_promise_that_a_file_brings_is_told_with_the_import(store, company):
    answer_demand(store, company.product, filed(store, company), answer(date(2026, 4, 10)))
    rows = "Customer,Promise,Promised date,Feature\nHaihe Pumps,By April,2026-04-01,Dashboard\n"
    import_text(store, "promises", rows)
    assert told(store) == BOTH
    import_text(store, "promises", rows)
    look(store)
    assert told(store) == BOTH


def test_a_promise_before_the_plan_tells_the_teams_manager_and_product_once(store, company):
    demand = filed(store, company)
    answer_demand(store, company.product, demand, answer(date(2026, 4, 10)))
    promised(store, company, date(2026, 4, 1), demand)
    assert told(store) == BOTH
    look(store)
    look(store)
    assert told(store) == BOTH


def test_a_slip_of_the_plan_turns_a_green_promise_red_and_is_told(store, company, clock):
    demand = filed(store, company)
    feature = answer_demand(store, company.product, demand, answer(date(2026, 4, 10)))
    promise = promised(store, company, date(2026, 4, 20), demand)
    assert told(store) == []
    clock.move(days=1)
    move_feature(store, company.product, feature, date(2026, 4, 29), "A supplier is late")
    assert told(store) == ALL
    clock.move(days=1)
    move_promise(store, company.rep, promise, date(2026, 5, 4), "Agreed on the phone")
    assert told(store) == ALL
    clock.move(days=1)
    move_feature(store, company.product, feature, date(2026, 5, 20), "Again")
    assert told(store) == sorted(ALL * 2)


def test_a_promise_that_was_handed_over_is_told_to_who_looks_after_the_customer_now(store, company):
    demand = filed(store, company)
    feature = answer_demand(store, company.product, demand, answer(date(2026, 4, 10)))
    promised(store, company, date(2026, 4, 20), demand)
    with store.writing() as session:
        for held in (
            session.get_one(Customer, company.customer),
            session.get_one(Opportunity, company.opportunity),
        ):
            held.owner_id = company.mate.person_id
    move_feature(store, company.product, feature, date(2026, 4, 29), "A supplier is late")
    assert told(store) == sorted([*BOTH, ("mate", "promise_before_plan")])


def test_a_plan_that_comes_after_the_promise_is_held_against_it(store, company):
    demand = filed(store, company)
    promised(store, company, date(2026, 4, 1), demand)
    assert told(store) == [("manager", "promise_nothing_planned"), ("product", "promise_nothing_planned")]
    answer_demand(store, company.product, demand, answer(date(2026, 4, 10)))
    assert told(store)[0] == ("manager", "promise_before_plan")


def test_a_feature_named_for_an_unplanned_promise_is_held_against_it(store, company, clock):
    feature = answer_demand(store, company.product, filed(store, company), answer(date(2026, 4, 10)))
    clock.move(days=1)
    promise = promised(store, company, date(2026, 4, 1))
    with pytest.raises(Invalid):
        plan_promise(store, company.product, promise, None)
    with pytest.raises(NotFound):
        plan_promise(store, company.product, promise, feature + 1)
    plan_promise(store, company.product, promise, feature)
    assert [told_ for told_ in told(store) if told_[1] == "promise_before_plan"] == ALL
    with pytest.raises(Conflict):
        plan_promise(store, company.product, promise, feature)
    with store.reading() as session:
        planned = promise_file(session, company.rep, promise, clock.at).planned
    assert planned == (DateChange(date(2026, 4, 10), "", "Product", clock.at),)  # since it was named


def test_another_feature_is_named_than_was_and_the_plan_before_stays(store, company, clock):
    wrong = answer_demand(store, company.product, filed(store, company), answer(date(2026, 3, 10)))
    right = answer_demand(store, company.product, filed(store, company), answer(date(2026, 4, 10), "Pad"))
    clock.move(days=1)
    promise = promised(store, company, date(2026, 4, 1))
    plan_promise(store, company.product, promise, wrong)
    first = clock.at
    clock.move(days=1)
    for seen in (None, right):  # somebody who saw another state of it
        with pytest.raises(Conflict):
            plan_promise(store, company.product, promise, right, seen)
    with pytest.raises(Conflict):
        plan_promise(store, company.product, promise, wrong, wrong)
    plan_promise(store, company.product, promise, right, wrong)
    assert [told_ for told_ in told(store) if told_[1] == "promise_before_plan"] == ALL
    with store.reading() as session:
        planned = promise_file(session, company.rep, promise, clock.at).planned
    assert planned == (
        DateChange(date(2026, 3, 10), "", "Product", first, "Dashboard"),
        DateChange(date(2026, 4, 10), "", "Product", clock.at, "Pad"),
    )


def test_what_was_promised_of_a_demand_keeps_the_feature_of_its_answer(store, company):
    demand = filed(store, company)
    feature = answer_demand(store, company.product, demand, answer(date(2026, 3, 10)))
    other = answer_demand(store, company.product, filed(store, company), answer(date(2026, 3, 12)))
    promise = promised(store, company, date(2026, 4, 1), demand)
    with pytest.raises(Conflict):
        plan_promise(store, company.product, promise, other, feature)


def test_a_feature_named_before_its_demand_is_answered_gives_way_to_another(store, company, clock):
    wrong = answer_demand(store, company.product, filed(store, company), answer(date(2026, 3, 10)))
    right = answer_demand(store, company.product, filed(store, company), answer(date(2026, 4, 10)))
    demand = filed(store, company)
    promise = promised(store, company, date(2026, 4, 1), demand)
    plan_promise(store, company.product, promise, wrong)
    assert not stood(store, company, promise).with_answer
    plan_promise(store, company.product, promise, right, wrong)
    third = answer_demand(store, company.product, demand, answer(date(2026, 4, 20)))  # stays with the named
    assert (stood(store, company, promise).feature_id, third) == (right, right + 1)
    plan_promise(store, company.product, promise, third, right)
    row = stood(store, company, promise)
    assert (row.feature_id, row.with_answer) == (third, True)
    with pytest.raises(Conflict):  # from here on it goes with the answer
        plan_promise(store, company.product, promise, wrong, third)


def stood(store, company, promise: int) -> PromiseRow:
    with store.reading() as session:
        return promise_file(session, company.rep, promise, store.clock()).row.promise


def test_what_is_past_is_not_told_anew(store, company, clock):
    demand = filed(store, company)
    answer_demand(store, company.product, demand, answer(date(2026, 4, 10)))
    promised(store, company, date(2026, 4, 1), demand)
    with store.writing() as session:
        for message in session.scalars(select(Message)):
            session.delete(message)
    clock.move(days=60)
    look(store)
    assert told(store) == []


def test_a_clock_is_told_before_and_after_it_runs_out(store, company, clock):
    filed(store, company)  # P1 at noon: eight working hours, due the next day at 14:00
    clock.move(hours=5)
    look(store)
    assert told(store) == []
    clock.move(hours=17.5)  # 10:30 the next day: six of eight hours
    look(store)
    look(store)
    assert told(store) == [("product", "sla_soon")]
    clock.move(hours=4)
    look(store)
    look(store)
    assert told(store) == [("manager", "sla_breached"), ("product", "sla_breached"), ("product", "sla_soon")]


def test_a_clock_that_waits_for_the_customer_or_was_stopped_is_left_in_peace(store, company, clock):
    paused, answered = filed(store, company), filed(store, company)
    pause_demand(store, company.product, paused, "Asked for data")
    answer_demand(store, company.product, answered, answer(date(2026, 4, 10)))
    clock.move(days=9)
    look(store)
    assert told(store) == []


def test_an_escalation_tells_the_directors_and_stands_for_one_pair_of_dates(store, company, clock):
    demand = filed(store, company)
    feature = answer_demand(store, company.product, demand, answer(date(2026, 4, 10)))
    promise = promised(store, company, date(2026, 4, 20), demand)
    with pytest.raises(Conflict):
        escalate_promise(store, company.rep, promise, "No conflict yet")
    clock.move(days=1)
    move_feature(store, company.product, feature, date(2026, 4, 29), "A slip")
    with pytest.raises(Invalid):
        escalate_promise(store, company.rep, promise, " ")
    with pytest.raises(NotFound):
        escalate_promise(store, company.stranger, promise, "Not mine")
    escalate_promise(store, company.manager, promise, "They open a plant that day")
    escalated = [who for who, kind in told(store) if kind == "promise_escalated"]
    assert escalated == ["director", "product"]
    with pytest.raises(Conflict):
        escalate_promise(store, company.rep, promise, "Twice")
    clock.move(days=1)
    move_feature(store, company.product, feature, date(2026, 5, 29), "Another slip")
    escalate_promise(store, company.rep, promise, "Now it is a month")


def test_the_same_date_again_is_no_move(store, company):
    demand = filed(store, company)
    feature = answer_demand(store, company.product, demand, answer(date(2026, 4, 10)))
    promise = promised(store, company, date(2026, 4, 20), demand)
    for move in (
        lambda: move_feature(store, company.product, feature, date(2026, 4, 10), "Same"),
        lambda: move_promise(store, company.rep, promise, date(2026, 4, 20), "Same"),
    ):
        with pytest.raises(Invalid) as refused:
            move()
        assert [p.code for p in refused.value.problems] == ["same_date"]


@pytest.mark.parametrize(
    ("language", "words"), [("en", ("9 days", "1 Apr 2026", "10 Apr 2026")), ("zh", ("9 天", "2026年4月1日"))]
)
def test_a_notice_says_both_dates_in_the_readers_language(store, company, language, words):
    demand = filed(store, company)
    answer_demand(store, company.product, demand, answer(date(2026, 4, 10)))
    promised(store, company, date(2026, 4, 1), demand)
    with store.reading() as session:
        message = session.scalars(select(Message).where(Message.kind.not_in(AT_ONCE))).first()
        title, body = sentence(language, message.kind, message.params)
    assert "Haihe Pumps" in title
    assert all(word in body for word in words)
