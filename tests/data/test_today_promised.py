"""What customers, stores and the product's own jobs ask for today: of whom, and when it is gone."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from core.policies import Policy
from core.promises.demands import DemandInput, PromiseInput
from core.promises.handover import AnswerInput
from core.promises.store_requests import Verdict
from data.commands.acceptance import answer_link
from data.commands.acceptance_links import new_token
from data.commands.deliveries import renew_delivery, revoke_delivery
from data.commands.demand_questions import pass_on
from data.commands.demands import answer_demand, file_demand, pause_demand
from data.commands.features import move_feature
from data.commands.promises import escalate_promise, make_promise
from data.commands.store_requests import answer_request, file_request
from data.queries.promises import promises
from data.queries.today import Kind, today
from data.schema import JobRun
from tests.company import PEOPLE
from tests.deliveries import ANSWER, EFFECT, Handover


@pytest.fixture
def handover(sqlite_store) -> Handover:
    return Handover(sqlite_store)


def whose(store, people, kind) -> dict[str, list[int]]:
    """The to-dos of a kind by role; roles without one are left out."""
    found: dict[str, list[int]] = {}
    with store.reading() as session:
        for role in PEOPLE:
            groups = today(session, getattr(people, role), store.clock())
            if ids := [x.id for g in groups if g.kind is kind for x in g.todos]:
                found[role] = ids
    return found


def test_a_demand_waits_for_product_the_late_one_first(handover, sqlite_store, clock):
    people = handover.people
    later, first = (
        file_demand(sqlite_store, people.rep, people.customer, DemandInput("“慢”", "cost", EFFECT, urgency))
        for urgency in ("P3", "P0")
    )
    clock.move(hours=4)
    assert whose(sqlite_store, people, Kind.DEMAND) == {"product": [first, later]}
    with sqlite_store.reading() as session:
        group = next(g for g in today(session, people.product, clock()) if g.kind is Kind.DEMAND)
    assert [(x.type, x.at < clock()) for x in group.todos] == [("P0", True), ("P3", False)]
    answer_demand(sqlite_store, people.product, first, ANSWER)
    pause_demand(sqlite_store, people.product, later, "waits for the customer's drawing")
    assert whose(sqlite_store, people, Kind.DEMAND) == {}


def test_a_question_of_product_waits_for_whoever_has_the_customer(handover, sqlite_store):
    people = handover.people
    asked = DemandInput("“慢”", "cost", EFFECT, "P2")
    demand = file_demand(sqlite_store, people.manager, people.customer, asked)
    assert whose(sqlite_store, people, Kind.ASKED_BACK) == {}
    pause_demand(sqlite_store, people.product, demand, "How many plan changes a day?")
    assert whose(sqlite_store, people, Kind.ASKED_BACK) == {"rep": [demand], "manager": [demand]}
    pass_on(sqlite_store, people.rep, demand, "About twenty")
    assert whose(sqlite_store, people, Kind.ASKED_BACK) == {}


def test_a_conflict_is_of_sales_and_product_until_it_is_escalated(handover, sqlite_store):
    people = handover.people
    move_feature(sqlite_store, people.product, handover.feature, date(2026, 3, 30), "A machine broke")
    mine = [handover.promise]
    assert whose(sqlite_store, people, Kind.CONFLICT) == {"rep": mine, "manager": mine, "product": mine}
    escalate_promise(sqlite_store, people.rep, handover.promise, "They stop the line for it")
    assert whose(sqlite_store, people, Kind.CONFLICT) == {"director": mine}
    move_feature(sqlite_store, people.product, handover.feature, date(2026, 3, 9), "A second shift")
    assert whose(sqlite_store, people, Kind.CONFLICT) == {}


def test_what_is_ready_in_time_is_a_conflict_only_once_the_customer_has_a_problem(handover, sqlite_store):
    people = handover.people
    move_feature(sqlite_store, people.product, handover.feature, date(2026, 3, 30), "A machine broke")
    _, token = handover.ready()
    assert whose(sqlite_store, people, Kind.CONFLICT) == {}
    answer_link(sqlite_store, token, AnswerInput("problem", "The totals are wrong"))
    assert set(whose(sqlite_store, people, Kind.CONFLICT)) == {"rep", "manager", "product"}


def test_what_was_marked_ready_by_mistake_is_a_conflict_again_once_called_back(handover, sqlite_store, clock):
    people = handover.people
    move_feature(sqlite_store, people.product, handover.feature, date(2026, 3, 30), "A machine broke")
    delivery, _ = handover.ready()
    revoke_delivery(sqlite_store, people.delivery, delivery, "The wrong line")
    assert set(whose(sqlite_store, people, Kind.CONFLICT)) == {"rep", "manager", "product"}
    clock.move(days=30)  # past the promised day
    token = new_token()
    renew_delivery(sqlite_store, people.delivery, delivery, token)
    answer_link(sqlite_store, token, AnswerInput("confirmed"))
    with sqlite_store.reading() as session:
        told = promises(session, people.product, Policy(), clock())
    assert [one.fulfilment for one in told if one.id == handover.promise] == ["late"]


def test_a_delivery_is_due_on_its_day_and_gone_when_ready(handover, sqlite_store, clock):
    people = handover.people
    assert whose(sqlite_store, people, Kind.DELIVERY) == {}
    clock.move(days=8)
    mine = [handover.promise]
    assert whose(sqlite_store, people, Kind.DELIVERY) == {"product": mine, "delivery": mine}
    _, token = handover.ready()
    assert whose(sqlite_store, people, Kind.DELIVERY) == {}
    answer_link(sqlite_store, token, AnswerInput("problem", "The totals are wrong"))
    assert set(whose(sqlite_store, people, Kind.REPORTED)) == {"product", "delivery"}


def test_what_was_called_back_is_to_be_delivered_again_and_not_chased(handover, sqlite_store, clock):
    people = handover.people
    delivery, _ = handover.ready()
    revoke_delivery(sqlite_store, people.delivery, delivery, "The wrong line")
    assert whose(sqlite_store, people, Kind.DELIVERY) == {}  # its day is ahead
    clock.move(days=8)
    again = {"product": [delivery], "delivery": [delivery]}
    assert (whose(sqlite_store, people, Kind.DELIVERY), whose(sqlite_store, people, Kind.UNCONFIRMED)) == (
        again,
        {},
    )
    with sqlite_store.reading() as session:
        group = next(g for g in today(session, people.delivery, clock()) if g.kind is Kind.DELIVERY)
    assert [(x.type, x.params) for x in group.todos] == [("revoked", {"delivery": delivery})]
    renew_delivery(sqlite_store, people.delivery, delivery, new_token())
    assert whose(sqlite_store, people, Kind.DELIVERY) == {}


def test_what_nobody_confirmed_is_chased_from_a_day_before_its_link_ends(handover, sqlite_store, clock):
    people = handover.people
    delivery, token = handover.ready()
    both = {"product": [delivery], "delivery": [delivery]}
    clock.move(days=12.9)
    assert whose(sqlite_store, people, Kind.UNCONFIRMED) == {}
    clock.move(days=0.2)
    assert whose(sqlite_store, people, Kind.UNCONFIRMED) == both
    answer_link(sqlite_store, token, AnswerInput("problem", "Slow"))
    assert whose(sqlite_store, people, Kind.UNCONFIRMED) == {}
    again = new_token()
    renew_delivery(sqlite_store, people.delivery, delivery, again)
    clock.move(days=15)
    assert whose(sqlite_store, people, Kind.UNCONFIRMED) == both  # its link has ended
    again = new_token()
    renew_delivery(sqlite_store, people.delivery, delivery, again)
    clock.move(minutes=5)
    answer_link(sqlite_store, again, AnswerInput("confirmed"))
    clock.move(days=20)
    assert whose(sqlite_store, people, Kind.UNCONFIRMED) == {}


def test_others_promises_are_out_of_reach(handover, sqlite_store):
    people = handover.people
    told = PromiseInput("By Friday", date(2026, 3, 6))
    strange = make_promise(sqlite_store, people.stranger, people.strange_customer, told)
    shown = whose(sqlite_store, people, Kind.CONFLICT)
    assert shown == {"stranger": [strange], "product": [strange]}


def test_a_stores_request_waits_for_headquarters(handover, sqlite_store):
    people = handover.people
    request = file_request(sqlite_store, people.store_manager, "Scan points at the till", "P2")
    assert whose(sqlite_store, people, Kind.STORE_REQUEST) == {"director": [request], "product": [request]}
    answer_request(sqlite_store, people.product, request, Verdict("declined", "The till is replaced"))
    assert whose(sqlite_store, people, Kind.STORE_REQUEST) == {}


def test_a_job_that_was_given_up_is_the_administrators_until_it_ran_again(store, clock):
    people = Handover(store).people

    def run(state: str, key: str, hours: int) -> int:
        at = clock.at - timedelta(hours=hours)
        row = JobRun(job="morning", key=key, due_at=at, state=state, attempts=3, finished_at=at, params={})
        with store.writing() as session:
            session.add(row)
            session.flush()
            return row.id

    given_up = run("failed", "1", 5)
    run("done", "2", 5)
    run("failed", "3", 24 * 8)
    assert whose(store, people, Kind.JOB) == {"admin": [given_up]}
    run("done", "1", 1)
    assert whose(store, people, Kind.JOB) == {}
