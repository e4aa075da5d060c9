"""What is with a customer says so: in product's answer, among its likes, and where its dates stand."""

from __future__ import annotations

import json
from datetime import date

import pytest

from components import format
from core.promises.demands import DemandInput, PromiseInput
from core.promises.handover import AnswerInput
from data.commands.acceptance import answer_link
from data.commands.demands import file_demand
from data.commands.promises import make_promise
from data.text import translate
from tests.data.test_demands import answered
from tests.deliveries import EFFECT, Handover
from tests.pages.reading import does
from tests.pages.test_demands import shown


@pytest.fixture
def handover(sqlite_store, clock):
    made = Handover(sqlite_store)
    clock.move(hours=1)
    return made


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_confirmed_feature_is_not_planned_any_more(open_page, handover, sqlite_store, clock, language):
    who, ready_at = handover.people.product, clock()
    waiting, move = (translate(language, f"promises.{key}") for key in ("waiting", "way.plan"))
    page = open_page("promises", who, language, feature=handover.feature)
    assert waiting in shown(page)
    assert move in [does(b) for b in page.button]
    _, token = handover.ready()
    clock.move(hours=1)
    answer_link(sqlite_store, token, AnswerInput("confirmed"))
    ready, at = (format.instant(when, language, who.timezone) for when in (ready_at, clock()))
    came = translate(language, "deliveries.came.confirmed", ready=ready, at=at)
    page = open_page("promises", who, language, feature=handover.feature)
    assert came in shown(page)
    assert waiting not in shown(page)
    assert move not in [does(b) for b in page.button]
    page = open_page("demands", who, language, demand=handover.demand)
    assert came in shown(page)
    day = "10 Mar 2026" if language == "en" else "2026年3月10日"
    assert translate(language, "promises.planned_for", on=day) not in shown(page)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_promise_says_that_what_was_delivered_for_it_has_a_problem(
    open_page, handover, sqlite_store, clock, language
):
    who = handover.people.rep
    _, token = handover.ready()
    answer_link(sqlite_store, token, AnswerInput("problem", "Slow"))
    at = format.instant(clock(), language, who.timezone)
    said = translate(language, "deliveries.came.problem", at=at)
    for address in ({}, {"promise": handover.promise}, {"feature": handover.feature}):
        assert said in shown(open_page("promises", who, language, **address))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_promise_of_what_was_there_already_names_no_planned_day(
    open_page, handover, sqlite_store, clock, language
):
    _, token = handover.ready()
    answer_link(sqlite_store, token, AnswerInput("confirmed"))
    clock.move(days=60)
    people = handover.people
    demand = DemandInput("A board that shows each shift", "efficiency", EFFECT, "P1")
    new = file_demand(sqlite_store, people.rep, people.customer, demand)
    answered(sqlite_store, people, new, date(2026, 3, 10), handover.feature)
    promised = PromiseInput("Next month", date(2026, 6, 1), demand_id=new)
    promise = make_promise(sqlite_store, people.rep, people.customer, promised)
    day = format.day(date(2026, 3, 10), language)
    page = open_page("promises", people.rep, language)
    assert translate(language, "promises.why.there") in shown(page)
    assert day not in shown(page)
    (picture,) = [json.loads(chart.proto.spec) for chart in page.get("plotly_chart")]
    assert picture["layout"]["xaxis"]["range"][0] > "2026-03-10"  # nothing of that day is drawn
    page = open_page("promises", people.rep, language, promise=promise)
    cards = {m.label: m.value for m in page.metric}
    planned = translate(language, "promises.planned")
    assert cards[planned] == translate(language, "promises.already")
    page = open_page("demands", people.rep, language, demand=new)
    assert translate(language, "promises.planned_for", on=day) not in shown(page)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_likes_and_features_to_choose_say_what_is_ready(open_page, handover, sqlite_store, clock, language):
    people = handover.people
    demand = DemandInput("A board that shows each shift", "efficiency", EFFECT, "P1")
    like, new = (file_demand(sqlite_store, people.rep, people.customer, demand) for _ in "ab")
    answered(sqlite_store, people, like, date(2026, 3, 10), handover.feature)
    ready = format.instant(clock(), language, people.product.timezone)
    handover.ready(promise_id=None, demand_id=like)
    page = open_page("demands", people.product, language, demand=new)
    came = translate(language, "deliveries.came.sent", ready=ready, at=format.NOTHING)
    assert f"Dashboard · {came}" in shown(page)
    next(g for g in page.button_group if g.key.endswith("_way")).set_value("known").run()
    (known,) = (s for s in page.selectbox if s.key.endswith("_known"))
    assert known.options == [f"Dashboard · {translate(language, 'promises.spread.ready')}"]
