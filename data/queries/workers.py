"""Whether a worker takes up what waits (P9, P10)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from data.schema import JobRun

ALIVE = timedelta(minutes=30)  # a worker takes up a job at least every quarter of an hour


@dataclass(frozen=True, slots=True)
class Pulse:
    """How the workers stand.

    Attributes:
        worked_at: when one last took up a job; None where none ever did.
        waiting: runs that are due and that nobody took up; since: when the first of them was due.
    """

    worked_at: datetime | None
    alive: bool
    waiting: int
    since: datetime | None


def pulse(session: Session, now: datetime) -> Pulse:
    """The workers as they stand."""
    waits = (JobRun.state == "waiting", JobRun.due_at <= now)
    worked_at = session.scalar(select(func.max(JobRun.started_at)))
    waiting, since = session.execute(select(func.count(), func.min(JobRun.due_at)).where(*waits)).one()
    return Pulse(worked_at, worked_at is not None and now - worked_at <= ALIVE, waiting, since)
