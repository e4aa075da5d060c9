"""The rows behind a number, from the same source as the number (D3)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, String, cast, func, select
from sqlalchemy.orm import Session

from core.access import Who
from core.reports.catalogue import Dimension, Metric, metrics_of
from core.reports.facts import NOTHING, Fact, Tally, counted, tally
from data.queries.metrics.ask import GROUPS, Ask
from data.queries.metrics.kept import fact
from data.queries.metrics.source import READERS, facts, selected

ROWS_SHOWN = 200
ROWS_EXPORTED = 10_000


@dataclass(frozen=True, slots=True)
class Behind:
    """The rows behind a number.

    Attributes:
        total: what all of them add up to.
        facts: the first of them, those that add most first.
    """

    total: Tally
    facts: tuple[Fact, ...]


def behind(
    session: Session,
    who: Who,
    ask: Ask,
    metric: Metric,
    dimension: Dimension | None = None,
    key: str | None = None,
    *,
    most: int = ROWS_SHOWN,
) -> Behind:
    """The rows that a metric counts, of one group where one is named.

    Args:
        key: of the group; "" for the rows of none.
    """
    if metric.grain in READERS:
        found = counted(facts(session, who, ask, metric.grain), metric.name, dimension, key)
        found.sort(key=lambda f: (-abs(f.values[metric.name][0]), f.id))
        total = sum((tally(f, metric) for f in found), NOTHING)
        return Behind(total, tuple(found[:most]))
    rows = selected(who, ask, metric.grain).subquery()
    query = _of_group(select(rows).where(rows.c[metric.name].is_not(None)), rows, dimension, key)
    first = query.order_by(func.abs(rows.c[metric.name]).desc(), rows.c.id).limit(most)
    found = [_fact(row._asdict(), metric) for row in session.execute(first)]
    if len(found) < most:
        return Behind(sum((tally(f, metric) for f in found), NOTHING), tuple(found))
    return Behind(_total(session, query, metric), tuple(found))


def _of_group(query: Select[Any], rows: Any, dimension: Dimension | None, key: str | None) -> Select[Any]:
    if dimension is None:
        return query
    return query.where(func.coalesce(cast(rows.c[GROUPS[dimension][0]], String), "") == (key or ""))


def _fact(row: Mapping[str, Any], metric: Metric) -> Fact:
    values = {
        m.name: (float(row[m.name]), float(row[f"{m.name}_of"]))
        for m in metrics_of(metric.grain)
        if row[m.name] is not None
    }
    return fact(row, metric.grain, values, fresh=bool(row["fresh"]))


def _total(session: Session, query: Select[Any], metric: Metric) -> Tally:
    all_rows = query.subquery()
    top, of = all_rows.c[metric.name], all_rows.c[f"{metric.name}_of"]
    n, tops, ofs = session.execute(select(func.count(), func.sum(top), func.sum(of))).one()
    return Tally(n, float(tops or 0), float(ofs or 0))


def opportunities_of(facts: Sequence[Fact]) -> list[int]:
    """The opportunities that rows are about, each once."""
    return list(dict.fromkeys(f.opportunity_id for f in facts if f.opportunity_id is not None))
