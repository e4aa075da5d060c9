"""What is done and said in a room: once, by those in it, told to those whom it concerns."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import select

from core.messages import Conflict, Invalid, NotFound
from core.policies import DEFAULTS
from data.commands.actions import record_action
from data.commands.inbox import mark_read_up_to
from data.commands.room_files import say_with_file
from data.commands.room_reading import mark_seen
from data.commands.room_work import add_task, drop_task, finish_task, reopen_task, say
from data.commands.rooms import add_member, remove_member
from data.commands.undo import undo
from data.files import read_file
from data.queries.room_talk import room_file_of, room_talk
from data.queries.today import Kind, today
from data.schema import Audit, RoomMessage, RoomTask, StoredFile
from tests.company import found
from tests.data.test_record_action import done
from tests.rooms import at_once, count, room_of, seen, task_for, told


@dataclass
class Upload:
    name: str
    content: bytes = b"%PDF-1.7 offer"

    def getvalue(self) -> bytes:
        return self.content


def talk(store, who, room):
    with store.reading() as session:
        return room_talk(session, who, room)


def todos(store, who):
    with store.reading() as session:
        groups = {g.kind: g.todos for g in today(session, who, store.clock())}
    return [(t.words, t.room_id) for t in groups.get(Kind.ROOM_TASK, ())]


def test_a_task_is_told_stands_among_the_to_dos_and_is_done(store, clock):
    company = found(store)
    room = room_of(store, company)
    due = clock.at + timedelta(hours=30)
    task = add_task(store, company.manager, room, " List the interfaces ", company.product.person_id, due)
    assert told(store, company.product) == ["room_opened", "room_task"]
    assert told(store, company.delivery) == ["room_opened"]
    assert todos(store, company.product) == []  # it is due tomorrow
    clock.move(hours=24)
    assert todos(store, company.product) == [("List the interfaces", room)]
    assert todos(store, company.delivery) == []
    finish_task(store, company.product, task)
    assert todos(store, company.product) == []
    (card,) = seen(store, company.rep, room).tasks
    assert (card.owner, card.done_by, card.done_at, card.evidence) == ("Product", "Product", clock.at, None)


def test_all_that_is_wrong_with_a_task_is_said_at_once(store, clock):
    company = found(store)
    room = room_of(store, company)
    with pytest.raises(Invalid) as refused:
        add_task(store, company.manager, room, " ", company.mate.person_id, clock.at)
    assert [(p.field, p.code) for p in refused.value.problems] == [
        ("text", "required"), ("owner", "not_in_room"), ("due_at", "not_in_future"),
    ]  # fmt: skip
    assert count(store, RoomTask) == 0


def test_a_double_click_adds_one_task_and_says_once(store, clock):
    company = found(store)
    room = room_of(store, company)
    due = clock.at + timedelta(days=1)
    owner = company.product.person_id
    tasks = {add_task.once(store, company.manager, "t1", room, "Ask", owner, due) for _ in range(2)}
    said = at_once(*(lambda: say.once(store, company.manager, "m1", room, "Hello") for _ in range(4)))
    assert (len(tasks), len(set(said))) == (1, 1)
    assert (count(store, RoomTask), count(store, RoomMessage)) == (1, 1)


def test_evidence_is_a_completed_action_of_this_customer(store):
    company = found(store)
    room = room_of(store, company)
    task = task_for(store, company, room, company.rep)
    mine = record_action(store, company.rep, company.opportunity, done(store, "appointment", hours_ago=2))
    undone = record_action(
        store, company.rep, company.opportunity, done(store, "solution_demo", hours_ago=0.1, follows=mine)
    )
    theirs = record_action(
        store, company.stranger, company.strange_opportunity, done(store, "appointment", hours_ago=2)
    )
    with store.reading() as session:
        row = session.scalar(
            select(Audit.id).where(Audit.command == "action.record", Audit.entity_id == undone)
        )
    undo(store, company.rep, row)
    for wrong in (theirs, undone, 999):
        with pytest.raises(Invalid):
            finish_task(store, company.rep, task, wrong)
    finish_task(store, company.rep, task, mine)
    (card,) = seen(store, company.product, room).tasks
    assert card.evidence == (mine, "appointment", store.clock() - timedelta(hours=2))


def test_a_task_is_settled_once_whoever_is_first(store):
    company = found(store)
    room = room_of(store, company)
    task = task_for(store, company, room, company.product)
    got = at_once(
        lambda: finish_task(store, company.product, task), lambda: drop_task(store, company.manager, task)
    )
    assert sorted(type(one).__name__ for one in got) == ["Conflict", "int"]
    (card,) = seen(store, company.rep, room).tasks
    assert (card.done_at is None) != (card.dropped_at is None)
    with pytest.raises(NotFound):
        finish_task(store, company.manager, 999)


@pytest.mark.parametrize("settle", [finish_task, drop_task])
def test_a_task_settled_by_mistake_is_taken_up_again(store, settle):
    company = found(store)
    room = room_of(store, company)
    task = task_for(store, company, room, company.product)
    with pytest.raises(Conflict, match="task_open"):
        reopen_task(store, company.rep, task)
    settle(store, company.rep, task)
    with pytest.raises(Conflict, match="not_in_room"):
        reopen_task(store, company.director, task)
    reopen_task(store, company.rep, task)
    (card,) = seen(store, company.rep, room).tasks
    assert (card.settled, card.done_by) == (False, None)
    settle(store, company.rep, task)
    remove_member(store, company.manager, room, company.product.person_id)
    with pytest.raises(Invalid) as refused:
        reopen_task(store, company.rep, task)
    assert [p.code for p in refused.value.problems] == ["owner_left"]


def test_whoever_reads_along_writes_after_joining(store):
    company = found(store)
    room = room_of(store, company)
    task = task_for(store, company, room, company.rep)
    for write in (
        lambda: say(store, company.director, room, "Hello"),
        lambda: say_with_file(store, company.director, "k", room, "Hello", Upload("offer.pdf")),
        lambda: finish_task(store, company.director, task),
        lambda: drop_task(store, company.director, task),
    ):
        with pytest.raises(Conflict, match="not_in_room"):
            write()
    assert count(store, StoredFile) == 0
    add_member(store, company.director, room, company.director.person_id)
    say(store, company.director, room, "Hello")


def test_who_is_out_of_reach_writes_nothing(store):
    company = found(store)
    room = room_of(store, company)
    task = task_for(store, company, room, company.rep)
    for who in (company.mate, company.stranger):
        for write in (
            lambda w=who: say(store, w, room, "Hello"),
            lambda w=who: say_with_file(store, w, "k", room, "Hello", Upload("offer.pdf")),
            lambda w=who: finish_task(store, w, task),
            lambda w=who: add_member(store, w, room, w.person_id),
        ):
            with pytest.raises(NotFound):
                write()
    assert (count(store, RoomMessage), count(store, StoredFile)) == (0, 0)


def test_one_notice_until_they_look_and_one_for_each_mention(store):
    company = found(store)
    room = room_of(store, company)
    mark_seen(store, company.product, room, 0)
    for text in ("One", "Two", "@Product please", "@Product again, and @Delivery"):
        say(store, company.manager, room, text)
    assert told(store, company.product) == ["room_said", "room_mention", "room_mention"]
    assert told(store, company.delivery) == ["room_opened", "room_said", "room_mention"]
    assert told(store, company.manager) == []
    found_ = talk(store, company.product, room)
    assert found_.unseen
    mark_seen(store, company.product, room, found_.last_id)
    assert told(store, company.product) == []
    assert not talk(store, company.product, room).unseen
    say(store, company.rep, room, "Five")
    assert told(store, company.product) == ["room_said"]
    assert told(store, company.delivery) == ["room_opened", "room_said", "room_mention"]


def test_who_has_read_the_notice_without_looking_is_told_of_the_next_message(store):
    company = found(store)
    room = room_of(store, company)
    say(store, company.manager, room, "One")
    mark_read_up_to(store, company.product, 1_000)  # all read, from the inbox
    say(store, company.manager, room, "Two")
    say(store, company.manager, room, "Three")
    assert told(store, company.product) == ["room_said"]
    assert talk(store, company.product, room).unseen


def test_what_came_meanwhile_stays_unread(store):
    company = found(store)
    room = room_of(store, company)
    first = say(store, company.manager, room, "One")
    say(store, company.manager, room, "Two")
    mark_seen(store, company.rep, room, first)
    assert told(store, company.rep) == ["room_opened", "room_said"]
    assert talk(store, company.rep, room).unseen


def test_the_newest_are_shown_and_how_many_there_are(store):
    company = found(store)
    room = room_of(store, company)
    for n in range(5):
        say(store, company.manager, room, str(n))
    with store.reading() as session:
        shown = room_talk(session, company.rep, room, 2)
    assert ([m.text for m in shown.messages], shown.total) == (["3", "4"], 5)


HOSTILE = [
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "[press](javascript:alert(1)) :red[*now*] $x^2$ `rm`",
    "'; DROP TABLE room; --",
    "=cmd|' /C calc'!A0",
    "\u202eeverything backwards\u202c and 🧑‍🚒 and 防火线",
    "{name} {0} %s ${HOME}",
    "line one\nline two\n\n# no heading",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_what_is_said_is_kept_as_it_was_said(store, text):
    company = found(store)
    room = room_of(store, company)
    say(store, company.manager, room, text)
    task_for(store, company, room, company.product, text)
    assert [m.text for m in talk(store, company.rep, room).messages] == [text]
    assert [t.text for t in seen(store, company.rep, room).tasks] == [text]


def test_what_no_database_takes_is_left_out(store):
    company = found(store)
    room = room_of(store, company)
    say(store, company.manager, room, "one\x00two\ud800")
    assert [m.text for m in talk(store, company.rep, room).messages] == ["onetwo"]
    for nothing in ("", " \n ", "\x00"):
        with pytest.raises(Invalid):
            say(store, company.manager, room, nothing)
    with pytest.raises(Invalid):
        say(store, company.manager, room, "x" * 4_001)


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("offer.pdf", "offer.pdf"),
        ("../../../etc/cron.d/offer.pdf", "offer.pdf"),
        ("报价 第2版.PDF", "报价 第2版.PDF"),
        ("<b>offer</b>.pdf", "b>.pdf"),
        ("exe.\u202efdp.pdf", "exe.fdp.pdf"),
        ("a\r\nX-Header: 1.pdf", "aX-Header: 1.pdf"),
    ],
)
def test_a_file_comes_back_as_it_was_under_a_name_that_hides_nothing(store, name, kept):
    company = found(store)
    room = room_of(store, company)
    message = say_with_file(store, company.manager, "k", room, "", Upload(name))
    with store.reading() as session:
        sha256, shown = room_file_of(session, company.product, message)
    assert (shown, read_file(store, sha256)) == (kept, (b"%PDF-1.7 offer", "application/octet-stream"))
    files = [path for path in store.files.rglob("*") if path.is_file()]
    assert [path.name for path in files] == [sha256]  # by its content, never by its name
    assert talk(store, company.rep, room).messages[0].file_name == kept


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("page.html", b"<script>", "not_attachable"),
        ("drawing.svg", b"<svg onload=alert(1)>", "not_attachable"),
        ("setup.exe", b"MZ", "not_attachable"),
        ("setup.pdf", b"MZ\x90", "not_attachable"),
        ("run.txt", b"#!/bin/sh", "not_attachable"),
        ("no_ending", b"text", "not_attachable"),
        ("", b"text", "not_attachable"),
        ("offer.pdf", b"", "empty_file"),
        ("offer.pdf", bytes(DEFAULTS.max_attachment_mb * 2**20 + 1), "file_too_large"),
    ],
)
def test_what_is_no_file_to_pass_on_is_refused_and_nothing_is_said(sqlite_store, name, content, code):
    company = found(sqlite_store)
    room = room_of(sqlite_store, company)
    with pytest.raises(Invalid) as refused:
        say_with_file(sqlite_store, company.manager, "k", room, "Look", Upload(name, content))
    assert [(p.field, p.code) for p in refused.value.problems] == [("file", code)]
    assert (count(sqlite_store, RoomMessage), count(sqlite_store, StoredFile)) == (0, 0)


def test_the_same_file_twice_lies_once(store):
    company = found(store)
    room = room_of(store, company)
    for key in ("a", "a", "b"):
        say_with_file(store, company.manager, key, room, "", Upload("offer.pdf"))
    assert (count(store, RoomMessage), count(store, StoredFile)) == (2, 1)


def test_no_file_of_a_message_without_one(store):
    company = found(store)
    room = room_of(store, company)
    message = say(store, company.manager, room, "Nothing attached")
    with store.reading() as session, pytest.raises(NotFound):
        room_file_of(session, company.rep, message)
