"""Where messages go outside the product: a team's chat groups, and what each person wants (PRODUCT.md P8)."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from data.schema.base import Base, Keyed


class TeamChannel(Keyed, Base):
    """A robot in a team's chat group: WeCom, DingTalk or Feishu. Its address is a secret by itself.

    `changed_at` is when it was last set or switched on: what is wrong with it is told once since then.
    A removed one keeps its id, which names it in the outbox, and loses its address.
    """

    __tablename__ = "team_channel"

    team_id: Mapped[int] = mapped_column(ForeignKey("team.id"), index=True)
    kind: Mapped[str]
    url: Mapped[str]
    secret: Mapped[str] = mapped_column(default="")
    language: Mapped[str]
    active: Mapped[bool] = mapped_column(default=True)
    changed_at: Mapped[datetime]
    tested_at: Mapped[datetime | None]
    test_error: Mapped[str | None]  # of the last try; None when it got through
    removed_at: Mapped[datetime | None]


class NoticeWishes(Base):
    """What a person wants of messages outside the product; without a row, every message at once.

    `off` holds names of channels. Times are `HH:MM` by the clock of the person's team.
    """

    __tablename__ = "notice_wishes"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, autoincrement=False)
    off: Mapped[list[Any]]
    quiet_from: Mapped[str | None]
    quiet_to: Mapped[str | None]
    digest_at: Mapped[str | None]
