"""Every week after the training: has the world moved away from what the model learnt? (B7)

Features and chances of today's open opportunities are held against those that the model in use was trained
on, and the wins of whole months against what was expected of them. Directors are told, once for each cause.
"""

from collections.abc import Iterable
from datetime import datetime, time

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.forecast.drift import LEVEL
from core.notices import Notice
from core.terms import Role
from data.commands.outbox import post
from data.engine import Store
from data.jobs.forecast import used_pipelines
from data.jobs.registry import Run, job
from data.jobs.times import latest_due, next_due
from data.queries.drift import Moved, moved, whole_months
from data.queries.policies import company_zone
from data.schema import Person

NAME = "watch_drift"
AT = time(5)
SUNDAY = {6}


def due(session: Session, now: datetime) -> list[tuple[datetime, str]]:
    """The latest Sunday morning, for each pipeline that has any history."""
    zone = company_zone(session)
    times = latest_due(AT, zone, now, weekdays=SUNDAY)
    return [(at, key) for at in times for key in used_pipelines(session)]


def coming(session: Session, now: datetime) -> datetime:
    """The next Sunday morning."""
    return next_due(AT, company_zone(session), now, lambda day: day.weekday() in SUNDAY)


@job(NAME, slow=True)
def watch_drift(store: Store, run: Run) -> None:
    """Look, and tell the directors what has moved."""
    with store.reading(fresh=True) as session:
        found = moved(session, run.key, run.due_at)
        months = whole_months(session, run.key, run.due_at)
    causes = [(f"model:{m.version}:{m.name}", "drift", _moved(run.key, m)) for m in found if m.index > LEVEL]
    causes += [
        (
            f"month:{m.starts_on}",
            "drift_wins",
            {
                "pipeline": run.key,
                "month": f"{m.starts_on:%Y-%m}",
                "won": m.found.won,
                "expected": round(m.found.expected),
                "of": m.found.n,
            },
        )
        for m in months
        if m.found.beyond_chance
    ]
    with store.writing() as session:
        post(session, store.clock(), _notices(session, run.key, causes))


def _moved(pipeline: str, found: Moved) -> dict[str, object]:
    return {"pipeline": pipeline, "factor": found.name, "index": round(found.index, 2)}


def _notices(
    session: Session, pipeline: str, causes: Iterable[tuple[str, str, dict[str, object]]]
) -> list[Notice]:
    directors = session.scalars(select(Person.id).where(Person.role == Role.DIRECTOR, Person.active)).all()
    link = {"pipeline": pipeline, "look": "record"}
    return [
        Notice(person, kind, f"drift:{pipeline}:{cause}", params, "replay", link)
        for cause, kind, params in causes
        for person in directors
    ]
