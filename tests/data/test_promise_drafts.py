"""Drafts of promises and answers: sent once, refused with all that was typed, on both databases."""

from __future__ import annotations

from datetime import date

import pytest

from core.customers import ContactInput
from core.messages import NotFound
from data.commands.actions import record_action
from data.commands.customers import add_contact
from data.commands.promise_drafts import (
    open_answer,
    open_promise,
    save_promise_fields,
    submit_answer,
    submit_promise,
)
from data.queries.drafts import draft
from data.queries.promise_origins import origin_of, origins
from data.schema import Demand, Feature, Promise
from tests.company import found
from tests.data.test_demands import answered, filed
from tests.data.test_record_action import done
from tests.importing import count


@pytest.fixture
def company(store):
    return found(store)


def read(store, query, who, *args):
    with store.reading() as session:
        return query(session, who, *args)


def codes(store, who, number) -> list[tuple[str, str]]:
    return [(p.field, p.code) for p in read(store, draft, who, number).problems]


def test_a_promise_is_recorded_once_and_keeps_what_was_typed_until_it_is(store, company):
    number = open_promise(store, company.rep, company.customer)
    save_promise_fields(store, company.rep, number, {"words": "  “五月”  "})
    submit_promise(store, company.rep, number)
    assert codes(store, company.rep, number) == [("promised_on", "required")]
    assert open_promise(store, company.rep, company.customer) == number
    assert read(store, draft, company.rep, number).values["words"] == "  “五月”  "
    save_promise_fields(store, company.rep, number, {"promised_on": "2026-05-01"})
    assert codes(store, company.rep, number) == []
    submit_promise(store, company.rep, number)
    submit_promise(store, company.rep, number)
    assert count(store, Promise) == 1
    with store.reading() as session:
        assert session.query(Promise.words).scalar() == "  “五月”  "
    assert open_promise(store, company.rep, company.customer) != number


def test_it_begins_with_where_it_was_said_and_who_most_likely_heard_it(store, company, monkeypatch):
    action = record_action(store, company.rep, company.opportunity, done(store, "appointment", hours_ago=3))
    first = add_contact(store, company.rep, company.customer, ContactInput("Wu"))
    number = open_promise(store, company.rep, None, action=action)
    kept = read(store, draft, company.rep, number).values
    assert (kept["customer"], kept["action"], kept["contact"]) == (company.customer, action, first)
    add_contact(store, company.rep, company.customer, ContactInput("Li"))
    assert open_promise(store, company.rep, company.customer) != number
    demand = filed(store, company, contact_id=first)
    asked = read(store, draft, company.rep, open_promise(store, company.rep, company.customer, demand))
    assert asked.values["contact"] == first  # whose demand it is
    assert list(read(store, origins, company.rep, company.customer)) == [action]
    assert list(read(store, origins, company.rep, company.customer, action)) == [action]
    monkeypatch.setattr("data.queries.promise_origins.MOST_ACTIONS", 0)
    assert list(read(store, origins, company.rep, company.customer)) == []
    assert list(read(store, origins, company.rep, company.customer, action)) == [action]  # however old
    with pytest.raises(NotFound):
        open_promise(store, company.stranger, None, action=action)
    save_promise_fields(store, company.rep, number, {"words": "May", "promised_on": "2026-05-01"})
    submit_promise(store, company.rep, number)
    made = read(store, draft, company.rep, number).sent["promise"]
    assert read(store, origin_of, company.product, made).id == action
    assert read(store, origin_of, company.stranger, made) is None


def test_of_a_meeting_only_who_was_there_most_likely_heard_it(store, company):
    action = record_action(store, company.rep, company.opportunity, done(store, "appointment", hours_ago=3))
    add_contact(store, company.rep, company.customer, ContactInput("Li"))

    def heard() -> int | None:
        number = open_promise(store, company.rep, None, action=action)
        save_promise_fields(store, company.rep, number, {"words": "May", "promised_on": "2026-05-01"})
        submit_promise(store, company.rep, number)
        return read(store, draft, company.rep, number).values["contact"]

    assert heard() is None  # Wu was there, whom nobody has put on file
    wu = add_contact(store, company.rep, company.customer, ContactInput("Wu"))
    assert heard() == wu


def test_one_recorded_anew_begins_with_what_it_said(store, company):
    action = record_action(store, company.rep, company.opportunity, done(store, "appointment", hours_ago=3))
    contact = add_contact(store, company.rep, company.customer, ContactInput("Wu"))
    add_contact(store, company.rep, company.customer, ContactInput("Li"))
    demand = filed(store, company)
    number = open_promise(store, company.rep, company.customer, demand, action)
    said = {"words": "In May", "promised_on": "2026-05-01", "contact": contact}
    save_promise_fields(store, company.rep, number, said)
    submit_promise(store, company.rep, number)
    made = read(store, draft, company.rep, number).sent["promise"]
    anew = open_promise(store, company.rep, company.customer, again=made)
    kept = read(store, draft, company.rep, anew).values
    assert said | {"demand": demand, "action": action} == {k: kept[k] for k in (*said, "demand", "action")}
    save_promise_fields(store, company.rep, anew, {"demand": None, "words": "In June"})
    assert open_promise(store, company.rep, company.customer, again=made) == anew
    assert open_promise(store, company.rep, company.customer) != anew  # a promise of its own
    with pytest.raises(NotFound):
        open_promise(store, company.stranger, company.strange_customer, again=made)


ANSWER = {
    "feature": "Dashboard",
    "path": "One table",
    "resources": "Two weeks",
    "reference": "YQ-1",
    "planned_on": "2026-04-10",
}


def test_an_answer_is_sent_once_with_everything_or_says_what_is_missing(store, company):
    demand = filed(store, company)
    number = open_answer(store, company.product, demand)
    save_promise_fields(store, company.product, number, ANSWER | {"path": None})
    submit_answer(store, company.product, number)
    assert codes(store, company.product, number) == [("path", "required")]
    save_promise_fields(store, company.product, number, {"path": "One table"})
    submit_answer(store, company.product, number)
    submit_answer(store, company.product, number)
    assert count(store, Feature) == 1
    assert count(store, Demand, Demand.answered_at.is_not(None)) == 1


def test_a_planned_feature_answers_with_what_it_has_unless_another_is_given(store, company):
    feature = answered(store, company, filed(store, company))
    demand = filed(store, company)
    number = open_answer(store, company.product, demand)
    save_promise_fields(store, company.product, number, {"way": "known"})
    submit_answer(store, company.product, number)
    assert codes(store, company.product, number) == [("known", "required")]
    save_promise_fields(store, company.product, number, {"known": feature, "resources": "None"})
    submit_answer(store, company.product, number)
    with store.reading() as session:
        row = session.get_one(Demand, demand)
        assert (row.feature_id, row.path, row.resources) == (feature, "One table more", "None")
    assert count(store, Feature) == 1


def test_a_planned_feature_that_has_no_path_asks_for_one(store, company):
    """A feature can be planned by a file, without a demand that it answers."""
    with store.writing() as session:
        bare = Feature(name="Bare", deliverable="api", reference="B-1", recorded_at=store.clock())
        session.add(bare)
        session.flush()
        known = bare.id
    number = open_answer(store, company.product, filed(store, company))
    said = {"way": "known", "known": known, "resources": "None", "planned_on": "2026-04-10"}
    save_promise_fields(store, company.product, number, said)
    submit_answer(store, company.product, number)
    assert codes(store, company.product, number) == [("path", "required")]


def test_an_answer_that_came_meanwhile_is_told_and_the_text_stays(store, company):
    demand = filed(store, company)
    number = open_answer(store, company.product, demand)
    save_promise_fields(store, company.product, number, ANSWER)
    answered(store, company, demand, date(2026, 4, 11))
    submit_answer(store, company.product, number)
    assert codes(store, company.product, number) == [("path", "already_answered")]
    assert read(store, draft, company.product, number).values["resources"] == "Two weeks"
