"""The weekly talk of a manager with a rep: since when it looks back, and what was agreed in it (D1, B4)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.messages import Problem
from core.reports.commitments import Checked, Commitment, Kept, Record, check

FIRST_DAYS = 28  # a first talk looks back so far
NOTE_MAX = 2000
OPEN_FOR = timedelta(days=1)  # steps are added to a talk so long after it


@dataclass(frozen=True, slots=True)
class Step:
    """A next step that a talk agreed on.

    Attributes:
        settled_at: when somebody said that it is done; only where no customer's record can show it.
    """

    commitment: Commitment
    settled_at: datetime | None = None


def is_over(held_at: datetime, now: datetime) -> bool:
    """Whether a talk takes no more steps; until then the two are still in it."""
    return now - held_at > OPEN_FOR


def looks_back(held: Sequence[datetime], now: datetime) -> datetime:
    """The instant since which a talk asks what happened: the last talk that is over, or four weeks ago.

    Args:
        held: when talks were held, the newest first.
    """
    return next((at for at in held if is_over(at, now)), now - timedelta(days=FIRST_DAYS))


def check_step(step: Step, records: Sequence[Record], now: datetime) -> Checked:
    """How a step stands: with a customer by its records alone, without one by word; given up where it was."""
    if step.commitment.customer_id is not None or step.commitment.dropped_at is not None:
        return check(step.commitment, records, now)
    if step.settled_at is not None:
        return Checked(step.commitment, Kept.KEPT if step.settled_at <= step.commitment.due_at else Kept.LATE)
    return Checked(step.commitment, Kept.OPEN if now <= step.commitment.due_at else Kept.MISSED)


def check_note(note: str) -> Iterator[Problem]:
    """A talk leaves a note."""
    if not note.strip():
        yield Problem("note", "required")
    elif len(note.strip()) > NOTE_MAX:
        yield Problem("note", "too_long", {"limit": NOTE_MAX})
