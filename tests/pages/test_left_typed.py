"""What is typed waits while one looks at something else, and is gone once it was sent."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import NamedTuple

import pytest
from sqlalchemy import select

from core.reports.commitments import Proof
from data.commands.demands import pause_demand
from data.commands.milestone_samples import draw_sample
from data.commands.milestones import set_launch
from data.commands.morning import assign
from data.commands.plausibility import review_sign
from data.commands.store_requests import file_request, take_back_request
from data.commands.taking_back import take_back_demand, take_back_promise
from data.commands.talks import StepInput, agree, record_talk
from data.queries.milestone_samples import sample_of
from data.queries.plausibility import plausibility
from data.schema import Draft
from data.text import translate
from tests.company import found
from tests.data.test_milestones import LAUNCH, action, day
from tests.data.test_store_requests import SCAN, Stores
from tests.morning import at_risk, customer_of, meeting, promise_to
from tests.pages.test_demands import filed, press
from tests.pages.test_plausibility import people as signs
from tests.pages.test_promises import Desk
from tests.rooms import room_of

TYPED = "Half a *thought*"
BACK = "taking_back.reason", "taking_back.send"
DROP = "morning.drop_reason", "morning.drop_do"


class Place(NamedTuple):
    """Where something is typed.

    Attributes:
        field, send: catalogue keys of the field's label and of the button below it.
        kind: of the draft that is begun; that of a dialog as soon as it is opened.
        also: what else has to be said before it is sent, e.g. a choice.
    """

    page: str
    who: object
    at: dict[str, object]
    field: str
    send: str
    kind: str
    also: Callable[[object], object] | None = None


def note_of_a_customer(store, clock):
    made = found(store)
    at = {"customer": made.customer, "do": "edit"}
    return Place("customer", made.rep, at, "fields.note", "customer.save", "customer_note")


def review_of_a_sign(store, clock):
    made = signs.__wrapped__(store, clock)
    return Place("plausibility", made.manager, {}, "plausibility.note", "plausibility.settle", "sign")


def demand_taken_back(store, clock):
    made = found(store)
    return Place("demands", made.rep, {"demand": filed(store, made)}, *BACK, "demand_back")


def promise_taken_back(store, clock):
    desk = Desk(store)
    return Place("promises", desk.people.rep, {"promise": desk.promise}, *BACK, "promise_back")


def request_taken_back(store, clock):
    stores = Stores(store)
    request = file_request(store, stores.bund, SCAN, "P2")
    return Place("store_requests", stores.bund, {"request": request}, *BACK, "request_back")


def pause_of_a_demand(store, clock):
    made = found(store)
    at = {"demand": filed(store, made)}
    return Place("demands", made.product, at, "demands.pause_reason", "demands.pause", "pause")


def customers_answer(store, clock):
    made = found(store)
    at = {"demand": filed(store, made)}
    pause_demand(store, made.product, at["demand"], "How many a day?")
    return Place("demands", made.rep, at, "demands.customer_answer", "demands.pass_on", "told_back")


def task_of_a_room(store, clock):
    made = found(store)
    at = {"room": room_of(store, made)}
    return Place("room", made.manager, at, "room.task_text", "room.add_task", "room_task")


def agreed_and_given_up(store, clock):
    made = at_risk(store, clock)
    assign(store, made.manager, meeting(store, made), promise_to(store, made, clock))
    return Place("morning", made.manager, {"step": "made"}, *DROP, "given_up")


def step_given_up(store, clock):
    made = at_risk(store, clock)
    talk = record_talk(store, made.manager, made.rep.person_id, "Haihe first")
    later = clock.at + timedelta(days=2)
    agree(store, made.manager, talk, StepInput("See them", later, customer_of(store, "Haihe"), Proof.ACTION))
    at = {"rep": made.rep.person_id}
    return Place("one_to_one", made.manager, at, *DROP, "step_dropped")


def given_away_in_the_morning(store, clock):
    made = at_risk(store, clock)
    meeting(store, made)
    return Place("morning", made.manager, {"step": "top"}, "morning.what", "morning.add", "assignment")


def launch_of_the_company(store, clock):
    made = found(store)
    set_launch(store, made.director, None, LAUNCH)

    def later(page):
        page.date_input[0].set_value(LAUNCH + timedelta(days=1)).run()

    return Place(
        "milestones", made.director, {}, "milestones.reason", "milestones.save_launch", "launch", later
    )


def check_of_a_sample(store, clock):
    made = found(store)
    set_launch(store, made.director, None, LAUNCH)
    action(store, made, day(1))
    draw_sample(store, made.director, None, "completeness")
    with store.reading() as session:
        sample = sample_of(session, made.director, None, "completeness")
    at = {"day": 30, "criterion": "completeness", "item": sample.items[0].row.of}

    def differs(page):
        page.get("button_group")[0].set_value("differs").run()

    return Place(
        "milestones", made.director, at, "milestones.check_note", "milestones.check_save", "check", differs
    )


def sign_reviewed(store, at):
    with store.reading() as session:
        (sign, *_) = plausibility(session, at.who, store.clock()).signs
    return review_sign(store, at.who, sign.person_id, sign.sign.kind, "Looked at")


def taken_back(command):
    return lambda store, at: command(store, at.who, next(iter(at.at.values())), "Twice")


SETTLED = [
    (review_of_a_sign, sign_reviewed), (demand_taken_back, taken_back(take_back_demand)),
    (promise_taken_back, taken_back(take_back_promise)), (request_taken_back, taken_back(take_back_request)),
]  # fmt: skip

PLACES = [
    note_of_a_customer, review_of_a_sign, demand_taken_back, promise_taken_back, request_taken_back,
    pause_of_a_demand, customers_answer, task_of_a_room, agreed_and_given_up, step_given_up,
    given_away_in_the_morning, launch_of_the_company, check_of_a_sample,
]  # fmt: skip


@pytest.mark.parametrize("place", PLACES)
def test_what_is_typed_is_there_again_until_it_is_sent(open_page, sqlite_store, clock, place):
    at = place(sqlite_store, clock)

    def look():
        page = open_page(at.page, at.who, **at.at)
        assert not page.exception, page.exception
        label = translate("en", at.field)
        return page, [w for w in (*page.text_input, *page.text_area) if w.label == label]

    page, (field, *_) = look()
    with sqlite_store.reading() as session:
        assert (at.kind in session.scalars(select(Draft.kind))) is (at.kind == "customer_note")
    field.set_value(TYPED).run()
    page, (field, *_) = look()
    assert field.value == TYPED
    if at.also:
        at.also(page)
    press(page, translate("en", at.send))
    assert not page.exception, page.exception
    assert not [w for w in (*page.text_input, *page.text_area) if w.value == TYPED]
    with sqlite_store.reading() as session:
        left = session.scalars(select(Draft).where(Draft.kind == at.kind)).all()
    assert all(draft.body["sent"] for draft in left)


@pytest.mark.parametrize(("place", "settle"), SETTLED)
def test_what_was_settled_while_one_typed_says_so_and_shows_what_was_typed(
    open_page, sqlite_store, clock, place, settle
):
    at = place(sqlite_store, clock)
    page = open_page(at.page, at.who, **at.at)
    label = translate("en", at.field)
    next(w for w in page.text_input if w.label == label).set_value(TYPED).run()
    settle(sqlite_store, at)  # on another device
    page = open_page(at.page, at.who, **at.at)
    assert TYPED in [c.value for c in page.code]
    (said,) = (w.value for w in page.warning if "was not sent" in w.value)
    assert at.who.name in said
    press(page, translate("en", "demands.discard"))
    assert not page.code
