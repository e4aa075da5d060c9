"""Marking one's messages as read. Like drafts, nobody else's concern, so without audit rows."""

from sqlalchemy import ColumnElement, update

from core.access import Who
from data.engine import Store
from data.schema import Message


def mark_read(store: Store, who: Who, message_id: int) -> None:
    """Mark one of this person's messages as read; another's stays as it is."""
    _mark(store, who, Message.id == message_id)


def mark_read_up_to(store: Store, who: Who, message_id: int) -> None:
    """Mark this person's messages as read up to the newest that they saw; what came since stays unread."""
    _mark(store, who, Message.id <= message_id)


def _mark(store: Store, who: Who, which: ColumnElement[bool]) -> None:
    mine = (Message.person_id == who.person_id, Message.read_at.is_(None))
    with store.writing() as session:
        session.execute(update(Message).where(*mine, which).values(read_at=store.clock()))
