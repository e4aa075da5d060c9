"""What somebody took over: in morning meetings, in rooms, as a coach."""

from sqlalchemy import select

from data.queries.commitments import own_commitments
from data.queries.scope import in_room
from data.queries.standing import task_open
from data.queries.today_kinds.asked import Asked, Group, Kind, ToDo
from data.schema import CoachingTask, Customer, Person, Room, RoomTask


def commitments(asked: Asked, most: int) -> Group:
    """What this person took over in morning meetings and no record shows done, due today or before."""
    found = own_commitments(asked.session, asked.who.person_id or 0, asked.midnight, asked.now)
    todos = tuple(
        ToDo(
            Kind.COMMITMENT,
            c.id,
            customer_id=c.customer_id,
            customer=c.customer,
            opportunity_id=c.opportunity_id,
            type=c.expects,
            at=c.due_at,
            words=c.what,
            params={"about": c.about},
        )
        for c in found[:most]
    )
    return Group(Kind.COMMITMENT, len(found), todos)


def room_tasks(asked: Asked, most: int) -> Group:
    """This person's tasks in rooms that they are in, due today or before."""
    query = (
        select(
            RoomTask.id,
            Room.id.label("room_id"),
            Customer.name.label("customer"),
            RoomTask.due_at.label("at"),
            RoomTask.text.label("words"),
        )
        .join(Room, Room.id == RoomTask.room_id)
        .join(Customer, Customer.id == Room.customer_id)
        .where(
            RoomTask.owner_id == asked.who.person_id,
            task_open(),
            RoomTask.due_at < asked.midnight,
            Room.closed_at.is_(None),
            in_room(asked.who),
        )
        .order_by(RoomTask.due_at, RoomTask.id)
    )
    return asked.group(Kind.ROOM_TASK, query, most)


def coaching(asked: Asked, most: int) -> Group:
    """Coaching tasks in this person's hands."""
    query = (
        select(CoachingTask.id, Person.name.label("person"), CoachingTask.due_on.label("on"))
        .join(Person, Person.id == CoachingTask.rep_id)
        .where(CoachingTask.owner_id == asked.who.person_id, CoachingTask.closed_at.is_(None))
        .order_by(CoachingTask.due_on, CoachingTask.id)
    )
    return asked.group(Kind.COACHING, query, most)
