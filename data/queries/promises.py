"""Demands with their clocks, and promises beside the plan, as they were known at an instant."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Subquery, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from core.access import Permission, Who
from core.calendar import WorkCalendar
from core.policies import Policy
from core.promises.acceptance import Fulfilment, Stand, Standing, fulfilment, on_plan
from core.promises.consistency import THERE, Consistency, ahead, consistency
from core.promises.demands import goes_with_answer, was_there
from core.promises.sla import Clock, Pause, clock
from data.queries.acceptance import Wanted, day_of, serving
from data.queries.policies import company_day, company_zone, policy_in_force
from data.queries.scope import customers
from data.schema import (
    Customer,
    Demand,
    DemandPause,
    EarlierAnswer,
    Feature,
    Person,
    PlannedDate,
    Promise,
    PromisedDate,
)

ANSWERED_LAST = func.coalesce(
    select(func.max(EarlierAnswer.ended_at)).where(EarlierAnswer.demand_id == Demand.id).scalar_subquery(),
    Demand.answered_at,
)
"""When the answer that stands was given."""


@dataclass(frozen=True, slots=True)
class DemandClock:
    """One demand and its clock."""

    id: int
    ref: str | None
    customer: str
    urgency: str
    opened_at: datetime
    answered_at: datetime | None
    clock: Clock


@dataclass(frozen=True, slots=True)
class PromiseRow:
    """One promise beside the plan.

    Attributes:
        ref: another system's id.
        person: who made it.
        told_id, planned_id: rows of the two histories that hold now; planned_id None without a plan.
        delivery: how what was delivered for it stands; delivered is what the customer confirmed.
        ready_on: the company's day since which it waits for the customer; None while it waits for the plan.
        fulfilment: what became of it.
        with_answer: whether its feature is the one that its demand's answer names, and goes with that.
        taken_back: whether it was recorded by mistake, and counts no more.
    """

    id: int
    ref: str | None
    customer: str
    words: str
    feature: str | None
    promised_on: date
    planned_on: date | None
    state: Consistency
    customer_id: int
    demand_id: int | None
    feature_id: int | None
    person: str | None
    told_id: int
    planned_id: int | None
    delivery: Standing
    ready_on: date | None
    fulfilment: Fulfilment
    with_answer: bool
    taken_back: bool

    @property
    def delivered(self) -> bool:
        """Whether the customer confirmed it."""
        return self.delivery.delivered

    @property
    def there(self) -> bool:
        """Whether what keeps it was there already, so that it waits for no planned day."""
        return self.state.code == THERE

    @property
    def asked(self) -> bool:
        """Whether it was made of a demand, and nothing was marked ready for it yet."""
        return self.demand_id is not None and self.delivery.state is Stand.NOT_READY

    def ahead(self, today: date) -> bool:
        """Whether it still lies before us on the company's day."""
        return ahead(self.promised_on, self.planned_on, today, self.delivered, self.ready_on)

    @property
    def cause(self) -> str:
        """The pair of dates: the same again is the same conflict."""
        return f"{self.id}:{self.told_id}:{self.planned_id or 0}"


def demand_clocks(
    session: Session, who: Who, calendar: WorkCalendar, policy: Policy, as_of: datetime
) -> list[DemandClock]:
    """Every demand within reach that was known at `as_of`, by when its answer is due."""
    query = (
        select(Demand, Customer.name)
        .join(Customer, Customer.id == Demand.customer_id)
        .where(
            customers(who, Permission.SEE_PROMISES),
            Demand.recorded_at <= as_of,
            Demand.opened_at <= as_of,
            Demand.taken_back_at.is_(None),
        )
    )
    pauses = pauses_of(session, as_of)
    rows = [
        DemandClock(
            d.id,
            d.ref,
            name,
            d.urgency,
            d.opened_at,
            answered := d.answered_at if d.answered_at and d.answered_at <= as_of else None,
            clock(d.urgency, d.opened_at, answered, pauses[d.id], calendar, policy, as_of),
        )
        for d, name in session.execute(query)
    ]
    return sorted(rows, key=lambda row: (row.clock.due_at, row.id))


def promises(
    session: Session,
    who: Who,
    policy: Policy,
    as_of: datetime,
    *narrowed: ColumnElement[bool],
    red_ahead: bool = False,
    taken_back: bool | None = False,
) -> list[PromiseRow]:
    """Every promise within reach beside its plan, both as known at `as_of`; the widest gap first.

    Args:
        narrowed: further conditions on Promise, Demand, Customer or Feature.
        red_ahead: only those whose plan is missing, or still to come and after the promised day; what the
            customer confirmed or has before them may be among them.
        taken_back: those that were entered by mistake: none of them, they alone, or all there are (None).
    """
    told = latest(PromisedDate.promise_id, PromisedDate.promised_on, PromisedDate.recorded_at, as_of)
    planned = latest(PlannedDate.feature_id, PlannedDate.planned_on, PlannedDate.recorded_at, as_of)
    query = (
        select(
            Promise, Customer.name, Feature.id, Feature.name, Person.name,
            told.c.id, told.c.day, planned.c.id, planned.c.day, Demand.feature_id, ANSWERED_LAST,
        )
        .join(Customer, Customer.id == Promise.customer_id)
        .join(told, told.c.owner == Promise.id)
        .outerjoin(Demand, Demand.id == Promise.demand_id)
        .outerjoin(Feature, Feature.id == func.coalesce(Promise.feature_id, Demand.feature_id))
        .outerjoin(planned, planned.c.owner == Feature.id)
        .outerjoin(Person, Person.id == Promise.person_id)
        .where(customers(who, Permission.SEE_PROMISES), Promise.recorded_at <= as_of, *narrowed)
    )  # fmt: skip
    if taken_back is not None:
        query = query.where(Promise.taken_back_at.is_not(None) == taken_back)
    if red_ahead:
        late = (planned.c.day > told.c.day) & (planned.c.day >= company_day(session, as_of))
        query = query.where(planned.c.day.is_(None) | late)
    found = session.execute(query).all()
    wanted = [
        Wanted(p.id, p.customer_id, p.made_at, p.id, p.demand_id, feature_id)
        for p, _, feature_id, *_ in found
    ]
    delivered = serving(session, wanted, as_of)
    zone, today, slack = company_zone(session), company_day(session, as_of), policy.promise_slack_days
    rows = (_promise(row, slack, delivered[row[0].id], today, zone) for row in found)
    return sorted(rows, key=_widest_first)


def promises_of(session: Session, who: Who, demand_id: int, now: datetime) -> list[PromiseRow]:
    """What a customer was told about a demand."""
    return promises(session, who, policy_in_force(session), now, Promise.demand_id == demand_id)


def _promise(row: Any, slack_days: int, delivery: Standing, today: date, zone: str) -> PromiseRow:
    p, customer, feature_id, feature, person, told_id, told_on, planned_id, planned_on, answered, last = row
    named = answered is not None and answered == feature_id
    ready_on = None if on_plan(delivery) else day_of(delivery.ready_at, zone)
    return PromiseRow(
        id=p.id,
        ref=p.ref,
        customer=customer,
        words=p.words,
        feature=feature,
        promised_on=told_on,
        planned_on=planned_on,
        state=consistency(
            told_on,
            planned_on,
            slack_days,
            delivery.delivered,
            ready_on,
            problem=delivery.state is Stand.PROBLEM,
            today=today,
            there=named and was_there(planned_on, day_of(last, zone)),
        ),
        customer_id=p.customer_id,
        demand_id=p.demand_id,
        feature_id=feature_id,
        person=person,
        told_id=told_id,
        planned_id=planned_id,
        delivery=delivery,
        ready_on=ready_on,
        fulfilment=fulfilment(told_on, delivery, day_of(delivery.kept_at, zone), today),
        with_answer=goes_with_answer(p.feature_id, answered),
        taken_back=p.taken_back_at is not None,
    )


def _widest_first(row: PromiseRow) -> tuple[int, float, int]:
    lights = ("red", "amber", "green")
    gap = float("inf") if row.state.gap_days is None else row.state.gap_days
    return (lights.index(row.state.light), -gap, row.id)


def latest(
    owner: InstrumentedAttribute[int],
    day: InstrumentedAttribute[date] | InstrumentedAttribute[date | None],
    recorded_at: InstrumentedAttribute[datetime],
    as_of: datetime,
) -> Subquery:
    """Of each owner's history of dates, the one that was known last at `as_of`."""
    # Asked of each owner's own few rows by index: numbering all histories would read every one of them.
    table, other = owner.class_, aliased(owner.class_)
    newest = (
        select(other.id)
        .where(getattr(other, owner.key) == owner, getattr(other, recorded_at.key) <= as_of)
        .order_by(getattr(other, recorded_at.key).desc(), other.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    known = select(owner.label("owner"), table.id.label("id"), day.label("day"))
    return known.where(table.id == newest).subquery()


def pauses_of(session: Session, as_of: datetime, *narrowed: ColumnElement[bool]) -> dict[int, list[Pause]]:
    """The pauses of demands by demand, as known at `as_of`; conditions may narrow them."""
    query = select(DemandPause.demand_id, DemandPause.started_at, DemandPause.ended_at).where(
        DemandPause.started_at <= as_of, *narrowed
    )
    found: dict[int, list[Pause]] = defaultdict(list)
    for demand_id, started_at, ended_at in session.execute(query):
        found[demand_id].append((started_at, ended_at))
    return found
