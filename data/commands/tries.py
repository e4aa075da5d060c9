"""Tries to sign in: counted by name and address, and made to wait (P4)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.orm import Session

from core.messages import Unavailable
from core.people import FREE_TRIES, FREE_TRIES_FROM_ADDRESS, wait_seconds
from data.engine import Store
from data.schema import Person, SignInAttempt

NAME_WINDOW = timedelta(hours=24)
ADDRESS_WINDOW = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Try:
    """A counted try to sign in.

    Attributes:
        person_id, password_hash: None when nobody of that name may sign in with a password.
    """

    attempt_id: int
    person_id: int | None
    password_hash: str | None


def count_try(store: Store, username: str, address: str) -> Try:
    """Count a try before its password is looked at, so that many tries at once count as many.

    Raises:
        Unavailable: too many failures of this name or from this address; `count` seconds to wait.
    """
    name, now = username.strip().lower(), store.clock()
    with store.writing() as session:
        _one_at_a_time(session, name)
        session.execute(delete(SignInAttempt).where(SignInAttempt.at < now - NAME_WINDOW))
        if wait := _wait(session, name, address, now):
            raise Unavailable("too_many_tries", count=wait)
        attempt = SignInAttempt(username=name, address=address, at=now, succeeded=False)
        session.add(attempt)
        session.flush()
        known = session.execute(
            select(Person.id, Person.password_hash).where(
                func.lower(Person.username) == name, Person.active, Person.password_hash.is_not(None)
            )
        ).first()
        return Try(attempt.id, *(known or (None, None)))


def _one_at_a_time(session: Session, name: str) -> None:
    """SQLite has one writer anyway; PostgreSQL takes a lock on the name until the commit."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(func.hashtext(name))))


def _wait(session: Session, name: str, address: str, now: datetime) -> int:
    of_name = SignInAttempt.username == name
    since = select(func.coalesce(func.max(SignInAttempt.id), 0)).where(of_name, SignInAttempt.succeeded)
    of_name_since = of_name & (SignInAttempt.id > since.scalar_subquery())
    from_address = (SignInAttempt.address == address) & (SignInAttempt.at > now - ADDRESS_WINDOW)
    return max(
        _wait_of(session, of_name_since, FREE_TRIES, now),
        _wait_of(session, from_address, FREE_TRIES_FROM_ADDRESS, now),
    )


def _wait_of(session: Session, same: ColumnElement[bool], free: int, now: datetime) -> int:
    failed = select(func.count(), func.max(SignInAttempt.at)).where(same, SignInAttempt.succeeded.is_(False))
    failures, latest = session.execute(failed).one()
    return wait_seconds(failures, free, (now - latest).total_seconds()) if latest else 0
