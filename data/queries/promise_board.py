"""The consistency board (C3): promises beside the plan, with what is at stake."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from core.access import Who
from core.promises.consistency import Light
from core.terms import Outcome
from data.once import recalled
from data.queries.policies import company_day, policy_in_force
from data.queries.promises import PromiseRow, promises, promises_of
from data.schema import Demand, Escalation, Feature, Message, Opportunity, Person, Promise


class Show(StrEnum):
    """Which promises the board shows: all that lie ahead, those of one light, those whose day is over
    without the customer's confirmation, the delivered ones, or what was taken back."""

    AHEAD = "ahead"
    RED = "red"
    AMBER = "amber"
    GREEN = "green"
    PAST = "past"
    DELIVERED = "delivered"
    TAKEN_BACK = "taken_back"


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


@recalled
def promise_board(
    session: Session, who: Who, show: Show, now: datetime, customer: int | None = None
) -> Board:
    """Promises within reach, the widest gap first."""
    narrowed = [Promise.customer_id == customer] if customer else []
    found = promises(session, who, policy_in_force(session), now, *narrowed, taken_back=None)
    today = company_day(session, now)
    is_ahead = {row.id: _is_ahead(row, today) for row in found}
    lights = {row.id: _shown_as(row, is_ahead[row.id]) for row in found}
    counts = {str(s): sum(light == s for light in lights.values()) for s in Show}
    counts[Show.AHEAD] = sum(is_ahead.values())
    red = [row for row in found if lights[row.id] == Show.RED]
    chosen = [row for row in found if lights[row.id] == show or (show is Show.AHEAD and is_ahead[row.id])]
    stakes = stakes_behind(session, [*red, *chosen])
    at_stake = totals(stake for row in red for stake in stakes[row.id])
    return Board(_board_rows(session, chosen, stakes), counts, at_stake, today)


def conflicts(session: Session, who: Who, now: datetime) -> list[BoardRow]:
    """The red promises ahead alone, as on the board; the others, however many, are not read."""
    found = promises(session, who, policy_in_force(session), now, red_ahead=True)
    red = [row for row in found if row.state.light is Light.RED]
    return _board_rows(session, red, stakes_behind(session, red))


def standing(session: Session, who: Who, demand_id: int, now: datetime) -> list[PromiseRow]:
    """What a customer was promised of a demand, has not had, and nobody put before the directors."""
    rows = [row for row in promises_of(session, who, demand_id, now) if not row.delivered]
    known = {e.cause for e in escalations_of(session, {row.id for row in rows})}
    return [row for row in rows if row.cause not in known]


def promises_on(
    session: Session, who: Who, feature_id: int, now: datetime
) -> list[tuple[BoardRow, tuple[str, ...]]]:
    """What customers within reach were told about a feature, the widest gap first, and `told_of` each."""
    found = promises(session, who, policy_in_force(session), now, Feature.id == feature_id)
    told = told_of(session, found)
    return [(row, told[row.promise.id]) for row in _board_rows(session, found, stakes_behind(session, found))]


def told_of(session: Session, rows: Iterable[PromiseRow]) -> defaultdict[int, tuple[str, ...]]:
    """By promise, whom the conflict of its present dates was told to."""
    of = {f"promise_red:{row.cause}": row.id for row in rows}
    query = (
        select(Message.key, Person.name)
        .join(Person, Person.id == Message.person_id)
        .where(Message.key.in_(of))
        .order_by(Message.id)
    )
    found: defaultdict[int, tuple[str, ...]] = defaultdict(tuple)
    for key, name in session.execute(query):
        found[of[key]] += (name,)
    return found


def _board_rows(
    session: Session, rows: Sequence[PromiseRow], stakes: Mapping[int, tuple[Stake, ...]]
) -> list[BoardRow]:
    escalated = {e.cause: e for e in escalations_of(session, {row.id for row in rows})}
    return [BoardRow(row, stakes[row.id], escalated.get(row.cause)) for row in rows]


def _is_ahead(row: PromiseRow, today: date) -> bool:
    return not row.taken_back and row.ahead(today)


def _shown_as(row: PromiseRow, is_ahead: bool) -> str:
    if row.taken_back:
        return Show.TAKEN_BACK
    if row.delivered:
        return Show.DELIVERED
    return row.state.light.value if is_ahead else Show.PAST


def escalations_of(session: Session, promise_ids: Collection[int]) -> tuple[Escalated, ...]:
    """Who was asked to decide about these promises, and why; oldest first."""
    query = (
        select(Person.name, Escalation.reason, Escalation.at, Escalation.cause)
        .outerjoin(Person, Person.id == Escalation.person_id)
        .where(Escalation.promise_id.in_(promise_ids))
        .order_by(Escalation.id)
    )
    return tuple(Escalated(*row) for row in session.execute(query))


def stakes_behind(session: Session, rows: Sequence[PromiseRow]) -> dict[int, tuple[Stake, ...]]:
    """By promise, the open opportunities behind it; none behind what is confirmed or taken back."""
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
    found = {i: (stake,) if stake else tuple(by_customer[of[i]]) for i, stake in named.items()}
    return found | {row.id: () for row in rows if row.taken_back or row.delivered}


def totals(stakes: Iterable[Stake]) -> dict[str, Decimal]:
    """Amounts by currency; an opportunity that comes twice counts once."""
    total: dict[str, Decimal] = defaultdict(Decimal)
    for stake in {stake.opportunity_id: stake for stake in stakes}.values():
        if stake.amount:
            total[stake.currency] += stake.amount
    return dict(total)
