"""The schedule (C3): features by planned date, for those whose customers wait for them or who plan them."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select, true
from sqlalchemy.orm import Session

from core.access import Permission, Who, reach
from core.messages import NotFound
from core.promises.acceptance import Spread, on_plan, spread
from data.once import recalled
from data.queries.feature_holders import Holder, holders
from data.queries.policies import company_day
from data.queries.promises import latest
from data.schema import Feature, Person, PlannedDate


@dataclass(frozen=True, slots=True)
class DateChange:
    """One date of a history; `day` None took it off the plan; `feature`: whose, where that is not plain."""

    day: date | None
    reason: str
    person: str | None
    at: datetime
    feature: str | None = None


@dataclass(frozen=True, slots=True)
class Planned:
    """A feature of the schedule.

    Attributes:
        holders: customers within reach that asked for it or were promised it; none where nobody waits for it.
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

    Whoever plans them sees those too that nobody waits for any more.

    Args:
        earlier: whether those whose day is over, that all have confirmed, or that are off the plan without
            anybody who waits for them, are shown too.
    """
    planned = latest(PlannedDate.feature_id, PlannedDate.planned_on, PlannedDate.recorded_at, now)
    found = holders(session, who, now)
    plans = reach(who, Permission.ANSWER_DEMANDS) is not None
    shown = true() if plans else Feature.id.in_(list(found))
    moves = (
        select(PlannedDate.feature_id.label("feature"), (func.count() - 1).label("n"))
        .group_by(PlannedDate.feature_id)
        .subquery()
    )
    query = (
        select(Feature.id, Feature.name, Feature.deliverable, Feature.reference, planned.c.day, moves.c.n)
        .outerjoin(planned, planned.c.owner == Feature.id)
        .outerjoin(moves, moves.c.feature == Feature.id)
        .where(shown)
    )
    today = company_day(session, now)
    rows = [
        Planned(i, name, deliverable, reference, day, found.get(i, ()), n or 0)
        for i, name, deliverable, reference, day, n in session.execute(query)
    ]
    if not earlier:
        rows = [row for row in rows if _to_come(row, today)]
    return sorted(rows, key=lambda row: (row.planned_on or date.max, row.id))


def _to_come(row: Planned, today: date) -> bool:
    """Whether its day lies ahead, or is still to be named for somebody, and not all have confirmed it."""
    if row.planned_on is None:
        return row.spread not in (Spread.NOBODY, Spread.CONFIRMED)
    return row.planned_on >= today and row.spread is not Spread.CONFIRMED


def feature_file(session: Session, who: Who, feature_id: int, now: datetime) -> FeatureFile:
    """One feature of the schedule with its dates.

    Raises:
        NotFound: there is none on the schedule of this person.
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
