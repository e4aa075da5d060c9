"""What is known of a recording: what can be heard in it, and where else it serves.

Whoever calls has checked that the recording may be seen.
"""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access import Who
from core.messages import Problem
from core.process.recordings import Sound, Writing, check, unpack
from data.queries.policies import policy_in_force
from data.schema import Action, StoredFile, Transcript


@dataclass(frozen=True, slots=True)
class Written:
    """A transcript as far as it is.

    Attributes:
        share: how far, 0–1.
        doubt: what is suspicious about the text; a `core.process.recordings.Echo`.
        again: whether another try may help; over silence none does.
    """

    state: Writing
    share: float
    text: str
    doubt: str | None
    again: bool


def transcript(session: Session, who: Who, recording: str, language: str) -> Written | None:
    """A recording's transcript in one language; None where nobody asked for it."""
    del who
    mine = (Transcript.recording == recording, Transcript.language == language)
    row = session.scalar(select(Transcript).where(*mine))
    return _read(row) if row else None


def transcripts(session: Session, recordings: Collection[str]) -> dict[str, Written]:
    """The best transcript of each: one that is done before one that is not, the latest asked for first."""
    rows = select(Transcript).where(Transcript.recording.in_(recordings)).order_by(Transcript.asked_at)
    found = sorted(session.scalars(rows) if recordings else (), key=lambda t: t.state == Writing.DONE)
    return {row.recording: _read(row) for row in found}


def _read(row: Transcript) -> Written:
    doubt = row.problem if row.state == Writing.DONE else None  # of the others it is the operator's
    again = row.state == Writing.FAILED or (row.state == Writing.REFUSED and row.problem is not None)
    return Written(Writing(row.state), row.share, row.text, doubt, again)


def doubts(session: Session, who: Who, recording: str) -> tuple[Problem, ...]:
    """What is wrong with a recording that nobody has submitted yet, at the field `recording`."""
    del who
    policy, reused = policy_in_force(session), is_used(session, recording)
    return check(sound_of(session, recording), policy, reused=reused)


def sound_of(session: Session, recording: str | None) -> Sound | None:
    """What was measured in a recording; None without one, or where nobody measured."""
    if recording is None:
        return None
    return unpack(session.scalar(select(StoredFile.sound).where(StoredFile.sha256 == recording)))


def is_used(session: Session, recording: str | None) -> bool:
    """Whether an action on record has this recording already."""
    if recording is None:
        return False
    used = select(Action.id).where(Action.recording == recording, Action.voided_at.is_(None))
    return session.scalar(used.limit(1)) is not None
