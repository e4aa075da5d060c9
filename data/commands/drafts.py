"""Drafts: what somebody typed and has not submitted. Scratch paper, so without audit rows."""

from typing import Any

from sqlalchemy import delete, select

from core.access import Who
from core.messages import NotAllowed
from data.engine import Store
from data.jsontext import to_json
from data.schema import Draft


def save_draft(store: Store, who: Who, kind: str, key: str, body: dict[str, Any]) -> None:
    """Keep a draft; the later of two saves wins.

    Raises:
        NotAllowed: the operator has no drafts.
    """
    if who.person_id is None:
        raise NotAllowed()
    with store.writing() as session:
        query = select(Draft).where(Draft.person_id == who.person_id, Draft.kind == kind, Draft.key == key)
        row = session.scalar(query)
        if row is None:
            row = Draft(person_id=who.person_id, kind=kind, key=key)
            session.add(row)
        row.body, row.updated_at = to_json(body), store.clock()


def drop_draft(store: Store, who: Who, kind: str, key: str) -> None:
    """Throw a draft away; nothing happens when there is none."""
    with store.writing() as session:
        session.execute(
            delete(Draft).where(Draft.person_id == who.person_id, Draft.kind == kind, Draft.key == key)
        )
