"""Taking turns at SQLite's one writer, between threads and processes.

SQLite lets whoever asks at the right instant write, and who waits asks again after ever longer pauses: one
busy writer starves all others until they give up. Here whoever waits for the writer holds a lock that the
next one needs first, also the one who wrote last. The system frees it when a process dies.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep

from core.messages import Unavailable
from data.outages import BUSY

_PAUSE = 0.002  # seconds; shorter than a transaction, so that its writer cannot come again first


@contextmanager
def turn(path: Path, patience: float) -> Iterator[None]:
    """Hold the turn while the block waits for the writer.

    Args:
        path: of a file that only serves to be locked; made where it is missing.
        patience: seconds.

    Raises:
        Unavailable: others were before us all that time.
    """
    until = monotonic() + patience
    held = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        while not _taken(held):
            if monotonic() > until:
                raise Unavailable(BUSY)
            sleep(_PAUSE)
        yield
    finally:
        os.close(held)  # gives the lock back


def _taken(held: int) -> bool:
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
