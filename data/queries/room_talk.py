"""What was said in a room, and the files in it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.access import Who
from core.messages import Conflict, NotFound
from core.process.intervention import notice_key
from data.queries.scope import in_room, rooms
from data.schema import Message, Person, Room, RoomMember, RoomMessage

PAGE = 30


@dataclass(frozen=True, slots=True)
class Said:
    """One message; `mine` is one's own."""

    id: int
    author: str | None
    text: str
    at: datetime
    file_name: str | None
    mine: bool


@dataclass(frozen=True, slots=True)
class Talk:
    """The newest messages, the oldest of them first.

    Attributes:
        total: how many there are in all.
        unseen: whether this person has not been shown all of them, or has unread notices of the room.
    """

    messages: tuple[Said, ...]
    total: int
    unseen: bool

    @property
    def last_id(self) -> int:
        """The newest message's id; 0 without one."""
        return self.messages[-1].id if self.messages else 0


def room_talk(session: Session, who: Who, room_id: int, shown: int = PAGE) -> Talk:
    """The newest messages of a room.

    Raises:
        NotFound: no such room for this person.
    """
    _allow(session, who, room_id)
    query = (
        select(RoomMessage, Person.name)
        .outerjoin(Person, Person.id == RoomMessage.author_id)
        .where(RoomMessage.room_id == room_id)
        .order_by(RoomMessage.id.desc())
        .limit(shown)
    )
    found = tuple(
        Said(m.id, author, m.text, m.at, m.file_name, m.author_id == who.person_id)
        for m, author in session.execute(query)
    )[::-1]
    total = session.scalar(select(func.count()).where(RoomMessage.room_id == room_id)) or 0
    return Talk(found, total, _unseen(session, who, room_id, found[-1].id if found else 0))


def room_file_of(session: Session, who: Who, message_id: int) -> tuple[str, str]:
    """(SHA-256, name) of the file that a message carries.

    Raises:
        NotFound: no such file for this person.
    """
    query = select(RoomMessage.file, RoomMessage.file_name, RoomMessage.room_id)
    row = session.execute(query.where(RoomMessage.id == message_id, RoomMessage.file.is_not(None))).first()
    if row is None:
        raise NotFound(entity="file")
    _allow(session, who, row.room_id)
    return row.file, row.file_name or ""


def check_writing(session: Session, who: Who, room_id: int) -> None:
    """Refuse whoever cannot write in a room now, before a file of theirs is kept.

    Raises:
        NotFound: no such room for this person.
        Conflict: it is closed, or this person is not in it.
    """
    room = session.execute(select(Room.closed_at, in_room(who)).where(Room.id == room_id, rooms(who))).first()
    if room is None:
        raise NotFound(entity="room")
    closed_at, there = room
    if closed_at is not None or not there:
        raise Conflict("room_closed" if closed_at else "not_in_room")


def _allow(session: Session, who: Who, room_id: int) -> None:
    if session.scalar(select(Room.id).where(Room.id == room_id, rooms(who))) is None:
        raise NotFound(entity="room")


def _unseen(session: Session, who: Who, room_id: int, last_id: int) -> bool:
    seen = session.scalar(
        select(RoomMember.seen_id).where(RoomMember.room_id == room_id, RoomMember.person_id == who.person_id)
    )
    notices = select(Message.id).where(
        Message.person_id == who.person_id,
        Message.key.startswith(notice_key(room_id)),
        Message.read_at.is_(None),
    )
    behind = seen is not None and seen < last_id
    return behind or session.scalar(notices.limit(1)) is not None
