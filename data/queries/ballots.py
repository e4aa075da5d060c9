"""What may be known of secret ballots: whether a paper has voted, and what opened boxes held."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from core.access import Who
from core.ballots import Tally, mark_of, month_of, print_of
from data.once import recalled
from data.queries.policies import company_day
from data.schema import BallotBox, BallotPaper, SealedBallot


@dataclass(frozen=True, slots=True)
class Opened:
    """A box that was opened.

    Attributes:
        month: YYYY-MM.
        votes: how many there were.
        tally: None where too few voted; they were never read then.
    """

    subject: str
    month: str
    votes: int
    tally: Tally | None


@recalled
def month_now(session: Session, who: Who, now: datetime) -> str:
    """The month in which a vote counts now, by the company's clock."""
    del who
    return month_of(company_day(session, now))


def is_paper(session: Session, who: Who, paper: str, now: datetime) -> bool:
    """Whether this is the paper that the person drew this month."""
    month = month_now(session, who, now)
    drawn = select(BallotPaper.print).where(
        BallotPaper.month == month, BallotPaper.person_id == who.person_id
    )
    return session.scalar(drawn) == print_of(paper)


@recalled
def has_drawn(session: Session, who: Who, now: datetime) -> bool:
    """Whether the person drew this month's paper, into whichever browser."""
    month = month_now(session, who, now)
    drawn = select(BallotPaper.month).where(
        BallotPaper.month == month, BallotPaper.person_id == who.person_id
    )
    return session.scalar(drawn) is not None


def has_voted(session: Session, who: Who, paper: str, subject: str, now: datetime) -> bool:
    """Whether a paper has a vote on the subject in this month's box; only who holds it can ask."""
    month = month_now(session, who, now)
    inside = (
        exists()
        .where(SealedBallot.mark == mark_of(paper, subject, month))
        .where(SealedBallot.box_id == BallotBox.id)
    )
    box = select(inside).select_from(BallotBox).where(BallotBox.subject == subject, BallotBox.month == month)
    return bool(session.scalar(box))


def opened(session: Session, subjects: Sequence[str]) -> list[Opened]:
    """Opened boxes of some subjects, oldest first; they hold no person, so everybody may read them."""
    boxes = select(BallotBox).where(BallotBox.subject.in_(subjects), BallotBox.opened)
    return [
        Opened(box.subject, box.month, box.votes or 0, Tally(tuple(box.counts)) if box.counts else None)
        for box in session.scalars(boxes.order_by(BallotBox.month, BallotBox.subject))
    ]
