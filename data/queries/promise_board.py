"""The consistency board: promises beside the plan with what is at stake, one in full, and the schedule."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from core.access import Permission, Who
from core.messages import NotFound
from core.promises.consistency import ahead
from core.terms import Outcome
from data.queries.policies import company_day, policy_in_force
from data.queries.promises import PromiseRow, latest, promises
from data.queries.scope import customers
from data.schema import (
    Contact,
    Customer,
    Demand,
    Escalation,
    Feature,
    Opportunity,
    Person,
    PlannedDate,
    Promise,
    PromisedDate,
)

MOST_DEMANDS = 50
BRIEF = 80  # letters of a demand's words in a list


class Show(StrEnum):
    """Which promises the board shows: all that lie ahead, those of one light, those whose day is over
    without the customer's confirmation, or the delivered ones."""

    AHEAD = "ahead"
    RED = "red"
    AMBER = "amber"
    GREEN = "green"
    PAST = "past"
    DELIVERED = "delivered"


@dataclass(frozen=True, slots=True)
class Stake:
    """An open opportunity that a promise bears on."""

    opportunity_id: int
    name: str
    amount: Decimal | None
    currency: str


@dataclass(frozen=True, slots=True)
class Escalated:
    """A conflict that was put before the directors."""

    by: str | None
    reason: str
    at: datetime
    cause: str


@dataclass(frozen=True, slots=True)
class BoardRow:
    """A promise with what is at stake.

    Attributes:
        stakes: its demand's opportunity while that is open; else the customer's open ones.
        escalated: the escalation of the present conflict.
    """

    promise: PromiseRow
    stakes: tuple[Stake, ...]
    escalated: Escalated | None


@dataclass(frozen=True, slots=True)
class Board:
    """What is shown, how many there are of each, and the amounts behind red ones, by currency.

    Attributes:
        today: the company's day.
        at_stake: of the red ones ahead; an opportunity behind two promises counts once.
    """

    rows: Sequence[BoardRow]
    counts: Mapping[str, int]
    at_stake: Mapping[str, Decimal]
    today: date


@dataclass(frozen=True, slots=True)
class DateChange:
    """One date of a history; `day` None took it off the plan."""

    day: date | None
    reason: str
    person: str | None
    at: datetime


@dataclass(frozen=True, slots=True)
class PromiseFile:
    """One promise in full; the histories oldest first."""

    row: BoardRow
    contact: str | None
    made_at: datetime
    demand_words: str | None
    told: tuple[DateChange, ...]
    planned: tuple[DateChange, ...]
    escalations: tuple[Escalated, ...]
    today: date


@dataclass(frozen=True, slots=True)
class PromiseDesk:
    """What the form for a promise knows: contacts by id, demands by id with the beginning of their words."""

    id: int
    customer: str
    contacts: Mapping[int, str]
    demands: Mapping[int, str]


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


def promise_board(
    session: Session, who: Who, show: Show, now: datetime, customer: int | None = None
) -> Board:
    """Promises within reach, the widest gap first."""
    narrowed = [Promise.customer_id == customer] if customer else []
    found = promises(session, who, policy_in_force(session), now, *narrowed)
    today = company_day(session, now)
    is_ahead = {row.id: ahead(row.promised_on, row.planned_on, today, row.delivered) for row in found}
    lights = {row.id: _shown_as(row, is_ahead[row.id]) for row in found}
    counts = {str(s): sum(light == s for light in lights.values()) for s in Show}
    counts[Show.AHEAD] = sum(is_ahead.values())
    red = [row for row in found if lights[row.id] == Show.RED]
    chosen = [row for row in found if lights[row.id] == show or (show is Show.AHEAD and is_ahead[row.id])]
    stakes = _stakes(session, [*red, *chosen])
    at_stake = totals(stake for row in red for stake in stakes[row.id])
    return Board(_board_rows(session, chosen, stakes), counts, at_stake, today)


def conflicts(session: Session, who: Who, now: datetime) -> list[BoardRow]:
    """The red promises ahead alone, as on the board; the others, however many, are not read."""
    found = promises(session, who, policy_in_force(session), now, red_ahead=True)
    red = [row for row in found if not row.delivered]
    return _board_rows(session, red, _stakes(session, red))


def _board_rows(
    session: Session, rows: Sequence[PromiseRow], stakes: Mapping[int, tuple[Stake, ...]]
) -> list[BoardRow]:
    escalated = {e.cause: e for e in _escalations(session, {row.id for row in rows})}
    return [BoardRow(row, stakes[row.id], escalated.get(row.cause)) for row in rows]


def _shown_as(row: PromiseRow, is_ahead: bool) -> str:
    if row.delivered:
        return Show.DELIVERED
    return row.state.light.value if is_ahead else Show.PAST


def promise_file(session: Session, who: Who, promise_id: int, now: datetime) -> PromiseFile:
    """One promise.

    Raises:
        NotFound: there is none within reach.
    """
    found = promises(session, who, policy_in_force(session), now, Promise.id == promise_id)
    if not found:
        raise NotFound(entity="promise")
    row = found[0]
    made_at, contact, words = session.execute(
        select(Promise.made_at, Contact.name, Demand.words)
        .outerjoin(Contact, Contact.id == Promise.contact_id)
        .outerjoin(Demand, Demand.id == Promise.demand_id)
        .where(Promise.id == promise_id)
    ).one()
    escalations = _escalations(session, {row.id})
    present = next((e for e in escalations if e.cause == row.cause), None)
    return PromiseFile(
        BoardRow(row, _stakes(session, [row])[row.id], present),
        contact,
        made_at,
        words,
        _told(session, row.id),
        _planned(session, row.feature_id) if row.feature_id else (),
        escalations,
        company_day(session, now),
    )


def promise_desk(session: Session, who: Who, customer_id: int) -> PromiseDesk:
    """One customer for a new promise.

    Raises:
        NotFound: no such customer within reach.
    """
    within = customers(who, Permission.MAKE_PROMISES)
    name = session.scalar(select(Customer.name).where(Customer.id == customer_id, within))
    if name is None:
        raise NotFound("customer_gone")
    contacts = select(Contact.id, Contact.name).where(Contact.customer_id == customer_id)
    asked = (
        select(Demand.id, Demand.words)
        .where(Demand.customer_id == customer_id)
        .order_by(Demand.id.desc())
        .limit(MOST_DEMANDS)
    )
    return PromiseDesk(
        customer_id,
        name,
        {i: said for i, said in session.execute(contacts)},
        {i: said if len(said) <= BRIEF else f"{said[:BRIEF]}…" for i, said in session.execute(asked)},
    )


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
            return FeatureFile(row, _planned(session, feature_id))
    raise NotFound(entity="feature")


def _planned(session: Session, feature_id: int) -> tuple[DateChange, ...]:
    history = (
        select(PlannedDate.planned_on, PlannedDate.reason, Person.name, PlannedDate.recorded_at)
        .outerjoin(Person, Person.id == PlannedDate.person_id)
        .where(PlannedDate.feature_id == feature_id)
        .order_by(PlannedDate.id)
    )
    return tuple(DateChange(*row) for row in session.execute(history))


def _told(session: Session, promise_id: int) -> tuple[DateChange, ...]:
    history = (
        select(PromisedDate.promised_on, PromisedDate.reason, Person.name, PromisedDate.recorded_at)
        .outerjoin(Person, Person.id == PromisedDate.person_id)
        .where(PromisedDate.promise_id == promise_id)
        .order_by(PromisedDate.id)
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


def _escalations(session: Session, promise_ids: Collection[int]) -> tuple[Escalated, ...]:
    query = (
        select(Person.name, Escalation.reason, Escalation.at, Escalation.cause)
        .outerjoin(Person, Person.id == Escalation.person_id)
        .where(Escalation.promise_id.in_(promise_ids))
        .order_by(Escalation.id)
    )
    return tuple(Escalated(*row) for row in session.execute(query))


def _stakes(session: Session, rows: Sequence[PromiseRow]) -> dict[int, tuple[Stake, ...]]:
    """By promise, the open opportunities behind it."""
    asked = select(Demand.id, Demand.opportunity_id).where(
        Demand.id.in_({row.demand_id for row in rows if row.demand_id}), Demand.opportunity_id.is_not(None)
    )
    of_demand = {i: opportunity for i, opportunity in session.execute(asked)}
    running = (
        select(Opportunity)
        .where(
            or_(
                Opportunity.customer_id.in_({row.customer_id for row in rows}),
                Opportunity.id.in_(of_demand.values()),
            ),
            Opportunity.outcome == Outcome.OPEN,
        )
        .order_by(Opportunity.amount.desc(), Opportunity.id)
    )
    by_id, by_customer = {}, defaultdict(list)
    for o in session.scalars(running):
        by_id[o.id] = stake = Stake(o.id, o.name, o.amount, o.currency)
        by_customer[o.customer_id].append(stake)
    of = {row.id: row.customer_id for row in rows}
    named = {row.id: by_id.get(of_demand.get(row.demand_id or 0) or 0) for row in rows}
    return {i: (stake,) if stake else tuple(by_customer[of[i]]) for i, stake in named.items()}


def totals(stakes: Iterable[Stake]) -> dict[str, Decimal]:
    """Amounts by currency; an opportunity that comes twice counts once."""
    total: dict[str, Decimal] = defaultdict(Decimal)
    for stake in {stake.opportunity_id: stake for stake in stakes}.values():
        if stake.amount:
            total[stake.currency] += stake.amount
    return dict(total)
