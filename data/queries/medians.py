"""Medians that the database takes, the same on both."""

from typing import Any

from sqlalchemy import ColumnElement, Float, Select, Subquery, func, select


def median_by(rows: Subquery, by: ColumnElement[Any], value: ColumnElement[Any]) -> Select[Any]:
    """One row per `by`: its key, the median of `value`, and how many rows there were.

    Args:
        rows: the set; rows without a value are no part of it.
    """
    ranked = (
        select(
            by.label("key"),
            value.label("value"),
            func.row_number().over(partition_by=by, order_by=value).label("rank"),
            func.count().over(partition_by=by).label("n"),
        )
        .select_from(rows)
        .where(value.is_not(None))
        .subquery()
    )
    # The middle one, or the two in the middle: twice the rank is n, n + 1 or n + 2.
    middle = (ranked.c.rank * 2).between(ranked.c.n, ranked.c.n + 2)
    median = func.avg(ranked.c.value, type_=Float)
    return select(ranked.c.key, median, func.max(ranked.c.n)).where(middle).group_by(ranked.c.key)
