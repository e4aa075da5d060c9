"""Answers that stores were given before the one that stands (C6)."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from data.schema import Audit, Person

_COMMAND = "store_request.answer"


@dataclass(frozen=True, slots=True)
class EarlierVerdict:
    """An answer that stands no more: until when, and who replaced it."""

    at: datetime
    by: str | None
    outcome: str
    reply: str
    planned_on: date | None


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


def _answers(request_id: int) -> tuple[ColumnElement[bool], ...]:
    about = Audit.entity == "store_request", Audit.entity_id == request_id
    return *about, Audit.command == _COMMAND


def _day(said: str | None) -> date | None:
    return date.fromisoformat(said) if said else None
