"""How a metric went within its period, piece by piece, for each group of a split (D1)."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import String, and_, case, cast, func, literal, select
from sqlalchemy.orm import Session

from core.access import Who
from core.reports.catalogue import Dimension, Metric
from core.reports.spans import PIECES, Span
from data.once import recalled
from data.queries.metrics.ask import GROUPS, Ask
from data.queries.metrics.source import READERS, facts, selected
from data.schema.types import Instant

Course = dict[str, list[float]]


@recalled
def course(session: Session, who: Who, ask: Ask, metric: Metric, dimension: Dimension) -> Course:
    """By group, the metric in `PIECES` equal pieces of the period, oldest first.

    A ratio's pieces without rows are left out. What stands at an instant has no course.
    """
    if metric.standing:
        return {}
    if metric.grain in READERS:
        return _read(session, who, ask, metric, dimension)
    rows = selected(who, ask, metric.grain).subquery()
    top, of, at = rows.c[metric.name], rows.c[f"{metric.name}_of"], rows.c.at
    pieces = [
        func.sum(case((and_(at >= literal(since, Instant()), at < literal(until, Instant())), part)))
        for since, until in _edges(ask.span)
        for part in (top, of)
    ]
    key = cast(rows.c[GROUPS[dimension][0]], String)
    query = select(func.coalesce(key, ""), *pieces).where(top.is_not(None)).group_by(key)
    return {
        key: _values(zip(sums[::2], sums[1::2], strict=True), metric) for key, *sums in session.execute(query)
    }


def _edges(span: Span) -> list[tuple[datetime, datetime]]:
    length = (span.until - span.since) / PIECES
    starts = [span.since + length * n for n in range(PIECES)]
    return list(zip(starts, [*starts[1:], span.until], strict=True))


def _read(session: Session, who: Who, ask: Ask, metric: Metric, dimension: Dimension) -> Course:
    pieces: dict[str, list[tuple[float, float]]] = defaultdict(lambda: [(0.0, 0.0)] * PIECES)
    edges = _edges(ask.span)
    for fact in facts(session, who, ask, metric.grain):
        if metric.name in fact.values:
            place = next((n for n, (since, until) in enumerate(edges) if since <= fact.at < until), 0)
            mine, (top, of) = pieces[fact.groups[dimension][0]], fact.values[metric.name]
            mine[place] = (mine[place][0] + top, mine[place][1] + of)
    return {key: _values(sums, metric) for key, sums in pieces.items()}


def _values(sums: Iterable[Sequence[float | None]], metric: Metric) -> list[float]:
    if metric.ratio:
        return [float(top or 0) / of for top, of in sums if of]
    return [float(top or 0) for top, _ in sums]
