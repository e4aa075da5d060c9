"""The running period's suggestions: what still asks for an answer, and one in full (B3)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from core.access import Permission, Who, decide
from core.forecast.calibration import deadline
from data.once import recalled
from data.queries.calendars import calendar_of
from data.queries.factor_known import last_known
from data.queries.own_amounts import OwnAmount, Unpriced
from data.queries.policies import company_day, policy_in_force
from data.queries.scope import owned
from data.queries.suggestions_answered import Answer, answers_in, as_answer
from data.queries.suggestions_asked import MOST, answered, asked_lines, running_period
from data.schema import Customer, ForecastLine, ForecastRun, Opportunity, Person, Stage


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One suggestion in full; see `ForecastLine` for its figures.

    Attributes:
        told: what is known of the model that spoke: `kind`, `why`, `wins`, …
        known: when the newest row behind each factor was recorded; see `last_known`.
        answer: the one that stands.
        may_answer: whether the person who looks may answer now.
        unpriced: the opportunity's own amount where that had no rate.
    """

    line_id: int
    opportunity_id: int
    opportunity: str
    customer_id: int | None
    customer: str | None
    owner: str | None
    stage: str | None
    layer: str
    close_on: date | None
    booked: Decimal | None
    amount: Decimal
    currency: str
    chance: float
    value: Decimal
    low: Decimal
    high: Decimal
    scorecard_chance: float
    scorecard_value: Decimal
    factors: Mapping[str, float]
    reasons: tuple[tuple[str, float], ...]
    period: str
    starts_on: date
    taken_at: datetime
    told: Mapping[str, Any]
    known: Mapping[str, datetime]
    answer: Answer | None
    may_answer: bool
    unpriced: OwnAmount | None

    @property
    def change(self) -> Decimal:
        """How far the AI's value lies from the scorecard's."""
        return self.value - self.scorecard_value


@dataclass(frozen=True, slots=True)
class Waiting:
    """A suggestion in the queue."""

    opportunity_id: int
    opportunity: str
    customer: str | None
    change: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class Queue:
    """Where somebody's answers stand.

    Attributes:
        waiting: those without an answer, the biggest change first, up to `MOST`.
        total, answered: suggestions on opportunities that are open now, and how many have an answer.
        starts_on, taken_at: of the running period and the latest forecast; None without a forecast.
        due: until when they are answered.
        reps: whose suggestions are within reach: name and how many wait, by id.
    """

    waiting: tuple[Waiting, ...]
    total: int
    answered: int
    starts_on: date | None
    taken_at: datetime | None
    due: datetime | None
    reps: Mapping[int, tuple[str, int]]

    @property
    def last_day(self) -> date | None:
        """The last day on which they are answered in time."""
        return self.due.date() - timedelta(days=1) if self.due else None


def due_at(session: Session, starts_on: date) -> datetime:
    """Until when a period's suggestions are answered."""
    calendar = calendar_of(session, None)
    return deadline(starts_on, calendar, policy_in_force(session).calibration_day)


def _joined(*columns: Any) -> Select[*tuple[Any, ...]]:
    return (
        select(*columns)
        .select_from(ForecastLine)
        .join(ForecastRun, ForecastRun.id == ForecastLine.run_id)
        .join(Opportunity, Opportunity.id == ForecastLine.opportunity_id)
        .outerjoin(Customer, Customer.id == Opportunity.customer_id)
        .outerjoin(Person, Person.id == Opportunity.owner_id)
    )


@recalled
def queue(session: Session, who: Who, now: datetime, period: str, rep: int | None = None) -> Queue:
    """What waits for an answer within reach.

    Args:
        rep: only this owner's.
    """
    day = company_day(session, now)
    asked = [*asked_lines(period, day), owned(who, Permission.SEE_SUGGESTIONS, Opportunity.owner_id)]
    counts = _counts(session, asked)
    mine = [*asked, Opportunity.owner_id == rep] if rep else asked
    change = ForecastLine.value - ForecastLine.scorecard_value
    told = (Opportunity.id, Opportunity.name, Customer.name.label("customer"), ForecastRun.currency)
    query = (
        _joined(*told, change.label("change"))
        .where(*mine, ~answered())
        .order_by(func.abs(change).desc(), Opportunity.id)
        .limit(MOST)
    )
    chosen = [c for owner, c in counts.items() if rep in (None, owner)]
    starts_on, taken_at = running_period(session, period, day)
    return Queue(
        tuple(Waiting(r.id, r.name, r.customer, r.change, r.currency) for r in session.execute(query)),
        sum(total for _, total, _ in chosen),
        sum(done for _, _, done in chosen),
        starts_on,
        taken_at,
        due_at(session, starts_on) if starts_on else None,
        {owner: (name, total - done) for owner, (name, total, done) in counts.items() if owner},
    )


def _counts(session: Session, asked: list[ColumnElement[bool]]) -> dict[int | None, tuple[str, int, int]]:
    """Name, suggestions and answers by owner."""
    done = func.count().filter(answered())
    query = _joined(Opportunity.owner_id, Person.name, func.count().label("total"), done.label("done"))
    rows = session.execute(
        query.where(*asked).group_by(Opportunity.owner_id, Person.name).order_by(Person.name)
    )
    return {row.owner_id: (row.name or "", row.total, row.done) for row in rows}


@recalled
def suggestion(
    session: Session, who: Who, now: datetime, period: str, opportunity_id: int
) -> Suggestion | None:
    """The latest suggestion on an opportunity within reach; None where there is none."""
    asked = asked_lines(period, company_day(session, now))
    query = (
        _joined(ForecastLine, ForecastRun, Opportunity, Customer.name, Person.name, Stage.key)
        .outerjoin(Stage, Stage.id == ForecastLine.stage_id)
        .where(*asked, owned(who, Permission.SEE_SUGGESTIONS, Opportunity.owner_id))
        .where(Opportunity.id == opportunity_id)
    )
    row = session.execute(query).first()
    if row is None:
        return None
    line, run = row[0], row[1]
    found = session.execute(
        answers_in(run.period, run.starts_on).where(Opportunity.id == opportunity_id).limit(1)
    )
    answer = next((as_answer(*r) for r in found), None)
    in_time = answer is None or now <= due_at(session, run.starts_on)
    known = last_known(session, opportunity_id, run.taken_at, line.factors)
    may = in_time and decide(who, Permission.CALIBRATE).allowed
    unpriced = Unpriced(session, run.currency, run.taken_at)
    own = None if line.booked else unpriced(row[2].amount, row[2].currency)
    return _suggestion(line, run, row[2], (row[3], row[4], row[5]), known, answer, may, own)


def _suggestion(
    line: ForecastLine,
    run: ForecastRun,
    opportunity: Opportunity,
    names: tuple[str | None, str | None, str | None],
    known: Mapping[str, datetime],
    answer: Answer | None,
    may_answer: bool,
    unpriced: OwnAmount | None,
) -> Suggestion:
    return Suggestion(
        line.id,
        opportunity.id,
        opportunity.name,
        opportunity.customer_id,
        *names,
        line.layer,
        line.close_on,
        line.booked,
        line.amount,
        run.currency,
        line.chance,
        line.value,
        line.low,
        line.high,
        line.scorecard_chance,
        line.scorecard_value,
        line.factors,
        tuple((str(r["factor"]), float(r["value"])) for r in line.reasons),
        run.period,
        run.starts_on,
        run.taken_at,
        told_of(run, line.layer),
        known,
        answer,
        may_answer,
        unpriced,
    )


def told_of(run: ForecastRun, layer: str) -> Mapping[str, Any]:
    """What a forecast says of the model that spoke for a layer."""
    told = run.models.get(layer, {})
    return told if isinstance(told, Mapping) else {"kind": told}
