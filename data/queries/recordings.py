"""What is known of a recording: what can be heard in it, and where else it serves.

Whoever calls has checked that the recording may be seen.
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access import Who
from core.messages import Problem
from core.process.recordings import Sound, check, unpack
from data.queries.policies import policy_in_force
from data.schema import Action, StoredFile


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
