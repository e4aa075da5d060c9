"""The page of stores' requests, for a store and for headquarters, in both languages."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from components import format
from components.blocks import plain
from data.commands.store_requests import (
    answer_request,
    file_request,
    separate_request,
    take_back_request,
)
from data.media import keep_store_photo
from data.queries.store_requests import Show, pool
from data.text import translate
from tests.data.test_acceptance_routes import picture
from tests.data.test_store_requests import PLANNED, SCAN, SCAN_TOO, Stores
from tests.pages.reading import does
from tests.pages.test_demands import labels, press, shown


@pytest.fixture
def stores(sqlite_store):
    return Stores(sqlite_store)


def rows(stores, show=Show.OPEN):
    with stores.store.reading() as session:
        return pool(session, stores.people.product, show).rows


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_store_asks_and_another_joins(open_page, stores, language):
    page = open_page("store_requests", stores.bund, language)
    press(page, translate(language, "store_requests.send"))
    assert translate(language, "problems.required") in shown(page)
    page.text_area[0].set_value(SCAN).run()
    page = open_page("store_requests", stores.bund, language, show="answered")  # as after a look at another
    assert page.text_area[0].value == SCAN
    press(page, translate(language, "store_requests.send"))
    assert not page.exception
    assert [m.value for m in page.toast] == [translate(language, "store_requests.filed")]
    assert "show" not in page.query_params  # it is seen among the open ones
    assert page.text_area[0].value == ""
    assert "Bund" in shown(page)
    page = open_page("store_requests", stores.shenzhen, language)
    assert translate(language, "store_requests.none.open") in shown(page)
    page.text_area[0].set_value(SCAN_TOO).run()
    assert SCAN in shown(page)
    press(page, translate(language, "store_requests.join"))
    assert not page.exception
    (request,) = rows(stores)
    assert request.stores == ("Bund", "Shenzhen")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_the_store_asked_itself_is_marked_and_added_to(open_page, stores, sqlite_store, language):
    mine = file_request(sqlite_store, stores.bund, SCAN, "P2")
    page = open_page("store_requests", stores.bund, language, show="answered")
    page.text_area[0].set_value(SCAN_TOO).run()
    assert translate(language, "store_requests.yours") in shown(page)
    assert translate(language, "store_requests.join") not in [does(b) for b in page.button]
    press(page, translate(language, "store_requests.add_to"))
    assert not page.exception
    assert "show" not in page.query_params  # it is seen among the open ones
    (request,) = rows(stores)
    assert (request.id, [one.words for one in request.asked]) == (mine, [SCAN, SCAN_TOO])
    page = open_page("store_requests", stores.bund, language, request=mine)
    named = [f"{words[:30].rstrip()}…" for words in (SCAN, SCAN_TOO)]
    ways = [translate(language, "taking_back.this", words=words) for words in named]
    assert [e.label for e in page.expander if e.icon.endswith("undo:")] == ways


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_was_answered_is_shown_with_its_answer(open_page, stores, sqlite_store, language):
    first = file_request(sqlite_store, stores.bund, SCAN, "P2")
    answer_request(sqlite_store, stores.people.product, first, PLANNED)
    for who, opens in ((stores.bund, True), (stores.shenzhen, False)):
        page = open_page("store_requests", who, language)
        page.text_area[0].set_value(SCAN_TOO).run()
        assert not page.exception
        text = shown(page)
        assert translate(language, "store_requests.likes_answered") in text
        assert PLANNED.reply in text
        assert translate(language, "store_requests.no_likes") not in text
        assert (translate(language, "demands.look") in [does(b) for b in page.button]) is opens
    new = file_request(sqlite_store, stores.shenzhen, SCAN_TOO, "P2")
    assert PLANNED.reply in shown(open_page("store_requests", stores.people.product, language, request=new))


def test_the_same_words_of_another_day_are_another_request(open_page, stores, clock):
    page = open_page("store_requests", stores.bund)
    for _ in range(2):
        page.text_area[0].set_value(SCAN).run()
        press(page, translate("en", "store_requests.send"))
        assert not page.exception
        clock.move(days=30)
    assert [one.words for one in rows(stores)] == [SCAN, SCAN]


def test_a_request_is_of_its_reader_s_day(open_page, stores, sqlite_store, clock):
    clock.at = datetime(2026, 3, 9, 22, tzinfo=UTC)  # six in the morning of the tenth in Shanghai
    file_request(sqlite_store, stores.bund, SCAN, "P2")
    page = open_page("store_requests", stores.people.product)
    assert translate("en", "store_requests.since", on=format.day(date(2026, 3, 10), "en")) in shown(page)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_headquarters_merges_and_answers(open_page, stores, sqlite_store, language):
    first = file_request(sqlite_store, stores.bund, SCAN, "P2")
    file_request(sqlite_store, stores.shenzhen, SCAN_TOO, "P1")
    page = open_page("store_requests", stores.people.product, language)
    assert "Shenzhen" in shown(page)
    assert page.selectbox[0].options[1:] == ["East", "South"]
    page = open_page("store_requests", stores.people.product, language, request=first)
    press(page, translate(language, "store_requests.merge"))
    assert translate(language, "problems.likes_required") in shown(page)
    page.checkbox[0].check()
    press(page, translate(language, "store_requests.merge"))
    assert not page.exception
    assert SCAN_TOO in shown(page)
    press(page, translate(language, "store_requests.send_answer"))
    assert shown(page).count(translate(language, "problems.required")) == 2
    page.date_input[0].set_value(date(2026, 5, 1)).run()
    page.text_area[0].set_value("With the *next* release").run()
    page = open_page("store_requests", stores.people.product, language, request=first)  # as after a look
    assert page.date_input[0].value == date(2026, 5, 1)
    assert page.text_area[0].value == "With the *next* release"
    press(page, translate(language, "store_requests.send_answer"))
    assert not page.exception
    assert [m.value for m in page.toast] == [translate(language, "store_requests.answered")]
    assert "With the *next* release" in shown(page)
    assert [r.outcome for r in rows(stores, Show.ANSWERED)] == ["planned"]
    assert page.date_input[0].value == date(2026, 5, 1)  # to be answered anew
    page.date_input[0].set_value(date(2026, 6, 1)).run()
    press(page, translate(language, "store_requests.send_answer"))
    assert not page.exception
    assert [r.planned_on for r in rows(stores, Show.ANSWERED)] == [date(2026, 6, 1)]
    assert all(format.day(on, language) in shown(page) for on in (date(2026, 5, 1), date(2026, 6, 1)))
    next(g for g in page.button_group if g.key.endswith("_outcome")).set_value("declined").run()
    assert not page.date_input
    press(page, translate(language, "store_requests.send_answer"))
    assert [(r.outcome, r.planned_on) for r in rows(stores, Show.ANSWERED)] == [("declined", None)]
    page = open_page("store_requests", stores.bund, language, request=first)
    assert not page.date_input


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_is_ticked_gets_the_answer_too(open_page, stores, sqlite_store, language):
    first = file_request(sqlite_store, stores.bund, SCAN, "P2")
    file_request(sqlite_store, stores.shenzhen, SCAN_TOO, "P1")
    page = open_page("store_requests", stores.people.product, language, request=first)
    page.checkbox[0].check().run()
    page.button_group[0].set_value("done").run()
    assert not page.date_input
    page.text_area[0].set_value("Since *today*").run()
    press(page, translate(language, "store_requests.send_answer"))
    assert not page.exception
    (request,) = rows(stores, Show.ANSWERED)
    assert (request.stores, request.outcome) == (("Bund", "Shenzhen"), "done")
    assert stores.told("store_request_done") == ["bund", "shenzhen"]
    page = open_page("store_requests", stores.shenzhen, language, show="answered")
    assert any(plain("Since *today*") in b.label for b in page.button)  # escaped once
    assert translate(language, "store_requests.outcome.done") in shown(page)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_an_answered_request_leads_to_the_next_that_waits(open_page, stores, sqlite_store, language):
    first = file_request(sqlite_store, stores.bund, SCAN, "P2")
    other = file_request(sqlite_store, stores.shenzhen, "Warmer *lights*", "P2")
    answer_request(sqlite_store, stores.people.product, first, PLANNED)
    page = open_page("store_requests", stores.people.product, language, request=first)
    assert translate(language, "store_requests.still_open", n=1) in shown(page)
    following = translate(language, "store_requests.next", words=plain("Warmer *lights*"))
    next(b for b in page.button if b.label == following).click().run()
    assert page.query_params["request"] == str(other)
    store = open_page("store_requests", stores.bund, language, request=first)
    assert translate(language, "store_requests.still_open", n=1) not in shown(store)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_headquarters_takes_out_what_was_merged_by_mistake(open_page, stores, sqlite_store, language):
    first = file_request(sqlite_store, stores.bund, SCAN, "P2")
    parts = [
        file_request(sqlite_store, who, SCAN_TOO, "P2", first) for who in (stores.shenzhen, stores.pudong)
    ]
    take_out, desk = translate(language, "store_requests.separate_send"), stores.people.product
    page = open_page("store_requests", desk, language, request=first)
    press(page, take_out)
    for missing in ("required", "reason_required"):
        assert translate(language, f"problems.{missing}") in shown(page)
        if missing == "required":
            (which,) = [
                s for s in page.selectbox if s.label == translate(language, "store_requests.separate_which")
            ]
            which.set_value(parts[0]).run()
            press(page, take_out)
    page.text_input[0].set_value("About *cards*").run()
    page = open_page("store_requests", desk, language, request=first)  # as after a look at another
    press(page, take_out)
    assert not page.exception
    assert [m.value for m in page.toast] == [translate(language, "store_requests.separate_done")]
    assert {r.id: r.stores for r in rows(stores)} == {first: ("Bund", "Pudong"), parts[0]: ("Shenzhen",)}
    page.text_input[0].set_value("This one too").run()  # the only one that is left
    press(page, take_out)
    assert take_out not in [does(b) for b in page.button]
    assert "About *cards*" in shown(open_page("store_requests", stores.shenzhen, language, request=parts[0]))


def test_what_was_merged_by_mistake_is_no_longer_ticked(open_page, stores, sqlite_store):
    first = file_request(sqlite_store, stores.bund, SCAN, "P2")
    second = file_request(sqlite_store, stores.shenzhen, SCAN_TOO, "P1")
    desk = stores.people.product
    page = open_page("store_requests", desk, request=first)
    page.checkbox[0].check().run()
    press(page, translate("en", "store_requests.merge"))
    separate_request(sqlite_store, desk, first, second, "About cards")
    page = open_page("store_requests", desk, request=first)
    assert [box.value for box in page.checkbox] == [False]


def test_a_store_does_not_see_what_others_asked_nor_answers_itself(open_page, stores, sqlite_store):
    other = file_request(sqlite_store, stores.bund, SCAN, "P2")
    mine = file_request(sqlite_store, stores.shenzhen, "More staff on Sundays", "P2")
    page = open_page("store_requests", stores.shenzhen, request=other)
    assert [e.value for e in page.error] == [translate("en", "errors.not_found")]
    page = open_page("store_requests", stores.shenzhen, request=mine)
    assert translate("en", "store_requests.send_answer") not in [does(b) for b in page.button]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_photo_goes_along(open_page, stores, language):
    page = open_page("store_requests", stores.bund, language)
    assert translate(language, "store_requests.no_likes") not in shown(page)  # nothing is written yet
    page.text_area[0].set_value(SCAN).run()
    page.file_uploader[0].set_value(("shelf.jpg", b"%PDF-1.7", "image/jpeg")).run()
    assert translate(language, "problems.not_image") in shown(page)
    page.file_uploader[0].set_value(("shelf.png", picture(), "image/png")).run()
    taken_out = translate(language, "demands.remove_file", name="shelf.png")
    next(b for b in page.button if b.key.endswith("remove-photo")).click().run()
    assert taken_out not in labels(page)
    page.file_uploader[0].set_value(("shelf.png", picture(), "image/png")).run()
    page = open_page("store_requests", stores.bund, language)  # as after a look at another
    assert taken_out in labels(page)
    assert [image.proto.imgs[0].caption for image in page.get("image")] == ["shelf\\.png"]
    assert translate(language, "problems.not_image") not in shown(page)
    assert page.text_area[0].value == SCAN
    press(page, translate(language, "store_requests.send"))
    assert not page.exception
    assert translate(language, "store_requests.with_photo") in shown(page)
    (request,) = rows(stores)
    page = open_page("store_requests", stores.people.product, language, request=request.id)
    (drawn,) = page.get("image")
    assert drawn.proto.imgs[0].caption == translate(language, "store_requests.photo_of", store="Bund")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_store_takes_back_what_it_filed_by_mistake(open_page, stores, sqlite_store, language):
    request = file_request(sqlite_store, stores.bund, SCAN, "P2")
    page = open_page("store_requests", stores.bund, language, request=request)
    (reason,) = [i for i in page.text_input if i.label == translate(language, "taking_back.reason")]
    assert reason.placeholder == translate(language, "taking_back.hint.request")
    reason.set_value("Another *store's*")
    press(page, translate(language, "taking_back.send"))
    assert not page.exception
    assert "Another *store's*" in shown(page)
    assert rows(stores) == []
    gone = open_page("store_requests", stores.people.product, language, show="taken_back")
    assert translate(language, "store_requests.show.taken_back") in shown(gone)
    desk = open_page("store_requests", stores.people.product, language, request=request)
    acts = [does(b) for b in desk.button]
    assert translate(language, "store_requests.send_answer") not in acts
    assert translate(language, "taking_back.send") not in acts
    assert translate(language, "demands.correct") not in acts


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_was_taken_back_is_filed_anew_with_its_photo(open_page, stores, sqlite_store, language):
    photo = keep_store_photo(sqlite_store, stores.bund, picture())
    request = file_request(sqlite_store, stores.bund, SCAN, "P1", photo=photo)
    take_back_request(sqlite_store, stores.bund, request, "The wrong type")
    correct = translate(language, "demands.correct")
    page = open_page("store_requests", stores.bund, language, request=request)
    press(page, correct)
    assert not page.exception
    assert not page.query_params
    assert page.text_area[0].value == SCAN
    assert translate(language, "store_requests.remove_photo") in labels(page)
    assert len(page.get("image")) == 1
    page.text_area[0].set_value(SCAN_TOO).run()
    page = open_page("store_requests", stores.bund, language, request=request)
    press(page, correct)  # what was corrected meanwhile is not lost
    assert [m.value for m in page.toast] == [translate(language, "store_requests.begun_before")]
    assert page.text_area[0].value == SCAN_TOO
    press(page, translate(language, "store_requests.send"))
    assert not page.exception
    (anew,) = rows(stores)
    assert [(a.words, a.urgency, a.photo) for a in anew.asked] == [(SCAN_TOO, "P1", photo)]
