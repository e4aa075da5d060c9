"""Having seen a room. Like reading one's messages, nobody else's concern, so without audit rows."""

from sqlalchemy import func, select, update

from core.access import Who
from core.process.intervention import notice_key
from data.engine import Store
from data.schema import Message, RoomMember, RoomMessage


def mark_seen(store: Store, who: Who, room_id: int, last_id: int) -> None:
    """This person has seen a room's messages up to `last_id`; with nothing newer, its notices are read."""
    mine = (RoomMember.room_id == room_id, RoomMember.person_id == who.person_id)
    with store.writing() as session:
        session.execute(update(RoomMember).where(*mine, RoomMember.seen_id < last_id).values(seen_id=last_id))
        newest = session.scalar(select(func.max(RoomMessage.id)).where(RoomMessage.room_id == room_id))
        if (newest or 0) <= last_id:
            notices = (Message.person_id == who.person_id, Message.key.startswith(notice_key(room_id)))
            session.execute(
                update(Message).where(*notices, Message.read_at.is_(None)).values(read_at=store.clock())
            )
