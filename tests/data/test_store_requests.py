"""Requests of stores: the pool, its likes, a merge that keeps everybody, an answer that reaches everybody."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from core.access import Who
from core.messages import Conflict, Invalid, NotAllowed, NotFound
from core.promises.store_requests import Verdict
from core.terms import Role
from data.commands.store_requests import (
    answer_request,
    file_request,
    merge_requests,
    separate_request,
    take_back_request,
)
from data.media import keep_store_photo
from data.queries.store_requests import Show, alike, answered_alike, own_mistakes, pool, request_file
from data.schema import Message, Person, Team
from tests.company import found
from tests.data.test_acceptance_routes import picture

SCAN = "Customers want to scan a code at the till to see their points"
SCAN_TOO = "A code at the till that customers scan to see points"
PLANNED = Verdict("planned", "With the next till release", date(2026, 5, 1))


class Stores:
    """Three stores in two regions, each with its manager."""

    def __init__(self, store) -> None:
        self.store, self.people = store, found(store)
        names = (("Bund", "East"), ("Pudong", "East"), ("Shenzhen", "South"))
        with store.writing() as session:
            teams = [Team(name=name, kind="store", region=region) for name, region in names]
            session.add_all(teams)
            session.flush()
            managers = [
                Person(username=t.name.lower(), name=t.name, role=Role.STORE_MANAGER, team_id=t.id,
                       created_at=store.clock())
                for t in teams
            ]  # fmt: skip
            session.add_all(managers)
            session.flush()
            self.bund, self.pudong, self.shenzhen = (
                Who(m.id, Role.STORE_MANAGER, m.team_id, m.name) for m in managers
            )

    def told(self, kind: str) -> list[str]:
        query = select(Person.username).join(Message, Message.person_id == Person.id)
        with self.store.reading() as session:
            return sorted(session.scalars(query.where(Message.kind == kind)))


@pytest.fixture
def stores(store):
    return Stores(store)


def read(store, query, *args, **more):
    with store.reading() as session:
        return query(session, *args, **more)


def test_a_request_goes_into_the_pool_with_its_region_and_store(store, stores):
    file_request(store, stores.bund, SCAN, "P2")
    file_request(store, stores.shenzhen, "More staff on Sundays", "P3")
    whole = read(store, pool, stores.people.product, Show.OPEN)
    assert [(r.words, r.stores, r.regions) for r in whole.rows] == [
        (SCAN, ("Bund",), ("East",)),
        ("More staff on Sundays", ("Shenzhen",), ("South",)),
    ]
    assert whole.regions == ("East", "South")
    south = read(store, pool, stores.people.director, Show.OPEN, "South")
    assert [r.stores for r in south.rows] == [("Shenzhen",)]
    assert [r.stores for r in read(store, pool, stores.bund, Show.OPEN).rows] == [("Bund",)]
    assert read(store, pool, stores.people.rep, Show.OPEN).rows == []
    assert stores.told("store_request_filed") == ["product", "product"]


def test_likes_are_suggested_from_the_whole_pool_and_joined(store, stores):
    first = file_request(store, stores.bund, SCAN, "P2")
    file_request(store, stores.pudong, "Warmer lights in the window", "P3")
    (like,) = read(store, alike, stores.shenzhen, SCAN_TOO)
    assert like.request.id == first
    assert read(store, alike, stores.shenzhen, "abc") == ()
    assert read(store, alike, stores.people.rep, SCAN_TOO) == ()
    joined = file_request(store, stores.shenzhen, SCAN_TOO, "P1", first)
    request = read(store, request_file, stores.shenzhen, joined)
    assert (request.id, request.stores, request.urgency) == (first, ("Bund", "Shenzhen"), "P1")
    assert [a.words for a in request.asked] == [SCAN, SCAN_TOO]
    with pytest.raises(NotFound):
        read(store, request_file, stores.pudong, first)


def test_what_was_answered_is_alike_too_and_is_not_joined(store, stores):
    first = file_request(store, stores.bund, SCAN, "P2")
    assert read(store, answered_alike, stores.shenzhen, SCAN_TOO) == ()
    answer_request(store, stores.people.product, first, PLANNED)
    assert read(store, alike, stores.shenzhen, SCAN_TOO) == ()
    for who in (stores.bund, stores.shenzhen, stores.people.product):
        (like,) = read(store, answered_alike, who, SCAN_TOO)
        assert (like.request.id, like.request.reply) == (first, PLANNED.reply)
    assert read(store, answered_alike, stores.people.rep, SCAN_TOO) == ()
    assert read(store, answered_alike, stores.bund, SCAN, first) == ()


def test_an_answer_takes_in_the_likes_that_still_wait(store, stores):
    first = file_request(store, stores.bund, SCAN, "P2")
    second = file_request(store, stores.pudong, SCAN_TOO, "P2")
    third = file_request(store, stores.shenzhen, "Scan points at the till", "P2")
    answer_request(store, stores.people.product, third, PLANNED)
    with pytest.raises(Invalid):
        answer_request(store, stores.people.product, first, Verdict("planned", ""), also=[second])
    assert [r.id for r in read(store, pool, stores.people.product, Show.OPEN).rows] == [first, second]
    answer_request(store, stores.people.product, first, PLANNED, also=[second, third])
    rows = read(store, pool, stores.people.product, Show.ANSWERED).rows
    assert {r.id: r.stores for r in rows} == {first: ("Bund", "Pudong"), third: ("Shenzhen",)}
    assert stores.told("store_request_planned") == ["bund", "pudong", "shenzhen"]
    assert stores.told("store_request_merged") == ["pudong"]


def test_what_was_planned_is_said_to_be_there(store, stores):
    first = file_request(store, stores.bund, SCAN, "P2")
    answer_request(store, stores.people.product, first, PLANNED)
    there = Verdict("done", "Since this morning", PLANNED.planned_on)  # the day that was chosen before
    answer_request(store, stores.people.product, first, there, 1)
    request = read(store, request_file, stores.bund, first)
    assert (request.outcome, request.planned_on) == ("done", None)
    assert [was.planned_on for was in request.earlier] == [PLANNED.planned_on]
    assert stores.told("store_request_done_anew") == ["bund"]


def test_a_merge_keeps_everybody_and_tells_them(store, stores):
    first = file_request(store, stores.bund, SCAN, "P2")
    second = file_request(store, stores.pudong, SCAN_TOO, "P2")
    file_request(store, stores.shenzhen, "Scan points at the till", "P2", second)
    merge_requests(store, stores.people.product, first, [second])
    (request,) = read(store, pool, stores.people.product, Show.OPEN).rows
    assert request.stores == ("Bund", "Pudong", "Shenzhen")
    assert stores.told("store_request_merged") == ["pudong", "shenzhen"]
    for into, others in ((first, [second]), (second, [first]), (first, [first])):
        with pytest.raises(Conflict):
            merge_requests(store, stores.people.product, into, others)
    with pytest.raises(Invalid) as nobody:
        merge_requests(store, stores.people.product, first, [])
    assert [(p.field, p.code) for p in nobody.value.problems] == [("others", "likes_required")]
    answer_request(store, stores.people.product, first, PLANNED)
    assert stores.told("store_request_planned") == ["bund", "pudong", "shenzhen"]
    answered = read(store, pool, stores.shenzhen, Show.ANSWERED)
    assert [(r.id, r.outcome, r.planned_on) for r in answered.rows] == [(first, "planned", date(2026, 5, 1))]
    assert read(store, pool, stores.people.product, Show.OPEN).rows == []


def test_what_was_merged_by_mistake_is_taken_out_and_waits_for_its_own_answer(store, stores):
    desk = stores.people.product
    first = file_request(store, stores.bund, SCAN, "P2")
    second = file_request(store, stores.pudong, SCAN_TOO, "P1")
    third = file_request(store, stores.shenzhen, "Scan points at the till", "P2", second)
    merge_requests(store, desk, first, [second])
    answer_request(store, desk, first, PLANNED)
    with pytest.raises(Invalid) as why:
        separate_request(store, desk, first, second, " ")
    assert [p.code for p in why.value.problems] == ["reason_required"]
    separate_request(store, desk, first, second, "It is about cards")
    for of, one in ((first, second), (first, first), (second, third)):
        with pytest.raises(Conflict):
            separate_request(store, desk, of, one, "It is about cards")
    assert stores.told("store_request_separated") == ["pudong"]
    (answered,) = read(store, pool, desk, Show.ANSWERED).rows
    assert (answered.id, answered.stores, answered.reply) == (first, ("Bund", "Shenzhen"), PLANNED.reply)
    (left,) = read(store, pool, stores.pudong, Show.OPEN).rows
    assert (left.id, left.stores, left.urgency, left.reply) == (second, ("Pudong",), "P1", "")
    seen = read(store, request_file, stores.pudong, second)
    assert (seen.separated.words, seen.separated.reason) == (SCAN, "It is about cards")
    answer_request(store, desk, second, PLANNED)
    assert stores.told("store_request_planned") == ["bund", "pudong", "pudong", "shenzhen"]


def test_who_asked_is_told_again_when_it_is_merged_again(store, stores):
    first = file_request(store, stores.bund, SCAN, "P2")
    second = file_request(store, stores.pudong, SCAN_TOO, "P2")
    for minute in range(2):
        store.clock.move(minutes=minute)
        merge_requests(store, stores.people.product, first, [second])
        separate_request(store, stores.people.product, first, second, "The wrong one")
    assert stores.told("store_request_merged") == ["pudong", "pudong"]
    assert stores.told("store_request_separated") == ["pudong", "pudong"]


def test_an_answered_request_is_closed_and_an_empty_answer_refused(store, stores):
    first = file_request(store, stores.bund, SCAN, "P2")
    other = file_request(store, stores.pudong, SCAN_TOO, "P2")
    over = Verdict("planned", "Soon", date(2025, 5, 1))
    for wrong in (over, Verdict("planned", "Soon"), Verdict("declined", " "), Verdict("maybe", "Why not")):
        with pytest.raises(Invalid):
            answer_request(store, stores.people.product, first, wrong)
    answer_request(store, stores.people.director, first, Verdict("declined", "The till is replaced"))
    assert stores.told("store_request_declined") == ["bund"]
    with pytest.raises(Conflict):
        answer_request(store, stores.people.product, first, PLANNED)
    with pytest.raises(Conflict):
        merge_requests(store, stores.people.product, first, [other])
    with pytest.raises(Conflict):
        file_request(store, stores.shenzhen, SCAN, "P2", first)
    with pytest.raises(Invalid):
        file_request(store, stores.bund, " ", "P9")
    assert read(store, alike, stores.shenzhen, SCAN)[0].request.id == other  # the answered one is over


def test_an_answer_is_replaced_once_by_who_saw_it_and_the_one_before_stays(store, stores):
    first = file_request(store, stores.bund, SCAN, "P2")
    file_request(store, stores.shenzhen, SCAN_TOO, "P2", first)
    with pytest.raises(Conflict):
        answer_request(store, stores.people.product, first, PLANNED, 1)  # nothing to replace
    answer_request(store, stores.people.product, first, PLANNED)
    declined = Verdict("declined", "The till is replaced")
    answer_request(store, stores.people.director, first, declined, 1)
    with pytest.raises(Conflict):
        answer_request(store, stores.people.product, first, PLANNED, 1)
    assert stores.told("store_request_declined_anew") == ["bund", "shenzhen"]
    answer_request(store, stores.people.product, first, PLANNED, 2)
    answer_request(store, stores.people.product, first, PLANNED, 3)
    assert stores.told("store_request_planned_anew") == ["bund", "bund", "shenzhen", "shenzhen"]
    request = read(store, request_file, stores.bund, first)
    assert (request.outcome, request.planned_on) == ("planned", PLANNED.planned_on)
    assert [(was.outcome, was.planned_on) for was in request.earlier] == [
        ("planned", PLANNED.planned_on), ("declined", None), ("planned", PLANNED.planned_on),
    ]  # fmt: skip


def test_the_same_key_files_once(store, stores):
    ids = {file_request.once(store, stores.bund, "k", SCAN, "P2") for _ in range(2)}
    assert len(ids) == 1
    assert len(read(store, pool, stores.bund, Show.OPEN).rows) == 1


def test_a_picture_goes_with_a_request(stores):
    photo = keep_store_photo(stores.store, stores.bund, picture())
    mine = file_request(stores.store, stores.bund, SCAN, "P2", None, photo)
    file_request(stores.store, stores.shenzhen, SCAN_TOO, "P2", mine)
    for who in (stores.people.product, stores.shenzhen):
        asked = read(stores.store, request_file, who, mine).asked
        assert [a.photo for a in asked] == [photo, None]
    with pytest.raises(NotFound):
        read(stores.store, request_file, stores.pudong, mine)


def test_who_may_keep_a_picture_and_of_what(stores):
    with pytest.raises(NotAllowed):
        keep_store_photo(stores.store, stores.people.product, picture())
    with pytest.raises(Invalid) as refused:
        keep_store_photo(stores.store, stores.bund, b"%PDF-1.7")
    assert [(p.field, p.code) for p in refused.value.problems] == [("photo", "not_image")]
    with pytest.raises(NotFound):
        file_request(stores.store, stores.bund, SCAN, "P2", None, "0" * 64)
    assert read(stores.store, pool, stores.people.product, Show.OPEN).rows == []


def test_regions_are_offered_to_whom_they_tell_apart(stores):
    mine = file_request(stores.store, stores.bund, SCAN, "P2")
    file_request(stores.store, stores.shenzhen, SCAN_TOO, "P2", mine)
    assert read(stores.store, pool, stores.people.product, Show.OPEN).regions == ("East", "South")
    assert read(stores.store, pool, stores.bund, Show.OPEN).regions == ()


def test_a_request_filed_by_mistake_leaves_the_pool_and_stays_as_that(store, stores):
    request = file_request(store, stores.bund, SCAN, "P1")
    take_back_request(store, stores.bund, request, " Asked twice ")
    found = read(store, pool, stores.people.product, Show.TAKEN_BACK)
    assert (found.counts, [r.id for r in found.rows]) == (
        {"open": 0, "answered": 0, "taken_back": 1}, [request],
    )  # fmt: skip
    kept = read(store, request_file, stores.bund, request)
    assert (kept.taken_back.by, kept.taken_back.reason, kept.taken_back.at) == (
        "Bund", "Asked twice", store.clock(),
    )  # fmt: skip
    assert own_mistakes(stores.bund, kept) == ()
    assert read(store, alike, stores.pudong, SCAN_TOO) == ()
    assert stores.told("store_request_taken_back") == ["product"]
    for work in (
        lambda: take_back_request(store, stores.bund, request, "Again"),
        lambda: answer_request(store, stores.people.product, request, PLANNED),
        lambda: file_request(store, stores.pudong, SCAN_TOO, "P2", request),
    ):
        with pytest.raises(Conflict):
            work()


def test_the_first_of_several_is_taken_back_and_the_others_go_on(store, stores):
    first = file_request(store, stores.bund, SCAN, "P1")
    second = file_request(store, stores.pudong, SCAN_TOO, "P2", first)
    third = file_request(store, stores.shenzhen, SCAN_TOO, "P3", first)
    take_back_request(store, stores.bund, first, "We have it")
    (left,) = read(store, pool, stores.people.product, Show.OPEN).rows
    assert (left.id, left.stores, left.urgency) == (second, ("Pudong", "Shenzhen"), "P2")
    assert read(store, request_file, stores.shenzhen, third).id == second
    answer_request(store, stores.people.product, second, PLANNED)
    assert stores.told("store_request_planned") == ["pudong", "shenzhen"]


def test_one_of_several_is_taken_back_and_the_first_stands(store, stores):
    first = file_request(store, stores.bund, SCAN, "P1")
    second = file_request(store, stores.pudong, SCAN_TOO, "P0", first)
    seen = read(store, request_file, stores.pudong, second)
    assert [one.id for one in own_mistakes(stores.pudong, seen)] == [second]
    take_back_request(store, stores.pudong, second, "Another store's")
    (left,) = read(store, pool, stores.people.product, Show.OPEN).rows
    assert (left.id, left.stores, left.urgency) == (first, ("Bund",), "P1")
    assert read(store, request_file, stores.pudong, second).taken_back.reason == "Another store's"


def test_who_may_take_a_request_back_and_until_when(store, stores):
    request = file_request(store, stores.bund, SCAN, "P1")
    joined = file_request(store, stores.pudong, SCAN_TOO, "P2", request)
    with pytest.raises(NotFound):
        take_back_request(store, stores.pudong, request, "Not ours")
    with pytest.raises(NotAllowed):
        take_back_request(store, stores.people.product, request, "Not ours")
    with pytest.raises(Invalid):
        take_back_request(store, stores.bund, request, " ")
    answer_request(store, stores.people.product, request, PLANNED)
    for who, one in ((stores.bund, request), (stores.pudong, joined)):
        with pytest.raises(Conflict, match="acted_upon"):
            take_back_request(store, who, one, "Too late")
