"""A disk that is really full under PostgreSQL: its tables lie in a small file system of their own.

SQLite's side, and what is said where, is in `test_faults`. The server's log of writes lies elsewhere: without
room for that PostgreSQL stops, and the store is away until there is room again.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from sqlalchemy import text

from core.customers import CustomerInput
from core.messages import Unavailable
from data.commands.customers import open_customer
from data.commands.projections import differences, rebuild
from data.engine import Store
from data.outages import FULL
from tests.company import found
from tests.conftest import _address, _administering
from tests.data.test_faults import names


@pytest.fixture
def small_disk() -> Iterator[Path]:
    """A folder with room for an installed database and little more."""
    folder = Path(tempfile.mkdtemp(prefix="firebreak-disk-"))
    mount = ["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", str(folder)]
    if not shutil.which("mount") or subprocess.run(mount, capture_output=True, check=False).returncode:
        folder.rmdir()
        pytest.skip("no file system may be mounted here")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)
    folder.rmdir()


@pytest.fixture
def on_it(small_disk, postgres, installed_database, tmp_path) -> Iterator[Store]:
    """An installed store whose tables lie on the small disk."""
    tables = small_disk / "tables"
    tables.mkdir(mode=0o700)
    with _administering(postgres) as ask:
        owner = Path(str(ask.scalar(text("SHOW data_directory")))).stat()
        os.chown(tables, owner.st_uid, owner.st_gid)
        small_disk.chmod(0o755)
        ask.execute(text(f"CREATE TABLESPACE small LOCATION '{tables}'"))
        ask.execute(text(f"CREATE DATABASE small TEMPLATE {installed_database} TABLESPACE small"))
    store = Store(_address(postgres, "small"), tmp_path / "files")
    yield store
    store.close()
    with _administering(postgres) as ask:
        ask.execute(text("DROP DATABASE small WITH (FORCE)"))
        ask.execute(text("DROP TABLESPACE small"))


@contextmanager
def filled(disk: Path) -> Iterator[None]:
    """Not a byte is free."""
    rest = disk / "rest"
    with rest.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(4096))
    yield
    rest.unlink()


def test_without_room_nothing_is_written_it_is_said_and_afterwards_it_goes_on(small_disk, on_it):
    company = found(on_it)
    with on_it.writing() as session:
        rebuild(session)  # of what was written past the commands
    big = CustomerInput("Ganjiang Tools", note=os.urandom(100_000).hex())
    with filled(small_disk):
        with pytest.raises(Unavailable) as told:
            open_customer.once(on_it, company.rep, "key", big)
        assert (told.value.code, names(on_it)) == (FULL, [])  # and it is read all the while
    made = open_customer.once(on_it, company.rep, "key", big)
    assert open_customer.once(on_it, company.rep, "key", big) == made
    assert names(on_it) == ["Ganjiang Tools"]
    with on_it.writing() as session:
        assert differences(session) == []
        session.rollback()
