"""The store: one place that opens databases, for reading and for writing."""

import sqlite3
from collections.abc import Hashable, Iterator
from contextlib import contextmanager, nullcontext
from contextvars import ContextVar
from pathlib import Path
from threading import Lock
from time import monotonic
from typing import Any

from sqlalchemy import URL, Engine, create_engine, event, make_url, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError
from sqlalchemy.orm import ORMExecuteState, Session

from core.messages import Invalid, Problem
from data.clock import Clock, system_clock
from data.once import KEPT
from data.outages import told
from data.turns import turn

PATIENCE_SECONDS = 30
CONNECT_SECONDS = 5
REST_SECONDS = 10.0  # that a replica which did not answer is left alone
_WRITE, _READ = "BEGIN IMMEDIATE", "BEGIN"
_MARK = text(  # a standby's snapshot does not say which transactions are under way
    "SELECT CASE WHEN pg_is_in_recovery() THEN CAST(pg_last_wal_replay_lsn() AS text)"
    " ELSE CAST(pg_current_snapshot() AS text) END"
)
_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    f"PRAGMA busy_timeout={PATIENCE_SECONDS * 1000}",
)


def address(url: str) -> URL:
    """A database's address in its parts.

    Raises:
        Invalid: it cannot be read, or leads to another kind of database.
    """
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):  # its text holds a password, so it goes no further
        raise Invalid([Problem("address", "bad_address")]) from None
    kind = parsed.get_backend_name()
    unquoted = kind == "postgresql" and url.count("@") > 1  # of a password: it would be told as a host's name
    if unquoted or kind not in ("sqlite", "postgresql"):
        raise Invalid([Problem("address", "bad_address")])
    return parsed


def _open(url: str, begin: str) -> Engine:
    parsed = address(url)
    if parsed.get_backend_name() == "postgresql":
        return create_engine(
            parsed.set(drivername="postgresql+psycopg"),
            pool_pre_ping=True,
            connect_args={} if "connect_timeout" in parsed.query else {"connect_timeout": CONNECT_SECONDS},
        )
    path = Path(parsed.database) if parsed.database and parsed.database != ":memory:" else None
    if path:
        path.parent.mkdir(parents=True, exist_ok=True)
    queue = path.with_name(f"{path.name}-turn") if path and begin == _WRITE else None
    engine = create_engine(parsed)

    @event.listens_for(engine, "connect")
    def _connect(connection: DBAPIConnection, _: Any) -> None:
        connection.isolation_level = None  # pysqlite's own BEGIN comes too late; ours is below
        for pragma in _PRAGMAS:
            connection.execute(pragma)

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        with turn(queue, PATIENCE_SECONDS) if queue else nullcontext():
            connection.exec_driver_sql(begin)

    return engine


def _one_moment(engine: Engine) -> Engine:
    """SQLite's readers see one moment anyway; PostgreSQL's do where they ask for it.

    Not a replica's: how far it has replayed must not be told of a moment before (`Store.mark`).
    """
    if engine.dialect.name == "sqlite":
        return engine
    return engine.execution_options(isolation_level="REPEATABLE READ")


class _Writer(Session):
    """A session that reads anew whatever it locks: another hand may have changed it while this one waited."""


@event.listens_for(_Writer, "do_orm_execute")
def _anew(asked: ORMExecuteState) -> None:
    if getattr(asked.statement, "_for_update_arg", None) is not None:
        asked.update_execution_options(populate_existing=True)


class Store:
    """A database with a clock and a folder for files.

    Args:
        url: SQLAlchemy address, `sqlite:///path` or `postgresql://…`.
        read_url: a replica for queries; the same database when None.
        files: folder of recordings and other uploads, kept under their hash.
        clock: gives the present instant (UTC); tests and the demo set their own.
    """

    def __init__(
        self, url: str, files: Path, *, read_url: str | None = None, clock: Clock = system_clock
    ) -> None:
        self.url, self.files, self.clock = url, files, clock
        self._writer = _open(url, _WRITE)
        same = not read_url and make_url(url).get_backend_name() == "postgresql"
        self._current = _one_moment(self._writer if same else _open(url, _READ))
        self._reader = _open(read_url, _READ) if read_url else self._current
        self.has_replica, self._rests_until = bool(read_url), 0.0
        self._batch: ContextVar[Session | None] = ContextVar("batch", default=None)
        self._witness: sqlite3.Connection | None = None
        self._asking = Lock()

    @property
    def engine(self) -> Engine:
        """The writing engine, for migrations."""
        return self._writer

    @property
    def shown_url(self) -> str:
        """The address without its password, for messages."""
        return make_url(self.url).render_as_string(hide_password=True)

    @property
    def replica_answers(self) -> bool:
        """Whether the replica answered when it was last asked, or has rested since."""
        return monotonic() >= self._rests_until

    def rest_replica(self) -> None:
        """Leave the replica alone for a while: it did not answer."""
        self._rests_until = monotonic() + REST_SECONDS

    @contextmanager
    def reading(self, *, fresh: bool = False) -> Iterator[Session]:
        """A session that sees one moment and writes nothing; on a replica each statement sees its own.

        Args:
            fresh: never from a replica, which lags: whether a session still lives must not.
        """
        if batch := self._batch.get():
            yield batch
            return
        engine = self._current if fresh else self._reader
        with told(), Session(engine, autoflush=False, info={KEPT: {}}) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A session in one transaction: committed at the end, rolled back on any error."""
        if batch := self._batch.get():
            yield batch
            batch.flush()
            return
        with told(), _Writer(self._writer) as session, session.begin():
            yield session

    @contextmanager
    def batch(self) -> Iterator[Session]:
        """Run many commands as one transaction; for imports and the demo, all or nothing."""
        with told(), _Writer(self._writer) as session, session.begin():
            token = self._batch.set(session)
            try:
                yield session
            finally:
                self._batch.reset(token)

    def mark(self, session: Session) -> Hashable | None:
        """A mark of all rows that a reading session sees: the same mark, the same rows. None: not known.

        PostgreSQL tells which transactions are over, a standby how much of the log it has replayed; SQLite
        tells one connection, that never writes, whether another one has written, of this process or of any.
        """
        if (engine := session.get_bind()).dialect.name == "postgresql":
            return engine is self._current, str(session.scalar(_MARK))
        if self.has_replica or not (path := make_url(self.url).database) or path == ":memory:":
            return None
        try:
            return self._version(path)
        except sqlite3.Error:  # the reading itself says what is wrong
            return None

    def _version(self, path: str) -> int:
        with self._asking:
            if self._witness is None:
                self._witness = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
            version: int = self._witness.execute("PRAGMA data_version").fetchone()[0]
        return version

    def close(self) -> None:
        """Give all connections back."""
        if self._witness is not None:
            self._witness.close()
            self._witness = None
        self._writer.dispose()
        self._reader.dispose()
        self._current.dispose()
