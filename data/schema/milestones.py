"""Launch dates, milestones as they stood on their days, and what people made of them (PRODUCT.md E)."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from data.schema.base import Base, Keyed


class Launch(Keyed, Base):
    """A launch date as it was set; of a team or (None) of the company the latest row holds."""

    __tablename__ = "launch"
    __table_args__ = (Index(None, "team_id", "set_at"),)

    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"))
    launched_on: Mapped[date]
    reason: Mapped[str] = mapped_column(default="")
    set_at: Mapped[datetime]
    set_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class MilestoneResult(Keyed, Base):
    """A milestone as it stood when its day began; nothing changes it once it is issued.

    `key` is "<team or company>:<launched_on>:<day>". `as_of`: what was recorded later is not in it.
    `figures` holds every `core.milestones.assess.Assessment`, `rows` what each of them counts.
    """

    __tablename__ = "milestone_result"
    __table_args__ = (Index(None, "team_id", "due_on"),)

    key: Mapped[str] = mapped_column(unique=True)
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"))
    launched_on: Mapped[date]
    day: Mapped[int]
    due_on: Mapped[date]
    timezone: Mapped[str]
    as_of: Mapped[datetime]
    issued_at: Mapped[datetime]
    issued_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    verdict: Mapped[str]
    policy_version: Mapped[int]
    figures: Mapped[dict[str, Any]]
    rows: Mapped[dict[str, Any]]


class MilestoneSignature(Keyed, Base):
    """A director put a result into force; one per result."""

    __tablename__ = "milestone_signature"

    result_id: Mapped[int] = mapped_column(ForeignKey("milestone_result.id"), unique=True)
    note: Mapped[str] = mapped_column(default="")
    signed_at: Mapped[datetime]
    signed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class MilestoneAppeal(Keyed, Base):
    """A manager holds that a result is wrong, and what a director decided; `upheld` None while it waits."""

    __tablename__ = "milestone_appeal"

    result_id: Mapped[int] = mapped_column(ForeignKey("milestone_result.id"), index=True)
    words: Mapped[str]
    made_at: Mapped[datetime]
    made_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    upheld: Mapped[bool | None]
    answer: Mapped[str] = mapped_column(default="")
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class ProofSample(Keyed, Base):
    """Rows drawn by chance to be checked by a person; one per place, criterion and day, never drawn again.

    `key` is also the seed: whoever has the rows of `as_of` draws the same. `items` are the rows drawn.
    """

    __tablename__ = "proof_sample"

    key: Mapped[str] = mapped_column(unique=True)
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"))
    launched_on: Mapped[date]
    criterion: Mapped[str]
    population: Mapped[int]
    as_of: Mapped[datetime]
    drawn_at: Mapped[datetime]
    drawn_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    items: Mapped[list[Any]]


class ProofCheck(Keyed, Base):
    """What somebody found when looking at a drawn row; of several the latest counts, all stay."""

    __tablename__ = "proof_check"
    __table_args__ = (Index(None, "sample_id", "of"),)

    sample_id: Mapped[int] = mapped_column(ForeignKey("proof_sample.id"))
    of: Mapped[int]
    result: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
    checked_at: Mapped[datetime]
    checked_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class UsageDay(Keyed, Base):
    """For how long somebody was at work on pages that report, on one day; no page, no key, no text.

    `latest_at` is overwritten with each beat, so that two windows at once do not count twice.
    """

    __tablename__ = "usage_day"
    __table_args__ = (UniqueConstraint("person_id", "day"), Index(None, "day"))

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    day: Mapped[date]
    seconds: Mapped[int]
    latest_at: Mapped[datetime]
