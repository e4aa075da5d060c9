"""Signing in and out: sessions that can be revoked, tickets that are used once, a throttle.

Nobody is signed in yet when these run, so they are plain functions rather than commands; opening and
revoking leave audit rows all the same.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session

from core.access import Permission
from core.messages import NotFound
from data.commands.command import Tx, command
from data.engine import Store
from data.schema import Audit, Person, SignInAttempt, SignInTicket, UserSession

TICKET_LIFE = timedelta(seconds=60)
THROTTLE_WINDOW = timedelta(minutes=15)
FREE_FAILURES = {"username": 5, "address": 30}
LONGEST_WAIT_SECONDS = 900


@dataclass(frozen=True, slots=True)
class Opened:
    """A new session: its id, and the one-time ticket with which the browser fetches its cookie."""

    session_id: int
    ticket: str


def fingerprint(token: str) -> str:
    """What the store keeps of a token: its SHA-256."""
    return hashlib.sha256(token.encode()).hexdigest()


def open_session(store: Store, person_id: int, hours: int, address: str, agent: str = "") -> Opened:
    """Open a session for a person whose identity was just proven."""
    ticket, now = secrets.token_urlsafe(32), store.clock()
    with store.writing() as session:
        row = UserSession(
            person_id=person_id,
            created_at=now,
            expires_at=now + timedelta(hours=hours),
            address=address,
            agent=agent[:200],
        )
        session.add(row)
        session.flush()
        session.add(
            SignInTicket(ticket_hash=fingerprint(ticket), session_id=row.id, expires_at=now + TICKET_LIFE)
        )
        session.add(
            Audit(at=now, actor_id=person_id, command="session.open", entity="session", entity_id=row.id)
        )
        return Opened(row.id, ticket)


def exchange_ticket(store: Store, ticket: str) -> tuple[str, datetime] | None:
    """A ticket for the session's cookie and its end; None when used, too old or unknown."""
    token, now = secrets.token_urlsafe(32), store.clock()
    with store.writing() as session:
        row = session.scalar(
            select(SignInTicket).where(SignInTicket.ticket_hash == fingerprint(ticket)).with_for_update()
        )
        if row is None or row.expires_at <= now:
            return None
        opened = session.get_one(UserSession, row.session_id)
        opened.token_hash = fingerprint(token)
        session.delete(row)
        return token, opened.expires_at


def end_session(store: Store, session_id: int) -> None:
    """Sign a session out; its browser is anonymous at its next run."""
    now = store.clock()
    with store.writing() as session:
        row = session.get(UserSession, session_id)
        if row is not None and row.revoked_at is None:
            row.revoked_at = now
            session.add(
                Audit(
                    at=now,
                    actor_id=row.person_id,
                    command="session.end",
                    entity="session",
                    entity_id=row.id,
                )
            )


@command("session.revoke_others", needs=Permission.OWN_ACCOUNT)
def end_other_sessions(tx: Tx, kept_session_id: int | None) -> int:
    """Sign oneself out everywhere else; returns how many sessions ended.

    Raises:
        NotFound: the operator at the command line has no sessions.
    """
    if tx.who.person_id is None:
        raise NotFound(entity="person")
    living = (
        UserSession.person_id == tx.who.person_id,
        UserSession.revoked_at.is_(None),
        UserSession.expires_at > tx.now,
        UserSession.id != (kept_session_id or 0),
    )
    ids = list(tx.session.scalars(select(UserSession.id).where(*living)))
    tx.session.execute(update(UserSession).where(UserSession.id.in_(ids)).values(revoked_at=tx.now))
    tx.audit("session", None, after={"ended": ids})
    return len(ids)


def note_attempt(store: Store, username: str, address: str, *, succeeded: bool) -> None:
    """Remember a try to sign in, for the throttle."""
    with store.writing() as session:
        session.add(
            SignInAttempt(
                username=username.strip().lower(), address=address, at=store.clock(), succeeded=succeeded
            )
        )


def wait_seconds(store: Store, username: str, address: str) -> int:
    """Seconds until this user name or address may try again; 0 when now.

    The first failures are free; from then on each doubles the wait, from 5 seconds up to 15 minutes.
    """
    with store.reading() as session:
        waits = (
            _wait(session, store.clock(), SignInAttempt.username == username.strip().lower(), "username"),
            _wait(session, store.clock(), SignInAttempt.address == address, "address"),
        )
    return max(waits)


def _wait(session: Session, now: datetime, same: ColumnElement[bool], kind: str) -> int:
    recent = (same, SignInAttempt.at > now - THROTTLE_WINDOW)
    good = select(func.max(SignInAttempt.id)).where(*recent, SignInAttempt.succeeded)
    since = session.scalar(good) or 0
    count, latest = session.execute(
        select(func.count(), func.max(SignInAttempt.at)).where(
            *recent, SignInAttempt.succeeded.is_(False), SignInAttempt.id > since
        )
    ).one()
    beyond = count - FREE_FAILURES[kind]
    if beyond < 0:
        return 0
    wait: int = min(5 * 2 ** min(beyond, 10), LONGEST_WAIT_SECONDS)
    elapsed: float = (now - latest).total_seconds()
    return max(0, int(wait - elapsed) + 1) if elapsed < wait else 0


def person_by_email(store: Store, email: str) -> int | None:
    """The active person with this mail address; None when none or several carry it."""
    with store.reading() as session:
        ids = session.scalars(
            select(Person.id).where(func.lower(Person.email) == email.strip().lower(), Person.active)
        ).all()
    return ids[0] if len(ids) == 1 else None
