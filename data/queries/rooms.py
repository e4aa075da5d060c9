"""Rooms: which ones somebody follows, and all of one: head, members, tasks."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, func, not_, or_, select
from sqlalchemy.orm import Session, aliased

from core.access import Permission, Who
from core.messages import NotFound
from data.queries.scope import customers, in_room, room_history, room_in_reach, rooms
from data.queries.standing import task_open
from data.schema import Action, Customer, Person, Room, RoomMember, RoomMessage, RoomTask

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


@dataclass(frozen=True, slots=True)
class MemberCard:
    """Somebody in the room, and the rule that called them in."""

    id: int
    name: str
    role: str
    why: str


@dataclass(frozen=True, slots=True)
class TaskCard:
    """A task; `evidence` is (action id, type, end) of the action that proves it done."""

    id: int
    text: str
    owner: str
    due_at: datetime
    done_at: datetime | None
    done_by: str | None
    dropped_at: datetime | None
    evidence: tuple[int, str, datetime | None] | None

    @property
    def settled(self) -> bool:
        """Done or dropped."""
        return self.done_at is not None or self.dropped_at is not None


@dataclass(frozen=True, slots=True)
class RoomFile:
    """All of a room but its messages and the customer's history.

    Attributes:
        customer_id: None where this person does not see the customer's own page.
        there: whether the person is in the room.
        leads: whether they say who is in it, and close it.
        sees_history: whether the room shows them what happened with the customer.
    """

    id: int
    customer_id: int | None
    customer: str
    industry: str | None
    segment: str | None
    region: str | None
    grade: str | None
    owner: str | None
    tags: tuple[str, ...]
    opened_by: str | None
    opened_at: datetime
    closed_at: datetime | None
    closed_by: str | None
    result: str | None
    note: str
    members: tuple[MemberCard, ...]
    tasks: tuple[TaskCard, ...]
    there: bool
    leads: bool
    sees_history: bool

    @property
    def open(self) -> bool:
        """Whether it can still be written in."""
        return self.closed_at is None


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


def room_file(session: Session, who: Who, room_id: int) -> RoomFile:
    """Everything of a room above its messages.

    Raises:
        NotFound: no such room for this person.
    """
    owner, opener, closer = aliased(Person), aliased(Person), aliased(Person)
    row = session.execute(
        select(
            Room,
            Customer,
            owner.name,
            opener.name,
            closer.name,
            customers(who, Permission.SEE_CUSTOMERS),
            in_room(who),
            room_in_reach(who),
            room_history(who),
        )
        .join(Customer, Customer.id == Room.customer_id)
        .outerjoin(owner, owner.id == Customer.owner_id)
        .outerjoin(opener, opener.id == Room.opened_by_id)
        .outerjoin(closer, closer.id == Room.closed_by_id)
        .where(Room.id == room_id, rooms(who))
    ).first()
    if row is None:
        raise NotFound(entity="room")
    room, customer, owned_by, opened_by, closed_by, sees, there, leads, history = row
    return RoomFile(
        room.id, customer.id if sees else None, customer.name, customer.industry, customer.segment,
        customer.region, customer.grade, owned_by, tuple(room.tags), opened_by, room.opened_at,
        room.closed_at, closed_by, room.result, room.note, _members(session, room.id),
        _tasks(session, room.id), bool(there), bool(leads), bool(history),
    )  # fmt: skip


def _members(session: Session, room_id: int) -> tuple[MemberCard, ...]:
    query = (
        select(Person.id, Person.name, Person.role, RoomMember.why)
        .join(RoomMember, RoomMember.person_id == Person.id)
        .where(RoomMember.room_id == room_id, RoomMember.left_at.is_(None))
        .order_by(RoomMember.joined_at, RoomMember.id)
    )
    return tuple(MemberCard(*row) for row in session.execute(query))


def _tasks(session: Session, room_id: int) -> tuple[TaskCard, ...]:
    owner, doer = aliased(Person), aliased(Person)
    query = (
        select(RoomTask, owner.name, doer.name, Action.id, Action.type, Action.ended_at)
        .join(owner, owner.id == RoomTask.owner_id)
        .outerjoin(doer, doer.id == RoomTask.done_by_id)
        .outerjoin(Action, Action.id == RoomTask.action_id)
        .where(RoomTask.room_id == room_id)
        .order_by(RoomTask.due_at, RoomTask.id)
    )
    return tuple(
        TaskCard(
            t.id, t.text, owned_by, t.due_at, t.done_at, done_by, t.dropped_at,
            (action, type_, at) if action else None,
        )
        for t, owned_by, done_by, action, type_, at in session.execute(query)
    )  # fmt: skip
