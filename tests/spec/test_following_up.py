"""Following up together: when it is offered, who may open a room, who is called in: PRODUCT.md A4."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.messages import NotAllowed, NotFound
from core.policies import DEFAULTS
from core.process.intervention import (
    MAX_NAME,
    MAX_TEXT,
    Around,
    Candidate,
    check_closing,
    check_words,
    file_name,
    members,
    mentioned,
    offered,
)
from core.terms import Role
from data.commands.opportunities import assign_opportunity
from data.commands.rooms import open_room
from data.queries.room_members import room_offer
from tests.company import found
from tests.rooms import joined, seen, tagged

# fmt: off
OFFERED = [
    # tags   from   room open   offered?
    (0,      3,     False,      False),
    (2,      3,     False,      False),
    (3,      3,     False,      True),
    (5,      3,     False,      True),
    (3,      3,     True,       False),   # the button then leads into it
    (3,      4,     False,      False),
    (1,      1,     False,      True),
]
# fmt: on


@pytest.mark.parametrize(("tags", "least", "room_open", "expected"), OFFERED)
def test_when_it_is_offered(tags, least, room_open, expected):
    assert offered(tags, replace(DEFAULTS, high_value_tags=least), room_open=room_open) == expected


# Who is around, drawn as ids; "8:2" is somebody in two open rooms already.
# fmt: off
MEMBERS = [
    # owner sellers managers   product        delivery opener in the room, each under the first rule
    (1,     [1],    "5",       "8",           "9",     5,     "1 owner, 5 manager, 8 product, 9 delivery"),
    (1,     [1],    "5",       "8:2 7:2 6:3", "",      1,     "1 owner, 5 manager, 7 product"),
    (1,     [1],    "5:4 4:5", "8",           "9:7",   None,  "1 owner, 5 manager, 8 product, 9 delivery"),
    (1,     [3, 2], "",        "",            "",      1,     "1 owner, 3 opportunity, 2 opportunity"),
    (None,  [2],    "5",       "8",           "",      2,     "2 opportunity, 5 manager, 8 product"),
    (None,  [],     "",        "8",           "9",     4,     "8 product, 9 delivery, 4 opener"),
    (5,     [5],    "5",       "8",           "9",     5,     "5 owner, 8 product, 9 delivery"),
    (1,     [1],    "5 6",     "8",           "",      6,     "1 owner, 5 manager, 8 product, 6 opener"),
    (None,  [],     "",        "",            "",      None,  ""),
]
# fmt: on


def drawn(people: str) -> tuple[Candidate, ...]:
    return tuple(Candidate(*(int(n) for n in person.split(":"))) for person in people.split())


@pytest.mark.parametrize(
    ("owner", "sellers", "managers", "product", "delivery", "opener", "expected"), MEMBERS
)
def test_who_is_called_in(owner, sellers, managers, product, delivery, opener, expected):
    around = Around(owner, tuple(sellers), drawn(managers), drawn(product), drawn(delivery))
    assert ", ".join(f"{person} {why}" for person, why in members(around, opener)) == expected


# fmt: off
OPENS = [
    # who             whose customer   what happens
    ("rep",           "rep",           "opened"),
    ("manager",       "rep",           "opened"),
    ("director",      "rep",           "opened"),
    ("seller",        "rep",           "opened"),       # owns one of its opportunities
    ("mate",          "rep",           "NotFound"),
    ("stranger",      "rep",           "NotFound"),
    ("manager",       "stranger",      "NotFound"),     # another team's
    ("stranger",      "stranger",      "opened"),
    ("product",       "rep",           "NotAllowed"),
    ("delivery",      "rep",           "NotAllowed"),
    ("store_manager", "rep",           "NotAllowed"),
    ("admin",         "rep",           "NotAllowed"),
]
# fmt: on


@pytest.mark.parametrize(("name", "whose", "expected"), OPENS)
def test_who_may_open_a_room(store, name, whose, expected):
    company = found(store)
    tagged(store, company)
    tagged(store, company, by=company.stranger, customer=company.strange_customer)
    if name == "seller":
        who = joined(store, "seller", Role.REP, company.rep.team_id)
        assign_opportunity(store, company.manager, company.opportunity, who.person_id)
    else:
        who = getattr(company, name)
    customer = company.customer if whose == "rep" else company.strange_customer
    with store.reading() as session:
        offer = room_offer(session, who, customer)
    assert (offer is not None and offer.enough) == (expected == "opened")
    if expected != "opened":
        with pytest.raises({"NotFound": NotFound, "NotAllowed": NotAllowed}[expected]):
            open_room(store, who, customer)
        return
    invited = [(i.name, i.why) for i in offer.invited]
    room = open_room(store, who, customer)
    assert [(m.name, m.why) for m in seen(store, who, room).members] == invited


# fmt: off
CLOSING = [
    # result  note        open tasks       dropped  what is missing
    ("won",   "Signed",   [],              False,   ""),
    ("",      " ",        [],              False,   "result required, note required"),
    ("great", "Signed",   [],              False,   "result required"),
    ("lost",  "x" * 4001, [],              False,   "note too_long"),
    ("won",   "Signed",   ["Call", "Ask"], False,   "tasks tasks_open"),
    ("won",   "Signed",   ["Call", "Ask"], True,    ""),
    ("",      "",         ["Call"],        False,   "result required, note required, tasks tasks_open"),
]
# fmt: on


@pytest.mark.parametrize(("result", "note", "tasks", "drop", "expected"), CLOSING)
def test_what_closing_takes(result, note, tasks, drop, expected):
    problems = check_closing(result, note, tasks, drop=drop)
    assert ", ".join(f"{p.field} {p.code}" for p in problems) == expected


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("ok", None),
        ("", "required"),
        (" \n\t\x00", "required"),
        ("x" * MAX_TEXT, None),
        ("x" * 4001, "too_long"),
    ],
)
def test_words_are_asked_for_and_have_an_end(text, code):
    assert [p.code for p in check_words("text", text)] == ([code] if code else [])


NAMES = [(1, "Li"), (2, "Li Ming"), (3, "何思远"), (4, "A.B (x)")]


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("@Li look", {1}),
        ("@Li Ming look", {2}),
        ("@Li and @Li Ming", {1, 2}),
        ("清单请@何思远看一下", {3}),
        ("@A.B (x) [x](y)", {4}),
        ("Li Ming without a sign", set()),
        ("mail@example.com @nobody", set()),
    ],
)
def test_whom_an_at_sign_means(text, meant):
    assert mentioned(text, NAMES) == meant


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("offer.pdf", "offer.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\plans\\报价 第2版.xlsx", "报价 第2版.xlsx"),
        ("fdp.\u202etxt.exe", "fdp.txt.exe"),
        ("a\r\nSet-Cookie: x=1.pdf", "aSet-Cookie: x=1.pdf"),
        ("<img src=x onerror=alert(1)>.png", "<img src=x onerror=alert(1)>.png"),
        ("x" * 300 + ".pdf", "x" * (MAX_NAME - 4) + ".pdf"),
        ("\x00\u2028", ""),
        ("", ""),
    ],
)
def test_a_files_name_hides_nothing(name, expected):
    assert file_name(name) == expected
