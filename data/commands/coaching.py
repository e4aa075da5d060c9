"""Coaching: opened once per cause, handed on, noted, and ended with what came of it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from core.access import Permission
from core.forecast.coaching import Cause, causes, of_pipeline
from core.forecast.health import Figures
from core.messages import Invalid, NotFound, Problem
from core.notices import Notice
from core.policies import Policy
from core.rounding import half_up
from core.terms import Role
from data.commands.command import Tx, command
from data.commands.outbox import post
from data.jsontext import to_json
from data.queries.policies import company_day
from data.queries.scope import owned
from data.schema import CoachingNote, CoachingTask, Person
from data.upsert import insert_new


def open_for_deviation(
    session: Session, now: datetime, policy: Policy, pipeline: str, months: Mapping[int, Sequence[Figures]]
) -> int:
    """Open a task for each rep's row of months over the limit, once per row; returns how many were new.

    A row of which a month already led to a task of the same pipeline is not told again, also when figures
    corrected since have moved its beginning. Who has left is coached no more.

    Args:
        pipeline: its key.
        months: its ended months by rep.
    """
    told = _months_told(session, pipeline)
    here = session.scalars(select(Person.id).where(Person.id.in_(months), Person.active).order_by(Person.id))
    found = [
        (rep, cause)
        for rep in here
        for cause in causes(months[rep], policy)
        if not {m.month.isoformat() for m in cause.months} & told.get(rep, set())
    ]
    owners = _owners(session, [rep for rep, _ in found])
    due = company_day(session, now) + timedelta(days=policy.coaching_days)
    rows = [_task(cause.key(pipeline, rep), cause, rep, owners.get(rep), now, due) for rep, cause in found]
    return open_tasks(session, now, rows, policy)


def open_tasks(session: Session, now: datetime, rows: Sequence[dict[str, Any]], policy: Policy) -> int:
    """Write tasks whose cause is new, and tell their owners."""
    ids = insert_new(session, CoachingTask, rows, CoachingTask.cause) if rows else []
    tasks = session.scalars(select(CoachingTask).where(CoachingTask.id.in_(ids))).all()
    post(session, now, _opened(session, tasks, policy))
    return len(ids)


def _months_told(session: Session, pipeline: str) -> dict[int, set[str]]:
    query = select(CoachingTask.rep_id, CoachingTask.figures).where(
        CoachingTask.cause.startswith(of_pipeline(pipeline), autoescape=True)
    )
    told: dict[int, set[str]] = {}
    for rep, figures in session.execute(query):
        told.setdefault(rep, set()).update(m["month"] for m in figures)
    return told


def _owners(session: Session, reps: Sequence[int]) -> dict[int, int | None]:
    """Each rep's manager; a director where their team has none."""
    rep, manager = aliased(Person), aliased(Person)
    leads = (manager.role == Role.MANAGER) & (manager.team_id == rep.team_id) & manager.active
    query = select(rep.id, manager.id).outerjoin(manager, leads & (manager.id != rep.id))
    found: dict[int, int | None] = {}
    for rep_id, manager_id in session.execute(query.where(rep.id.in_(reps)).order_by(manager.id)):
        found.setdefault(rep_id, manager_id)
    director = session.scalar(
        select(Person.id).where(Person.role == Role.DIRECTOR, Person.active).order_by(Person.id).limit(1)
    )
    return {rep_id: manager_id or director for rep_id, manager_id in found.items()}


def owner_of(session: Session, rep_id: int) -> int | None:
    """Who coaches a rep unless somebody else is named."""
    return _owners(session, [rep_id]).get(rep_id)


def _task(key: str, cause: Cause, rep: int, owner: int | None, now: datetime, due: date) -> dict[str, Any]:
    return {
        "cause": key,
        "rep_id": rep,
        "owner_id": owner,
        "figures": [to_json(_figures(m)) for m in cause.months],
        "due_on": due,
        "opened_at": now,
        "outcome": "",
    }


def _figures(month: Figures) -> dict[str, Any]:
    return {
        "month": month.month,
        "forecast": month.forecast,
        "actual": month.actual,
        "deviation": month.deviation,
        "lines": month.lines,
        "verdict": month.verdict,
    }


def _opened(session: Session, tasks: Iterable[CoachingTask], policy: Policy) -> Iterable[Notice]:
    names = dict(session.execute(select(Person.id, Person.name)).all()) if tasks else {}
    for task in tasks:
        if task.owner_id is not None:
            about = {"rep": names.get(task.rep_id, ""), "months": len(task.figures)}
            about |= {"limit": int(100 * half_up(policy.deviation_limit, 2)), "due": task.due_on}
            kind = "coaching_deviation" if task.finding_id is None else "coaching_finding"
            yield Notice(task.owner_id, kind, f"coaching:{task.cause}", about, *_place(task.id))


def _place(task_id: int) -> tuple[str, dict[str, str | int]]:
    return "forecast_health", {"task": task_id}


@command("coaching.assign", needs=Permission.COACH)
def assign_coaching(tx: Tx, task_id: int, person_id: int, due_on: date) -> int:
    """Put a coaching task into somebody's hands, until a day; they are told.

    Raises:
        NotFound: no such open task within reach.
        Invalid: the person leads nobody, is the rep, or is gone; or the day has passed.
    """
    task = _reached(tx, task_id)
    leads = select(Person.id).where(
        Person.id == person_id, Person.active, Person.role.in_((Role.MANAGER, Role.DIRECTOR))
    )
    if tx.session.scalar(leads) is None or person_id == task.rep_id:
        raise Invalid([Problem("person", "unknown_person")])
    if due_on < company_day(tx.session, tx.now):
        raise Invalid([Problem("due_on", "not_in_future")])
    before = {"owner_id": task.owner_id, "due_on": task.due_on}
    task.owner_id, task.due_on = person_id, due_on
    tx.audit("coaching", task.id, to_json(before), to_json({"owner_id": person_id, "due_on": due_on}))
    if person_id != tx.who.person_id:
        rep = tx.session.get_one(Person, task.rep_id).name
        key = f"coaching_assigned:{task.id}:{tx.now.isoformat()}"
        about = {"rep": rep, "by": tx.who.name, "due": due_on}
        post(tx.session, tx.now, [Notice(person_id, "coaching_assigned", key, about, *_place(task.id))])
    return task.id


@command("coaching.note", needs=Permission.COACH)
def note_coaching(tx: Tx, task_id: int, note: str) -> int:
    """Add what was said or agreed.

    Raises:
        NotFound: no such open task within reach.
        Invalid: no note.
    """
    task = _reached(tx, task_id)
    row = CoachingNote(task_id=task.id, person_id=tx.who.person_id, note=_said(note), noted_at=tx.now)
    tx.session.add(row)
    tx.audit("coaching", task.id, None, {"note": row.note})
    return task.id


@command("coaching.close", needs=Permission.COACH)
def close_coaching(tx: Tx, task_id: int, outcome: str) -> int:
    """End a coaching task with what came of it; its cause never opens it again.

    Raises:
        NotFound: no such open task within reach.
        Invalid: no outcome.
    """
    task = _reached(tx, task_id)
    task.closed_at, task.outcome = tx.now, _said(outcome)
    tx.audit("coaching", task.id, {"closed_at": None}, to_json({"closed_at": tx.now, "note": task.outcome}))
    return task.id


def _said(words: str) -> str:
    if not words.strip():
        raise Invalid([Problem("note", "reason_required")])
    return words.strip()


def _reached(tx: Tx, task_id: int) -> CoachingTask:
    """An open task of somebody within reach, or in one's own hands; nobody coaches themselves."""
    within = owned(tx.who, Permission.COACH, CoachingTask.rep_id)
    query = (
        select(CoachingTask)
        .where(CoachingTask.id == task_id, CoachingTask.closed_at.is_(None))
        .where(within | (CoachingTask.owner_id == tx.who.person_id))
        .where(CoachingTask.rep_id.is_distinct_from(tx.who.person_id))
        .with_for_update()
    )
    task = tx.session.scalar(query)
    if task is None:
        raise NotFound(entity="coaching")
    return task
