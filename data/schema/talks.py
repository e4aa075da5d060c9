"""One-to-one talks of a manager with a rep, and the next steps that they agreed on."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from data.schema.base import Base, Keyed


class Talk(Keyed, Base):
    """A talk that was held; its note is read by the rep, who leads them, and whoever reaches both."""

    __tablename__ = "talk"
    __table_args__ = (Index(None, "rep_id", "held_at"),)

    rep_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    held_at: Mapped[datetime]
    held_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    note: Mapped[str]


class TalkStep(Keyed, Base):
    """What the rep does until when. With a customer a record of the kind `expects` shows it done; without one
    somebody says so (`settled_at`). It can be given up (`dropped_at`), with a reason."""

    __tablename__ = "talk_step"

    talk_id: Mapped[int] = mapped_column(ForeignKey("talk.id"), index=True)
    what: Mapped[str]
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customer.id"), index=True)
    expects: Mapped[str]
    due_at: Mapped[datetime]
    agreed_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    settled_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    dropped_at: Mapped[datetime | None]
    drop_reason: Mapped[str | None]
