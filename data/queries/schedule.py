"""The schedule (C3): features that customers within reach wait for, by planned date, and all their dates."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.access import Who
from core.messages import NotFound
from core.promises.acceptance import Spread, on_plan, spread
from data.once import recalled
from data.queries.feature_holders import Holder, holders
from data.queries.policies import company_day
from data.queries.promises import latest
from data.schema import Feature, Person, PlannedDate


@dataclass(frozen=True, slots=True)
class DateChange:
    """One date of a history; `day` None took it off the plan."""

    day: date | None
    reason: str
    person: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Planned:
    """A feature of the schedule.

    Attributes:
        holders: customers within reach that asked for it or were promised it.
        moves: times that its date was changed.
    """

    id: int
    name: str
    deliverable: str
    reference: str
    planned_on: date | None
    holders: tuple[Holder, ...]
    moves: int

    @property
    def waiting(self) -> tuple[str, ...]:
        """The customers that wait for its day."""
        return tuple(one.customer for one in self.holders if on_plan(one.seen))

    @property
    def spread(self) -> Spread:
        """With how many of its customers it is."""
        return spread([one.seen for one in self.holders])


@dataclass(frozen=True, slots=True)
class FeatureFile:
    """A feature with every date that it had, oldest first."""

    planned: Planned
    dates: tuple[DateChange, ...]


@recalled
def schedule(session: Session, who: Who, now: datetime, *, earlier: bool) -> list[Planned]:
    """Features that customers within reach asked for, by planned date; those without one end the list.

    Args:
        earlier: whether those whose day is over, or that all have confirmed, are shown too.
    """
    planned = latest(PlannedDate.feature_id, PlannedDate.planned_on, PlannedDate.recorded_at, now)
    found = holders(session, who, now)
    moves = (
        select(PlannedDate.feature_id.label("feature"), (func.count() - 1).label("n"))
        .where(PlannedDate.feature_id.in_(list(found)))
        .group_by(PlannedDate.feature_id)
        .subquery()
    )
    query = (
        select(Feature.id, Feature.name, Feature.deliverable, Feature.reference, planned.c.day, moves.c.n)
        .outerjoin(planned, planned.c.owner == Feature.id)
        .outerjoin(moves, moves.c.feature == Feature.id)
        .where(Feature.id.in_(list(found)))
    )
    today = company_day(session, now)
    rows = [
        Planned(i, name, deliverable, reference, day, found[i], n or 0)
        for i, name, deliverable, reference, day, n in session.execute(query)
        if earlier or day is None or day >= today
    ]
    if not earlier:
        rows = [row for row in rows if row.spread is not Spread.CONFIRMED]
    return sorted(rows, key=lambda row: (row.planned_on or date.max, row.id))


def feature_file(session: Session, who: Who, feature_id: int, now: datetime) -> FeatureFile:
    """One feature of the schedule with its dates.

    Raises:
        NotFound: no customer within reach waits for it.
    """
    for row in schedule(session, who, now, earlier=True):
        if row.id == feature_id:
            return FeatureFile(row, planned_dates(session, feature_id))
    raise NotFound(entity="feature")


def planned_dates(session: Session, feature_id: int) -> tuple[DateChange, ...]:
    """Every date that a feature was planned for, oldest first."""
    history = (
        select(PlannedDate.planned_on, PlannedDate.reason, Person.name, PlannedDate.recorded_at)
        .outerjoin(Person, Person.id == PlannedDate.person_id)
        .where(PlannedDate.feature_id == feature_id)
        .order_by(PlannedDate.id)
    )
    return tuple(DateChange(*row) for row in session.execute(history))
