"""Marking one's messages as read. Like drafts, nobody else's concern, so without audit rows."""

from sqlalchemy import update

from core.access import Who
from data.engine import Store
from data.schema import Message


def mark_read(store: Store, who: Who, message_id: int | None = None) -> None:
    """Mark one of this person's messages as read, or all of them when None; another's stays as it is."""
    mine = [Message.person_id == who.person_id, Message.read_at.is_(None)]
    if message_id is not None:
        mine.append(Message.id == message_id)
    with store.writing() as session:
        session.execute(update(Message).where(*mine).values(read_at=store.clock()))
