"""The store: one place that opens databases, for reading and for writing."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.orm import Session

from data.clock import Clock, system_clock

_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA busy_timeout=30000",
)


def _open(url: str, begin: str) -> Engine:
    parsed = make_url(url)
    if parsed.get_backend_name() == "postgresql":
        return create_engine(parsed.set(drivername="postgresql+psycopg"), pool_pre_ping=True)
    if parsed.database and parsed.database != ":memory:":
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(parsed)

    @event.listens_for(engine, "connect")
    def _connect(connection: DBAPIConnection, _: Any) -> None:
        connection.isolation_level = None  # pysqlite's own BEGIN comes too late; ours is below
        for pragma in _PRAGMAS:
            connection.execute(pragma)

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        connection.exec_driver_sql(begin)

    return engine


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
        self._writer = _open(url, "BEGIN IMMEDIATE")
        same = not read_url and make_url(url).get_backend_name() == "postgresql"
        self._reader = self._writer if same else _open(read_url or url, "BEGIN")
        self._current = _open(url, "BEGIN") if read_url else self._reader
        self._batch: ContextVar[Session | None] = ContextVar("batch", default=None)

    @property
    def engine(self) -> Engine:
        """The writing engine, for migrations."""
        return self._writer

    @property
    def shown_url(self) -> str:
        """The address without its password, for messages."""
        return make_url(self.url).render_as_string(hide_password=True)

    @contextmanager
    def reading(self, *, fresh: bool = False) -> Iterator[Session]:
        """A session that sees one moment and writes nothing.

        Args:
            fresh: never from a replica, which lags: whether a session still lives must not.
        """
        if batch := self._batch.get():
            yield batch
            return
        with Session(self._current if fresh else self._reader, autoflush=False) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A session in one transaction: committed at the end, rolled back on any error."""
        if batch := self._batch.get():
            yield batch
            batch.flush()
            return
        with Session(self._writer) as session, session.begin():
            yield session

    @contextmanager
    def batch(self) -> Iterator[Session]:
        """Run many commands as one transaction; for imports and the demo, all or nothing."""
        with Session(self._writer) as session, session.begin():
            token = self._batch.set(session)
            try:
                yield session
            finally:
                self._batch.reset(token)

    def close(self) -> None:
        """Give all connections back."""
        self._writer.dispose()
        self._reader.dispose()
        self._current.dispose()
