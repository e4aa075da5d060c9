"""Who is behind a session, and which sessions a person has."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Executable, bindparam, select
from sqlalchemy.orm import Session

from core.access import Who
from core.messages import NotFound
from core.terms import Role
from data.queries.policies import setting
from data.schema import Person, Team, UserSession

DEMO_ACCOUNTS = ("manager", "rep", "director", "product", "delivery", "store", "admin")


@dataclass(frozen=True, slots=True)
class Recognised:
    """A living session and the person behind it, as they are now.

    Attributes:
        language: the person's own choice; None when they never chose.
        kept: whether a browser has fetched its cookie, so that it survives a reload.
    """

    session_id: int
    who: Who
    language: str | None
    kept: bool
    seen_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class OwnSession:
    """One of a person's living sessions."""

    session_id: int
    created_at: datetime
    expires_at: datetime
    address: str
    agent: str


def by_token(session: Session, token_hash: str, now: datetime) -> Recognised | None:
    """The person whose cookie has this hash; None when revoked, expired, or locked out."""
    return _recognise(session, _BY_TOKEN, token_hash, now)


def by_id(session: Session, session_id: int, now: datetime) -> Recognised | None:
    """The person of a session that this browser tab opened itself."""
    return _recognise(session, _BY_ID, session_id, now)


# built once: every run of a page begins with one of them
_LIVING = (
    select(UserSession, Person, Team.timezone)
    .join(Person, Person.id == UserSession.person_id)
    .outerjoin(Team, Team.id == Person.team_id)
    .where(UserSession.revoked_at.is_(None), UserSession.expires_at > bindparam("now"), Person.active)
)
_BY_TOKEN = _LIVING.where(UserSession.token_hash == bindparam("which"))
_BY_ID = _LIVING.where(UserSession.id == bindparam("which"))


def _recognise(session: Session, living: Executable, which: str | int, now: datetime) -> Recognised | None:
    row = session.execute(living, {"which": which, "now": now}).first()
    if row is None:
        return None
    own, person, timezone = row
    kept = own.token_hash is not None
    return Recognised(own.id, who_of(session, person, timezone), person.language, kept, own.seen_at)


def who_of(session: Session, person: Person, timezone: str | None) -> Who:
    """A person as one who asks; `timezone` is their team's."""
    return Who(
        person_id=person.id,
        role=Role(person.role),
        team_id=person.team_id,
        name=person.name,
        language=person.language or "en",
        timezone=timezone or setting(session, "timezone") or "Asia/Shanghai",
    )


@dataclass(frozen=True, slots=True)
class Account:
    """What a person sees and changes of themselves."""

    name: str
    username: str
    email: str | None
    team: str | None
    has_password: bool
    version: int


def own_account(session: Session, who: Who) -> Account:
    """A person's own account.

    Raises:
        NotFound: the operator at the command line has none.
    """
    row = session.execute(
        select(Person, Team.name).outerjoin(Team, Team.id == Person.team_id).where(Person.id == who.person_id)
    ).first()
    if row is None:
        raise NotFound(entity="person")
    person, team = row
    return Account(
        person.name, person.username, person.email, team, person.password_hash is not None, person.version
    )


def own_sessions(session: Session, who: Who, now: datetime) -> tuple[OwnSession, ...]:
    """A person's living sessions, newest first."""
    rows = session.scalars(
        select(UserSession)
        .where(
            UserSession.person_id == who.person_id,
            UserSession.revoked_at.is_(None),
            UserSession.expires_at > now,
        )
        .order_by(UserSession.id.desc())
    )
    return tuple(OwnSession(r.id, r.created_at, r.expires_at, r.address or "", r.agent or "") for r in rows)


def nobody_yet(session: Session) -> bool:
    """Whether the first administrator is still to be set up.

    People without a password may be there already, from an import at the command line.
    """
    able = select(Person.id).where(Person.role == Role.ADMIN, Person.password_hash.is_not(None)).limit(1)
    return setting(session, "installation") is None and session.scalar(able) is None


def demo_accounts(session: Session) -> tuple[tuple[str, str, str], ...]:
    """(user name, name, role) of the accounts that a demo installation offers; empty elsewhere."""
    if setting(session, "installation") != "demo":
        return ()
    rows = session.execute(
        select(Person.username, Person.name, Person.role).where(
            Person.username.in_(DEMO_ACCOUNTS), Person.active
        )
    )
    found = {username: (username, name, role) for username, name, role in rows}
    return tuple(found[n] for n in DEMO_ACCOUNTS if n in found)
