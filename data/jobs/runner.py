"""Running jobs: each due row once, however many workers there are; again after a kill.

A worker takes a row with one guarded UPDATE and holds it by a lease that it renews while the job runs.
A worker that dies lets the lease run out, and another takes the row; a worker that stood still finds its
row taken and leaves the end to the other. A run that ends its worker each time is given up like one
that fails.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from threading import Event, Thread
from typing import Any

from sqlalchemy import ColumnElement, and_, select, true, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from core.messages import Unavailable
from core.notices import Notice
from core.terms import Role
from data.commands.outbox import post
from data.engine import Store
from data.jobs.leases import free
from data.jobs.registry import GIVEN_UP, JOBS, SLOW, Job, Run
from data.own_terms import hear
from data.schema import JobRun, Person

LEASE = timedelta(minutes=5)
RENEW_SECONDS = 60.0
TRIES = 5
FIRST_RETRY = timedelta(minutes=1)  # then 2, 4, 8 minutes
LONGEST_HOLD = FIRST_RETRY * 2**TRIES
_log = logging.getLogger(__name__)


class GivenUp(Exception):
    """Another try is useless."""


def run_due(store: Store, limit: int = 100, stop: Event | None = None, *, slow: bool | None = None) -> int:
    """Run what is due, oldest first, until `stop`; returns how many runs were taken.

    Args:
        slow: only the slow jobs, or only the others; all when None.
    """
    for n in range(limit):
        if (stop and stop.is_set()) or not run_next(store, slow=slow):
            return n
    return limit


def run_next(store: Store, *, slow: bool | None = None) -> bool:
    """Take one due run and carry it out; False when nothing is due."""
    taken = _take(store, slow)
    if taken is None:
        return False
    row_id, job, attempt, run = taken
    run = Run(run.due_at, run.key, run.params, lambda text: _say(store, row_id, attempt, text))
    try:
        work = _job(job, attempt)
        hear(store)
        with _held(store, row_id, attempt):
            work(store, run)
    except Exception as error:  # whatever a job does wrong, the others go on
        _log.exception("job %s %s failed, attempt %d", job, run.key, attempt)
        _failed(store, row_id, attempt, error)
    else:
        _finish(
            store, row_id, attempt, state="done", finished_at=store.clock(), leased_until=None, error=None
        )
    return True


def _job(name: str, attempt: int) -> Job:
    if attempt > TRIES:
        raise GivenUp(f"its worker died {TRIES} times while it ran")
    if name not in JOBS:
        raise LookupError(f"this release has no job called {name}")  # another worker's may have it
    return JOBS[name]


@contextmanager
def _held(store: Store, row_id: int, attempt: int) -> Iterator[None]:
    """Renew the lease while the block runs, however quiet its job is."""
    over = Event()

    def renew() -> None:
        while not over.wait(RENEW_SECONDS):
            try:
                _finish(store, row_id, attempt, leased_until=store.clock() + LEASE)
            except (
                SQLAlchemyError,
                Unavailable,
            ):  # the job itself may hold SQLite's one writer; next time, then
                _log.warning("the lease of run %d was not renewed", row_id, exc_info=True)

    thread = Thread(target=renew, name=f"firebreak-lease-{row_id}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _due(now: datetime, slow: bool | None) -> ColumnElement[bool]:
    kind = true() if slow is None else JobRun.job.in_(SLOW) if slow else JobRun.job.not_in(SLOW)
    unheld = free(JobRun.leased_until, now, LONGEST_HOLD)
    return and_(JobRun.state.in_(("waiting", "running")), JobRun.due_at <= now, unheld, kind)


def _take(store: Store, slow: bool | None) -> tuple[int, str, int, Run] | None:
    now = store.clock()
    while True:
        with store.writing() as session:
            row = session.scalars(
                select(JobRun).where(_due(now, slow)).order_by(JobRun.due_at, JobRun.id).limit(1)
            ).first()
            if row is None:
                return None
            mine = update(JobRun).where(JobRun.id == row.id, JobRun.attempts == row.attempts, _due(now, slow))
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
    now, why = store.clock(), f"{type(error).__name__}: {error}"
    if attempt < TRIES and not isinstance(error, GivenUp):
        again = now + FIRST_RETRY * 2 ** (attempt - 1)
        _finish(store, row_id, attempt, state="waiting", leased_until=again, error=why)
        return
    with store.writing() as session:
        if _write(session, row_id, attempt, state="failed", finished_at=now, leased_until=None, error=why):
            row = session.get_one(JobRun, row_id)
            if hook := GIVEN_UP.get(row.job):
                hook(session, row.params)
            params = {"job": row.job, "error": why}
            post(session, now, to_admins(session, "job_failed", f"job_failed:{row_id}", params))


def _finish(store: Store, row_id: int, attempt: int, **values: Any) -> None:
    with store.writing() as session:
        _write(session, row_id, attempt, **values)


def _write(session: Session, row_id: int, attempt: int, **values: Any) -> bool:
    """Write to a run that is still this worker's; False where another has it by now."""
    mine = (JobRun.id == row_id, JobRun.attempts == attempt, JobRun.state == "running")
    changed: Any = session.execute(update(JobRun).where(*mine).values(values))
    return bool(changed.rowcount)


def to_admins(session: Session, kind: str, key: str, params: dict[str, Any]) -> list[Notice]:
    """The same notice for every active administrator."""
    admins = select(Person.id).where(Person.role == Role.ADMIN, Person.active)
    return [Notice(person_id, kind, key, params, page="inbox") for person_id in session.scalars(admins)]
