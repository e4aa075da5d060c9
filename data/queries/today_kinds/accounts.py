"""What an administrator looks after: who cannot sign in yet, jobs that nobody does or that were given up."""

from datetime import timedelta

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import aliased

from data.queries.today_kinds.asked import Asked, Group, Kind, ToDo
from data.queries.workers import pulse
from data.schema import JobRun, Person
from data.settings import settings

FAILED_FOR = timedelta(days=7)
PATIENCE = timedelta(minutes=2)  # what was just asked for waits for no worker yet


def without_password(asked: Asked, most: int) -> Group:
    """People who should work with the product and cannot sign in yet, not by the identity provider either."""
    query = (
        select(
            Person.id,
            Person.name.label("person"),
            Person.username.label("words"),
            Person.role.label("type"),
            Person.created_at.label("at"),
        )
        .where(Person.active, Person.password_hash.is_(None), *_not_by_provider())
        .order_by(Person.created_at, Person.name, Person.id)
    )
    return asked.group(Kind.PASSWORD, query, most)


def _not_by_provider() -> list[ColumnElement[bool]]:
    """An identity provider's people are known by a mail address that is one active person's alone."""
    if not settings().single_sign_on:
        return []
    other = aliased(Person)
    same = func.lower(other.email) == func.lower(Person.email)
    shared = select(other.id).where(same, other.id != Person.id, other.active).exists()
    return [Person.email.is_(None) | shared]


def failed_jobs(asked: Asked, most: int) -> Group:
    """Jobs whose latest run, for a team or thing, was given up this week; run again, they are no to-do."""
    newest = func.row_number().over(partition_by=(JobRun.job, JobRun.key), order_by=JobRun.id.desc())
    ranked = (
        select(JobRun.id, JobRun.job, JobRun.state, JobRun.finished_at, newest.label("rank"))
        .where(JobRun.state.in_(("done", "failed")))
        .subquery()
    )
    query = (
        select(ranked.c.id, ranked.c.job.label("type"), ranked.c.finished_at.label("at"))
        .where(ranked.c.rank == 1, ranked.c.state == "failed", ranked.c.finished_at > asked.now - FAILED_FOR)
        .order_by(ranked.c.finished_at.desc(), ranked.c.id)
    )
    return asked.group(Kind.JOB, query, most)


def silent_worker(asked: Asked, most: int) -> Group:
    """One to-do where jobs wait and no worker takes them up."""
    del most
    hands = pulse(asked.session, asked.now)
    if hands.alive or hands.since is None or hands.since > asked.now - PATIENCE:
        return Group(Kind.WORKER, 0, ())
    params = {"waiting": hands.waiting, "worked_at": hands.worked_at}
    return Group(Kind.WORKER, 1, (ToDo(Kind.WORKER, 0, at=hands.since, params=params),))
