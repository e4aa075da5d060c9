"""Reading one's own drafts."""

from typing import Any

from sqlalchemy import select

from core.access import Who
from data.engine import Store
from data.schema import Draft


def draft(store: Store, who: Who, kind: str, key: str) -> dict[str, Any] | None:
    """What this person typed under that key; None when nothing is kept."""
    query = select(Draft.body).where(Draft.person_id == who.person_id, Draft.kind == kind, Draft.key == key)
    with store.reading() as session:
        return session.scalar(query)
