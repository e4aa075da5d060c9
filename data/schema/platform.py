"""What the product keeps about itself: audit, idempotency, settings, policies, imports."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from data.schema.base import Base, Keyed
from data.schema.types import Json


class Audit(Keyed, Base):
    """Every command leaves one row: who, when, what, and the record before and after.

    `actor_id` None is the operator at the command line. `undoes_id` names the row that this one undid.
    """

    __tablename__ = "audit"
    __table_args__ = (
        Index(None, "entity", "entity_id"),
        *(Index(None, name, "at") for name in ("actor_id", "command", "entity")),
    )

    at: Mapped[datetime] = mapped_column(index=True)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    command: Mapped[str]
    entity: Mapped[str]
    entity_id: Mapped[int | None]
    before: Mapped[Any | None] = mapped_column(Json)
    after: Mapped[Any | None] = mapped_column(Json)
    undoes_id: Mapped[int | None] = mapped_column(ForeignKey("audit.id"), unique=True)


class Receipt(Base):
    """A submission that was carried out; its key makes a second try return the first result."""

    __tablename__ = "receipt"

    key: Mapped[str] = mapped_column(primary_key=True)
    command: Mapped[str]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    result: Mapped[Any | None] = mapped_column(Json)
    at: Mapped[datetime]


class Setting(Base):
    """A fact about this installation, e.g. `installation` = demo | company."""

    __tablename__ = "setting"

    key: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[Any | None] = mapped_column(Json)


class PolicyVersion(Keyed, Base):
    """A published set of overrides of `core.policies.Policy`; the highest version is in force.

    `area` is the part of the studio that published it (`core.studio.Area`), `note` why.
    """

    __tablename__ = "policy_version"
    __table_args__ = (UniqueConstraint("version"),)

    version: Mapped[int]
    changes: Mapped[dict[str, Any]]
    published_at: Mapped[datetime]
    published_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    area: Mapped[str] = mapped_column(default="", server_default="")
    note: Mapped[str] = mapped_column(default="", server_default="")


class StudioDraft(Keyed, Base):
    """What somebody prepares in a part of the studio and has not published; one per person and area.

    `content` is what the area's part of the policy shall be, `based_on` the policy version it was made from.
    """

    __tablename__ = "studio_draft"
    __table_args__ = (UniqueConstraint("area", "person_id"),)

    area: Mapped[str]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    content: Mapped[dict[str, Any]]
    based_on: Mapped[int]
    updated_at: Mapped[datetime]


class ImportBatch(Keyed, Base):
    """One import that was carried out, so that it can be undone."""

    __tablename__ = "import_batch"

    kind: Mapped[str]
    filename: Mapped[str]
    at: Mapped[datetime]
    person_id: Mapped[int | None]  # no foreign key: people may come from a batch themselves
    counts: Mapped[dict[str, Any]]
    undone_at: Mapped[datetime | None]


class ImportChange(Keyed, Base):
    """A record that an import updated, as it was before and as the import left it."""

    __tablename__ = "import_change"

    batch_id: Mapped[int] = mapped_column(ForeignKey("import_batch.id"), index=True)
    entity: Mapped[str]
    entity_id: Mapped[int]
    before: Mapped[dict[str, Any]]
    after: Mapped[dict[str, Any]]
