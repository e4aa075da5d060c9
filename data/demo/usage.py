"""How long the demo company's reps reported: some minutes for each record that they made, by day.

A browser would have told it while they did; it is put down as it would have been kept.
"""

from collections import defaultdict
from datetime import date, datetime, timedelta
from random import Random

from sqlalchemy import select

from core.terms import Role
from data.demo.calendar import SHANGHAI
from data.engine import Store
from data.schema import Audit, Person, UsageDay

DAYS = 120  # back from today
_SECONDS = (240, 600)  # at work for one record
_REPORTS = ("action.record", "demand.file", "interaction.record")


def report(store: Store, now: datetime, seed: int) -> None:
    """Put down the time of every rep and day with a record."""
    rng, spent = Random(seed), defaultdict[tuple[int, date], int](int)
    query = (
        select(Person.id, Audit.at)
        .join(Person, Person.id == Audit.actor_id)
        .where(Person.role == Role.REP, Audit.command.in_(_REPORTS), Audit.at >= now - timedelta(days=DAYS))
        .order_by(Audit.id)
    )
    with store.writing() as session:
        latest: dict[tuple[int, date], datetime] = {}
        for person_id, at in session.execute(query):
            key = person_id, at.astimezone(SHANGHAI).date()
            spent[key] += rng.randint(*_SECONDS)
            latest[key] = at
        session.add_all(
            UsageDay(person_id=person_id, day=day, seconds=seconds, latest_at=latest[person_id, day])
            for (person_id, day), seconds in spent.items()
        )
