"""What a reading asks of the store once, however many of its queries need it: it sees one moment only.

And which queries' answers may be kept beyond their reading, as long as nothing changes (`data/recall.py`).
"""

from collections.abc import Callable, Hashable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy.orm import Session

KEPT = "kept"  # in the notes of a session that only reads
RECALLED: set[Callable[..., Any]] = set()
P = ParamSpec("P")
R = TypeVar("R")


def once(query: Callable[Concatenate[Session, P], R]) -> Callable[Concatenate[Session, P], R]:
    """Keep a query's answer for the rest of its reading; in a session that writes it is asked each time.

    The answer is shared, so it must be one that nobody changes, and the arguments must be hashable.
    """

    @wraps(query)
    def asked(session: Session, /, *args: P.args, **kwargs: P.kwargs) -> R:
        kept: dict[Hashable, Any] | None = session.info.get(KEPT)
        if kept is None:
            return query(session, *args, **kwargs)
        key = (query, args, *kwargs.items())
        if key not in kept:
            kept[key] = query(session, *args, **kwargs)
        answer: R = kept[key]
        return answer

    return asked


def recalled(query: Callable[P, R]) -> Callable[P, R]:
    """Mark a query whose answer may be kept: it hangs on rows, person and arguments; no clock, no file."""
    RECALLED.add(query)
    return query
