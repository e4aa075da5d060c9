"""Instants as the forecast counts them."""

from datetime import UTC, date, datetime

import numpy as np

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY = 86_400.0


def days(at: datetime | date | None) -> float:
    """Days since 1970-01-01 UTC; a date is its start in UTC; NaN for none.

    >>> days(date(1970, 1, 3)), days(datetime(1970, 1, 2, 12, tzinfo=UTC))
    (2.0, 1.5)
    """
    if at is None:
        return np.nan
    if isinstance(at, datetime):
        return (at - _EPOCH).total_seconds() / _DAY
    return float((at - _EPOCH.date()).days)
