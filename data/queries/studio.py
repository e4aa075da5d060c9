"""The studio: what is in force, the person's draft, who else prepares something, and the versions (F2)."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from core.access import Permission, Who, reach
from core.fields import Field
from core.messages import NotAllowed
from core.policies import Policy, override
from core.studio import Area, Difference, differences, part_of, with_part
from data.schema import Person, PolicyVersion, StudioDraft

SHOWN = 30


@dataclass(frozen=True, slots=True)
class Version:
    """A published version of an area, and what it changed."""

    version: int
    at: datetime
    by: str | None
    note: str
    changed: tuple[Difference, ...]


@dataclass(frozen=True, slots=True)
class Working:
    """Somebody else's unpublished draft of the same area."""

    name: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Desk:
    """One area of the studio as one person finds it.

    Attributes:
        policy: as it would be with the draft; in force when there is none.
        draft: whether the person prepares something.
        pending: what the draft changes of what is in force; once overtaken, of what it was begun from.
        overtaken: the version that somebody published since the draft was begun; None when nobody did.
        others: who else prepares something.
        versions: the newest first.
    """

    policy: Policy
    in_force: Policy
    draft: bool
    pending: tuple[Difference, ...]
    overtaken: Version | None
    others: tuple[Working, ...]
    versions: tuple[Version, ...]

    @property
    def waiting(self) -> frozenset[str]:
        """Keys of what the draft changes."""
        return frozenset(one.item for one in self.pending)


def desk(session: Session, who: Who, area: Area) -> Desk:
    """An area of the studio.

    Raises:
        NotAllowed: the person may not change it.
    """
    if reach(who, Permission.CHANGE_STUDIO) is None:
        raise NotAllowed(permission=Permission.CHANGE_STUDIO)
    rows = _rows(session)
    versions = _versions(area, rows)
    number, changes = (rows[-1][0].version, rows[-1][0].changes) if rows else (0, {})
    mine = own_draft(session, who, area)
    content = mine.content if mine else part_of(area, changes)
    since = mine.based_on if mine else number
    overtaken = next((v for v in versions if v.version > since), None)
    base = changes_of(session, since) if overtaken else changes
    return Desk(
        policy=override(with_part(area, changes, content), number),
        in_force=override(changes, number),
        draft=mine is not None,
        pending=differences(area, part_of(area, base), content),
        overtaken=overtaken,
        others=_others(session, who, area),
        versions=versions[:SHOWN],
    )


@dataclass(frozen=True, slots=True)
class Published:
    """What one version of the policy changed; `own` the company's fields under it."""

    area: Area
    changed: tuple[Difference, ...]
    own: tuple[Field, ...]


def published(session: Session, ids: Collection[int]) -> dict[int, Published]:
    """What these versions changed in the part of the studio that published them, by their id."""
    before = aliased(PolicyVersion)
    query = (
        select(PolicyVersion, before.changes)
        .outerjoin(before, before.version == PolicyVersion.version - 1)
        .where(PolicyVersion.id.in_(ids), PolicyVersion.area.in_(list(Area)))
    )
    return {row.id: _published(row, old or {}) for row, old in session.execute(query)}


def _published(row: PolicyVersion, before: dict[str, Any]) -> Published:
    area = Area(row.area)
    changed = differences(area, part_of(area, before), part_of(area, row.changes))
    return Published(area, changed, override(row.changes, row.version).own_fields)


def own_draft(session: Session, who: Who, area: Area) -> StudioDraft | None:
    """The person's draft of an area."""
    mine = select(StudioDraft).where(StudioDraft.area == area, StudioDraft.person_id == who.person_id)
    return session.scalar(mine)


def changes_of(session: Session, version: int) -> dict[str, Any]:
    """The overrides that a version published; none for the shipped policy."""
    query = select(PolicyVersion.changes).where(PolicyVersion.version == version)
    return dict(session.scalar(query) or {})


def _rows(session: Session) -> list[tuple[PolicyVersion, str | None]]:
    query = (
        select(PolicyVersion, Person.name)
        .outerjoin(Person, Person.id == PolicyVersion.published_by)
        .order_by(PolicyVersion.version)
    )
    return [(row, name) for row, name in session.execute(query)]


def _versions(area: Area, rows: Iterable[tuple[PolicyVersion, str | None]]) -> tuple[Version, ...]:
    """Versions that changed this area, the newest first."""
    found: list[Version] = []
    before: dict[str, Any] = {}
    for row, name in rows:
        content = part_of(area, row.changes)
        if changed := differences(area, before, content):
            found.append(Version(row.version, row.published_at, name, row.note, changed))
        before = content
    return tuple(reversed(found))


def _others(session: Session, who: Who, area: Area) -> tuple[Working, ...]:
    query = (
        select(Person.name, StudioDraft.updated_at)
        .join(Person, Person.id == StudioDraft.person_id)
        .where(StudioDraft.area == area, StudioDraft.person_id != who.person_id)
        .order_by(StudioDraft.updated_at.desc())
    )
    return tuple(Working(name, since) for name, since in session.execute(query))
