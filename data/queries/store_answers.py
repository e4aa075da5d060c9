"""What the audit tells of a store's request: earlier answers, and what it was taken out of (C6)."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from data.schema import Audit, Person

_COMMAND, _SEPARATE = "store_request.answer", "store_request.separate"


@dataclass(frozen=True, slots=True)
class EarlierVerdict:
    """An answer that stands no more: until when, and who replaced it."""

    at: datetime
    by: str | None
    outcome: str
    reply: str
    planned_on: date | None


@dataclass(frozen=True, slots=True)
class Separated:
    """That a request had been made part of another by mistake: by whom it was taken out, when and why."""

    at: datetime
    by: str | None
    words: str
    reason: str


def earlier_verdicts(session: Session, request_id: int) -> tuple[EarlierVerdict, ...]:
    """What a request was answered before the answer that stands, the oldest first."""
    query = (
        select(Audit.at, Person.name, Audit.before)
        .outerjoin(Person, Person.id == Audit.actor_id)
        .where(*_answers(request_id), Audit.before.is_not(None))
        .order_by(Audit.id)
    )
    return tuple(
        EarlierVerdict(at, by, was["outcome"], was["reply"], _day(was["planned_on"]))
        for at, by, was in session.execute(query)
        if was is not None
    )


def times_answered(session: Session, request_id: int) -> int:
    """How often a request was answered."""
    return session.scalar(select(func.count()).select_from(Audit).where(*_answers(request_id))) or 0


def separated(session: Session, request_id: int) -> Separated | None:
    """How a request was taken out of another last; None where it never was."""
    query = (
        select(Audit.at, Person.name, Audit.after)
        .outerjoin(Person, Person.id == Audit.actor_id)
        .where(*_done(_SEPARATE, request_id))
        .order_by(Audit.id.desc())
        .limit(1)
    )
    for at, by, said in session.execute(query):
        return Separated(at, by, said["words"], said["reason"]) if said else None
    return None


def _answers(request_id: int) -> tuple[ColumnElement[bool], ...]:
    return _done(_COMMAND, request_id)


def _done(command: str, request_id: int) -> tuple[ColumnElement[bool], ...]:
    return Audit.entity == "store_request", Audit.entity_id == request_id, Audit.command == command


def _day(said: str | None) -> date | None:
    return date.fromisoformat(said) if said else None
