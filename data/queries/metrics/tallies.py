"""What metrics add up to: one statement gives every metric of a grain, whole and by every split (D1).

Rows of most grains lie in the store as they count, and the store adds them up. Demands, promises and lines
of forecasts follow rules of the core (`data.queries.metrics.kept`), which adds them up itself. Either way a
number and the rows behind it come from the same source, so they cannot differ.
"""

from collections.abc import Collection
from functools import cache
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Select,
    String,
    cast,
    func,
    literal,
    literal_column,
    null,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from core.access import Who
from core.reports.catalogue import METRICS, SPLITS, Dimension, Grain, Metric
from core.reports.facts import NOTHING, Tallied, Tally, tallied
from data.queries.metrics.ask import GROUPS, Ask
from data.queries.metrics.source import READERS, facts, selected

_PARTS = 6  # of a Tally


def tallies(
    session: Session, who: Who, ask: Ask, names: Collection[str], *, split: Collection[str] | None = None
) -> dict[str, Tallied]:
    """Metrics over a period, whole and by every split.

    Args:
        names: of metrics.
        split: those whose splits are wanted, all of them when None: a large company has tens of thousands
            of groups.
    """
    found: dict[str, Tallied] = {}
    for grain in {METRICS[name].grain: None for name in names}:
        metrics = [METRICS[name] for name in names if METRICS[name].grain is grain]
        wanted = {metric.name for metric in metrics if split is None or metric.name in split}
        found |= _tallies(session, who, ask, grain, metrics, wanted)
    return found


def _tallies(
    session: Session,
    who: Who,
    ask: Ask,
    grain: Grain,
    metrics: Collection[Metric],
    split: Collection[str],
) -> dict[str, Tallied]:
    if grain in READERS:
        every = tallied(facts(session, who, ask, grain), grain)
        return {m.name: every[m.name] if m.name in split else Tallied(every[m.name].whole) for m in metrics}
    splits = SPLITS[grain] if split else ()
    rows = selected(who, ask, grain).cte("facts")
    whole: dict[str, Tally] = {}
    by: dict[str, dict[Dimension, dict[str, tuple[str | None, Tally]]]] = {m.name: {} for m in metrics}
    for dimension, key, name, *sums in session.execute(
        union_all(*(_added(rows, metrics, by_one) for by_one in (None, *splits)))
    ):
        for place, metric in enumerate(metrics):
            one = Tally(*(part or 0 for part in sums[place * _PARTS : (place + 1) * _PARTS]))
            if not dimension:
                whole[metric.name] = one
            elif one.n and metric.name in split:
                by[metric.name].setdefault(Dimension(dimension), {})[key] = (name, one)
    return {m.name: Tallied(whole.get(m.name, NOTHING), by[m.name]) for m in metrics}


def _added(rows: CTE, metrics: Collection[Metric], dimension: Dimension | None) -> Select[Any]:
    """Every metric's sums over the rows, or over those of each group of a split."""
    sums = [column for metric in metrics for column in _sums(metric)]
    if dimension is None:
        nothing = cast(null(), String)
        return select(literal("", String), literal("", String), nothing, *sums).select_from(rows)
    key, name = (rows.c[column] for column in GROUPS[dimension])
    return select(
        literal(dimension.value, String),
        func.coalesce(cast(key, String), ""),
        func.max(cast(name, String)),
        *sums,
    ).group_by(key)


@cache
def _sums(metric: Metric) -> tuple[ColumnElement[Any], ...]:
    """The parts of a `Tally`, in their order, of rows that are called `facts`.

    Written out once: a report asks for hundreds of them, and putting each together anew took longer than the
    store took to add them up.
    """
    top, of = (f"facts.{name}" for name in (metric.name, f"{metric.name}_of"))
    fresh = f"CASE WHEN facts.fresh = 1 THEN {top} * {top} ELSE 0.0 END"
    added = (top, of, f"{top} * {top}" if metric.ratio else fresh, f"{top} * {of}", f"{of} * {of}")
    parts = (f"sum(CAST({part} AS FLOAT))" for part in added)
    return (literal_column(f"count({top})"), *map(literal_column, parts))
