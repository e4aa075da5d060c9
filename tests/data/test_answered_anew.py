"""A demand that was answered wrongly is answered anew; the answer before stays in the history (C2)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from core.messages import Conflict, Invalid, NotAllowed
from core.policies import DEFAULTS
from core.promises.acceptance import Spread
from core.promises.collaboration import Measure
from core.promises.demands import Anew, Decline, Named, PromiseInput
from core.promises.handover import DeliveryInput
from core.webhooks import WebhookInput
from data.commands.deliveries import mark_ready
from data.commands.demands import answer_demand, decline_demand
from data.commands.features import correct_feature, move_feature
from data.commands.promise_drafts import open_answer, save_promise_fields, submit_answer
from data.commands.promises import escalate_promise, make_promise, plan_promise
from data.commands.webhooks import add_webhook
from data.notices import sentence
from data.queries.collaboration_facts import facts_between
from data.queries.demand_file import demand_file
from data.queries.drafts import draft as one_draft
from data.queries.promise_file import promise_file
from data.queries.schedule import schedule
from data.schema import Message, Promise, WebhookEvent
from tests.company import found
from tests.data.test_promises import ANSWER, filed, seen

WRONG = Anew(" The wrong one of two ")
RIGHT = replace(ANSWER, feature="Dashboard 2", planned_on=date(2026, 4, 20))
NO = Decline("direction", "We will not do it")


@pytest.fixture
def company(store):
    return found(store)


@pytest.fixture
def demand(store, company, clock) -> int:
    """Answered after half an hour."""
    number = filed(store, company)
    clock.move(hours=2)
    answer_demand(store, company.product, number, ANSWER)
    return number


def read(store, company, demand):
    with store.reading() as session:
        return demand_file(session, company.rep, demand, store.clock())


def kept(store, company, number):
    with store.reading() as session:
        return one_draft(session, company.product, number).values


def notices(store, kind: str) -> list[Message]:
    with store.reading() as session:
        return list(session.scalars(select(Message).where(Message.kind == kind).order_by(Message.id)))


def test_the_new_answer_stands_and_the_one_before_is_kept(store, clock, company, demand):
    before = read(store, company, demand).row
    clock.move(days=3)
    feature = answer_demand(store, company.product, demand, RIGHT, anew=WRONG)
    file = read(store, company, demand)
    assert (file.row.feature_id, file.row.feature, file.row.state) == (feature, "Dashboard 2", "answered")
    assert (file.row.answered_at, file.row.clock) == (before.answered_at, before.clock)
    (ended,) = file.earlier
    assert (ended.feature, ended.declined_for, ended.reason) == ("Dashboard", None, "The wrong one of two")
    assert (ended.by, ended.at) == ("Product", store.clock())


def test_the_first_answer_and_who_gave_it_count_once(store, clock, company, demand):
    def counted():
        with store.reading() as session:
            span = date(2026, 1, 1), date(2026, 4, 1)
            facts = facts_between(session, *span, store.clock(), DEFAULTS, measures=[Measure.RESPONSE])
            return [(fact.of, fact.person, fact.hours) for fact in facts]

    before = counted()
    clock.move(days=3)
    answer_demand(store, company.product, demand, RIGHT, anew=WRONG)
    clock.move(days=1)
    decline_demand(store, company.product, demand, NO, WRONG)
    assert before == [(demand, "Product", 0.5)]
    assert counted() == before


def test_whoever_was_told_is_told_of_each_answer(store, company, demand):
    answer_demand(store, company.product, demand, RIGHT, anew=WRONG)
    answer_demand(store, company.product, demand, ANSWER, anew=Anew("The first was right"))
    decline_demand(store, company.product, demand, NO, Anew("Sold off"))
    told = [*notices(store, "demand_answered_anew"), *notices(store, "demand_declined_anew")]
    assert {one.person_id for one in told} == {company.rep.person_id}
    assert [sentence("en", one.kind, one.params) for one in told] == [
        (
            "Answered anew: “慢” (Haihe Pumps)",
            "“Dashboard 2” is planned for 20 Apr 2026: let the customer know. The answer before stands"
            " no more: The wrong one of two",
        ),
        (
            "Answered anew: “慢” (Haihe Pumps)",
            "“Dashboard” is planned for 10 Apr 2026: let the customer know. The answer before stands"
            " no more: The first was right",
        ),
        (
            "Declined after all: “慢” (Haihe Pumps)",
            "The answer before stands no more (Sold off). Not our direction. We will not do it",
        ),
    ]
    assert sentence("zh", told[0].kind, told[0].params) == (
        "重新答复：“慢”（Haihe Pumps）",
        "“Dashboard 2”排期 2026年4月20日，请告知客户。此前的答复作废：The wrong one of two",
    )


def test_the_feature_that_nobody_waits_for_any_more_is_still_planned_by_product(store, company, demand):
    def lines(who, *, earlier: bool = False):
        with store.reading() as session:
            found_now = schedule(session, who, store.clock(), earlier=earlier)
        return [(line.name, line.planned_on, line.spread) for line in found_now]

    before = read(store, company, demand).row.feature_id
    answer_demand(store, company.product, demand, RIGHT, anew=WRONG)
    right = ("Dashboard 2", RIGHT.planned_on, Spread.NONE)
    assert lines(company.rep, earlier=True) == [right]
    assert lines(company.product) == [("Dashboard", ANSWER.planned_on, Spread.NOBODY), right]
    move_feature(store, company.product, before, None, "Nobody waits for it")
    assert lines(company.product) == [right]
    assert lines(company.product, earlier=True) == [right, ("Dashboard", None, Spread.NOBODY)]


def test_a_mistyped_name_or_reference_is_put_right_without_a_new_answer(store, company, demand):
    before = read(store, company, demand)
    feature = before.row.feature_id
    with pytest.raises(Invalid) as refused:
        correct_feature(store, company.product, feature, Named(" ", "screen", ""))
    assert [p.field for p in refused.value.problems] == ["feature", "reference"]
    with pytest.raises(NotAllowed):
        correct_feature(store, company.rep, feature, Named("Dashboards", "api", "YQ-2"))
    correct_feature(store, company.product, feature, Named(" Dashboards ", "api", "YQ-2"))
    file = read(store, company, demand)
    assert (file.row.feature, file.deliverable, file.reference) == ("Dashboards", "api", "YQ-2")
    assert (file.row.planned_on, file.earlier) == (before.row.planned_on, ())


def test_promises_made_of_it_go_over_to_the_new_feature(store, company, demand):
    told = PromiseInput("In April", date(2026, 4, 15), demand_id=demand)
    promise = make_promise(store, company.rep, company.customer, told)
    other = PromiseInput("Both", date(2026, 4, 15), feature_id=read(store, company, demand).row.feature_id)
    apart = make_promise(store, company.rep, company.customer, other)
    feature = answer_demand(store, company.product, demand, RIGHT, anew=WRONG)
    found_now = {row.id: (row.feature, row.state.code) for row in seen(store, company.rep)}
    assert found_now == {promise: ("Dashboard 2", "before_plan"), apart: ("Dashboard", "fits")}
    assert len(notices(store, "promise_before_plan")) == 3  # manager, product, and the rep who promised
    escalate_promise(store, company.rep, promise, "They wait")
    decline_demand(store, company.product, demand, NO, WRONG)
    with store.reading() as session:
        assert session.get_one(Promise, promise).feature_id is None
    file = read(store, company, demand)
    assert (file.row.state, file.row.feature_id, file.path) == ("declined", None, None)
    assert [one.feature for one in file.earlier] == ["Dashboard", "Dashboard 2"]
    assert feature


def test_what_fits_is_escalated_by_product_alone_so_that_its_demand_can_be_declined(store, company, demand):
    feature = read(store, company, demand).row.feature_id
    told = PromiseInput("In May", date(2026, 5, 15), demand_id=demand)
    promise = make_promise(store, company.rep, company.customer, told)
    with pytest.raises(Invalid):
        decline_demand(store, company.product, demand, NO, WRONG)
    with pytest.raises(Conflict, match="no_conflict"):
        escalate_promise(store, company.rep, promise, "They wait")
    escalate_promise(store, company.product, promise, "It costs too much")
    decline_demand(store, company.product, demand, NO, WRONG)
    assert read(store, company, demand).row.state == "declined"
    other = PromiseInput("A day", date(2026, 5, 15), feature_id=feature)
    apart = make_promise(store, company.rep, company.customer, other)
    with pytest.raises(Conflict, match="no_conflict"):
        escalate_promise(store, company.product, apart, "Of no demand")


@pytest.mark.parametrize("before_any_answer", [False, True])
def test_a_promise_keeps_the_plan_that_it_was_made_on(store, clock, company, before_any_answer):
    def held_against():
        with store.reading() as session:
            file = promise_file(session, company.rep, promise, clock.at)
        return [(change.day and change.day.day, change.reason, change.at) for change in file.planned]

    def promised():
        told = PromiseInput("In April", date(2026, 4, 15), demand_id=demand)
        return make_promise(store, company.rep, company.customer, told)

    demand, other = filed(store, company), filed(store, company)
    promise = promised() if before_any_answer else 0
    clock.move(hours=1)
    right = answer_demand(store, company.product, other, RIGHT)
    first = clock.at
    wrong = answer_demand(store, company.product, demand, ANSWER)
    promise = promise or promised()
    assert held_against() == [(10, "One table more", first)]
    clock.move(days=1)
    second = clock.at
    answer_demand(store, company.product, demand, RIGHT, right, WRONG)
    kept = [(10, "One table more", first), (20, "The wrong one of two", second)]
    assert held_against() == kept
    clock.move(days=1)
    move_feature(store, company.product, wrong, date(2026, 4, 12), "Of no matter to it")
    move_feature(store, company.product, right, date(2026, 4, 22), "Late")
    kept.append((22, "Late", clock.at))
    assert held_against() == kept
    clock.move(days=1)
    escalate_promise(store, company.rep, promise, "They wait")
    decline_demand(store, company.product, demand, NO, Anew("Sold off"))
    kept.append((None, "Sold off", clock.at))
    assert held_against() == kept
    clock.move(days=1)
    plan_promise(store, company.product, promise, wrong)  # what it was held against before stays
    kept.append((12, "", clock.at))
    assert held_against() == kept
    with store.reading() as session:
        names = [c.feature for c in promise_file(session, company.rep, promise, clock.at).planned]
    assert names == ["Dashboard", "Dashboard 2", "Dashboard 2", None, "Dashboard"]


def test_only_an_answer_that_stands_is_given_anew(store, company, demand):
    with pytest.raises(NotAllowed):
        answer_demand(store, company.rep, demand, RIGHT, anew=WRONG)
    with pytest.raises(Invalid) as refused:
        answer_demand(store, company.product, demand, RIGHT, anew=Anew(" "))
    assert [(p.field, p.code) for p in refused.value.problems] == [("anew", "required")]
    waiting, declined = (filed(store, company) for _ in range(2))
    decline_demand(store, company.product, declined, NO)
    for one in (waiting, declined):
        with pytest.raises(Conflict, match="not_answered"):
            answer_demand(store, company.product, one, RIGHT, anew=WRONG)
    assert read(store, company, demand).earlier == ()


def test_what_was_said_of_a_decline_is_put_right(store, clock, company):
    number = filed(store, company)
    with pytest.raises(Conflict, match="not_answered"):
        decline_demand(store, company.product, number, NO, WRONG)
    clock.move(hours=2)
    decline_demand(store, company.product, number, Decline("one_customer", "no"))
    before = read(store, company, number).row
    draft = open_answer(store, company.product, number, 0)
    begun = kept(store, company, draft)
    assert (begun["way"], begun["reason"], begun["reply"]) == ("decline", "one_customer", "no")
    values = {"reason": NO.reason, "reply": NO.reply, "anew": "The wrong reason"}
    save_promise_fields(store, company.product, draft, values)
    clock.move(days=1)
    submit_answer(store, company.product, draft)
    file = read(store, company, number)
    assert (file.row.state, file.row.declined_for, file.row.reply) == ("declined", NO.reason, NO.reply)
    assert (file.row.answered_at, file.row.clock) == (before.answered_at, before.clock)
    assert [(e.declined_for, e.reply, e.reason) for e in file.earlier] == [
        ("one_customer", "no", "The wrong reason")
    ]
    (told,) = notices(store, "demand_decline_corrected")
    assert sentence("en", told.kind, told.params)[1] == (
        "Declined as before; what was said of it stands no more (The wrong reason)."
        " Not our direction. We will not do it"
    )
    answer_demand(store, company.product, number, RIGHT)  # after all, all the same
    assert read(store, company, number).row.state == "answered"


def test_who_puts_a_decline_right_is_told_that_it_was_answered_after_all_meanwhile(store, company):
    number = filed(store, company)
    decline_demand(store, company.product, number, NO)
    draft = open_answer(store, company.product, number, 0)
    save_promise_fields(store, company.product, draft, {"reply": "Not this year", "anew": "Softer"})
    answer_demand(store, company.product, number, RIGHT)
    submit_answer(store, company.product, draft)
    assert read(store, company, number).row.state == "answered"
    with store.reading() as session:
        (problem,) = one_draft(session, company.product, draft).problems
    assert problem.code == "already_answered"
    begun = kept(store, company, open_answer(store, company.product, number, 0))
    assert "way" not in begun  # the answer that stands now is another draft's


def test_of_two_who_answer_anew_the_second_is_told(store, company, demand):
    answer_demand(store, company.product, demand, RIGHT, anew=Anew("The wrong one", 0))
    with pytest.raises(Conflict, match="already_answered"):
        answer_demand(store, company.product, demand, ANSWER, anew=Anew("No, that one", 0))
    assert len(read(store, company, demand).earlier) == 1


def test_what_was_marked_ready_for_the_customer_stands(store, company, demand):
    ready = DeliveryInput("Dashboard", "en", demand_id=demand)
    assert not read(store, company, demand).handed_over
    mark_ready(store, company.delivery, company.customer, ready, "x" * 43)
    assert read(store, company, demand).handed_over
    with pytest.raises(Conflict, match="handed_over"):
        answer_demand(store, company.product, demand, RIGHT, anew=WRONG)


def test_other_systems_hear_of_each_answer(store, company):
    kinds = ("demand.answered", "demand.declined")
    add_webhook(store, company.admin, WebhookInput("ours", "https://93.184.216.34/x", kinds), "s" * 40)
    number = filed(store, company)
    answer_demand(store, company.product, number, ANSWER)
    answer_demand(store, company.product, number, RIGHT, anew=WRONG)
    answer_demand(store, company.product, number, ANSWER, anew=WRONG)
    decline_demand(store, company.product, number, NO, WRONG)
    with store.reading() as session:
        told = session.scalars(select(WebhookEvent.kind).order_by(WebhookEvent.id)).all()
    assert told == ["demand.filed", *["demand.answered"] * 3, "demand.declined"]


def test_what_was_answered_before_makes_room_for_a_planned_feature_and_comes_back(store, company, demand):
    decline_demand(store, company.product, demand, NO, WRONG)
    draft = open_answer(store, company.product, demand)
    for way, paths in (("known", None), ("new", ANSWER.path), ("decline", ANSWER.path)):
        save_promise_fields(store, company.product, draft, {"way": way})
        assert kept(store, company, draft)["path"] == paths
    save_promise_fields(store, company.product, draft, {"path": "One more"})
    save_promise_fields(store, company.product, draft, {"way": "known"})
    said = kept(store, company, draft)
    assert (said["path"], said["resources"]) == ("One more", None)


def test_a_draft_is_sent_once_and_stands_apart_from_a_first_answers(store, company, demand):
    first = open_answer(store, company.product, demand)
    draft = open_answer(store, company.product, demand, 0)
    assert draft != first
    begun = kept(store, company, draft)
    assert (begun.get("path"), begun.get("resources")) == (None, None)  # the feature's that gives way
    assert begun["deliverable"] == ANSWER.deliverable
    values = {
        "way": "new",
        "feature": "Dashboard 2",
        "path": "One more",
        "resources": "Two",
        "reference": "D-2",
    }
    save_promise_fields(store, company.product, draft, values | {"planned_on": "2026-04-20", "anew": "Wrong"})
    for _ in range(2):
        submit_answer(store, company.product, draft)
    file = read(store, company, demand)
    assert (file.row.feature, [one.reason for one in file.earlier]) == ("Dashboard 2", ["Wrong"])


def test_an_answer_after_all_begins_with_the_one_that_was_declined_since(store, company, demand):
    decline_demand(store, company.product, demand, NO, WRONG)
    begun = kept(store, company, open_answer(store, company.product, demand))
    assert (begun["path"], begun["resources"], begun["deliverable"]) == (
        ANSWER.path, ANSWER.resources, ANSWER.deliverable,
    )  # fmt: skip
