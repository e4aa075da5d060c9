"""Product declines a demand: who is told, what a promise forbids, done after all, on both databases."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from core.access import Who
from core.messages import Conflict, Invalid, NotFound
from core.promises.demands import Answer, Decline, DemandInput, PromiseInput
from core.terms import Role
from data.commands.demand_drafts import open_demand, save_demand_fields, submit_demand
from data.commands.demands import answer_demand, decline_demand, file_demand, pause_demand
from data.commands.promises import escalate_promise, make_promise
from data.notices import sentence
from data.queries.collaboration_facts import collaboration_facts
from data.queries.demand_file import demand_file
from data.queries.drafts import draft
from data.queries.policies import policy_in_force
from data.queries.promise_file import promise_desk
from data.schema import DemandPause, Message, Person
from tests.company import found
from tests.data.test_demands import EFFECT, answered, filed, read

NO = Decline("effort", "  A year of work for one screen.  ")


@pytest.fixture
def company(store):
    return found(store)


def row_of(store, company, demand):
    return read(store, demand_file, company.rep, demand, store.clock()).row


def told(store, kind: str) -> list[str]:
    query = select(Person.username).join(Message, Message.person_id == Person.id).where(Message.kind == kind)
    with store.reading() as session:
        return sorted(session.scalars(query))


def test_a_decline_ends_the_clock_and_is_told_to_whoever_filed_it(store, company, clock):
    demand = filed(store, company)
    pause_demand(store, company.product, demand, "Asked for data")
    clock.move(hours=1)
    decline_demand(store, company.product, demand, NO)
    declined_at = store.clock()
    clock.move(days=9)
    row = row_of(store, company, demand)
    assert (row.state, row.answered_at, row.clock.breached) == ("declined", declined_at, False)
    with store.reading() as session:
        assert session.scalar(select(DemandPause.ended_at)) == declined_at
        params = session.scalar(select(Message.params).where(Message.kind == "demand_declined"))
    assert told(store, "demand_declined") == ["rep"]
    assert sentence("en", "demand_declined", params) == (
        "Declined: Words (Haihe Pumps)", "Too much effort for its effect. A year of work for one screen.",
    )  # fmt: skip
    assert sentence("zh", "demand_declined", params)[1].startswith("投入大于效果。")


@pytest.mark.parametrize(
    ("decline", "wrong"),
    [
        (Decline("", ""), [("reason", "required"), ("reply", "required")]),
        (Decline("mood", "No"), [("reason", "unknown_choice")]),
        (Decline("exists", " \n"), [("reply", "required")]),
        (Decline("other", "x" * 4_001), [("reply", "too_long")]),
    ],
)
def test_it_says_why_and_what_the_customer_can_be_told(store, company, decline, wrong):
    demand = filed(store, company)
    with pytest.raises(Invalid) as refused:
        decline_demand(store, company.product, demand, decline)
    assert [(p.field, p.code) for p in refused.value.problems] == wrong
    assert row_of(store, company, demand).state == "running"


def test_what_has_an_answer_is_not_declined_and_what_is_not_there_neither(store, company):
    planned, declined = filed(store, company), filed(store, company)
    answered(store, company, planned)
    decline_demand(store, company.product, declined, NO)
    for demand in (planned, declined):
        with pytest.raises(Conflict, match="already_answered"):
            decline_demand(store, company.product, demand, NO)
    with pytest.raises(Conflict, match="already_answered"):
        pause_demand(store, company.product, declined, "Asked")
    with pytest.raises(NotFound):
        decline_demand(store, company.product, 999, NO)


def test_what_a_customer_was_promised_is_put_before_the_directors_first(store, company):
    demand = filed(store, company)
    told_on = PromiseInput("By April", date(2026, 4, 1), demand_id=demand)
    promise = make_promise(store, company.manager, company.customer, told_on)
    with pytest.raises(Invalid) as refused:
        decline_demand(store, company.product, demand, NO)
    assert [(p.field, p.code, p.params) for p in refused.value.problems] == [
        ("promise", "promise_stands", {"words": "By April"})
    ]
    escalate_promise(store, company.product, promise, "We will not build it")
    decline_demand(store, company.product, demand, NO)
    assert told(store, "demand_declined") == ["manager", "rep"]  # who promised hears it as well


def test_the_form_of_a_promise_knows_which_demands_are_declined(store, company):
    waits, declined = filed(store, company), filed(store, company)
    decline_demand(store, company.product, declined, NO)
    desk = read(store, promise_desk, company.rep, company.customer)
    assert (set(desk.demands), desk.declined) == ({waits, declined}, {declined})
    answered(store, company, declined)
    assert read(store, promise_desk, company.rep, company.customer).declined == set()


def test_it_can_be_answered_after_all_and_its_clock_stays_where_it_was(store, company, clock):
    demand = filed(store, company)
    decline_demand(store, company.product, demand, NO)
    declined_at = store.clock()
    clock.move(days=3)
    answered(store, company, demand)
    row = row_of(store, company, demand)
    assert (row.state, row.answered_at, row.feature) == ("answered", declined_at, "Dashboard")
    assert told(store, "demand_taken_up") == ["rep"]
    with pytest.raises(Conflict, match="already_answered"):
        answered(store, company, demand)


def test_an_answer_that_was_never_declined_takes_nothing_up(store, company):
    answered(store, company, filed(store, company))
    assert told(store, "demand_taken_up") == []


def test_once_per_key(store, company):
    demand = filed(store, company)
    done = {decline_demand.once(store, company.product, "k", demand, NO) for _ in range(2)}
    assert done == {demand}
    assert told(store, "demand_declined") == ["rep"]


def test_it_counts_as_the_answer_once_and_is_whose_it_was(store, company, clock):
    with store.writing() as session:
        second = Person(username="second", name="Second", role=Role.PRODUCT, created_at=store.clock())
        session.add(second)
        session.flush()
        other = Who(second.id, Role.PRODUCT, None, second.name)
    demand = filed(store, company)
    clock.move(hours=2)
    decline_demand(store, company.product, demand, NO)
    clock.move(days=1)
    answer_demand(store, other, demand, Answer("Export", "One", "Two", "api", "/v2", date(2026, 4, 10)))
    with store.reading() as session:
        policy = policy_in_force(session)
        facts = collaboration_facts(session, date(2026, 1, 1), store.clock(), policy)
    assert [(f.of, f.person, f.hours) for f in facts] == [(demand, "Product", 0.5)]  # lunch lies between


def test_asked_again_it_begins_with_what_was_said_and_is_a_demand_of_its_own(store, company):
    demand = filed(store, company, opportunity_id=company.opportunity)
    decline_demand(store, company.product, demand, NO)
    number = open_demand(store, company.rep, company.customer, demand)
    kept = read(store, draft, company.rep, number).values
    assert (kept["words"], kept["opportunity"], kept["pain"]) == ("Words", company.opportunity, "cost")
    assert (kept["effect-before"], kept["effect-after"], kept["effect-unit"]) == ("45", "25.5", "minutes")
    assert open_demand(store, company.rep, company.customer, demand) == number
    assert open_demand(store, company.rep, company.customer) != number
    save_demand_fields(store, company.rep, number, {"words": "Words, and three plants now"})
    submit_demand(store, company.rep, number)
    fresh = read(store, draft, company.rep, number).sent["demand"]
    assert (row_of(store, company, fresh).state, row_of(store, company, demand).state) == (
        "running",
        "declined",
    )


@pytest.mark.parametrize("who", ["rep", "stranger"])
def test_a_demand_of_another_customer_is_not_asked_again(store, company, who):
    own = {"rep": company.customer, "stranger": company.strange_customer}
    theirs = {"rep": "stranger", "stranger": "rep"}[who]
    asked = DemandInput("Words", "cost", EFFECT, "P1")
    demand = file_demand(store, getattr(company, theirs), own[theirs], asked)
    with pytest.raises(NotFound):
        open_demand(store, getattr(company, who), own[who], demand)
    with pytest.raises(NotFound):
        open_demand(store, getattr(company, who), own[theirs], demand)
