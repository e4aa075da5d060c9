"""Asking for what was said in a recording. Scratch paper like the draft that it belongs to: no audit row."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.access import Permission, Who, decide
from core.messages import NotAllowed
from core.process.recordings import Writing
from data import speech
from data.engine import Store
from data.jobs.registry import enqueue
from data.queries.recordings import sound_of
from data.schema import Transcript
from data.speech import Language
from data.upsert import insert_new

JOB = "transcribe"


def ask(session: Session, now: datetime, recording: str, language: Language, customer_id: int | None) -> None:
    """Ask for a transcript in the transaction of what keeps the recording; again if there is none to be had.

    Nothing happens without an adapter. A recording in which nothing can be heard is not transcribed:
    models make words up over silence.
    """
    if not speech.is_configured():
        return
    fresh = {"recording": recording, "language": language, "asked_at": now}
    new = insert_new(session, Transcript, [_blank(fresh)], Transcript.recording, Transcript.language)
    mine = (Transcript.recording == recording, Transcript.language == language)
    row = session.scalars(select(Transcript).where(*mine).with_for_update()).one()
    if not new and row.state not in (Writing.REFUSED, Writing.FAILED):
        return
    sound = sound_of(session, recording)
    heard = sound is None or sound.is_heard
    row.state, row.share = (Writing.WAITING if heard else Writing.REFUSED), 0.0
    row.problem, row.asked_at = None, now
    if heard:
        params = {"recording": recording, "language": language, "customer": customer_id}
        enqueue(session, JOB, now, f"{recording}:{language}", params)


def ask_transcript(
    store: Store, who: Who, recording: str, language: Language, customer_id: int | None = None
) -> None:
    """Ask for a kept recording's transcript: in another language, or once more after a failure.

    Raises:
        NotAllowed: this role records nothing.
    """
    if not decide(who, Permission.RECORD_ACTIONS).allowed:
        raise NotAllowed(permission=Permission.RECORD_ACTIONS)
    with store.writing() as session:
        ask(session, store.clock(), recording, language, customer_id)


def _blank(known: dict[str, object]) -> dict[str, object]:
    return {"state": str(Writing.WAITING), "share": 0.0, "text": ""} | known
