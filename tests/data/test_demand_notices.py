"""Whoever waits for a demand hears product's answer and what it asks back, on both databases."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from core.promises.demands import PromiseInput
from data.commands.demands import pause_demand, resume_demand
from data.commands.promises import make_promise
from data.notices import sentence
from data.schema import Message, Person
from tests.company import found
from tests.data.test_demands import answered, filed


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


def test_each_question_is_told_anew(store, company):
    demand = filed(store, company)
    for question in ("Data of one shift?", "Which line?"):
        pause_demand(store, company.product, demand, question)
        resume_demand(store, company.product, demand)
    waits = "Product waits for the customer, the clock stands still: "
    assert told(store, "demand_asked") == [
        ("rep", f"{waits}Data of one shift?"), ("rep", f"{waits}Which line?"),
    ]  # fmt: skip
