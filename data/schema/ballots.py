"""Secret ballots (PRODUCT.md D5): who drew a paper, what lies in a box, what it held when it was opened.

No row has an instant or a counter that grows with votes, and none joins a person to a vote.
"""

from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from data.schema.base import Base, Keyed
from data.schema.types import Json


class BallotPaper(Base):
    """Somebody drew the paper of a month, whether or not they vote; `print` is the paper's SHA-256."""

    __tablename__ = "ballot_paper"

    month: Mapped[str] = mapped_column(primary_key=True)  # YYYY-MM by the company's clock
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, autoincrement=False)
    print: Mapped[str]


class BallotBox(Keyed, Base):
    """The box of a subject and month. `votes` and `counts` are None until it is opened; `counts`, by choice,
    stays None where too few voted."""

    __tablename__ = "ballot_box"
    __table_args__ = (UniqueConstraint("subject", "month"),)

    subject: Mapped[str]
    month: Mapped[str]
    opened: Mapped[bool] = mapped_column(default=False)
    votes: Mapped[int | None]
    counts: Mapped[list[Any] | None] = mapped_column(Json)


class SealedBallot(Base):
    """A vote in a box that is not opened yet: `core.ballots.mark_of` its paper, and the sealed choice.

    SQLite keeps these in the order of their marks; on PostgreSQL each vote writes the whole box anew in that
    order. Opening the box deletes them.
    """

    __tablename__ = "sealed_ballot"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 - SQLAlchemy reads it from the class

    box_id: Mapped[int] = mapped_column(ForeignKey("ballot_box.id"), primary_key=True, autoincrement=False)
    mark: Mapped[str] = mapped_column(primary_key=True)
    sealed: Mapped[str]
