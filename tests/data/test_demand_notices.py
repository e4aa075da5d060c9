"""Whoever waits for a demand hears product's answer and what it asks back, on both databases."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from core.messages import Conflict, Invalid, NotFound
from core.promises.demands import DemandInput, PromiseInput
from core.promises.handover import DeliveryInput
from data.commands.acceptance_links import new_token
from data.commands.customers import assign_customer
from data.commands.deliveries import mark_ready
from data.commands.demand_questions import pass_on
from data.commands.demands import decline_demand, file_demand, pause_demand, resume_demand
from data.commands.features import move_feature
from data.commands.opportunities import assign_opportunity
from data.commands.people import activate_person
from data.commands.promises import make_promise
from data.notices import sentence
from data.queries.demand_file import demand_file
from data.schema import Message, Person
from tests.company import found
from tests.data.test_demand_declines import NO
from tests.data.test_demands import EFFECT, answered, filed
from tests.importing import import_text


@pytest.fixture
def company(store):
    return found(store)


def told(store, kind: str) -> list[tuple[str, str]]:
    """Whom, and the notice's second sentence, in the order of telling."""
    query = select(Person.username, Message.params).join(Message, Message.person_id == Person.id)
    with store.reading() as session:
        rows = session.execute(query.where(Message.kind == kind).order_by(Message.id)).all()
    return [(name, sentence("en", kind, params)[1]) for name, params in rows]


def test_an_answer_is_told_with_feature_and_date(store, company):
    answered(store, company, filed(store, company))
    said = "“Dashboard” is planned for 10 Apr 2026. Let the customer know."
    assert told(store, "demand_answered") == [("rep", said)]
    assert told(store, "demand_taken_up") == []


def test_who_promised_it_hears_the_answer_too(store, company, clock):
    demand = filed(store, company)
    day = clock().date().replace(month=12)
    make_promise(store, company.manager, company.customer, PromiseInput("In December", day, demand_id=demand))
    answered(store, company, demand)
    assert {name for name, _ in told(store, "demand_answered")} == {"rep", "manager"}


def test_a_moved_plan_is_told_to_whom_the_answer_told_the_date(store, company, clock):
    demand = filed(store, company)
    feature = answered(store, company, demand)
    answered(store, company, filed(store, company), feature=feature)  # the same customer's second
    for day in (date(2026, 5, 2), date(2026, 5, 9)):
        clock.move(days=1)
        move_feature(store, company.product, feature, day, "A supplier is late")
    said = "“Dashboard” is now planned for {}. Let the customer know. Reason: A supplier is late"
    assert told(store, "demand_moved") == [("rep", said.format(d)) for d in ("2 May 2026", "9 May 2026")]
    move_feature(store, company.product, feature, None, "No data")
    assert told(store, "demand_unplanned") == [
        ("rep", "“Dashboard” was taken off the plan. Let the customer know. Reason: No data")
    ]


def test_who_hears_that_a_promise_no_longer_fits_is_not_told_the_move_besides(store, company):
    demand = filed(store, company)
    feature = answered(store, company, demand)
    promise = PromiseInput("In April", date(2026, 4, 20), demand_id=demand)
    make_promise(store, company.rep, company.customer, promise)
    move_feature(store, company.product, feature, date(2026, 4, 15), "It still fits")
    assert names(store, "demand_moved") == ["rep"]
    move_feature(store, company.product, feature, date(2026, 5, 2), "It does not")
    assert "rep" in names(store, "promise_before_plan")
    assert names(store, "demand_moved") == ["rep"]


def test_an_answer_that_moves_the_plan_tells_those_of_the_other_demand(store, company):
    first, second = filed(store, company), filed(store, company)
    ask = DemandInput("Slow", "cost", EFFECT, "P1")
    other = file_demand(store, company.stranger, company.strange_customer, ask)
    feature = answered(store, company, first)
    answered(store, company, other, feature=feature)
    answered(store, company, second, date(2026, 5, 2), feature)
    assert names(store, "demand_answered") == ["rep", "rep", "stranger"]
    assert names(store, "demand_moved") == ["stranger"]  # the rep has it with the second answer


def test_who_has_the_feature_is_not_told_that_its_plan_moved(store, company):
    demand = filed(store, company)
    feature = answered(store, company, demand)
    ready = DeliveryInput("Dashboard", "en", demand_id=demand)
    mark_ready(store, company.delivery, company.customer, ready, new_token())
    move_feature(store, company.product, feature, date(2026, 5, 2), "Others wait longer")
    assert names(store, "demand_moved") == []


def test_each_question_is_told_anew(store, company):
    demand = filed(store, company)
    for question in ("Data of one shift?", "Which line?"):
        pause_demand(store, company.product, demand, question)
        resume_demand(store, company.product, demand)
    waits = "Product waits for the customer, the clock stands still: "
    assert told(store, "demand_asked") == [
        ("rep", f"{waits}Data of one shift?"), ("rep", f"{waits}Which line?"),
    ]  # fmt: skip


def test_what_the_customer_answered_is_told_to_product_and_the_clock_runs(store, company):
    demand = filed(store, company)
    with pytest.raises(Conflict, match="not_paused"):
        pass_on(store, company.rep, demand, "12 a day")
    pause_demand(store, company.product, demand, "How many a day?")
    with pytest.raises(Invalid):
        pass_on(store, company.rep, demand, " ")
    with pytest.raises(NotFound):
        pass_on(store, company.stranger, demand, "12 a day")
    pass_on(store, company.rep, demand, " 12 a day ")
    assert told(store, "demand_told_back") == [("product", "“12 a day” The clock runs again.")]
    with store.reading() as session:
        file = demand_file(session, company.product, demand, store.clock())
    assert file.row.paused_since is None
    assert [(p.answer, p.by) for p in file.pauses] == [("12 a day", "Rep")]


def names(store, kind: str) -> list[str]:
    return sorted(name for name, _ in told(store, kind))


def test_who_looks_after_the_customer_now_hears_it_and_who_no_longer_sees_it_does_not(store, company):
    demand = filed(store, company)
    assign_customer(store, company.manager, company.customer, company.mate.person_id)
    answered(store, company, demand)
    assert names(store, "demand_answered") == ["mate", "rep"]  # who filed it still has a deal there
    later = filed(store, company)
    assign_opportunity(store, company.manager, company.opportunity, company.mate.person_id)
    pause_demand(store, company.product, later, "Which line?")
    assert names(store, "demand_asked") == ["mate"]


def test_who_has_left_hears_nothing(store, company):
    demand = filed(store, company)
    activate_person(store, company.admin, company.rep.person_id, False)
    answered(store, company, demand)
    assert names(store, "demand_answered") == []


def test_one_that_was_declined_before_is_told_as_taken_up_alone(store, company):
    demand = filed(store, company)
    decline_demand(store, company.product, demand, NO)
    answered(store, company, demand)
    assert (names(store, "demand_taken_up"), names(store, "demand_answered")) == (["rep"], [])


def test_answers_that_a_file_brings_are_history(store, company):
    rows = (
        "ref,customer,owner,urgency,words,opened_at,answered_at,feature,planned_on,declined_for,reply\n"
        "T1,Haihe Pumps,rep,P1,Slow,2026-03-02,2026-03-03,Line view,2026-04-10,,\n"
        "T2,Haihe Pumps,rep,P1,Down,2026-03-02,2026-03-03,,,effort,By hand\n"
    )
    assert import_text(store, "demands", rows).accepted == 2
    with store.reading() as session:
        assert session.scalars(select(Message)).all() == []
