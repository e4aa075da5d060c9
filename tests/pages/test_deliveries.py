"""The deliveries page by role and language: what is due, marking it ready, the link, a problem's picture."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import streamlit as st
from streamlit.proto.Metric_pb2 import Metric as MetricProto

from components import format
from core.promises.acceptance import Stand
from core.promises.handover import AnswerInput
from data.commands.acceptance import answer_link
from data.commands.acceptance_links import new_token
from data.commands.deliveries import ask_again
from data.media import keep_photo
from data.queries.deliveries import Show, delivery_board
from data.queries.delivery_file import delivery_file
from data.schema import AcceptanceLink
from data.text import translate
from tests.data.test_acceptance_routes import picture
from tests.deliveries import Handover
from tests.pages.reading import does
from tests.pages.test_demands import press, shown

LINK = re.compile(r"/confirm/[\w-]{43}")


@pytest.fixture
def handover(sqlite_store):
    return Handover(sqlite_store)


def state(handover, delivery=1) -> Stand:
    with handover.store.reading() as session:
        file = delivery_file(session, handover.people.director, delivery, handover.store.clock())
    return file.row.seen.state


def links(store) -> int:
    with store.reading() as session:
        return session.query(AcceptanceLink).count()


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("role", ["rep", "manager", "delivery"])
def test_everybody_sees_what_waits_and_only_senders_can_send(open_page, handover, role, language):
    page = open_page("deliveries", getattr(handover.people, role), language, show="due")
    assert not page.exception
    assert "Haihe Pumps · Dashboard" in shown(page)
    assert ("12 Mar 2026" if language == "en" else "2026年3月12日") in shown(page)
    label = translate(language, "deliveries.make_ready")
    assert (label in [does(b) for b in page.button]) is (role == "delivery")
    handover.ready()
    page = open_page("deliveries", getattr(handover.people, role), language)
    assert (translate(language, "deliveries.none.due") in shown(page)) is (
        role == "delivery"
    )  # where each begins
    page = open_page("deliveries", getattr(handover.people, role), language, show="sent")
    assert "Haihe Pumps · Shift dashboard" in shown(page)
    assert translate(language, "terms.delivery.sent") in shown(page)
    file = open_page("deliveries", getattr(handover.people, role), language, delivery=1)
    assert not file.exception
    assert (translate(language, "deliveries.revoke") in [does(b) for b in file.button]) is (
        role == "delivery"
    )


@pytest.mark.parametrize(
    ("name", "show", "back"),
    [
        ("deliveries", "sent", "deliveries.to_list"),
        ("demands", "answered", "demands.to_list"),
        ("promises", "green", "promises.to_board"),
    ],
)
def test_back_from_a_row_its_list_shows_what_it_showed(open_page, handover, name, show, back):
    handover.ready()
    page = open_page(name, handover.people.product, show=show)
    next(b for b in page.button if b.key and b.key.startswith(f"{name}-")).click().run()
    assert len(page.query_params) == 2  # the row, and what the list showed
    press(page, translate("en", back))
    assert page.query_params == {"show": show}


def test_what_is_wrong_is_red_only_where_something_is(open_page, handover, sqlite_store):
    def told():
        page = open_page("deliveries", handover.people.rep)
        (card,) = [m for m in page.metric if m.label == translate("en", "deliveries.card.problem")]
        return card.value, card.proto.color

    _, token = handover.ready()
    assert told() == ("0", MetricProto.GRAY)
    answer_link(sqlite_store, token, AnswerInput("problem", "It stays empty"))
    assert told() == ("1", MetricProto.RED)


def test_others_see_nothing_of_it(open_page, handover):
    handover.ready()
    page = open_page("deliveries", handover.people.stranger, show="sent")
    assert translate("en", "deliveries.none.sent") in shown(page)
    page = open_page("deliveries", handover.people.stranger, delivery=1)
    assert [e.value for e in page.error] == [translate("en", "errors.not_found")]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_marking_ready_shows_a_link_to_copy_that_works_once(open_page, handover, sqlite_store, language):
    page = open_page("deliveries", handover.people.delivery, language, promise=handover.promise)
    page.text_input[0].set_value("")
    press(page, translate(language, "deliveries.send"))
    assert translate(language, "problems.required") in shown(page)
    page.text_input[0].set_value("Shift *dashboard*")
    page.text_area[0].set_value("In the menu").run()
    page = open_page("deliveries", handover.people.delivery, language, promise=handover.promise)  # later
    press(page, translate(language, "deliveries.send"))
    assert not page.exception
    assert page.query_params["delivery"] == "1"
    assert "Shift *dashboard*" in shown(page)
    assert [w.value for w in page.warning] == [
        translate(language, "deliveries.link_by_hand")
    ]  # no server here
    address, letter = (c.value for c in page.code)
    token = re.search(r"/confirm/([\w-]{43})$", address).group(1)
    assert address in letter
    assert ("Hello Wang Fang" if language == "en" else "Shift *dashboard*") in letter
    assert links(sqlite_store) == 1
    page = open_page("deliveries", handover.people.delivery, language, delivery=1)
    assert "Shift *dashboard*" in shown(page)
    assert not page.code  # another window never sees it
    answer_link(sqlite_store, token, AnswerInput("confirmed"))
    assert state(handover) is Stand.CONFIRMED
    page = open_page("deliveries", handover.people.rep, language, show="confirmed")
    values = {m.label: m.value for m in page.metric}
    assert values[translate(language, "deliveries.rate.first")] == "100%"
    assert translate(language, "deliveries.nobody_asked") in " ".join(str(m.delta) for m in page.metric)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_problem_is_shown_with_its_picture_and_can_be_mended(open_page, handover, sqlite_store, language):
    _, token = handover.ready()
    photo = keep_photo(sqlite_store, picture())
    answer_link(sqlite_store, token, AnswerInput("problem", "It *stays* empty", photo))
    page = open_page("deliveries", handover.people.rep, language, delivery=1)
    assert not page.exception
    assert "It *stays* empty" in shown(page)
    assert len(page.get("image")) == 1
    assert translate(language, "deliveries.send_again") not in [does(b) for b in page.button]
    page = open_page("deliveries", handover.people.delivery, language, delivery=1)
    page.text_area[0].set_value("Mended").run()
    page = open_page("deliveries", handover.people.delivery, language, delivery=1)  # after a look elsewhere
    press(page, translate(language, "deliveries.send_again"))
    assert not page.exception
    assert (state(handover), links(sqlite_store)) == (Stand.SENT, 2)
    assert [bool(LINK.search(c.value)) for c in page.code] == [True, True]  # the address, and the letter
    assert "Mended" in shown(page)


@pytest.mark.parametrize("way", ["send_again", "again"])
def test_a_press_that_was_broken_off_shows_its_link_at_the_next(
    open_page, handover, sqlite_store, clock, monkeypatch, way
):
    _, token = handover.ready()
    if way == "again":
        answer_link(sqlite_store, token, AnswerInput("confirmed"))
        clock.move(days=30)
    page = open_page("deliveries", handover.people.delivery, delivery=1)
    with monkeypatch.context() as broken:
        broken.setattr("components.delivery_forms._show_link", lambda *_: st.rerun())
        press(page, translate("en", f"deliveries.{way}"))
    assert (links(sqlite_store), list(page.code)) == (2, [])
    press(page, translate("en", f"deliveries.{way}"))
    assert not page.exception
    assert links(sqlite_store) == 2
    assert [bool(LINK.search(c.value)) for c in page.code] == [True, True]  # the address, and the letter
    assert translate("en", "deliveries.again") not in [does(b) for b in page.button]


def test_a_link_is_called_back(open_page, handover):
    handover.ready()
    page = open_page("deliveries", handover.people.product, delivery=1)
    assert translate("en", "deliveries.renew_hint") in shown(page)
    press(page, translate("en", "deliveries.revoke"))
    assert state(handover) is Stand.REVOKED
    assert translate("en", "deliveries.renewed_hint") in shown(page)
    assert translate("en", "deliveries.renew_hint") not in shown(page)
    assert translate("en", "terms.delivery.revoked") in shown(page)
    assert translate("en", "deliveries.revoke") not in [does(b) for b in page.button]
    board = open_page("deliveries", handover.people.product, show="due")
    assert translate("en", "terms.delivery.revoked") in shown(board)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_second_question_is_offered_when_its_day_has_come_and_says_so_before(
    open_page, handover, sqlite_store, clock, language
):
    _, token = handover.ready()
    who = handover.people.delivery
    label = translate(language, "deliveries.again")
    due = format.instant(clock.at + timedelta(days=30), language, who.timezone)
    from_then = translate(language, "deliveries.again_from", at=due)
    assert from_then not in shown(open_page("deliveries", who, language, delivery=1))
    answer_link(sqlite_store, token, AnswerInput("confirmed"))
    page = open_page("deliveries", who, language, delivery=1)
    assert from_then in shown(page)
    assert label not in [does(b) for b in page.button]
    clock.move(days=30)
    page = open_page("deliveries", who, language, delivery=1)
    assert from_then not in shown(page)
    press(page, label)
    assert not page.exception
    assert [bool(LINK.search(c.value)) for c in page.code] == [True, True]  # the address, and the letter
    with sqlite_store.reading() as session:
        board = delivery_board(session, handover.people.delivery, Show.CONFIRMED, sqlite_store.clock())
    assert (board.second.part, board.second.whole) == (0, 1)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_second_question_whose_link_has_ended_says_so_and_is_sent_anew(
    open_page, handover, sqlite_store, clock, language
):
    delivery, token = handover.ready()
    answer_link(sqlite_store, token, AnswerInput("confirmed"))
    clock.move(days=30)
    ask_again(sqlite_store, handover.people.delivery, delivery, new_token())
    sent, ended = (translate(language, f"deliveries.second.{which}") for which in ("asked", "ended"))
    page = open_page("deliveries", handover.people.rep, language, show="confirmed")
    assert sent in shown(page)
    clock.move(days=15)
    for show in ("confirmed", "ended"):
        page = open_page("deliveries", handover.people.rep, language, show=show)
        assert ended in shown(page)
    page = open_page("deliveries", handover.people.delivery, language, delivery=delivery)
    assert (ended in shown(page), sent in shown(page)) == (True, False)
    press(page, translate(language, "deliveries.send_again"))
    assert not page.exception
    assert [bool(LINK.search(c.value)) for c in page.code] == [True, True]  # the address, and the letter
    assert sent in shown(page)
    assert links(sqlite_store) == 3


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_promise_says_how_its_delivery_stands(open_page, handover, sqlite_store, clock, language):
    page = open_page("promises", handover.people.delivery, language, promise=handover.promise)
    assert translate(language, "terms.delivery.not_ready") in shown(page)
    assert translate(language, "deliveries.make_ready") in [does(b) for b in page.button]
    _, token = handover.ready()
    clock.move(days=10)
    page = open_page("promises", handover.people.rep, language, show="past")
    assert translate(language, "promises.fulfilment.missed") in shown(page)
    answer_link(sqlite_store, token, AnswerInput("confirmed"))
    page = open_page("promises", handover.people.rep, language, show="delivered")
    assert translate(language, "promises.fulfilment.kept") in shown(page)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_customers_timeline_tells_it(open_page, handover, sqlite_store, language):
    _, token = handover.ready()
    answer_link(sqlite_store, token, AnswerInput("problem", "It stays empty"))
    page = open_page("customer", handover.people.rep, language, customer=handover.people.customer)
    assert not page.exception
    text = shown(page)
    for words in ("audit.did.delivery_mark_ready", "audit.did.acceptance_answer", "terms.delivery.problem"):
        assert translate(language, words) in text
    assert "It stays empty" in text
    assert text.count("Shift dashboard") == 2  # with what was sent, and with what was answered
    assert translate(language, "audit.customer") in text


@pytest.mark.parametrize("language", ["en", "zh"])
def test_today_shows_what_was_never_confirmed(open_page, handover, clock, language):
    handover.ready()
    clock.move(days=13.5)
    page = open_page("today", handover.people.delivery, language)
    ends = format.ago(clock() + timedelta(hours=12), clock(), language, "Asia/Shanghai")
    assert translate(language, "today.link_ends", ago=ends) in shown(page)
    clock.move(days=1)
    page = open_page("today", handover.people.delivery, language)
    assert translate(language, "terms.delivery.expired") in shown(page)
    assert translate(language, "today.unconfirmed_do") in [does(b) for b in page.button]
