"""A room's end in the store: once, with all that it takes, and nothing after it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from core.messages import Conflict, Invalid
from core.terms import HIGH_VALUE_TAGS
from data.commands.room_files import say_with_file
from data.commands.room_work import add_task, drop_task, finish_task, say
from data.commands.rooms import add_member, close_room, open_room, remove_member
from data.queries.room_members import room_offer
from data.queries.rooms import my_tasks
from data.queries.timeline import timeline
from data.schema import Audit, Customer, Message, RoomMember, RoomMessage
from tests.company import found
from tests.rooms import at_once, count, room_of, seen, task_for, told


def offer(store, who, customer):
    with store.reading() as session:
        return room_offer(session, who, customer)


def test_closing_asks_for_all_that_is_missing_and_writes_nothing(store):
    company = found(store)
    room = room_of(store, company)
    task_for(store, company, room, company.product)
    with pytest.raises(Invalid) as refused:
        close_room(store, company.manager, room, "", " ")
    assert [p.field for p in refused.value.problems] == ["result", "note", "tasks"]
    assert seen(store, company.manager, room).open


def test_the_outcome_stands_in_the_customers_timeline(store):
    company = found(store)
    room = room_of(store, company)
    task = task_for(store, company, room, company.product)
    store.clock.move(hours=3)
    close_room(store, company.manager, room, "obstacle_gone", " They run it themselves \n", drop_tasks=True)
    for who in (company.rep, company.manager, company.director):
        with store.reading() as session:
            events = timeline(session, who, company.customer, kind="change").events
        changes = {e.change.command: e for e in events if e.change and e.change.entity == "room"}
        closing = changes["room.close"]
        assert (closing.at, closing.person) == (store.clock(), "Manager")
        values = {c.field: c.after for c in closing.change.changes}
        assert values == {"result": "obstacle_gone", "note": "They run it themselves"}
        assert closing.change.entity_id == room
        assert not closing.change.undoable
        opening = {c.field: c.after for c in changes["room.open"].change.changes}
        assert opening == {"tags": list(HIGH_VALUE_TAGS[:3])}
    closed = seen(store, company.manager, room)
    assert (closed.result, closed.note, closed.closed_by) == (
        "obstacle_gone",
        "They run it themselves",
        "Manager",
    )
    assert [(t.id, t.dropped_at) for t in closed.tasks] == [(task, store.clock())]
    with store.reading() as session:
        row = session.get_one(Customer, company.customer)
        tags = room_offer(session, company.rep, company.customer).tags
        assert (row.grade, row.note) == (None, "")
    assert tags == HIGH_VALUE_TAGS[:3]  # they stay, and a new room is offered
    assert told(store, company.product)[-1] == "room_closed"


def test_two_people_closing_at_once_close_it_once(store):
    company = found(store)
    room = room_of(store, company)
    got = at_once(
        lambda: close_room(store, company.manager, room, "won", "Signed"),
        lambda: close_room(store, company.director, room, "lost", "They went elsewhere"),
    )
    assert sorted(type(one).__name__ for one in got) == ["Conflict", "int"]
    assert next(one.code for one in got if isinstance(one, Conflict)) == "room_closed"
    kept = seen(store, company.manager, room)
    winner = ("won", "Manager") if isinstance(got[0], int) else ("lost", "Director")
    assert (kept.result, kept.closed_by) == winner
    with store.reading() as session:
        closings = select(func.count()).where(Audit.command == "room.close")
        assert session.scalar(closings) == 1
        notices = select(func.count()).where(Message.kind == "room_closed")
        assert session.scalar(notices) == (3 if winner[1] == "Manager" else 4)


def test_a_double_click_closes_once(store):
    company = found(store)
    room = room_of(store, company)
    for _ in range(2):
        assert close_room.once(store, company.manager, str(room), room, "won", "Signed") == room


def test_a_closed_room_takes_nothing_more(store):
    company = found(store)
    room = room_of(store, company)
    task = task_for(store, company, room, company.product)
    close_room(store, company.manager, room, "moved_on", "A quote is out", drop_tasks=True)
    manager, rep = company.manager, company.rep.person_id
    due = store.clock() + timedelta(days=1)
    before = [count(store, t) for t in (RoomMember, RoomMessage, Message, Audit)]

    class File:
        name = "offer.pdf"

        def getvalue(self) -> bytes:
            return b"%PDF"

    for late in (
        lambda: close_room(store, manager, room, "won", "Signed"),
        lambda: add_member(store, manager, room, company.mate.person_id),
        lambda: remove_member(store, manager, room, rep),
        lambda: remove_member(store, company.product, room, company.product.person_id),
        lambda: add_task(store, manager, room, "One more", rep, due),
        lambda: finish_task(store, company.product, task),
        lambda: drop_task(store, manager, task),
        lambda: say(store, manager, room, "One more"),
        lambda: say_with_file(store, manager, "k", room, "One more", File()),
    ):
        with pytest.raises(Conflict, match="room_closed"):
            late()
    assert [count(store, t) for t in (RoomMember, RoomMessage, Message, Audit)] == before
    assert not any(path.is_file() for path in store.files.rglob("*"))


def test_a_closed_room_leaves_the_way_for_another(store):
    company = found(store)
    first = room_of(store, company)
    close_room(store, company.manager, first, "not_needed", "They need no help")
    turn = offer(store, company.manager, company.customer).turn
    second = open_room.once(store, company.manager, f"{company.customer}-{turn}", company.customer)
    assert second != first
    assert offer(store, company.manager, company.customer).room_id == second


def test_tasks_of_a_closed_room_are_nobodys(store):
    company = found(store)
    room = room_of(store, company)
    task_for(store, company, room, company.product)
    with store.reading() as session:
        assert [t.text for t in my_tasks(session, company.product)] == ["Ask for the ERP's interfaces"]
    close_room(store, company.manager, room, "won", "Signed", drop_tasks=True)
    with store.reading() as session:
        assert my_tasks(session, company.product) == ()
