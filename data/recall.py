"""Answers of readings, kept while nothing in the database has changed (docs/decisions/0070).

What may be kept says so itself: a query marked `@recalled` answers by the database, its person and its
arguments alone. Its answer is kept under all of these, the names that are spoken, and the database's own
mark of what it holds (`Store.mark`): any commit of any process, audited or not, makes another mark. The
instant of the run counts to the minute: an answer may be up to a minute old where only time moved.
"""

from __future__ import annotations

import pickle
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from datetime import datetime
from io import BytesIO
from threading import Lock
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy.orm import Session

from core.access import Who
from data.engine import Store
from data.once import KEPT, RECALLED
from data.own_terms import heard

R = TypeVar("R")
LARGEST = 8 << 20  # bytes of one answer: a report of a thousand teams has five million
ROOM = 64 << 20  # bytes of all answers of a store in this process


class Answers:
    """Kept answers, the latest used last, as bytes: whoever gets one has it for themselves."""

    def __init__(self) -> None:
        self._held: OrderedDict[Hashable, bytes] = OrderedDict()
        self._size, self._lock = 0, Lock()

    def get(self, key: Hashable) -> bytes | None:
        """The answer under a key, if it is kept."""
        with self._lock:
            if key in self._held:
                self._held.move_to_end(key)
            return self._held.get(key)

    def put(self, key: Hashable, answer: bytes) -> None:
        """Keep an answer; the ones not used for longest go where room is needed."""
        with self._lock:
            self._size += len(answer) - len(self._held.pop(key, b""))
            self._held[key] = answer
            while self._size > ROOM:
                self._size -= len(self._held.popitem(last=False)[1])


_answers: WeakKeyDictionary[Store, Answers] = WeakKeyDictionary()


def recall(
    store: Store,
    session: Session,
    who: Who,
    now: datetime,
    query: Callable[..., R],
    args: tuple[Any, ...],
    kwargs: Mapping[str, Any],
) -> R:
    """A query's answer, asked or kept.

    Args:
        session: of the reading; the answer is of what it sees, or of the same rows.
        now: the instant of the run; where it, or one that is whole minutes from it, is among the arguments,
            any of the same minute will do.
    """
    key = _key(store, session, who, now, query, args, kwargs) if query in RECALLED else None
    if key is None:
        return query(session, who, *args, **kwargs)
    answers = _answers.setdefault(store, Answers())
    if (kept := answers.get(key)) is not None:
        found: R = pickle.loads(kept)  # noqa: S301 - this process wrote it a moment ago
        return found
    answer = query(session, who, *args, **kwargs)
    if (said := _bytes(answer)) is not None:
        answers.put(key, said)
    return answer


def _key(
    store: Store,
    session: Session,
    who: Who,
    now: datetime,
    query: Callable[..., Any],
    args: tuple[Any, ...],
    kwargs: Mapping[str, Any],
) -> Hashable | None:
    """All that an answer hangs on; None where it cannot be told. The mark is taken before any row is read."""
    if KEPT not in session.info or (mark := store.mark(session)) is None:
        return None
    asked = _bytes((who, args, tuple(kwargs.items())), now)
    return (query, asked, heard(store), mark) if asked is not None else None


def _bytes(value: Any, now: datetime | None = None) -> bytes | None:
    """A value as bytes; None where it cannot be said so, or not in `LARGEST`.

    Args:
        now: the instant of the run, of what is asked: it is said in full each time it comes, so that equal
            arguments are the same bytes, whether or not they share what they hold. None: of an answer.
    """
    told = _Sheet()
    said = _Pickler(told, now)
    said.fast = now is not None
    try:
        said.dump(value)
    except (pickle.PicklingError, TypeError, ValueError, AttributeError, OverflowError):  # e.g. a function
        return None
    return told.getvalue()


class _Sheet(BytesIO):
    """Takes so much: a large answer is given up on its first page, not written out to be thrown away."""

    def write(self, part: Any) -> int:
        """One more part.

        Raises:
            OverflowError: it is too much.
        """
        if self.tell() + len(part) > LARGEST:
            raise OverflowError
        return super().write(part)


class _Pickler(pickle.Pickler):
    """Says the instant of the run to the minute, and every one that lies whole minutes from it.

    A report's period begins so many days before the run, to the microsecond: said in full, no two runs would
    ask for the same.
    """

    def __init__(self, file: BytesIO, now: datetime | None) -> None:
        super().__init__(file, pickle.HIGHEST_PROTOCOL)
        self._now = now

    def reducer_override(self, value: Any) -> Any:
        """How one value is said; the same as ever but for those instants."""
        now = self._now
        if now and type(value) is datetime and _seconds(value) == _seconds(now):
            return str, (f"now {value:%Y-%m-%d %H:%M%z}",)
        return NotImplemented


def _seconds(at: datetime) -> tuple[int, int]:
    """Where in its minute an instant lies."""
    return at.second, at.microsecond
