"""What people of the demo company have read of what they were told."""

from datetime import timedelta

from sqlalchemy import select

from core.access import Who
from data.commands.inbox import mark_read
from data.engine import Store
from data.schema import Message

SOON = timedelta(hours=20)  # before anything is promised of an answer


def read_answer(store: Store, who: Who, demand: int) -> None:
    """Product's answer to a demand is read by this person, where they were told of it."""
    wanted = select(Message.id).where(
        Message.person_id == who.person_id, Message.key == f"demand_answered:{demand}"
    )
    with store.reading() as session:
        told = session.scalar(wanted)
    if told:
        mark_read(store, who, told)
