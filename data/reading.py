"""Reading from a replica without missing one's own writes (PRODUCT.md P7).

A replica lags. Every command leaves an audit row of its person, and audit rows never go: a replica that has
as many of the person's rows of the last hour as the database that is written to has all that they wrote.
Else, and where the replica does not answer, the database that is written to is read. That holds across
instances.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.access import Who
from core.messages import Unavailable
from data.engine import Store
from data.schema import Audit

WINDOW = timedelta(hours=1)
R = TypeVar("R")


def read_as(store: Store, who: Who, query: Callable[[Session], R]) -> R:
    """Run a query that only reads, where all that this person has written is to be seen."""
    if not store.has_replica or not store.replica_answers:
        return _read(store, query, fresh=True)
    mine = _read(store, lambda session: own_writes(session, who, store.clock()), fresh=True)
    try:
        with store.reading() as session:
            if own_writes(session, who, store.clock()) >= mine and not _far_behind(session, store.clock()):
                return query(session)
    except Unavailable:  # gone, or it cancelled the query to go on replaying
        store.rest_replica()
    return _read(store, query, fresh=True)


def _far_behind(session: Session, now: datetime) -> bool:
    """Whether a standby has replayed nothing of the last hour; then the count of that hour says nothing."""
    if session.get_bind().dialect.name != "postgresql":
        return False
    replayed: datetime | None = session.scalar(select(func.pg_last_xact_replay_timestamp()))
    return replayed is not None and now - replayed > WINDOW


def own_writes(session: Session, who: Who, now: datetime) -> int:
    """How many commands a person has carried out within the last hour."""
    mine = (Audit.actor_id == who.person_id, Audit.at >= now - WINDOW)
    return session.scalar(select(func.count(Audit.id)).where(*mine)) or 0


def _read(store: Store, query: Callable[[Session], R], *, fresh: bool) -> R:
    with store.reading(fresh=fresh) as session:
        return query(session)
