"""A room's frame in the store: opened once, with one click, its members called in and told."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from core.messages import AppError, Conflict, Invalid, NotFound
from core.terms import HIGH_VALUE_TAGS, Role
from data.channels import Letter
from data.commands.customers import tag_customer
from data.commands.room_work import finish_task, say
from data.commands.rooms import add_member, close_room, open_room, remove_member
from data.jobs.deliver import deliver
from data.queries.room_candidates import room_candidates
from data.queries.room_members import addable, room_offer
from data.schema import Person, Room, RoomMember, Tag
from tests.company import found
from tests.rooms import at_once, count, joined, room_of, seen, tagged, task_for, told


def offer(store, who, customer):
    with store.reading() as session:
        return room_offer(session, who, customer)


def names(store, who, room) -> list[str]:
    return [m.name for m in seen(store, who, room).members]


def test_the_offer_says_why_and_leads_into_the_open_room(store):
    company = found(store)
    tagged(store, company, 2)
    few = offer(store, company.manager, company.customer)
    assert (few.enough, few.least, few.tags, few.invited) == (False, 3, HIGH_VALUE_TAGS[:2], ())
    with pytest.raises(Conflict, match="room_not_offered"):
        open_room(store, company.manager, company.customer)
    tagged(store, company, 3)
    enough = offer(store, company.manager, company.customer)
    assert (enough.enough, enough.tags, enough.room_id) == (True, HIGH_VALUE_TAGS[:3], None)
    room = open_room(store, company.manager, company.customer)
    assert offer(store, company.rep, company.customer).room_id == room
    assert offer(store, company.mate, company.customer) is None
    assert offer(store, company.admin, company.customer) is None


def candidates(store, who):
    with store.reading() as session:
        found = room_candidates(session, who)
    assert found.total == len(found.rows)
    return [(row.customer_id, row.tags) for row in found.rows]


def test_the_list_offers_those_whose_page_offers_it(store):
    company = found(store)
    tagged(store, company, 2)
    assert candidates(store, company.director) == []
    tagged(store, company, 3)
    tagged(store, company, 4, by=company.stranger, customer=company.strange_customer)
    mine = (company.customer, HIGH_VALUE_TAGS[:3])
    theirs = (company.strange_customer, HIGH_VALUE_TAGS[:4])
    assert candidates(store, company.director) == [theirs, mine]  # more tags come first
    assert candidates(store, company.manager) == candidates(store, company.rep) == [mine]
    for who in (company.mate, company.product, company.delivery, company.admin):
        assert candidates(store, who) == []
    room = open_room(store, company.rep, company.customer)
    assert candidates(store, company.rep) == []
    close_room(store, company.rep, room, "moved_on", "A quote is out")
    assert candidates(store, company.rep) == [mine]


def test_ordinary_tags_do_not_count(store):
    company = found(store)
    with store.writing() as session:
        session.add_all(Tag(key=f"plain_{n}", high_value=False) for n in range(3))
    tag_customer(store, company.rep, company.customer, ["plain_0", "plain_1", "plain_2", HIGH_VALUE_TAGS[0]])
    assert offer(store, company.rep, company.customer).tags == HIGH_VALUE_TAGS[:1]


def test_who_is_in_the_fewest_open_rooms_is_called_in(store):
    company = found(store)
    busy, gone = joined(store, "second", Role.PRODUCT), joined(store, "gone", Role.DELIVERY, active=False)
    first = room_of(store, company)
    assert names(store, company.manager, first) == ["Rep", "Manager", "Product", "Delivery"]
    tagged(store, company, by=company.stranger, customer=company.strange_customer)
    second = open_room(store, company.stranger, company.strange_customer)
    assert names(store, company.stranger, second) == ["Stranger", "Second", "Delivery"]  # no manager there
    close_room(store, company.manager, first, "won", "Signed")
    third = open_room(store, company.rep, company.customer)
    assert names(store, company.rep, third) == ["Rep", "Manager", "Product", "Delivery"]
    assert gone.name not in names(store, company.rep, third)
    assert busy.name not in names(store, company.rep, third)


def test_nobody_who_was_locked_out_is_called_in(store):
    company = found(store)
    with store.writing() as session:
        session.execute(update(Person).where(Person.id == company.product.person_id).values(active=False))
    assert names(store, company.manager, room_of(store, company)) == ["Rep", "Manager", "Delivery"]


def test_a_double_click_opens_one_room_and_tells_once(store):
    company = found(store)
    tagged(store, company)
    first, second = (
        open_room.once(store, company.manager, f"{company.customer}-0", company.customer) for _ in range(2)
    )
    assert first == second
    assert (count(store, Room), count(store, RoomMember)) == (1, 4)
    told_of = [told(store, who) for who in (company.rep, company.product, company.delivery, company.manager)]
    assert told_of == [["room_opened"]] * 3 + [[]]


def test_two_people_opening_at_once_open_one_room(store):
    company = found(store)
    tagged(store, company)
    who = (company.manager, company.rep, company.director)
    got = at_once(*((lambda w=w: open_room(store, w, company.customer)) for w in who))
    assert sum(isinstance(one, int) for one in got) == 1
    assert [one.code for one in got if not isinstance(one, int)] == ["room_open_already"] * 2
    assert count(store, Room) == 1


def test_members_are_told_through_the_outbox(store):
    company = found(store)
    with store.writing() as session:
        session.execute(update(Person).values(email=Person.username + "@example.com", language="en"))
    sent: list[Letter] = []

    class Post:
        name = "mail"

        def send(self, letter: Letter) -> None:
            sent.append(letter)

    deliver(store, {"mail": Post()})  # the channel begins
    store.clock.move(minutes=1)
    room = room_of(store, company)
    for _ in range(2):
        deliver(store, {"mail": Post()})
    assert sorted(letter.address or "" for letter in sent) == [
        f"{name}@example.com" for name in ("delivery", "product", "rep")
    ]
    assert {letter.title for letter in sent} == {"Follow up together: Haihe Pumps"}
    assert names(store, company.product, room)  # and the way is open to them


def test_called_in_taken_out_and_back(store):
    company = found(store)
    room = room_of(store, company)
    outsider = company.stranger
    with store.reading() as session:
        assert outsider.person_id in {i for i, _, _ in addable(session, company.manager, room)}
        assert company.admin.person_id not in {i for i, _, _ in addable(session, company.manager, room)}
    for nobody in (company.admin.person_id, company.store_manager.person_id, 999):
        with pytest.raises(Invalid):
            add_member(store, company.manager, room, nobody)
    add_member(store, company.manager, room, outsider.person_id)
    with pytest.raises(Invalid):
        add_member(store, company.manager, room, outsider.person_id)
    assert told(store, outsider) == ["room_opened"]
    say(store, outsider, room, "Glad to help")
    remove_member(store, company.manager, room, outsider.person_id)
    with pytest.raises(NotFound):
        say(store, outsider, room, "Still there?")
    with pytest.raises(NotFound):
        remove_member(store, company.manager, room, outsider.person_id)
    store.clock.move(minutes=5)
    add_member(store, company.manager, room, outsider.person_id)
    say(store, outsider, room, "Back")
    assert told(store, outsider) == ["room_opened", "room_opened"]
    remove_member(store, outsider, room, outsider.person_id)  # everybody may leave
    assert "Stranger" not in names(store, company.manager, room)


@pytest.mark.parametrize("name", ["product", "delivery", "stranger"])
def test_whoever_was_called_in_leads_nothing(store, name):
    company = found(store)
    room = room_of(store, company)
    who = getattr(company, name)
    if name == "stranger":
        add_member(store, company.manager, room, who.person_id)
    for lead in (
        lambda: add_member(store, who, room, company.mate.person_id),
        lambda: remove_member(store, who, room, company.rep.person_id),
        lambda: close_room(store, who, room, "won", "Signed"),
    ):
        with pytest.raises(AppError) as refused:
            lead()
        assert refused.value.code in ("not_allowed", "not_found")
    assert count(store, RoomMember) == (5 if name == "stranger" else 4)
    assert seen(store, company.manager, room).open


def test_nobody_leaves_with_open_tasks(store):
    company = found(store)
    room = room_of(store, company)
    task = task_for(store, company, room, company.product)
    with pytest.raises(Invalid) as refused:
        remove_member(store, company.product, room, company.product.person_id)
    assert [(p.code, p.params) for p in refused.value.problems] == [("has_open_tasks", {"n": 1})]
    finish_task(store, company.product, task)
    remove_member(store, company.product, room, company.product.person_id)
