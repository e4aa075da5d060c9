"""Reading around imports: what one would do, and which ones were done."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access import Permission, Who, decide
from core.exchange.kinds import KINDS, Kind
from core.exchange.mapping import FileMapping, match
from core.exchange.tables import Table
from core.fields import Field
from core.messages import NotAllowed
from data.engine import Store
from data.exchange.importing import plan_import
from data.exchange.lookups import People
from data.exchange.results import ImportResult, result_of
from data.exchange.suggest import unknown_people
from data.queries.policies import policy_in_force
from data.schema import ImportBatch, Person


@dataclass(frozen=True, slots=True)
class PastImport:
    """An import that was carried out; `by` is None for the operator at the command line."""

    id: int
    kind: str
    filename: str
    at: datetime
    by: str | None
    accepted: int
    updated: int
    duplicates: int
    rejected: int
    undone_at: datetime | None


def dry_run(
    store: Store, who: Who, kind: str, filename: str, table: Table, mapping: FileMapping
) -> ImportResult:
    """What an import of this table would do now; writes nothing.

    Raises:
        NotAllowed: the role may not import.
        Invalid: a needed column is not in the file.
    """
    del filename
    if not decide(who, Permission.IMPORT).allowed:
        raise NotAllowed(permission=Permission.IMPORT)
    with store.reading(fresh=True) as session:
        plan = plan_import(session, KINDS[kind], table, mapping, policy_in_force(session), store.clock())
        return result_of(plan)


@dataclass(frozen=True, slots=True)
class Strangers:
    """Whom a file names and nobody knows.

    Attributes:
        words: per field, the names as the file has them.
        people: who could be meant: the name of each active person, by user name.
    """

    words: Mapping[str, Sequence[str]]
    people: Mapping[str, str]


def strangers(session: Session, who: Who, kind: Kind, table: Table, mapping: FileMapping) -> Strangers:
    """The people whom a file names and nobody knows; none for who may not import.

    Raises:
        Invalid: a needed column is not in the file.
    """
    if not decide(who, Permission.IMPORT).allowed:
        return Strangers({}, {})
    people = People(session)
    places = match(kind, table.headers, mapping)
    words = unknown_people(kind, table, places, mapping, people.find)
    active = sorted((row["name"], row["username"]) for row in people.rows.values() if row["active"])
    return Strangers(words, {username: name for name, username in active})


def past_imports(session: Session, who: Who, limit: int = 20) -> list[PastImport]:
    """The latest imports, newest first; none for who may not import."""
    if not decide(who, Permission.IMPORT).allowed:
        return []
    query = (
        select(ImportBatch, Person.name)
        .outerjoin(Person, Person.id == ImportBatch.person_id)
        .order_by(ImportBatch.id.desc())
        .limit(limit)
    )
    return [
        PastImport(b.id, b.kind, b.filename, b.at, by, **_counts(b), undone_at=b.undone_at)
        for b, by in session.execute(query)
    ]


def own_fields(session: Session, who: Who) -> tuple[Field, ...]:
    """The company's own fields, as they are defined now."""
    del who  # definitions are the company's
    return policy_in_force(session).own_fields


def own_types(session: Session, who: Who) -> tuple[str, ...]:
    """Keys of the action types as the company has them, those switched off included: files hold them too."""
    del who  # like the fields, they are the company's
    return tuple(one.key for one in policy_in_force(session).stages)


def _counts(batch: ImportBatch) -> dict[str, int]:
    return {k: int(batch.counts.get(k, 0)) for k in ("accepted", "updated", "duplicates", "rejected")}
