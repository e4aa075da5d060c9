"""What was said in a recording, written down in the background (PRODUCT.md A2).

Nothing waits for it: a record is submitted with or without its transcript. Each write is a transaction of
its own, so that nobody waits while the model works.
"""

import logging
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from core.messages import Unavailable
from core.process.recordings import Writing, suspicion
from data import speech
from data.commands.outbox import post
from data.commands.transcripts import JOB
from data.engine import Store
from data.files import file_path
from data.jobs.registry import Run, job
from data.jobs.runner import to_admins
from data.schema import Contact, Customer, Transcript
from data.speech import SpeechRefused

MOST_HINTS = 40  # names; models read about two hundred tokens of them
TOLD_SHARE = 0.02  # of the recording, between two words on how far it is
_log = logging.getLogger(__name__)


def _given_up(session: Session, params: Mapping[str, Any]) -> None:
    session.execute(_mine(params).values(state=Writing.FAILED))


@job(JOB, slow=True, given_up=_given_up)
def transcribe(store: Store, run: Run) -> None:
    """Write one recording down. A run that was killed at its very end finds it done."""
    hints = _begin(store, run.params)
    if hints is None:
        return
    try:
        path = file_path(store, run.params["recording"])
        adapter = speech.transcriber()
        if adapter is None or not path.is_file():
            raise SpeechRefused("FIREBREAK_SPEECH is not set" if adapter is None else f"{path} is not there")
        written = adapter.transcribe(path, run.params["language"], hints, _teller(store, run))
    except SpeechRefused as refusal:
        _refuse(store, run.params, str(refusal))
    except Exception:
        _write(store, run.params, state=Writing.WAITING)
        raise
    else:
        text = _storable(written.text)
        over = {"state": Writing.DONE, "share": 1.0, "finished_at": store.clock()}
        _write(store, run.params, text=text, model=written.model, problem=suspicion(text, hints), **over)


def _begin(store: Store, params: Mapping[str, Any]) -> list[str] | None:
    """The names that are likely to be said; None where nothing is left to do."""
    with store.writing() as session:
        row = session.scalar(
            select(Transcript).where(
                Transcript.recording == params["recording"], Transcript.language == params["language"]
            )
        )
        if row is None or Writing(row.state).is_over:
            return None
        row.state, row.share, row.problem = Writing.WORKING, 0.0, None
        return _names(session, params.get("customer"))


def _names(session: Session, customer_id: int | None) -> list[str]:
    contacts = select(Contact.name).where(Contact.customer_id == customer_id).order_by(Contact.id)
    names = session.scalars(select(Customer.name).where(Customer.id == customer_id)).all()
    return [*names, *session.scalars(contacts.limit(MOST_HINTS))]


def _teller(store: Store, run: Run) -> Callable[[float], None]:
    """Tells how far it is, now and then; that it could not be told is no reason to stop."""
    last = 0.0

    def told(share: float) -> None:
        nonlocal last
        if share - last < TOLD_SHARE:
            return
        last = share
        try:
            _write(store, run.params, share=share)
            run.say(f"{share:.0%}")
        except (SQLAlchemyError, Unavailable):
            _log.warning("how far %s is was not told", run.key, exc_info=True)

    return told


def _storable(text: str) -> str:
    """Without what PostgreSQL's text cannot hold."""
    return text.replace("\x00", "").encode("utf-8", "ignore").decode()


def _refuse(store: Store, params: Mapping[str, Any], why: str) -> None:
    """Another try is useless; the administrators are told, once a day for a reason."""
    now = store.clock()
    _log.warning("a recording was not transcribed: %s", why)
    with store.writing() as session:
        session.execute(_mine(params).values(state=Writing.REFUSED, problem=why, finished_at=now))
        key = f"speech_refused:{now.date()}:{why}"
        post(session, now, to_admins(session, "speech_refused", key, {"error": why}))


def _write(store: Store, params: Mapping[str, Any], **values: Any) -> None:
    with store.writing() as session:
        session.execute(_mine(params).values(values))


def _mine(params: Mapping[str, Any]) -> Any:
    return update(Transcript).where(
        Transcript.recording == params["recording"], Transcript.language == params["language"]
    )
