"""Posting notices: in the transaction of the event that causes them, so that neither is without the other."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from core.notices import Notice
from data.jsontext import to_json
from data.schema import Message
from data.upsert import insert_new


def post(session: Session, now: datetime, notices: Iterable[Notice]) -> int:
    """Put notices into their people's inboxes; those posted before under the same key are left out.

    Returns:
        How many were new.
    """
    rows = [
        {
            "person_id": n.person_id,
            "kind": n.kind,
            "key": n.key,
            "params": to_json(dict(n.params)),
            "page": n.page,
            "query": to_json(dict(n.query)),
            "posted_at": now,
        }
        for n in notices
    ]
    if not rows:
        return 0
    return len(insert_new(session, Message, rows, Message.person_id, Message.key))
