"""What currencies are worth, and which amounts have no rate (PRODUCT.md P6)."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

from sqlalchemy import and_, false, func, or_, select
from sqlalchemy.orm import Session

from core.access import Permission, Who, reach
from core.messages import NotAllowed
from core.money import Rate, Rates
from core.terms import Outcome
from data.once import once
from data.queries.policies import company_day, company_tz, policy_in_force
from data.schema import ExchangeRate, Opportunity, Person

_EXACT = Decimal("0.0001")


@dataclass(frozen=True, slots=True)
class RateRow:
    """A rate as it was entered; `by` is None for the operator."""

    currency: str
    from_on: date
    worth: float
    recorded_at: datetime
    by: str | None


@dataclass(frozen=True, slots=True)
class RateDesk:
    """The company's currency and day, the latest rates, and opportunities by currency that has none.

    Attributes:
        fixed: amounts are on record, so that the company's currency stays.
        early: by currency its first rate's day, and how many wins are older.
    """

    base: str
    fixed: bool
    today: date
    rows: tuple[RateRow, ...]
    without: dict[str, int]
    early: dict[str, tuple[date, int]]


@once
def company_rates(session: Session) -> Rates:
    """Every rate that was ever entered."""
    r = ExchangeRate
    rows = session.execute(select(r.currency, r.from_on, r.worth, r.recorded_at).order_by(r.id))
    return Rates(policy_in_force(session).currency, tuple(Rate(*row) for row in rows))


@dataclass(frozen=True, slots=True)
class Money:
    """Turns amounts into one currency by the rates of their days, as far as these are known now."""

    rates: Rates
    into: str
    zone: ZoneInfo
    now: datetime

    def paid(self, amount: Decimal | None, currency: str, at: datetime | None) -> Decimal | None:
        """An amount of an instant's day; None where it or the rate is not known."""
        if amount is None or currency == self.into or at is None:
            return amount
        worth = self.rates.between(currency, self.into, at.astimezone(self.zone).date(), self.now)
        return None if worth is None else (amount * Decimal(repr(worth))).quantize(_EXACT)


def money_of(session: Session, into: str) -> Money:
    """What turns amounts into a currency, by all that is on record."""
    return Money(company_rates(session), into, company_tz(session), datetime.max.replace(tzinfo=UTC))


def main_currency(session: Session, pipeline_id: int) -> str:
    """The currency of most amounts of a pipeline; the company's, of equally many or where there are none."""
    o, own = Opportunity, policy_in_force(session).currency
    most = select(o.currency).where(o.pipeline_id == pipeline_id, o.amount.is_not(None)).group_by(o.currency)
    found = session.scalar(most.order_by(func.count().desc(), o.currency != own, o.currency).limit(1))
    return found or own


def rate_desk(session: Session, who: Who, now: datetime, most: int = 100) -> RateDesk:
    """What the page shows.

    Raises:
        NotAllowed: the person may not set rates.
    """
    if reach(who, Permission.SET_RATES) is None:
        raise NotAllowed(permission=Permission.SET_RATES)
    r, o = ExchangeRate, Opportunity
    base = policy_in_force(session).currency
    latest = (
        select(r.currency, r.from_on, r.worth, r.recorded_at, Person.name)
        .outerjoin(Person, Person.id == r.recorded_by_id)
        .order_by(r.currency, r.from_on.desc(), r.id.desc())
        .limit(most)
    )
    bare = (
        select(o.currency, func.count())
        .where(o.amount.is_not(None), o.currency != base, o.currency.not_in(select(r.currency)))
        .group_by(o.currency)
        .order_by(o.currency)
    )
    rows = tuple(RateRow(*row) for row in session.execute(latest))
    without = {currency: n for currency, n in session.execute(bare)}
    return RateDesk(base, any_amounts(session), company_day(session, now), rows, without, _early(session))


def _early(session: Session) -> dict[str, tuple[date, int]]:
    """Wins that closed before their currency's first rate: they count nothing."""
    o, r, zone = Opportunity, ExchangeRate, company_tz(session)
    firsts = select(r.currency, func.min(r.from_on)).group_by(r.currency)
    first = {currency: day for currency, day in session.execute(firsts)}
    older = (
        and_(o.currency == currency, o.closed_at < datetime.combine(day, time(), zone))
        for currency, day in first.items()
    )
    won = select(o.currency, func.count()).where(o.outcome == Outcome.WON, o.amount.is_not(None))
    counted = won.where(or_(false(), *older)).group_by(o.currency).order_by(o.currency)
    return {currency: (first[currency], n) for currency, n in session.execute(counted)}


def any_amounts(session: Session) -> bool:
    """Whether an amount or a rate is on record: they would mean another one in another currency."""
    priced = select(Opportunity.id).where(Opportunity.amount.is_not(None))
    return any(session.scalar(query.limit(1)) is not None for query in (priced, select(ExchangeRate.id)))
