"""Running jobs: each due row once, however many workers there are; again after a kill.

A worker takes a row with one guarded UPDATE and holds it by a lease that `say` renews. A worker that
dies lets the lease run out, and another takes the row; a worker that was only slow finds its row taken
and leaves the end to the other.
"""

import logging
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.orm import Session

from core.notices import Notice
from core.terms import Role
from data.commands.outbox import post
from data.engine import Store
from data.jobs.registry import JOBS, Run
from data.schema import JobRun, Person

LEASE = timedelta(minutes=5)  # a job that may take longer tells how far it is
TRIES = 5
FIRST_RETRY = timedelta(minutes=1)  # then 2, 4, 8 minutes
_log = logging.getLogger(__name__)


def run_due(store: Store, limit: int = 100) -> int:
    """Run what is due, oldest first; returns how many runs were taken."""
    for n in range(limit):
        if not run_next(store):
            return n
    return limit


def run_next(store: Store) -> bool:
    """Take one due run and carry it out; False when nothing is due."""
    taken = _take(store)
    if taken is None:
        return False
    row_id, job, attempt, run = taken
    run = Run(run.due_at, run.key, run.params, lambda text: _say(store, row_id, attempt, text))
    try:
        JOBS[job](store, run)
    except Exception as error:  # whatever a job does wrong, the others go on
        _log.exception("job %s %s failed, attempt %d", job, run.key, attempt)
        _failed(store, row_id, attempt, error)
    else:
        _finish(
            store, row_id, attempt, state="done", finished_at=store.clock(), leased_until=None, error=None
        )
    return True


def _due(now: datetime) -> ColumnElement[bool]:
    free = or_(JobRun.leased_until.is_(None), JobRun.leased_until <= now)
    return and_(JobRun.state.in_(("waiting", "running")), JobRun.due_at <= now, free)


def _take(store: Store) -> tuple[int, str, int, Run] | None:
    now = store.clock()
    while True:
        with store.writing() as session:
            row = session.scalars(
                select(JobRun).where(_due(now)).order_by(JobRun.due_at, JobRun.id).limit(1)
            ).first()
            if row is None:
                return None
            mine = update(JobRun).where(JobRun.id == row.id, JobRun.attempts == row.attempts, _due(now))
            values = {
                "state": "running",
                "attempts": row.attempts + 1,
                "leased_until": now + LEASE,
                "started_at": now,
            }
            taken = row.id, row.job, row.attempts + 1, Run(row.due_at, row.key, row.params)
            if session.execute(mine.values(values)).rowcount == 1:  # type: ignore[attr-defined]  # of an UPDATE
                return taken


def _say(store: Store, row_id: int, attempt: int, text: str) -> None:
    _finish(store, row_id, attempt, progress=text, leased_until=store.clock() + LEASE)


def _failed(store: Store, row_id: int, attempt: int, error: Exception) -> None:
    why = f"{type(error).__name__}: {error}"
    if attempt < TRIES:
        again = store.clock() + FIRST_RETRY * 2 ** (attempt - 1)
        _finish(store, row_id, attempt, state="waiting", leased_until=again, error=why)
        return
    _finish(store, row_id, attempt, state="failed", finished_at=store.clock(), leased_until=None, error=why)
    with store.writing() as session:
        row = session.get_one(JobRun, row_id)
        params = {"job": row.job, "error": why}
        post(session, store.clock(), to_admins(session, "job_failed", f"job_failed:{row_id}", params))


def _finish(store: Store, row_id: int, attempt: int, **values: Any) -> None:
    """Write to a run that is still this worker's."""
    mine = (JobRun.id == row_id, JobRun.attempts == attempt, JobRun.state == "running")
    with store.writing() as session:
        session.execute(update(JobRun).where(*mine).values(values))


def to_admins(session: Session, kind: str, key: str, params: dict[str, Any]) -> list[Notice]:
    """The same notice for every active administrator."""
    admins = select(Person.id).where(Person.role == Role.ADMIN, Person.active)
    return [Notice(person_id, kind, key, params, page="inbox") for person_id in session.scalars(admins)]
