"""How people lay out their Today."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from data.schema.base import Base


class HomeWish(Base):
    """A person's own layout of Today (`core.home`), in place of their role's; without a row, the role's."""

    __tablename__ = "home_wish"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, autoincrement=False)
    content: Mapped[dict[str, Any]]
    updated_at: Mapped[datetime]
