"""What the books say today of an opportunity that stood in a month's forecast (B4)."""

from collections.abc import Collection
from datetime import date, datetime, time
from decimal import Decimal
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Row, case, select

from core.access import Permission, Reach, Who, reach
from data.queries.currencies import Money
from data.queries.scope import customers, kept, owned
from data.schema import Customer, ForecastLine, ForecastWin, Opportunity

NEEDS = Permission.SEE_FORECAST_HEALTH
ZERO = Decimal()


@lru_cache(maxsize=64)
def midnight(day: date, zone: ZoneInfo) -> datetime:
    """The instant at which a day of the company begins."""
    return datetime.combine(day, time(), zone)


def closed_in(at: datetime | None, first: date, end: date, zone: ZoneInfo) -> bool:
    """Whether an instant lies in days of the company from `first` up to `end`, that one left out."""
    return at is not None and midnight(first, zone) <= at < midnight(end, zone)


def paid_for(row: Row[Any], money: Money | None) -> Decimal:
    """What a win brought; each counts 1 where no amounts are kept."""
    if money is None:
        return Decimal(1)
    return money.paid(row.paid, row.currency, row.closed_at) or ZERO


def books() -> list[Any]:
    """What the books say today of an opportunity's outcome."""
    return [
        Opportunity.outcome,
        Opportunity.closed_at,
        Opportunity.amount.label("paid"),
        Opportunity.currency,
    ]


def named_for(who: Who, rep: Any) -> list[Any]:
    """What `LineNames` says of an opportunity, in its order; the last columns of a row."""
    return [
        Opportunity.name.label("opportunity"),
        case((customers(who, Permission.SEE_CUSTOMERS), Opportunity.customer_id)).label("customer_id"),
        Customer.name.label("customer"),
        Customer.industry,
        rep.name.label("rep"),
    ]


def reached(who: Who, table: type[ForecastLine | ForecastWin], runs: Collection[int]) -> ColumnElement[bool]:
    """Of people within reach now, and of the team's people then: who goes takes nothing from past months."""
    if reach(who, NEEDS) is not Reach.TEAM:
        return owned(who, NEEDS, table.owner_id)
    ways = (owned(who, NEEDS, table.owner_id), kept(who, NEEDS, table.owner_id, table.team_id))
    found = [select(table.id).where(table.run_id.in_(runs), way) for way in ways]  # each by its own index
    return table.id.in_(found[0].union(found[1]))
