"""What a worker holds while it works on it, and when another may take it."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, or_


def free(held: Any, now: datetime, longest: timedelta) -> ColumnElement[bool]:
    """Whether nobody holds a row: never taken, or the lease has run out.

    A lease that lies twice the longest ahead is of a clock that was wrong and is right again. One that lies
    just beyond the longest was taken by another worker a moment after this one looked at its own clock.

    Args:
        held: the column that tells until when a row is held.
        now: this worker's clock.
        longest: for how long a row is held at most.
    """
    return or_(held.is_(None), held <= now, held > now + 2 * longest)
