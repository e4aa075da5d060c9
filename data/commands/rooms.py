"""A room's frame: opened with one click, who is in it, closed with what came of it."""

from collections.abc import Iterable, Iterator

from sqlalchemy import func, select

from core.access import Permission
from core.messages import Conflict, Invalid, NotFound, Problem, refuse
from core.notices import Notice
from core.process.intervention import TAKES_PART, Why, check_closing, clean, members, notice_key, offered
from data.commands.command import Tx, command
from data.commands.outbox import post
from data.queries.room_members import around, high_value_tags, open_room_of
from data.queries.scope import customers, room_in_reach, rooms
from data.queries.standing import task_open
from data.schema import Customer, Person, Room, RoomMember, RoomTask


@command("room.open", needs=Permission.OPEN_ROOMS)
def open_room(tx: Tx, customer_id: int) -> int:
    """Open a room on a customer and call its members in, as the rule says; returns the room's id.

    Raises:
        NotFound: no such customer within reach.
        Conflict: a room is open already, or the customer carries too few high-value tags.
    """
    within = customers(tx.who, Permission.OPEN_ROOMS)
    locked = select(Customer).where(Customer.id == customer_id, within).with_for_update()
    customer = tx.session.scalar(locked)  # the lock lets one of two clicks wait for the other
    if customer is None:
        raise NotFound(entity="customer")
    if open_room_of(tx.session, customer.id):
        raise Conflict("room_open_already", name=customer.name)
    tags = high_value_tags(tx.session, customer.id)
    if not offered(len(tags), tx.policy, room_open=False):
        raise Conflict("room_not_offered", name=customer.name, least=tx.policy.high_value_tags)
    room = Room(
        customer_id=customer.id, opened_by_id=tx.who.person_id, opened_at=tx.now, tags=list(tags), note=""
    )
    tx.session.add(room)
    tx.session.flush()
    called = members(around(tx.session, customer.id), tx.who.person_id)
    tx.session.add_all(
        RoomMember(room_id=room.id, person_id=person, why=why, joined_at=tx.now) for person, why in called
    )
    tx.audit("room", room.id, after={"tags": list(tags)})
    post(tx.session, tx.now, _called(tx, room, customer.name, (person for person, _ in called)))
    return room.id


@command("room.add_member", needs=Permission.OPEN_ROOMS)
def add_member(tx: Tx, room_id: int, person_id: int) -> int:
    """Call somebody in, or come in oneself; returns the room's id.

    Raises:
        NotFound: no such room within reach.
        Conflict: the room is closed.
        Invalid: nobody active whose role takes part, or in the room already.
    """
    room = _led(tx, room_id)
    can = select(Person.id).where(Person.id == person_id, Person.active, Person.role.in_(TAKES_PART))
    if tx.session.scalar(can) is None:
        raise Invalid([Problem("person", "unknown_person")])
    known = member_of(tx, room.id, person_id)
    if known and known.left_at is None:
        raise Invalid([Problem("person", "in_room_already")])
    if known:
        known.left_at, known.joined_at, known.why = None, tx.now, Why.ADDED
    else:
        row = RoomMember(room_id=room.id, person_id=person_id, why=Why.ADDED, joined_at=tx.now)
        tx.session.add(row)
    tx.audit("room", room.id, after={"person_id": person_id})
    post(tx.session, tx.now, _called(tx, room, customer_name(tx, room), [person_id]))
    return room.id


@command("room.remove_member", needs=Permission.FOLLOW_UP)
def remove_member(tx: Tx, room_id: int, person_id: int) -> int:
    """Take somebody out of an open room, or leave it oneself; returns the room's id.

    Raises:
        NotFound: no such room within reach, or they are not in it.
        Conflict: the room is closed.
        Invalid: they still have open tasks.
    """
    room = open_one(tx, room_id) if person_id == tx.who.person_id else _led(tx, room_id)
    member = member_of(tx, room.id, person_id)
    if member is None or member.left_at is not None:
        raise NotFound(entity="room_member")
    theirs = select(func.count()).where(
        RoomTask.room_id == room.id, RoomTask.owner_id == person_id, task_open()
    )
    if left := tx.session.scalar(theirs):
        raise Invalid([Problem("person", "has_open_tasks", {"n": left})])
    member.left_at = tx.now
    tx.audit("room", room.id, before={"person_id": person_id}, after={"person_id": None})
    return room.id


@command("room.close", needs=Permission.OPEN_ROOMS)
def close_room(tx: Tx, room_id: int, result: str, note: str, drop_tasks: bool = False) -> int:
    """Close a room with its result, which from then on stands in the customer's history.

    Tags and grade of the customer stay as they are.

    Args:
        drop_tasks: take tasks that are still open off the list.

    Raises:
        NotFound: no such room within reach.
        Conflict: it is closed already.
        Invalid: no result, no note, or open tasks that are not dropped.
    """
    room = _led(tx, room_id)
    tasks = tx.session.scalars(select(RoomTask).where(RoomTask.room_id == room.id, task_open())).all()
    refuse(check_closing(result, note, [t.text for t in tasks], drop=drop_tasks))
    for task in tasks:
        task.dropped_at = tx.now
    room.closed_at, room.closed_by_id = tx.now, tx.who.person_id
    room.result, room.note = result, clean(note)
    tx.audit("room", room.id, before={"result": None}, after={"result": result, "note": room.note})
    about = {"customer": customer_name(tx, room), "by": tx.who.name, "result": result, "note": room.note}
    key = f"{notice_key(room.id)}closed"
    told = (Notice(p, "room_closed", key, about, "room", {"room": room.id}) for p in others(tx, room.id))
    post(tx.session, tx.now, told)
    return room.id


def open_one(tx: Tx, room_id: int) -> Room:
    """An open room that this person may read, locked against its closing meanwhile.

    Raises:
        NotFound: there is none.
        Conflict: it is closed.
    """
    room = tx.session.scalar(select(Room).where(Room.id == room_id, rooms(tx.who)).with_for_update())
    if room is None:
        raise NotFound(entity="room")
    if room.closed_at is not None:
        raise Conflict("room_closed")
    return room


def member_of(tx: Tx, room_id: int, person_id: int | None) -> RoomMember | None:
    """Somebody's place in a room, also when they have left it."""
    query = select(RoomMember).where(RoomMember.room_id == room_id, RoomMember.person_id == person_id)
    return tx.session.scalar(query)


def others(tx: Tx, room_id: int) -> Iterable[int]:
    """Those in the room but the person acting."""
    present = select(RoomMember.person_id).where(RoomMember.room_id == room_id, RoomMember.left_at.is_(None))
    return [i for i in tx.session.scalars(present) if i != tx.who.person_id]


def customer_name(tx: Tx, room: Room) -> str:
    """The name of a room's customer."""
    return tx.session.get_one(Customer, room.customer_id).name


def _led(tx: Tx, room_id: int) -> Room:
    """An open room whose customer is within reach."""
    room = open_one(tx, room_id)
    if tx.session.scalar(select(Room.id).where(Room.id == room.id, room_in_reach(tx.who))) is None:
        raise NotFound(entity="room")
    return room


def _called(tx: Tx, room: Room, customer: str, people: Iterable[int]) -> Iterator[Notice]:
    key = f"{notice_key(room.id)}called:{tx.now.isoformat()}"
    for person in people:
        if person != tx.who.person_id:
            about = {"customer": customer, "by": tx.who.name}
            yield Notice(person, "room_opened", key, about, "room", {"room": room.id})
