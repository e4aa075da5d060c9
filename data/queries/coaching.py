"""Coaching tasks as people see them: whose, why, in whose hands, and what was said."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session, aliased

from core.access import Permission, Who, reach
from core.terms import Role
from data.once import recalled
from data.queries.scope import owned
from data.queries.talks import reps
from data.schema import (
    AttributionFinding,
    CoachingNote,
    CoachingTask,
    Customer,
    ForecastRun,
    Opportunity,
    Person,
)

CLOSED_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Note:
    """What was said, by whom; None for the operator."""

    note: str
    person: str | None
    noted_at: datetime


@dataclass(frozen=True, slots=True)
class Found:
    """The deviation of a month that asks for coaching, as it was decided.

    Attributes:
        customer: its name; "" where the opportunity has none.
        cause, note: what was decided, for those who coach; "" for others, the rep among them.
        by: who decided it; None for the operator.
    """

    customer: str
    opportunity: str
    month: date
    forecast: Decimal
    actual: Decimal
    currency: str
    cause: str
    note: str
    by: str | None
    decided_at: datetime


@dataclass(frozen=True, slots=True)
class Coaching:
    """One task.

    Attributes:
        figures: the months that opened it, as they stood then; JSON values.
        finding: the finding of the attribution that opened it; None where months did.
        may_handle: whether this person may hand it on, note and end it.
        talks: whether this person has a page for the talk with the rep: not with one who left, say.
    """

    id: int
    rep_id: int
    rep: str
    owner: str | None
    due_on: date
    opened_at: datetime
    closed_at: datetime | None
    outcome: str
    figures: tuple[dict[str, Any], ...]
    finding: Found | None
    may_handle: bool
    talks: bool
    notes: tuple[Note, ...]


@recalled
def coaching_tasks(session: Session, who: Who) -> tuple[Coaching, ...]:
    """Open tasks within reach or in one's hands, the earliest due first, then the latest ended ones.

    A rep sees their own.
    """
    opened = select(CoachingTask).where(_within(who), CoachingTask.closed_at.is_(None))
    ended = select(CoachingTask).where(_within(who), CoachingTask.closed_at.is_not(None))
    tasks = list(session.scalars(opened.order_by(CoachingTask.due_on, CoachingTask.id)))
    tasks += session.scalars(ended.order_by(CoachingTask.closed_at.desc()).limit(CLOSED_SHOWN))
    people = {task.rep_id for task in tasks} | {task.owner_id for task in tasks}
    names = dict(session.execute(select(Person.id, Person.name).where(Person.id.in_(people))).all())
    notes = _notes(session, [task.id for task in tasks])
    leads = reach(who, Permission.COACH) is not None
    found = _found(session, [task for task in tasks if task.finding_id])
    talked = {rep.id for rep in reps(session, who)} if tasks else set()
    return tuple(
        Coaching(
            task.id,
            task.rep_id,
            names[task.rep_id],
            names.get(task.owner_id or 0),
            task.due_on,
            task.opened_at,
            task.closed_at,
            task.outcome,
            tuple(task.figures),
            _for(who, task, found.get(task.finding_id or 0), leads),
            leads and task.closed_at is None and task.rep_id != who.person_id,
            task.rep_id in talked,
            notes.get(task.id, ()),
        )
        for task in tasks
    )


def _for(who: Who, task: CoachingTask, found: Found | None, leads: bool) -> Found | None:
    """What was decided of a rep is read by those who coach, not by the rep."""
    if found is None or (leads and task.rep_id != who.person_id):
        return found
    return replace(found, cause="", note="", by=None)


def _found(session: Session, tasks: Sequence[CoachingTask]) -> dict[int, Found]:
    """By id, the findings of these tasks."""
    f, by = AttributionFinding, aliased(Person)
    query = (
        select(f, Opportunity.name, Customer.name, ForecastRun.starts_on, ForecastRun.currency, by.name)
        .join(Opportunity, Opportunity.id == f.opportunity_id)
        .outerjoin(Customer, Customer.id == Opportunity.customer_id)
        .join(ForecastRun, ForecastRun.id == f.run_id)
        .outerjoin(by, by.id == f.decided_by_id)
        .where(f.id.in_([task.finding_id for task in tasks]))
    )
    return {
        row.id: Found(
            customer or "", name, month, row.forecast, row.actual, currency or "",
            row.cause, row.note, person, row.decided_at,
        )
        for row, name, customer, month, currency, person in (session.execute(query) if tasks else ())
    }  # fmt: skip


def coaches(session: Session, who: Who) -> tuple[tuple[int, str], ...]:
    """(id, name) of those into whose hands a task may be given: managers and directors, by name."""
    if reach(who, Permission.COACH) is None:
        return ()
    leads = Person.role.in_((Role.MANAGER, Role.DIRECTOR))
    query = select(Person.id, Person.name).where(leads, Person.active).order_by(Person.name)
    return tuple(session.execute(query))


def _within(who: Who) -> ColumnElement[bool]:
    mine = CoachingTask.owner_id == who.person_id
    return or_(owned(who, Permission.SEE_FORECAST_HEALTH, CoachingTask.rep_id), mine)


def _notes(session: Session, tasks: list[int]) -> dict[int, tuple[Note, ...]]:
    by = aliased(Person)
    query = (
        select(CoachingNote, by.name)
        .outerjoin(by, by.id == CoachingNote.person_id)
        .where(CoachingNote.task_id.in_(tasks))
        .order_by(CoachingNote.noted_at, CoachingNote.id)
    )
    found: dict[int, tuple[Note, ...]] = {}
    for row, name in session.execute(query):
        found[row.task_id] = (*found.get(row.task_id, ()), Note(row.note, name, row.noted_at))
    return found
