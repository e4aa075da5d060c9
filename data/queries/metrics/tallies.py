"""What metrics add up to: one statement gives every metric of a grain, whole and by every split (D1).

Rows of most grains lie in the store as they count, and the store adds them up. Demands, promises and lines
of forecasts follow rules of the core (`data.queries.metrics.kept`), which adds them up itself. Either way a
number and the rows behind it come from the same source, so they cannot differ.
"""

from collections.abc import Collection
from typing import Any

from sqlalchemy import CTE, Float, Select, String, case, cast, func, literal, null, select, union_all
from sqlalchemy.orm import Session

from core.access import Who
from core.reports.catalogue import METRICS, SPLITS, Dimension, Grain, Metric, metrics_of
from core.reports.facts import NOTHING, Tallied, Tally, tallied
from data.queries.metrics.ask import GROUPS, Ask
from data.queries.metrics.source import READERS, facts, selected

_PARTS = 6  # of a Tally


def tallies(session: Session, who: Who, ask: Ask, names: Collection[str]) -> dict[str, Tallied]:
    """Metrics over a period, whole and by every split.

    Args:
        names: of metrics; others of the same rows come along.
    """
    found: dict[str, Tallied] = {}
    for grain in {METRICS[name].grain: None for name in names}:
        found |= _tallies(session, who, ask, grain)
    return found


def _tallies(session: Session, who: Who, ask: Ask, grain: Grain) -> dict[str, Tallied]:
    if grain in READERS:
        return tallied(facts(session, who, ask, grain), grain)
    metrics = metrics_of(grain)
    rows = selected(who, ask, grain).cte("facts")
    whole: dict[str, Tally] = {}
    by: dict[str, dict[Dimension, dict[str, tuple[str | None, Tally]]]] = {m.name: {} for m in metrics}
    for split, key, name, *sums in session.execute(
        union_all(*(_added(rows, metrics, dimension) for dimension in (None, *SPLITS[grain])))
    ):
        for place, metric in enumerate(metrics):
            one = Tally(*(part or 0 for part in sums[place * _PARTS : (place + 1) * _PARTS]))
            if not split:
                whole[metric.name] = one
            elif one.n:
                by[metric.name].setdefault(Dimension(split), {})[key] = (name, one)
    return {m.name: Tallied(whole.get(m.name, NOTHING), by[m.name]) for m in metrics}


def _added(rows: CTE, metrics: Collection[Metric], dimension: Dimension | None) -> Select[Any]:
    """Every metric's sums over the rows, or over those of each group of a split."""
    sums = [column for metric in metrics for column in _sums(rows, metric)]
    if dimension is None:
        nothing = cast(null(), String)
        return select(literal("", String), literal("", String), nothing, *sums)
    key, name = (rows.c[column] for column in GROUPS[dimension])
    return select(
        literal(dimension.value, String),
        func.coalesce(cast(key, String), ""),
        func.max(cast(name, String)),
        *sums,
    ).group_by(key)


def _sums(rows: CTE, metric: Metric) -> tuple[Any, ...]:
    """The parts of a `Tally`, in their order."""
    top, of = rows.c[metric.name], rows.c[f"{metric.name}_of"]
    squared = top * top if metric.ratio else case((rows.c.fresh == 1, top * top), else_=0.0)
    added = (top, of, squared, top * of, of * of)
    return (func.count(top), *(func.sum(cast(part, Float)) for part in added))
