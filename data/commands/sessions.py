"""Signing in and out: sessions that can be revoked, tickets that are used once, a throttle.

Nobody is signed in yet when the first of these run, so they are plain functions rather than commands;
opening and ending a session leave audit rows all the same, tries and tickets do not.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, update

from core.access import Permission
from core.messages import NotFound
from data.commands.command import Tx, command
from data.engine import Store
from data.schema import Audit, Person, SignInAttempt, SignInTicket, UserSession

SEEN_EVERY = timedelta(minutes=5)
TICKET_LIFE = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Opened:
    """A new session: its id, and the one-time ticket with which the browser fetches its cookie."""

    session_id: int
    ticket: str


def fingerprint(token: str) -> str:
    """What the store keeps of a token: its SHA-256."""
    return hashlib.sha256(token.encode()).hexdigest()


def open_session(
    store: Store, person_id: int, hours: int, address: str, agent: str = "", attempt_id: int | None = None
) -> Opened:
    """Open a session for a person whose identity was just proven; `attempt_id` is the try that did it.

    Raises:
        NotFound: the person was locked out meanwhile.
    """
    ticket, now = secrets.token_urlsafe(32), store.clock()
    with store.writing() as session:
        person = session.get(Person, person_id)
        if person is None or not person.active:
            raise NotFound(entity="person")
        row = UserSession(
            person_id=person_id,
            created_at=now,
            expires_at=now + timedelta(hours=hours),
            address=address,
            agent=agent[:200],
        )
        session.add(row)
        session.flush()
        session.execute(delete(SignInTicket).where(SignInTicket.expires_at <= now))
        session.execute(update(SignInAttempt).where(SignInAttempt.id == attempt_id).values(succeeded=True))
        session.add(
            SignInTicket(ticket_hash=fingerprint(ticket), session_id=row.id, expires_at=now + TICKET_LIFE)
        )
        session.add(
            Audit(at=now, actor_id=person_id, command="session.open", entity="session", entity_id=row.id)
        )
        return Opened(row.id, ticket)


def exchange_ticket(store: Store, ticket: str) -> tuple[str, datetime] | None:
    """A ticket for the session's cookie and its end; None when used, too old, unknown, or signed out."""
    token, now = secrets.token_urlsafe(32), store.clock()
    with store.writing() as session:
        row = session.scalar(
            select(SignInTicket).where(SignInTicket.ticket_hash == fingerprint(ticket)).with_for_update()
        )
        if row is None:
            return None
        opened = session.get_one(UserSession, row.session_id)
        session.delete(row)
        if row.expires_at <= now or opened.revoked_at is not None:
            return None
        opened.token_hash = fingerprint(token)
        return token, opened.expires_at


def session_used(store: Store, session_id: int, seen_at: datetime | None) -> None:
    """Remember that a session is in use, at most every few minutes: each click need not write.

    Args:
        seen_at: what is remembered so far.
    """
    now = store.clock()
    if seen_at is not None and now - seen_at < SEEN_EVERY:
        return
    with store.writing() as session:
        session.execute(update(UserSession).where(UserSession.id == session_id).values(seen_at=now))


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


@command("session.revoke", needs=Permission.OWN_ACCOUNT)
def revoke_session(tx: Tx, session_id: int) -> int:
    """End one of one's own sessions, wherever it is; returns its id.

    Raises:
        NotFound: no such session, or somebody else's.
    """
    row = tx.session.get(UserSession, session_id)
    if row is None or tx.who.person_id is None or row.person_id != tx.who.person_id:
        raise NotFound(entity="session")
    row.revoked_at = row.revoked_at or tx.now
    tx.audit("session", row.id)
    return row.id


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


@command("session.end_any", needs=Permission.MANAGE_PEOPLE)
def end_any_session(tx: Tx, session_id: int) -> int:
    """End anybody's session; returns its id.

    Raises:
        NotFound: no such session that lives.
    """
    row = tx.session.get(UserSession, session_id)
    if row is None or row.revoked_at is not None or row.expires_at <= tx.now:
        raise NotFound(entity="session")
    row.revoked_at = tx.now
    tx.audit("session", row.id, after={"person_id": row.person_id})
    return row.id


@command("session.end_all_of", needs=Permission.MANAGE_PEOPLE)
def end_sessions_of(tx: Tx, person_id: int) -> int:
    """Sign a person out everywhere; returns how many sessions ended.

    Raises:
        NotFound: no such person.
    """
    if tx.session.get(Person, person_id) is None:
        raise NotFound(entity="person")
    living = (
        UserSession.person_id == person_id,
        UserSession.revoked_at.is_(None),
        UserSession.expires_at > tx.now,
    )
    ids = list(tx.session.scalars(select(UserSession.id).where(*living)))
    tx.session.execute(update(UserSession).where(UserSession.id.in_(ids)).values(revoked_at=tx.now))
    tx.audit("session", None, after={"person_id": person_id, "ended": ids})
    return len(ids)


def person_by_email(store: Store, email: str) -> int | None:
    """The active person with this mail address; None when none or several carry it."""
    with store.reading(fresh=True) as session:
        ids = session.scalars(
            select(Person.id).where(func.lower(Person.email) == email.strip().lower(), Person.active)
        ).all()
    return ids[0] if len(ids) == 1 else None


def signed_in_since(store: Store, person_id: int, instant: datetime) -> bool:
    """Whether a session was opened since: a proof of identity from then has been used."""
    with store.reading(fresh=True) as session:
        opened = select(UserSession.id).where(
            UserSession.person_id == person_id, UserSession.created_at >= instant
        )
        return session.scalar(opened.limit(1)) is not None
