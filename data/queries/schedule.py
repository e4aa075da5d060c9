"""The schedule (C3): features that customers within reach wait for, by planned date, and all their dates."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.access import Permission, Who
from core.messages import NotFound
from data.once import recalled
from data.queries.policies import company_day
from data.queries.promises import latest
from data.queries.scope import customers
from data.schema import Customer, Demand, Feature, Person, PlannedDate, Promise


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
        customers: within reach, that asked for it or were promised it.
        moves: times that its date was changed.
    """

    id: int
    name: str
    deliverable: str
    reference: str
    planned_on: date | None
    customers: tuple[str, ...]
    moves: int


@dataclass(frozen=True, slots=True)
class FeatureFile:
    """A feature with every date that it had, oldest first."""

    planned: Planned
    dates: tuple[DateChange, ...]


@recalled
def schedule(session: Session, who: Who, now: datetime, *, earlier: bool) -> list[Planned]:
    """Features that customers within reach wait for, by planned date; those without one end the list.

    Args:
        earlier: whether those whose day is over are shown too.
    """
    planned = latest(PlannedDate.feature_id, PlannedDate.planned_on, PlannedDate.recorded_at, now)
    names = _waiting_for(session, who)
    moves = (
        select(PlannedDate.feature_id.label("feature"), (func.count() - 1).label("n"))
        .where(PlannedDate.feature_id.in_(list(names)))
        .group_by(PlannedDate.feature_id)
        .subquery()
    )
    query = (
        select(Feature.id, Feature.name, Feature.deliverable, Feature.reference, planned.c.day, moves.c.n)
        .outerjoin(planned, planned.c.owner == Feature.id)
        .outerjoin(moves, moves.c.feature == Feature.id)
        .where(Feature.id.in_(list(names)))
    )
    today = company_day(session, now)
    rows = [
        Planned(i, name, deliverable, reference, day, tuple(sorted(names[i])), n or 0)
        for i, name, deliverable, reference, day, n in session.execute(query)
        if earlier or day is None or day >= today
    ]
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


def _waiting_for(session: Session, who: Who) -> dict[int, set[str]]:
    """By feature, the customers within reach that asked for it or were promised it."""
    within = customers(who, Permission.SEE_PROMISES)
    asked = select(Demand.feature_id, Customer.name).join(Customer, Customer.id == Demand.customer_id)
    told = select(Promise.feature_id, Customer.name).join(Customer, Customer.id == Promise.customer_id)
    found: dict[int, set[str]] = defaultdict(set)
    for query in (asked, told):
        for feature_id, name in session.execute(query.where(within)):
            if feature_id is not None:
                found[feature_id].add(name)
    return found
