"""The operator's desk: what waits, who is signed in, what is stored, and whether a worker is alive (P10)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import String, cast, func, literal, select, text, union_all
from sqlalchemy.orm import Session

from core.access import Permission, Who, reach
from core.messages import NotAllowed
from data.queries.outboxes import OUTBOXES
from data.queries.policies import setting
from data.queries.workers import pulse
from data.schema import (
    Audit,
    Delivery,
    GroupStep,
    JobRun,
    Message,
    Person,
    RoomGroup,
    StoredFile,
    UserSession,
    Webhook,
    WebhookDelivery,
    WebhookEvent,
)

SHOWN = 25  # things that were given up, and sessions
MONTH = timedelta(days=30)
BACKUP = "last_backup"  # the setting that says what the latest one held
SIZES = "store_sizes"  # the setting that keeps what was measured each night


@dataclass(frozen=True, slots=True)
class Box:
    """How one outbox stands.

    Attributes:
        waiting, retried: what is still to go out, and how much of it failed before.
        oldest: when the first of it was due; None where nothing waits.
    """

    kind: str
    waiting: int
    retried: int
    given_up: int
    oldest: datetime | None


@dataclass(frozen=True, slots=True)
class GivenUp:
    """One thing that was given up, and what the last try met.

    Attributes:
        of: the channel, webhook, group or job; what: the notice, event, step (`core.groups.What`) or key.
    """

    kind: str
    id: int
    of: str
    what: str
    due_at: datetime
    error: str


@dataclass(frozen=True, slots=True)
class LiveSession:
    """A sign-in that lives; `seen_at` is None where nothing was done since."""

    id: int
    person_id: int
    person: str
    role: str
    since: datetime
    seen_at: datetime | None
    agent: str
    address: str


@dataclass(frozen=True, slots=True)
class Backup:
    """The latest backup that was made by the command, read back and held against its sums.

    Attributes:
        missing: files that rows tell of and that were not there.
    """

    at: datetime
    name: str
    rows: int
    files: int
    missing: int


@dataclass(frozen=True, slots=True)
class Storage:
    """What is stored.

    Attributes:
        database, files: bytes; None where the database does not say.
        file_count: files that rows tell of, each content once.
        new_files, new_changes: of the last thirty days: bytes, and rows of the audit log.
        grown: bytes of the database since it was first measured in the last thirty days.
        since: when that was.
        engine: `sqlite` or `postgresql`.
    """

    database: int | None
    files: int
    file_count: int
    new_files: int
    new_changes: int
    grown: int | None
    since: datetime | None
    backup: Backup | None
    engine: str


@dataclass(frozen=True, slots=True)
class Desk:
    """All of it; `worked_at` is when a worker last took up a job, None where none ever did."""

    boxes: tuple[Box, ...]
    given_up: tuple[GivenUp, ...]
    sessions: tuple[LiveSession, ...]
    signed_in: int
    storage: Storage
    worked_at: datetime | None
    alive: bool


def operator_desk(session: Session, who: Who, now: datetime) -> Desk:
    """The desk as it stands.

    Raises:
        NotAllowed: for whoever sees no jobs or manages no people.
    """
    for needs in (Permission.SEE_JOBS, Permission.MANAGE_PEOPLE):
        if reach(who, needs) is None:
            raise NotAllowed(permission=needs)
    living = (UserSession.revoked_at.is_(None), UserSession.expires_at > now)
    workers = pulse(session, now)
    return Desk(
        _boxes(session),
        _given_up(session),
        _sessions(session, living),
        session.scalar(select(func.count()).select_from(UserSession).where(*living)) or 0,
        _storage(session, now),
        workers.worked_at,
        workers.alive,
    )


def _boxes(session: Session) -> tuple[Box, ...]:
    found = []
    for kind, box in OUTBOXES.items():
        row: Any = box.table
        waits = row.state == "waiting"
        numbers = select(
            func.count().filter(waits),
            func.count().filter(waits, row.attempts > 0),
            func.count().filter(row.state == box.dead),
            func.min(row.due_at).filter(waits),
        )
        found.append(Box(kind, *session.execute(numbers.where(row.state.in_(("waiting", box.dead)))).one()))
    return tuple(found)


def _given_up(session: Session) -> tuple[GivenUp, ...]:
    """The latest of every outbox, in one statement."""
    parts = union_all(
        _dead("message", Delivery, Delivery.channel, Message.kind).join(
            Message, Message.id == Delivery.message_id
        ),
        _dead("webhook", WebhookDelivery, Webhook.name, WebhookEvent.kind)
        .join(Webhook, Webhook.id == WebhookDelivery.webhook_id)
        .join(WebhookEvent, WebhookEvent.id == WebhookDelivery.event_id),
        _dead("group", GroupStep, RoomGroup.name, GroupStep.what).join(
            RoomGroup, RoomGroup.id == GroupStep.group_id
        ),
        _dead("job", JobRun, JobRun.job, JobRun.key),
    ).subquery()
    rows = session.execute(select(parts).order_by(parts.c.due_at.desc(), parts.c.id.desc()).limit(SHOWN))
    return tuple(GivenUp(r.kind, r.id, r.of, r.what, r.due_at, r.error or "") for r in rows)


def _dead(kind: str, table: Any, of: Any, what: Any) -> Any:
    columns = (
        literal(kind).label("kind"),
        table.id.label("id"),
        cast(of, String).label("of"),
        cast(what, String).label("what"),
        table.due_at.label("due_at"),
        table.error.label("error"),
    )
    return select(*columns).select_from(table).where(table.state == OUTBOXES[kind].dead)


def _sessions(session: Session, living: Any) -> tuple[LiveSession, ...]:
    query = (
        select(UserSession, Person)
        .join(Person, Person.id == UserSession.person_id)
        .where(*living)
        .order_by(func.coalesce(UserSession.seen_at, UserSession.created_at).desc(), UserSession.id.desc())
        .limit(SHOWN)
    )
    return tuple(
        LiveSession(s.id, p.id, p.name, p.role, s.created_at, s.seen_at, s.agent or "", s.address or "")
        for s, p in session.execute(query)
    )


def _storage(session: Session, now: datetime) -> Storage:
    size, count = session.execute(select(func.coalesce(func.sum(StoredFile.size), 0), func.count())).one()
    new = select(func.coalesce(func.sum(StoredFile.size), 0)).where(StoredFile.created_at >= now - MONTH)
    changes = select(func.count()).select_from(Audit).where(Audit.at >= now - MONTH)
    database = database_bytes(session)
    before, since = _measured(session, now)
    grown = database - before if database is not None and before is not None else None
    return Storage(
        database, int(size), count, int(session.scalar(new) or 0), session.scalar(changes) or 0, grown, since,
        _backup(setting(session, BACKUP)), engine_of(session),
    )  # fmt: skip


def engine_of(session: Session) -> str:
    """Which kind of database it is: `sqlite` or `postgresql`."""
    return str(session.get_bind().dialect.name)


def database_bytes(session: Session) -> int | None:
    """How large the database is, in bytes."""
    if engine_of(session) == "postgresql":
        whole: int | None = session.scalar(text("SELECT pg_database_size(current_database())"))
        return whole
    pages, size = (session.scalar(text(f"PRAGMA {name}")) for name in ("page_count", "page_size"))
    return int(pages) * int(size) if pages and size else None


def _measured(session: Session, now: datetime) -> tuple[int | None, datetime | None]:
    """The oldest size of the last thirty days on this kind of database, and when it was measured.

    A store that moved from SQLite to PostgreSQL is larger for that alone: sizes of before are left out.
    """
    here = engine_of(session)
    kept = setting(session, SIZES) or ()
    nights = [(datetime.fromisoformat(at), size) for at, size, *of in kept if of in ([], [here])]
    lately = [(at, size) for at, size in nights if at >= now - MONTH]
    if not lately:
        return None, None
    at, size = min(lately)
    return size, at


def _backup(said: Any) -> Backup | None:
    if not said:
        return None
    at = datetime.fromisoformat(said["at"])
    return Backup(at, said["name"], said["rows"], said["files"], said["missing"])
