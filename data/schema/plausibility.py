"""What a manager made of something worth a look."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from data.schema.base import Base, Keyed


class SignReview(Keyed, Base):
    """A sign in a person's records was looked at; what was entered up to then is not shown again for it."""

    __tablename__ = "sign_review"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    kind: Mapped[str]
    note: Mapped[str]
    reviewed_at: Mapped[datetime]
    reviewed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
