"""One room: who is in it, its tasks, and where it stands (A4)."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from core.access import Permission, Who
from core.messages import NotFound
from data.queries.scope import customers, in_room, room_history, room_in_reach, rooms
from data.schema import Action, Customer, Person, Room, RoomMember, RoomTask


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
