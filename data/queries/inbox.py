"""What a person was told."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from core.access import Who
from data.schema import Message

PAGE = 30


@dataclass(frozen=True, slots=True)
class InboxMessage:
    """One message; `data.notices.sentence` puts `kind` and `params` into words."""

    id: int
    kind: str
    params: dict[str, Any]
    page: str
    query: dict[str, Any]
    posted_at: datetime
    read: bool


@dataclass(frozen=True, slots=True)
class Inbox:
    """The newest messages, and how many there are in all."""

    messages: Sequence[InboxMessage]
    total: int
    unread: int


def inbox(session: Session, who: Who, shown: int = PAGE) -> Inbox:
    """This person's messages, newest first."""
    query = (
        select(Message)
        .where(Message.person_id == who.person_id)
        .order_by(Message.posted_at.desc(), Message.id.desc())
        .limit(shown)
    )
    found = [
        InboxMessage(m.id, m.kind, m.params, m.page, m.query, m.posted_at, m.read_at is not None)
        for m in session.scalars(query)
    ]
    total = select(func.count()).where(Message.person_id == who.person_id)
    return Inbox(found, session.scalar(total) or 0, unread(session, who))


_UNREAD = select(func.count()).where(Message.person_id == bindparam("who"), Message.read_at.is_(None))


def unread(session: Session, who: Who) -> int:
    """How many messages this person has not read."""
    return session.scalar(_UNREAD, {"who": who.person_id}) or 0
