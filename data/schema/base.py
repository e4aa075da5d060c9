"""The declarative base, and the few columns that many tables share."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Date, ForeignKey, MetaData, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from data.schema.types import Amount, Id, Instant, Json

NAMING = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Every table; constraint names are fixed so that migrations can name them."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads it from the class
        int: Id,
        str: String(),
        datetime: Instant,
        date: Date(),
        Decimal: Amount,
        dict[str, Any]: Json,
        list[Any]: Json,
    }


class Keyed:
    """A table with its own id."""

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True, sort_order=-1)


class Batched:
    """A record that an import may have created: `batch_id` names it, so that it can be undone."""

    batch_id: Mapped[int | None] = mapped_column(ForeignKey("import_batch.id"), index=True)


class Imported(Batched):
    """A record that another system may know: `ref` is its id there, unique per table."""

    ref: Mapped[str | None] = mapped_column(unique=True)


class Revocable:
    """A record that can be taken back: it stays and counts no more; by whom and why stands with it."""

    taken_back_at: Mapped[datetime | None]
    taken_back_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    taken_back_for: Mapped[str | None]


class Defined:
    """A record with the company's own fields: their values by key, as JSON, and the policy version under
    which they were written last."""

    fields: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    policy_version: Mapped[int] = mapped_column(default=0, server_default="0")


class Versioned:
    """A record that people edit: `version` grows by one with each change, so that a second
    editor of the same version is told instead of overwriting."""

    version: Mapped[int] = mapped_column(default=1)
