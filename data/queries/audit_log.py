"""The audit log: one page of all changes, and what it can be narrowed to (P3)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, func, select, tuple_
from sqlalchemy.orm import Session

from core.access import Permission, Who, reach
from core.messages import NotAllowed
from data.queries.audit import AuditEntry, entries, read
from data.queries.audit_records import ENTITIES
from data.queries.studio import Published, published
from data.schema import Audit, Person

PAGE = 20
_ORDER = (Audit.at, Audit.id)  # each narrowing has an index that goes on with the time


@dataclass(frozen=True, slots=True)
class AuditFilters:
    """What the log is narrowed to. `days` back from now; `before` continues below that row's id."""

    person: int | None = None
    entity: str | None = None
    command: str | None = None
    days: int | None = None
    before: int | None = None


@dataclass(frozen=True, slots=True)
class AuditLog:
    """One page of the log; `earlier` is the `before` of the next page, None at the end.

    Attributes:
        published: what the studio's publications on this page changed, by the version's id.
    """

    entries: tuple[AuditEntry, ...]
    earlier: int | None
    published: Mapping[int, Published]


@dataclass(frozen=True, slots=True)
class AuditChoices:
    """What the log's filters offer."""

    people: tuple[tuple[int, str], ...]
    entities: tuple[str, ...]
    commands: tuple[str, ...]


def audit_log(session: Session, who: Who, filters: AuditFilters, now: datetime) -> AuditLog:
    """One page of all changes, the newest first.

    Raises:
        NotAllowed: the person may not see the log.
    """
    _allow(who)
    query = select(Audit).order_by(*(column.desc() for column in _ORDER)).limit(PAGE + 1)
    exact = {"actor_id": filters.person, "entity": filters.entity, "command": filters.command}
    for name, value in exact.items():
        if value is not None:
            query = query.where(getattr(Audit, name) == value)
    if filters.days is not None:
        query = query.where(Audit.at >= now - timedelta(days=filters.days))
    if filters.before is not None:
        query = query.where(
            tuple_(*_ORDER) < select(*_ORDER).where(Audit.id == filters.before).scalar_subquery()
        )
    rows = read(session, query)
    shown = rows[:PAGE]
    versions = {row.entity_id for row, *_ in shown if row.entity == "policy" and row.entity_id is not None}
    earlier = shown[-1][0].id if len(rows) > PAGE else None
    return AuditLog(entries(session, who, shown), earlier, published(session, versions) if versions else {})


def audit_choices(session: Session, who: Who) -> AuditChoices:
    """People, kinds of record and commands to narrow the log to."""
    _allow(who)
    people = select(Person.id, Person.name).order_by(Person.name)
    return AuditChoices(
        tuple((r.id, r.name) for r in session.execute(people)),
        ENTITIES,
        tuple(session.scalars(_commands())),
    )


def _commands() -> Select[str]:
    """Each command that was carried out, in order: one step of the index from each to the next."""
    first = select(func.min(Audit.command).label("command")).cte("did", recursive=True)
    following = select(func.min(Audit.command)).where(Audit.command > first.c.command).scalar_subquery()
    each = first.union_all(select(following).where(first.c.command.is_not(None)))
    return select(each.c.command).where(each.c.command.is_not(None)).order_by(each.c.command)


def _allow(who: Who) -> None:
    if reach(who, Permission.SEE_AUDIT) is None:
        raise NotAllowed(permission=Permission.SEE_AUDIT)
