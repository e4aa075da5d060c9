"""Programs that speak for a person: tokens of the HTTP API (PRODUCT.md F3)."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from data.schema.base import Base, Keyed


class ApiToken(Keyed, Base):
    """A person's token. Only its SHA-256 is kept, and its last characters, by which it is known again.

    `scopes` is read or write by group of records (`core.api`); what its person may do bounds it besides.
    """

    __tablename__ = "api_token"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    name: Mapped[str]
    token_hash: Mapped[str] = mapped_column(unique=True)
    ending: Mapped[str]
    scopes: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    revoked_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
