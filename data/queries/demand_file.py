"""One demand in full, and the features that could answer it (C1, C2)."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from core.access import Permission, Who, reach
from core.messages import NotFound
from core.promises.acceptance import Spread, spread
from core.promises.taking_back import hindrance
from data.queries.demands import DemandRow, demands_within, rows_of
from data.queries.feature_holders import holders
from data.queries.promises import latest
from data.queries.taken_back import TakenBack, entered_demand, handed_over, taken_back
from data.schema import (
    Contact,
    Demand,
    DemandPause,
    EarlierAnswer,
    Feature,
    Opportunity,
    Person,
    PlannedDate,
)

MOST_FEATURES = 200


@dataclass(frozen=True, slots=True)
class DemandPauseRow:
    """A time that the clock stood still; `answer` is what the customer answered, passed on by `by`."""

    reason: str
    started_at: datetime
    ended_at: datetime | None
    answer: str | None
    by: str | None


@dataclass(frozen=True, slots=True)
class Ended:
    """An answer that stands no more: a feature, or why it was declined; `reason` is why it was given anew.

    Attributes:
        path, resources, deliverable, reference: what was said of the feature; None of one that declined.
        reply: what the customer could be told of a decline.
    """

    feature_id: int | None
    feature: str | None
    declined_for: str | None
    reason: str
    by: str | None
    at: datetime
    path: str | None
    resources: str | None
    deliverable: str | None
    reference: str | None
    reply: str | None


@dataclass(frozen=True, slots=True)
class FeatureChoice:
    """A feature that may answer another demand too.

    Attributes:
        path, resources: as the newest demand that it answers was told; empty where none is.
        spread: with how many of its customers it is.
    """

    id: int
    name: str
    deliverable: str
    reference: str
    planned_on: date | None
    path: str
    resources: str
    spread: Spread


@dataclass(frozen=True, slots=True)
class DemandFile:
    """One demand in full.

    Attributes:
        path, resources, deliverable, reference: product's answer; None before it.
        earlier: answers that stand no more, oldest first.
        handed_over: whether something was marked ready for the customer, so that the answer stands.
        taken_back: by whom, when and why, where it was filed by mistake.
        may_take_back: whether who looks at it may do so now.
    """

    row: DemandRow
    contact: str | None
    opportunity: str | None
    pauses: tuple[DemandPauseRow, ...]
    path: str | None
    resources: str | None
    deliverable: str | None
    reference: str | None
    earlier: tuple[Ended, ...]
    handed_over: bool
    taken_back: TakenBack | None
    may_take_back: bool


def demand_file(session: Session, who: Who, demand_id: int, now: datetime) -> DemandFile:
    """One demand.

    Raises:
        NotFound: there is none within reach.
    """
    rows = rows_of(session, demands_within(who, Demand.id == demand_id, taken_back=None), now)
    if not rows:
        raise NotFound(entity="demand")
    more = session.execute(
        select(
            Contact.name, Opportunity.name, Demand.path, Demand.resources, Feature.deliverable,
            Feature.reference,
        )
        .select_from(Demand)
        .outerjoin(Contact, Contact.id == Demand.contact_id)
        .outerjoin(Opportunity, Opportunity.id == Demand.opportunity_id)
        .outerjoin(Feature, Feature.id == Demand.feature_id)
        .where(Demand.id == demand_id)
    ).one()  # fmt: skip
    stood = (
        select(
            DemandPause.reason, DemandPause.started_at, DemandPause.ended_at, DemandPause.answer, Person.name
        )
        .outerjoin(Person, Person.id == DemandPause.answered_by)
        .where(DemandPause.demand_id == demand_id)
        .order_by(DemandPause.started_at)
    )
    pauses = tuple(DemandPauseRow(*row) for row in session.execute(stood))
    contact, opportunity, path, resources, deliverable, reference = more
    kept = session.get_one(Demand, demand_id)
    may = hindrance(entered_demand(session, kept), who, Permission.FILE_DEMANDS) is None
    return DemandFile(
        rows[0], contact, opportunity, pauses, path, resources, deliverable, reference,
        _earlier(session, demand_id), handed_over(session, demand_id), taken_back(session, kept), may,
    )  # fmt: skip


def _earlier(session: Session, demand_id: int) -> tuple[Ended, ...]:
    query = (
        select(
            EarlierAnswer.feature_id,
            Feature.name,
            EarlierAnswer.declined_for,
            EarlierAnswer.reason,
            Person.name,
            EarlierAnswer.ended_at,
            EarlierAnswer.path,
            EarlierAnswer.resources,
            Feature.deliverable,
            Feature.reference,
            EarlierAnswer.reply,
        )
        .outerjoin(Feature, Feature.id == EarlierAnswer.feature_id)
        .outerjoin(Person, Person.id == EarlierAnswer.person_id)
        .where(EarlierAnswer.demand_id == demand_id)
        .order_by(EarlierAnswer.id)
    )
    return tuple(Ended(*row) for row in session.execute(query))


def feature_choices(session: Session, who: Who, now: datetime) -> dict[int, FeatureChoice]:
    """Features that are planned already and may answer another demand too, newest first."""
    if reach(who, Permission.ANSWER_DEMANDS) is None:
        return {}
    planned = latest(PlannedDate.feature_id, PlannedDate.planned_on, PlannedDate.recorded_at, now)
    other = aliased(Demand)
    answers = select(func.max(other.id)).where(other.feature_id == Feature.id).scalar_subquery()
    told = func.coalesce(Demand.path, ""), func.coalesce(Demand.resources, "")
    newest = (
        select(Feature, planned.c.day, *told)
        .outerjoin(planned, planned.c.owner == Feature.id)
        .outerjoin(Demand, Demand.id == answers)
        .order_by(Feature.id.desc())
        .limit(MOST_FEATURES)
    )
    found = session.execute(newest).all()
    with_customers = holders(session, who, now, [f.id for f, *_ in found])
    return {
        f.id: FeatureChoice(
            f.id, f.name, f.deliverable, f.reference, day, path, resources,
            spread([one.seen for one in with_customers.get(f.id, ())]),
        )
        for f, day, path, resources in found
    }  # fmt: skip
