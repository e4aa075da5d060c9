"""What fails on the machine, as the product says it: no answer, no room, no turn (PRODUCT.md P7).

A program's own mistakes (a wrong statement, a missing table) are none of these and are logged whole.
"""

import errno
import logging
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from core.messages import Unavailable

AWAY, FULL, BUSY = "store_away", "store_full", "store_busy"
_SQLITE = {
    sqlite3.SQLITE_FULL: FULL,
    sqlite3.SQLITE_BUSY: BUSY,
    sqlite3.SQLITE_LOCKED: BUSY,
    sqlite3.SQLITE_IOERR: AWAY,
    sqlite3.SQLITE_CANTOPEN: AWAY,
    sqlite3.SQLITE_READONLY: AWAY,
    sqlite3.SQLITE_PERM: AWAY,
    sqlite3.SQLITE_CORRUPT: AWAY,
    sqlite3.SQLITE_NOTADB: AWAY,
}
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_READ_ONLY = "25006"  # PostgreSQL: the address leads to a standby, as after a failover
_BUSY = (
    "40",
    "53300",
    "53400",
    "55",
    "57014",
)  # SQLSTATEs: roll-backs, too many connections, locks, cancelled
_TOO_MUCH = "54"  # of what was asked for, such as a text that no index takes: another try changes nothing
_log = logging.getLogger(__name__)


@contextmanager
def told() -> Iterator[None]:
    """Raise `Unavailable` for what is wrong with the database and not with what was asked of it."""
    try:
        yield
    except (SQLAlchemyError, sqlite3.Error) as error:
        code = outage(error)
        if code is None:
            raise
        _log.warning("%s: %s", code, " ".join(str(getattr(error, "orig", error)).split())[:300])
        raise Unavailable(code) from error


@contextmanager
def room() -> Iterator[None]:
    """Raise `Unavailable` where the disk has no room for a file."""
    try:
        yield
    except OSError as error:
        if error.errno not in _NO_ROOM:
            raise
        _log.warning("no room for a file: %s", error)
        raise Unavailable(FULL) from error


def outage(error: BaseException) -> str | None:
    """What fails, as a key under `errors.`; None for a program's own mistake.

    >>> outage(NoConnectionFree()), outage(ValueError())
    ('store_busy', None)
    """
    if isinstance(error, NoConnectionFree):
        return BUSY
    cause: Any = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(cause, sqlite3.Error):
        return _SQLITE.get(getattr(cause, "sqlite_errorcode", 0) & 0xFF)
    return _of_server(error, str(getattr(cause, "sqlstate", None) or ""))


def _of_server(error: BaseException, state: str) -> str | None:
    """Of PostgreSQL, by its SQLSTATE; "" where the connection broke before it could say one.

    Sources: https://www.postgresql.org/docs/current/errcodes-appendix.html
    """
    if state in ("53100", "53200"):
        return FULL
    if state.startswith(_BUSY):
        return BUSY
    if state.startswith(_TOO_MUCH):
        return None
    if state == _READ_ONLY or isinstance(error, OperationalError | InterfaceError):
        return AWAY
    return None
