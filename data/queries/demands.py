"""Demands of customers within reach: the list with its clocks (C1)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, true
from sqlalchemy.orm import Session

from core.access import Permission, Who
from core.promises.acceptance import NOT_READY, Standing
from core.promises.demands import was_there
from core.promises.sla import Clock, Pause, SlaState, clock, state
from data.once import recalled
from data.queries.acceptance import Wanted, serving
from data.queries.policies import company_tz, policy_in_force, working_calendar
from data.queries.promises import ANSWERED_LAST, latest, pauses_of
from data.queries.scope import customers
from data.schema import Customer, Demand, DemandPause, EarlierAnswer, Feature, Person, PlannedDate

PAGE = 30


class Show(StrEnum):
    """Which demands a list shows: all without an answer, or those of one state."""

    OPEN = "open"
    BREACHED = "breached"
    RUNNING = "running"
    PAUSED = "paused"
    ANSWERED = "answered"
    DECLINED = "declined"
    TAKEN_BACK = "taken_back"


DECLINED = Demand.declined_for.is_not(None) & Demand.feature_id.is_(None)  # with a feature, done after all
_ANEW = exists().where(EarlierAnswer.demand_id == Demand.id) | (
    Demand.declined_for.is_not(None) & Demand.feature_id.is_not(None)
)


@dataclass(frozen=True, slots=True)
class DemandRow:
    """One demand and how its clock stands.

    Attributes:
        answered_at: when product first answered, which ends the clock.
        anew: whether another answer stands than the first.
        paused_since: since when it waits for the customer; None while the clock runs.
        planned_on: planned date of the feature that answers it.
        there: whether that feature was there already when it was named.
        declined_for: why product declined, also where it answered after all.
        reply: what product then said.
        delivery: how what was delivered for it stands.
        pain, metric, before, after, unit: "" and None of a ticket that was imported without an effect.
    """

    id: int
    customer_id: int
    customer: str
    words: str
    pain: str
    metric: str
    before: Decimal | None
    after: Decimal | None
    unit: str
    urgency: str
    opened_at: datetime
    answered_at: datetime | None
    anew: bool
    filed_by: str | None
    paused_since: datetime | None
    feature_id: int | None
    feature: str | None
    planned_on: date | None
    there: bool
    declined_for: str | None
    reply: str | None
    delivery: Standing
    taken_back_at: datetime | None
    clock: Clock
    state: SlaState


@dataclass(frozen=True, slots=True)
class DemandList:
    """What is shown, and how many there are of each state.

    Attributes:
        counts: by state.
        items: the first so many; of the answered, the declined and those taken back the newest.
        unknown_years: years whose holidays nobody entered, on the way of an open clock.
    """

    items: Sequence[DemandRow]
    counts: Mapping[str, int]
    unknown_years: tuple[int, ...]


@recalled
def demand_list(
    session: Session,
    who: Who,
    show: Show,
    now: datetime,
    *,
    customer: int | None = None,
    search: str = "",
    shown: int = PAGE,
) -> DemandList:
    """Demands within reach: without an answer by when it is due, with one the newest first.

    Args:
        search: words that all stand in the customer's name, what it said or measures, or the feature's name.
    """
    of = and_(true(), *([Demand.customer_id == customer] if customer else ()), *_found_by(search))
    open_rows = waiting(session, who, now, of)
    counts = {str(s): sum(row.state is s for row in open_rows) for s in SlaState}
    answered = demands_within(who, of, Demand.answered_at.is_not(None))
    counted = session.execute(answered.with_only_columns(DECLINED, func.count()).group_by(DECLINED)).all()
    counts |= {(Show.DECLINED if declined else Show.ANSWERED): n for declined, n in counted}
    counts[Show.OPEN] = len(open_rows)
    mistakes = demands_within(who, of, taken_back=True)
    counts[Show.TAKEN_BACK] = session.scalar(mistakes.with_only_columns(func.count())) or 0
    if show is Show.TAKEN_BACK:
        latest_first = mistakes.order_by(Demand.taken_back_at.desc(), Demand.id.desc()).limit(shown)
        items = rows_of(session, latest_first, now)
    elif show in (Show.ANSWERED, Show.DECLINED):
        chosen = answered.where(DECLINED if show is Show.DECLINED else ~DECLINED)
        newest = chosen.order_by(Demand.answered_at.desc(), Demand.id.desc()).limit(shown)
        items = rows_of(session, newest, now)
    else:
        items = [row for row in open_rows if show in (Show.OPEN, row.state)][:shown]
    years = {year for row in open_rows for year in row.clock.unknown_years}
    return DemandList(items, counts, tuple(sorted(years)))


def _found_by(search: str) -> list[ColumnElement[bool]]:
    columns = Customer.name, Demand.words, Demand.metric
    return [
        or_(
            *(column.icontains(word, autoescape=True) for column in columns),
            Demand.feature_id.in_(select(Feature.id).where(Feature.name.icontains(word, autoescape=True))),
        )
        for word in search.split()
    ]


def waiting(
    session: Session, who: Who, now: datetime, narrowed: ColumnElement[bool] | None = None
) -> list[DemandRow]:
    """Every demand without an answer within reach: late ones first, then by when they are due."""
    rows = rows_of(session, demands_within(who, narrowed, Demand.answered_at.is_(None)), now)
    order = list(SlaState)
    return sorted(rows, key=lambda row: (order.index(row.state), row.clock.due_at, row.id))


def next_waiting(session: Session, who: Who, now: datetime, but: int) -> tuple[DemandRow | None, int]:
    """The first demand other than `but` that waits for an answer, not for the customer, and how many do."""
    rows = [r for r in waiting(session, who, now) if r.id != but and r.paused_since is None]
    return next(iter(rows), None), len(rows)


def demand_rows(session: Session, who: Who, ids: Sequence[int], now: datetime) -> dict[int, DemandRow]:
    """Chosen demands within reach with their clocks, by id."""
    chosen = demands_within(who, Demand.id.in_(ids), taken_back=None)
    return {row.id: row for row in rows_of(session, chosen, now)}


def demands_within(
    who: Who, *narrowed: ColumnElement[bool] | None, taken_back: bool | None = False
) -> Select[Demand]:
    """Demands of customers within reach, narrowed further where asked.

    Args:
        taken_back: those that were filed by mistake: none of them, they alone, or all there are (None).
    """
    conditions = [c for c in narrowed if c is not None]
    if taken_back is not None:
        conditions.append(Demand.taken_back_at.is_not(None) == taken_back)
    return (
        select(Demand)
        .join(Customer, Customer.id == Demand.customer_id)
        .where(customers(who, Permission.SEE_PROMISES), *conditions)
    )


def rows_of(session: Session, chosen: Select[Demand], now: datetime) -> list[DemandRow]:
    """The rows of chosen demands with their clocks, in the query's order."""
    planned = latest(PlannedDate.feature_id, PlannedDate.planned_on, PlannedDate.recorded_at, now)
    query = (
        chosen.add_columns(Customer.name, Person.name, Feature.name, planned.c.day, _ANEW, ANSWERED_LAST)
        .outerjoin(Person, Person.id == Demand.filed_by)
        .outerjoin(Feature, Feature.id == Demand.feature_id)
        .outerjoin(planned, planned.c.owner == Demand.feature_id)
    )
    ids = chosen.with_only_columns(Demand.id)
    pauses = pauses_of(session, now, DemandPause.demand_id.in_(ids))
    policy, calendar, zone = policy_in_force(session), working_calendar(session), company_tz(session)
    found = session.execute(query).all()
    came = _came(session, [row[0] for row in found], now)
    rows = []
    for demand, customer, filed_by, feature, planned_on, anew, last in found:
        stood = pauses[demand.id]
        ended = demand.answered_at or demand.taken_back_at
        seen = clock(demand.urgency, demand.opened_at, ended, stood, calendar, policy, now)
        delivery = came.get(demand.id, NOT_READY)
        there = was_there(planned_on, day_in(last, zone))
        names = customer, filed_by, feature
        rows.append(_row(demand, names, (planned_on, there), anew, stood, seen, delivery))
    return rows


def _came(session: Session, found: Sequence[Demand], now: datetime) -> Mapping[int, Standing]:
    """By demand that a feature answers, how what was delivered for it stands."""
    wanted = [
        Wanted(d.id, d.customer_id, d.opened_at, None, d.id, d.feature_id) for d in found if d.feature_id
    ]
    return serving(session, wanted, now)


def _row(
    d: Demand,
    names: tuple[str, str | None, str | None],
    planned: tuple[date | None, bool],
    anew: bool,
    stood: Sequence[Pause],
    seen: Clock,
    delivery: Standing,
) -> DemandRow:
    customer, filed_by, feature = names
    planned_on, there = planned
    since = next((start for start, end in stood if end is None), None)
    return DemandRow(
        id=d.id,
        customer_id=d.customer_id,
        customer=customer,
        words=d.words,
        pain=d.pain,
        metric=d.metric,
        before=d.effect_before,
        after=d.effect_after,
        unit=d.unit,
        urgency=d.urgency,
        opened_at=d.opened_at,
        answered_at=d.answered_at,
        anew=anew,
        filed_by=filed_by,
        paused_since=since if d.answered_at is None else None,
        feature_id=d.feature_id,
        feature=feature,
        planned_on=planned_on,
        there=there,
        declined_for=d.declined_for,
        reply=d.reply,
        delivery=delivery,
        taken_back_at=d.taken_back_at,
        clock=seen,
        state=state(
            seen, d.answered_at is not None, since is not None, _declined(d), d.taken_back_at is not None
        ),
    )


def day_in(at: datetime | None, zone: ZoneInfo) -> date | None:
    return at.astimezone(zone).date() if at else None


def _declined(d: Demand) -> bool:
    return d.declined_for is not None and d.feature_id is None
