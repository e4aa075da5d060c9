"""Rooms that somebody follows, and the tasks that are theirs (A4)."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, func, not_, or_, select
from sqlalchemy.orm import Session, aliased

from core.access import Who
from data.once import recalled
from data.queries.scope import in_room, rooms
from data.queries.standing import task_open
from data.schema import Customer, Room, RoomMember, RoomMessage, RoomTask

PAGE = 20
MOST_TASKS = 50


class Show(StrEnum):
    """Which rooms are asked for: open ones that one is in, other open ones within reach, closed ones."""

    MINE = "mine"
    OTHERS = "others"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class RoomRow:
    """One room in the list.

    Attributes:
        open_tasks: of everybody; members: present now.
        unseen: messages of others that this person has not seen.
    """

    id: int
    customer: str
    opened_at: datetime
    tags: tuple[str, ...]
    members: int
    open_tasks: int
    unseen: int
    closed_at: datetime | None
    result: str | None


@dataclass(frozen=True, slots=True)
class RoomList:
    """The first rooms asked for, how many there are, and how many of each kind."""

    rows: tuple[RoomRow, ...]
    total: int
    counts: dict[str, int]


@dataclass(frozen=True, slots=True)
class MyTask:
    """An open task of the person who asks."""

    id: int
    room_id: int
    customer: str
    text: str
    due_at: datetime


@recalled
def room_list(session: Session, who: Who, show: Show, shown: int = PAGE) -> RoomList:
    """Rooms within reach; open ones by their latest message, closed ones by their closing."""
    where = {kind: and_(rooms(who), _shown(who, kind)) for kind in Show}
    counts = {
        str(kind): session.scalar(select(func.count()).select_from(Room).where(condition)) or 0
        for kind, condition in where.items()
    }
    found = session.execute(_listed(who).where(where[show]).limit(shown)).all()
    rows = tuple(
        RoomRow(r.id, customer, r.opened_at, tuple(r.tags), members, tasks, unseen, r.closed_at, r.result)
        for r, customer, members, tasks, unseen in found
    )
    return RoomList(rows, counts[show], counts)


def _shown(who: Who, show: Show) -> ColumnElement[bool]:
    match show:
        case Show.MINE:
            return and_(Room.closed_at.is_(None), in_room(who))
        case Show.OTHERS:
            return and_(Room.closed_at.is_(None), not_(in_room(who)))
        case _:
            return Room.closed_at.is_not(None)


def _listed(who: Who) -> Any:
    present = select(func.count()).where(RoomMember.room_id == Room.id, RoomMember.left_at.is_(None))
    tasks = select(func.count()).where(RoomTask.room_id == Room.id, task_open())
    mine = aliased(RoomMember)
    new = select(func.count()).where(
        RoomMessage.room_id == Room.id,
        RoomMessage.id > mine.seen_id,
        or_(RoomMessage.author_id.is_(None), RoomMessage.author_id != who.person_id),
    )
    latest = select(func.max(RoomMessage.id)).where(RoomMessage.room_id == Room.id).scalar_subquery()
    there = and_(mine.room_id == Room.id, mine.person_id == who.person_id, mine.left_at.is_(None))
    return (
        select(
            Room,
            Customer.name,
            present.correlate(Room).scalar_subquery(),
            tasks.correlate(Room).scalar_subquery(),
            new.correlate(Room, mine).scalar_subquery(),
        )
        .join(Customer, Customer.id == Room.customer_id)
        .outerjoin(mine, there)
        .order_by(Room.closed_at.desc().nulls_first(), latest.desc().nulls_last(), Room.id.desc())
    )


@recalled
def my_tasks(session: Session, who: Who) -> tuple[MyTask, ...]:
    """This person's open tasks in rooms that they are in, the most urgent first."""
    query = (
        select(RoomTask.id, Room.id, Customer.name, RoomTask.text, RoomTask.due_at)
        .join(Room, Room.id == RoomTask.room_id)
        .join(Customer, Customer.id == Room.customer_id)
        .where(
            RoomTask.owner_id == who.person_id,
            task_open(),
            Room.closed_at.is_(None),
            rooms(who),
            in_room(who),
        )
        .order_by(RoomTask.due_at, RoomTask.id)
        .limit(MOST_TASKS)
    )
    return tuple(MyTask(*row) for row in session.execute(query))
