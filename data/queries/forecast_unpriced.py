"""Wins whose currency has no rate: nobody knows what they brought, so no deviation is told of them (B4)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.forecast.months import MonthRun, less
from core.terms import Outcome
from data.queries.currencies import Money
from data.schema import ForecastLine, ForecastRun, ForecastWin, Opportunity

Unpriced = frozenset[tuple[int, date]]  # opportunity and month in which it was won


def unpriced(session: Session, rows: Sequence[ForecastRun], money: Money | None, zone: ZoneInfo) -> Unpriced:
    """Wins of the runs' months with an amount that no rate turns into the runs' currency.

    Args:
        rows: of one pipeline, at least one.
        money: None where no amounts are kept: then every win counts 1.
    """
    if money is None:
        return frozenset()
    o, months = Opportunity, {row.starts_on for row in rows}
    query = select(o.id, o.amount, o.currency, o.closed_at).where(
        o.pipeline_id == rows[0].pipeline_id,
        o.outcome == Outcome.WON,
        o.amount.is_not(None),
        o.currency != money.into,
    )
    found = set()
    for row in session.execute(query):
        month = row.closed_at.astimezone(zone).date().replace(day=1) if row.closed_at else None
        if month in months and money.paid(row.amount, row.currency, row.closed_at) is None:
            found.add((row.id, month))
    return frozenset(found)


def without(session: Session, runs: Mapping[int, MonthRun], left: Unpriced) -> dict[int, MonthRun]:
    """The runs as if they had not known these opportunities; as they are where there are none."""
    if not left:
        return dict(runs)
    ids = {opportunity for opportunity, _ in left}
    parts: dict[int, list[Decimal]] = defaultdict(lambda: [Decimal(), Decimal()])
    said: tuple[tuple[type[ForecastLine | ForecastWin], Any], ...] = (
        (ForecastLine, ForecastLine.value),
        (ForecastWin, ForecastWin.amount),
    )
    for place, (table, value) in enumerate(said):
        query = select(table.run_id, table.opportunity_id, value).where(
            table.run_id.in_(runs), table.opportunity_id.in_(ids)
        )
        for run_id, opportunity, part in session.execute(query):
            if (opportunity, runs[run_id].month) in left:
                parts[run_id][place] += part or Decimal()
    return {run_id: less(run, *parts[run_id]) if run_id in parts else run for run_id, run in runs.items()}
