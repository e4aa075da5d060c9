"""What stores ask headquarters for; merged ones stay, each with its own store and words (PRODUCT.md C6)."""

from datetime import date, datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from data.schema.base import Base, Keyed, Revocable


class StoreRequest(Keyed, Revocable, Base):
    """One store's request. `merged_into_id` names the request of the pool that it is part of."""

    __tablename__ = "store_request"

    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"), index=True)
    region: Mapped[str | None]  # of the store, as it was when the request was filed
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    words: Mapped[str]
    urgency: Mapped[str]
    photo: Mapped[str | None] = mapped_column(ForeignKey("stored_file.sha256"))
    filed_at: Mapped[datetime] = mapped_column(index=True)
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("store_request.id"), index=True)
    merged_at: Mapped[datetime | None]
    outcome: Mapped[str | None]
    reply: Mapped[str] = mapped_column(default="")
    planned_on: Mapped[date | None]
    answered_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    answered_at: Mapped[datetime | None]
