"""A feature with its customers: who waits for it, who has it, and when its plan is past moving."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from core.messages import Conflict
from core.promises.acceptance import Spread, Stand
from core.promises.demands import DemandInput, PromiseInput
from core.promises.handover import AnswerInput, DeliveryInput
from data.commands.acceptance import answer_link
from data.commands.acceptance_links import new_token
from data.commands.deliveries import mark_ready
from data.commands.demands import file_demand
from data.commands.features import move_feature
from data.commands.promises import make_promise
from data.queries.deliveries import Show, delivery_board
from data.queries.demand_desk import similar_demands
from data.queries.demand_file import demand_file, feature_choices
from data.queries.promise_file import promise_file
from data.queries.schedule import feature_file, schedule
from tests.company import found
from tests.data.test_demand_notices import told
from tests.data.test_demands import EFFECT, answered, filed, read

WORDS = "A dashboard of every shift"


@pytest.fixture
def company(store):
    return found(store)


@pytest.fixture
def asked(store, company) -> tuple[int, int]:
    """Two customers' demands that one feature answers."""
    people = ((company.rep, company.customer), (company.stranger, company.strange_customer))
    demand = DemandInput(WORDS, "cost", EFFECT, "P1")
    first, second = (file_demand(store, who, customer, demand) for who, customer in people)
    answered(store, company, second, feature=answered(store, company, first))
    return first, second


def ready(store, company, customer: int, demand: int) -> str:
    token = new_token()
    given = DeliveryInput("Dashboard", "en", demand_id=demand)
    mark_ready(store, company.delivery, customer, given, token)
    return token


def test_who_has_a_feature_does_not_wait_for_it(store, company, asked, clock):
    first, second = asked
    (feature,) = read(store, feature_choices, company.product, store.clock())

    def waiting(who) -> tuple[tuple[str, ...], Spread]:
        one = read(store, feature_file, who, feature, store.clock()).planned
        return one.waiting, one.spread

    assert waiting(company.product) == (("Haihe Pumps", "Taihu Bearings"), Spread.NONE)
    clock.move(hours=1)
    token = ready(store, company, company.customer, first)
    assert waiting(company.product) == (("Taihu Bearings",), Spread.SOME)
    assert waiting(company.rep) == ((), Spread.READY)  # of one's own customers
    answer_link(store, token, AnswerInput("problem", "Slow"))
    assert waiting(company.rep) == (("Haihe Pumps",), Spread.NONE)
    ready(store, company, company.strange_customer, second)
    assert waiting(company.product) == (("Haihe Pumps",), Spread.SOME)


def test_the_plan_of_what_all_have_confirmed_is_not_moved(store, company, asked, clock):
    first, second = asked
    (feature,) = read(store, feature_choices, company.product, store.clock())
    clock.move(hours=1)
    tokens = (ready(store, company, company.customer, first),
              ready(store, company, company.strange_customer, second))  # fmt: skip
    clock.move(hours=1)
    answer_link(store, tokens[0], AnswerInput("confirmed"))
    move_feature(store, company.product, feature, date(2026, 4, 20), "One has not confirmed it")
    answer_link(store, tokens[1], AnswerInput("confirmed"))
    with pytest.raises(Conflict) as refused:
        move_feature(store, company.product, feature, date(2026, 4, 30), "Both have it")
    assert refused.value.code == "feature_confirmed"
    assert read(store, schedule, company.product, store.clock(), earlier=False) == []
    assert len(read(store, schedule, company.product, store.clock(), earlier=True)) == 1
    assert read(store, feature_choices, company.product, store.clock())[feature].spread is Spread.CONFIRMED
    again = file_demand(store, company.rep, company.customer, DemandInput(WORDS, "cost", EFFECT, "P1"))
    answered(store, company, again, date(2026, 5, 1), feature)  # who asks anew waits for a new day
    file = read(store, feature_file, company.product, feature, store.clock())
    assert (file.planned.waiting, file.planned.planned_on) == (("Haihe Pumps",), date(2026, 5, 1))


def test_a_demand_and_its_likes_know_what_was_delivered(store, company, asked, clock):
    first, second = asked
    clock.move(hours=1)
    token = ready(store, company, company.customer, first)
    answer_link(store, token, AnswerInput("confirmed"))
    seen = [read(store, demand_file, company.product, i, store.clock()).row.delivery for i in asked]
    assert [one.state for one in seen] == [Stand.CONFIRMED, Stand.NOT_READY]
    likes = read(store, similar_demands, company.product, WORDS, store.clock())
    assert {one.id: one.delivery.state for one in likes} == {
        first: Stand.CONFIRMED, second: Stand.NOT_READY,
    }  # fmt: skip


def test_a_promise_of_what_was_there_already_waits_for_no_planned_day(store, company, clock):
    first = filed(store, company)
    feature = answered(store, company, first)
    clock.move(hours=1)
    answer_link(store, ready(store, company, company.customer, first), AnswerInput("confirmed"))
    clock.move(days=60)
    again = filed(store, company, WORDS)
    answered(store, company, again, feature=feature)
    on = store.clock().date() + timedelta(days=14)
    promised = PromiseInput("You have it in two weeks", on, demand_id=again)
    promise = make_promise(store, company.rep, company.customer, promised)

    def stands() -> tuple[bool, str, str]:
        row = read(store, promise_file, company.rep, promise, store.clock()).row.promise
        return row.there, str(row.state.light), row.state.code

    assert stands() == (True, "green", "there")
    clock.move(days=13)
    assert stands() == (True, "amber", "there")  # little time to make it ready
    ready(store, company, company.customer, again)
    assert stands() == (False, "green", "ready")


def test_what_was_there_when_it_was_named_has_no_day_to_wait_for(store, company, clock):
    first = filed(store, company)
    feature = answered(store, company, first)
    clock.move(hours=1)
    answer_link(store, ready(store, company, company.customer, first), AnswerInput("confirmed"))
    clock.move(days=60)  # its day has passed, and all who asked for it have it
    again = filed(store, company, WORDS)
    answered(store, company, again, feature=feature)
    assert told(store, "demand_answered")[-1] == (
        "rep",
        "“Dashboard” is there already; delivery makes it ready for this customer. Let the customer know.",
    )
    row = read(store, demand_file, company.product, again, store.clock()).row
    assert (row.there, read(store, demand_file, company.product, first, store.clock()).row.there) == (
        True,
        False,
    )
    likes = read(store, similar_demands, company.product, WORDS, store.clock())
    assert {one.id: one.there for one in likes}[again]
    board = read(store, delivery_board, company.delivery, Show.DUE, store.clock())
    (due,) = board.due
    assert (due.planned_on, due.there_on) == (None, board.today)  # due from now on, not for two months
    choice = read(store, feature_choices, company.product, store.clock())[feature]
    assert choice.spread is Spread.CONFIRMED  # nobody waits for the day that has passed
    answered(store, company, filed(store, company, WORDS), feature=feature)  # so it answers another one too
