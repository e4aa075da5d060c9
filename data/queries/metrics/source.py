"""Where the rows of each grain come from, narrowed to the groups that a report is about (D1).

Numbers, the rows behind them, their course and what stands beside them all read here, so none can differ.
"""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Select, String, cast, func, select
from sqlalchemy.orm import Session

from core.access import Who
from core.reports.catalogue import Grain
from core.reports.facts import Fact
from data.queries.metrics import deals, kept, process
from data.queries.metrics.ask import GROUPS, Ask

SELECTS: Mapping[Grain, Callable[[Who, Ask], Select[Any]]] = {
    Grain.CLOSED: deals.closed,
    Grain.OPENED: deals.opened,
    Grain.OPEN: deals.standing,
    Grain.STAY: process.stays,
    Grain.ACTION: process.actions,
    Grain.STEP: process.steps,
    Grain.TALK: process.talks,
}
READERS: Mapping[Grain, Callable[[Session, Who, Ask], list[Fact]]] = {
    Grain.DEMAND: kept.demands,
    Grain.PROMISE: kept.promises,
    Grain.FORECAST: kept.forecast_lines,
}


def selected(who: Who, ask: Ask, grain: Grain) -> Select[Any]:
    """The rows of a grain that the store counts."""
    found = SELECTS[grain](who, ask)
    if not ask.only:
        return found
    rows = found.subquery()
    groups = [(rows.c[GROUPS[dimension][0]], keys) for dimension, keys in ask.only]
    return select(rows).where(*(func.coalesce(cast(group, String), "").in_(keys) for group, keys in groups))


def facts(session: Session, who: Who, ask: Ask, grain: Grain) -> list[Fact]:
    """The rows of a grain whose rules the core applies."""
    found = READERS[grain](session, who, ask)
    return [f for f in found if all(f.groups[d][0] in keys for d, keys in ask.only)]
