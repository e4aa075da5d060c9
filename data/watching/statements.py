"""How long each SQL statement takes; slow ones are logged and kept, without their values."""

import logging
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from time import perf_counter
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine

from data.clock import system_clock
from data.watching.figures import SLOW, STATEMENTS

KEPT = 30  # slow statements of this process
_log = logging.getLogger("firebreak.slow")
_LONGEST = 600  # characters of a statement that are logged


@dataclass(frozen=True, slots=True)
class Slow:
    """A statement that took long, without the values in it."""

    at: datetime
    milliseconds: int
    statement: str


LATEST: deque[Slow] = deque(maxlen=KEPT)


def watch_statements(slow_ms: int) -> Callable[[], None]:
    """Time every statement of this process from now on.

    Args:
        slow_ms: milliseconds from which a statement is logged.

    Returns:
        What ends it.
    """

    def end(connection: Any, _: Any, statement: str, *__: Any) -> None:
        seconds = perf_counter() - connection.info["begun"]
        STATEMENTS.observe(seconds)
        if seconds * 1000 >= slow_ms:
            SLOW.inc()
            said = " ".join(statement.split())[:_LONGEST]
            LATEST.append(Slow(system_clock(), round(seconds * 1000), said))
            _log.warning("%d ms: %s", round(seconds * 1000), said)

    event.listen(Engine, "before_cursor_execute", _begin)
    event.listen(Engine, "after_cursor_execute", end)

    def stop() -> None:
        event.remove(Engine, "before_cursor_execute", _begin)
        event.remove(Engine, "after_cursor_execute", end)

    return stop


def _begin(connection: Any, *_: Any) -> None:
    connection.info["begun"] = perf_counter()
