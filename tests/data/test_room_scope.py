"""Who sees a room, and what of its customer: while they are in it, and only what they need."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import update

from core.messages import NotFound
from core.terms import Role
from data.commands.actions import record_action
from data.commands.customers import grade_customer
from data.commands.room_files import say_with_file
from data.commands.room_work import say
from data.commands.rooms import add_member, close_room, remove_member
from data.queries.customer_file import customer_file
from data.queries.room_file import room_file
from data.queries.room_talk import room_file_of, room_talk
from data.queries.rooms import Show, room_list
from data.queries.timeline import room_timeline, timeline
from data.schema import Person
from tests.company import found
from tests.data.test_record_action import done
from tests.rooms import joined, room_of, seen, task_for

# fmt: off
SCOPE = [
    # who             when       room    history  customer's page
    ("rep",           "open",    True,   True,    True),
    ("rep",           "closed",  True,   True,    True),
    ("manager",       "open",    True,   True,    True),
    ("manager",       "closed",  True,   True,    True),
    ("director",      "open",    True,   True,    True),    # sees all, is in none
    ("product",       "open",    True,   True,    False),
    ("product",       "left",    False,  False,   False),
    ("product",       "closed",  True,   False,   False),   # what was said and what came of it
    ("delivery",      "open",    True,   True,    False),
    ("delivery",      "left",    False,  False,   False),
    ("delivery",      "closed",  True,   False,   False),
    ("stranger",      "open",    True,   True,    False),   # another team's rep, called in
    ("stranger",      "left",    False,  False,   False),
    ("stranger",      "closed",  True,   False,   False),
    ("other_product", "open",    False,  False,   False),
    ("mate",          "open",    False,  False,   False),
    ("mate",          "closed",  False,  False,   False),
    ("store_manager", "open",    False,  False,   False),
    ("admin",         "open",    False,  False,   True),    # sees customers, follows up none
]
# fmt: on


def allowed(store, query, who, *args, **kwargs) -> bool:
    with store.reading() as session:
        try:
            query(session, who, *args, **kwargs)
        except NotFound:
            return False
        return True


@pytest.mark.parametrize(("name", "when", "sees_room", "sees_history", "sees_customer"), SCOPE)
def test_who_sees_what(store, name, when, sees_room, sees_history, sees_customer):
    company = found(store)
    other = joined(store, "other", Role.PRODUCT)
    who = other if name == "other_product" else getattr(company, name)
    room = room_of(store, company)
    add_member(store, company.manager, room, company.stranger.person_id)
    message = say_with_file(store, company.manager, "k", room, "See the offer", Pdf())
    if when == "left":
        remove_member(store, company.manager, room, who.person_id)
    if when == "closed":
        close_room(store, company.manager, room, "moved_on", "A quote is out")
    assert allowed(store, room_file, who, room) == sees_room
    assert allowed(store, room_talk, who, room) == sees_room
    assert allowed(store, room_file_of, who, message) == sees_room
    assert allowed(store, room_timeline, who, room) == sees_history
    assert allowed(store, customer_file, who, company.customer) == sees_customer
    assert allowed(store, timeline, who, company.customer) == sees_customer
    if sees_room:
        file = seen(store, who, room)
        assert (file.sees_history, file.customer_id is not None) == (sees_history, sees_customer)
    with store.reading() as session:
        assert sum(room_list(session, who, Show.MINE).counts.values()) == sees_room


class Pdf:
    name = "offer.pdf"

    def getvalue(self) -> bytes:
        return b"%PDF-1.7 offer"


def test_the_room_shows_what_happened_and_no_more(store):
    """Product sees actions and contact, not grades and their reasons, nor who looked after whom when."""
    company = found(store)
    action = record_action(store, company.rep, company.opportunity, done(store, "appointment", hours_ago=2))
    grade_customer(store, company.rep, company.customer, "A", "They will pay anything")
    room = room_of(store, company)
    with store.reading() as session:
        events = room_timeline(session, company.product, room).events
    assert {e.kind for e in events} == {"action"}
    assert action in {e.id for e in events}
    assert "They will pay anything" not in repr(events)


def test_another_customers_history_stays_out(store):
    company = found(store)
    room = room_of(store, company)
    record_action(
        store, company.stranger, company.strange_opportunity, done(store, "appointment", hours_ago=2)
    )
    with store.reading() as session:
        assert room_timeline(session, company.product, room).events == ()


def test_the_list_counts_what_is_new_to_each(store):
    company = found(store)
    room = room_of(store, company)
    for text in ("One", "Two"):
        say(store, company.manager, room, text)
    say(store, company.product, room, "Three")
    task_for(store, company, room, company.delivery)
    for who, show, unseen in (
        (company.manager, Show.MINE, 1),
        (company.product, Show.MINE, 2),
        (company.rep, Show.MINE, 3),
        (company.director, Show.OTHERS, 0),
    ):
        with store.reading() as session:
            (row,) = room_list(session, who, show).rows
        assert (row.id, row.unseen, row.members, row.open_tasks) == (room, unseen, 4, 1), who.name


def test_a_new_role_takes_the_room_away(store):
    company = found(store)
    room = room_of(store, company)
    with store.writing() as session:
        session.execute(
            update(Person).where(Person.id == company.product.person_id).values(role=Role.STORE_MANAGER)
        )
    moved = replace(company.product, role=Role.STORE_MANAGER)
    assert not allowed(store, room_file, moved, room)


def test_the_role_alone_opens_no_room(store):
    """Product and delivery see the rooms that they are in, not all."""
    company = found(store)
    room_of(store, company)
    other = joined(store, "other", Role.DELIVERY)
    with store.reading() as session:
        assert sum(room_list(session, other, Show.OTHERS).counts.values()) == 0
        assert sum(room_list(session, company.delivery, Show.MINE).counts.values()) == 1
