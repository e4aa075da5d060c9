"""Amounts of several currencies as forecasts add them up: in the pipeline's own, by its day (P6, B7)."""

from bisect import insort
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, time
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from sqlalchemy import Row
from sqlalchemy.orm import Session

from core.forecast.history import Track
from core.money import Rates
from data.queries.currencies import company_rates, main_currency
from data.queries.policies import company_tz
from data.queries.times import days

_FIELDS = ("amount", "currency", "closed_at")


def in_one_currency(
    session: Session, pipeline_id: int, rows: Sequence[Row[Any]], changes: Sequence[Row[Any]], amount: Track
) -> Track:
    """The amounts' track with those of other currencies turned into the one that most amounts are in.

    While it is open an amount counts by the latest rate of the day, once it is closed by that of its
    closing, each as far as the rate had been entered by then; without a rate it is unknown.

    Args:
        changes: of the opportunities, in the order in which they were recorded.
        amount: the amounts as they stand, whatever their currency.
    """
    mine: dict[int, list[Row[Any]]] = defaultdict(list)
    for change in changes:
        if change.field in _FIELDS:
            mine[change.opportunity_id].append(change)
    into = main_currency(session, pipeline_id)
    foreign = {n: row for n, row in enumerate(rows) if into not in _only(row, mine[row.id])}
    if not foreign:
        return amount
    rates, zone = company_rates(session), company_tz(session)
    start, kept = amount.start.copy(), ~np.isin(amount.of, list(foreign))
    steps = list(zip(amount.recorded[kept], amount.of[kept], amount.value[kept], strict=True))
    for n, row in foreign.items():
        start[n] = np.nan
        for at, value in _converted(row, mine[row.id], rates, into, zone):
            insort(steps, (days(at), n, value), key=lambda step: step[0])
    told = np.array(steps, np.float64).reshape(-1, 3)
    return Track(start, told[:, 1].astype(np.int64), told[:, 0], told[:, 2])


def _only(row: Row[Any], changes: Sequence[Row[Any]]) -> set[str]:
    """The one currency that an opportunity ever was in; nothing where there were several."""
    found = {row.currency, *(c.before for c in changes if c.field == "currency")}
    return found if len(found) == 1 else set()


def _converted(
    row: Row[Any], changes: Sequence[Row[Any]], rates: Rates, into: str, zone: ZoneInfo
) -> Iterator[tuple[datetime, float]]:
    """What the amount counts, from each instant on at which that may have become another."""
    stood = {name: getattr(row, name) for name in _FIELDS}
    for change in reversed(changes):
        stood[change.field] = change.before
    left = list(changes)
    for at in _instants(row, changes, rates, zone):
        while left and left[0].recorded_at <= at:
            change = left.pop(0)
            stood[change.field] = change.after
        yield at, _value(stood, at, rates, into, zone)


def _instants(row: Row[Any], changes: Sequence[Row[Any]], rates: Rates, zone: ZoneInfo) -> list[datetime]:
    """When something changed: the record, a rate was entered, a rate's day began."""
    begins = [datetime.combine(r.from_on, time(), zone) for r in rates.known]
    told = [
        row.recorded_at,
        *(c.recorded_at for c in changes),
        *(r.recorded_at for r in rates.known),
        *begins,
    ]
    return sorted({at for at in told if at >= row.recorded_at})


def _value(stood: Mapping[str, Any], at: datetime, rates: Rates, into: str, zone: ZoneInfo) -> float:
    if stood["amount"] is None:
        return np.nan
    closed = stood["closed_at"]
    closed = datetime.fromisoformat(closed) if isinstance(closed, str) else closed
    day = (closed or at).astimezone(zone).date()
    worth = rates.between(stood["currency"], into, day, at)
    return np.nan if worth is None else float(Decimal(str(stood["amount"]))) * worth
