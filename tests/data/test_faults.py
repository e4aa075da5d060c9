"""The machine fails: no room, no database, no turn, a clock that jumps, a kill in the midst of something.

Whoever asked is told so in words, nothing is written by half, and afterwards it goes on.
"""

from __future__ import annotations

import multiprocessing
import os
import resource
import signal
import sqlite3
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import event, func, select, text
from sqlalchemy.exc import OperationalError

from core.customers import CustomerInput
from core.messages import Unavailable
from data.clock import system_clock
from data.commands.customers import open_customer
from data.commands.projections import differences
from data.engine import Store
from data.files import file_path, keep_attachment, read_file, sweep_halves
from data.install import install
from data.jobs.registry import JOBS, Run, job
from data.jobs.runner import LEASE, run_due
from data.jobs.schedule import Scheduled, _hourly, work
from data.migrate import is_current, revision_of
from data.outages import AWAY, BUSY, FULL, outage
from data.schema import Audit, Customer, JobRun, StoredFile
from data.text import LANGUAGES, translate
from tests.api import As, api_client
from tests.company import found
from tests.conftest import database
from tests.mortal import MIGRATED, migrate_and_die

FORK = multiprocessing.get_context("fork")
NEW = CustomerInput("Ganjiang Tools")


def names(store: Store) -> list[str]:
    with store.reading() as session:
        return list(session.scalars(select(Customer.name).where(Customer.name.startswith("Ganjiang"))))


@contextmanager
def no_room(store: Store) -> Iterator[None]:
    """A disk without room for another page of the database."""
    with store.reading() as session:
        pages = session.scalar(text("PRAGMA page_count"))

    def fill(connection) -> None:
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")

    event.listen(store.engine, "begin", fill)
    yield
    event.remove(store.engine, "begin", fill)
    event.listen(store.engine, "begin", lambda c: c.exec_driver_sql("PRAGMA max_page_count=1000000"))


def test_without_room_nothing_is_written_and_it_is_said(sqlite_store):
    company = found(sqlite_store)
    big = CustomerInput("Ganjiang Tools", note="x" * 20_000)
    with no_room(sqlite_store), pytest.raises(Unavailable) as told:
        open_customer.once(sqlite_store, company.rep, "key", big)
    assert (told.value.code, names(sqlite_store)) == (FULL, [])
    made = open_customer.once(sqlite_store, company.rep, "key", big)
    assert open_customer.once(sqlite_store, company.rep, "key", big) == made
    assert names(sqlite_store) == ["Ganjiang Tools"]


def test_over_the_api_it_is_said_with_when_to_ask_again(sqlite_store, monkeypatch):
    monkeypatch.setattr("data.api.routes.this_store", lambda: sqlite_store)
    company = found(sqlite_store)
    rep = As(api_client(), sqlite_store, company.rep)
    one = {"customer_id": company.customer, "kind": "news", "happened_at": "2026-03-01T00:00:00Z"}
    body = {"signals": [one] * 300}
    with no_room(sqlite_store):
        for language in LANGUAGES:
            code, said = rep("POST", "/signals/batch", body, idempotency_key="k", accept_language=language)
            assert (code, said["code"]) == (503, FULL)
            assert said["detail"] == translate(language, "errors.store_full")
    assert rep("POST", "/signals/batch", body, idempotency_key="k")[0] == 201


# fmt: off
SAID = [
    # SQLite's code            PostgreSQL's SQLSTATE   is
    (sqlite3.SQLITE_FULL,      "53100",                FULL),   # disk full
    (sqlite3.SQLITE_BUSY,      "40001",                BUSY),   # rolled back for another's sake
    (sqlite3.SQLITE_LOCKED,    "53300",                BUSY),   # too many connections
    (sqlite3.SQLITE_CANTOPEN,  "57P01",                AWAY),   # shut down
    (sqlite3.SQLITE_IOERR,     None,                   AWAY),   # the connection broke
    (sqlite3.SQLITE_READONLY,  "25006",                AWAY),   # it is a standby
    (sqlite3.SQLITE_ERROR,     None,                   None),   # a wrong statement; on PostgreSQL see below
]
# fmt: on


@pytest.mark.parametrize(("of_sqlite", "state", "said"), SAID)
def test_what_databases_say(of_sqlite, state, said):
    error = sqlite3.OperationalError("whatever")
    error.sqlite_errorcode = of_sqlite | 1 << 8  # extended codes carry more above
    assert outage(OperationalError("…", {}, error)) == said
    if said:
        other = Exception("whatever")
        other.sqlstate = state
        assert outage(OperationalError("…", {}, other)) == said


def test_a_programs_own_mistake_is_none_of_these(store):
    with pytest.raises(Exception, match="no_such_table") as raised, store.reading() as session:
        session.execute(text("SELECT 1 FROM no_such_table"))
    assert not isinstance(raised.value, Unavailable)


def test_whoever_writes_all_the_time_lets_others_write_too(sqlite_store):
    """SQLite alone would let one writer starve the others."""
    company, over = found(sqlite_store), threading.Event()

    def busy() -> None:
        while not over.is_set():
            open_customer(sqlite_store, company.mate, CustomerInput("Hanjiang"))

    others = [threading.Thread(target=busy) for _ in range(3)]
    for other in others:
        other.start()
    mine = [open_customer(sqlite_store, company.rep, CustomerInput(f"Ganjiang {n}")) for n in range(20)]
    over.set()
    for other in others:
        other.join()
    between = Customer.id.between(mine[0], mine[-1])
    with sqlite_store.reading() as session:
        theirs = session.scalar(select(func.count()).where(between, Customer.name == "Hanjiang"))
    assert 19 <= theirs <= 19 * 6  # four take turns: about three between two of mine, however slow all are


def test_a_file_that_finds_no_room_leaves_nothing_behind(sqlite_store):
    rep = found(sqlite_store).rep
    content = b"%PDF-1.7 " + os.urandom(400_000)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
    try:
        with pytest.raises(Unavailable) as told:
            keep_attachment(sqlite_store, rep, content, "offer.pdf")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert told.value.code == FULL
    assert [p for p in sqlite_store.files.rglob("*") if p.is_file()] == []
    digest = keep_attachment(sqlite_store, rep, content, "offer.pdf")
    assert read_file(sqlite_store, digest)[0] == content


def test_an_upload_killed_half_way_is_no_file_and_its_rest_goes_after_a_day(sqlite_store, clock):
    rep = found(sqlite_store).rep
    clock.at = system_clock()  # files carry the machine's time
    digest = keep_attachment(sqlite_store, rep, b"%PDF-1.7 whole", "offer.pdf")
    half = file_path(sqlite_store, digest).with_suffix(".0123456789abcdef.part")
    half.write_bytes(b"%PDF-1")
    assert sweep_halves(sqlite_store, sqlite_store.clock()) == 0  # it may still be on its way
    clock.move(hours=25)
    assert sweep_halves(sqlite_store, sqlite_store.clock()) == 1
    assert not half.exists()
    assert read_file(sqlite_store, digest)[0] == b"%PDF-1.7 whole"
    with sqlite_store.reading() as session:
        assert session.scalar(select(func.count(StoredFile.sha256))) == 1


@pytest.fixture
def hourly(monkeypatch) -> Iterator[list]:
    """A job that is due at each full hour, and the hours for which it ran."""
    ran: list = []
    monkeypatch.setattr("data.jobs.registry.JOBS", JOBS)
    job("fault_clock")(lambda store, run: ran.append(run.due_at))
    monkeypatch.setattr("data.jobs.schedule.SCHEDULE", (Scheduled("fault_clock", _hourly),))
    yield ran
    del JOBS["fault_clock"]


def test_each_hour_is_worked_once_however_the_clock_jumps(sqlite_store, clock, hourly):
    noon = clock.at
    for hours in (0, 5, 1, 0, 5, 6, 2):  # forwards, backwards, and forwards again
        clock.at = noon + timedelta(hours=hours, minutes=10)
        work(sqlite_store)
    assert sorted(hourly) == [noon + timedelta(hours=h) for h in (0, 1, 2, 5, 6)]


def test_a_run_held_by_a_clock_that_was_hours_ahead_is_taken_again(store, clock):
    """Its worker died while the clock was wrong: the lease would last for hours."""
    ran: list[Run] = []
    job("fault_lease")(lambda store, run: ran.append(run))
    try:
        with store.writing() as session:
            row = JobRun(job="fault_lease", key="", due_at=clock.at, params={}, state="running", attempts=1)
            row.leased_until = clock.at + timedelta(hours=5) + LEASE
            session.add(row)
        assert run_due(store) == 1
    finally:
        del JOBS["fault_lease"]
    assert len(ran) == 1


@pytest.mark.parametrize("statement", [5, 120])
def test_an_installation_killed_in_the_midst_is_made_by_the_next(postgres, tmp_path, statement):
    with database(postgres) as address:
        for url in (f"sqlite:///{tmp_path / 'firebreak.db'}", address):
            dead = FORK.Process(target=migrate_and_die, args=(url, tmp_path / "files", statement))
            dead.start()
            dead.join()
            assert dead.exitcode == -signal.SIGKILL
            store = Store(url, tmp_path / "files")
            assert revision_of(store) is None  # all of it or nothing
            install(store)
            assert is_current(store)
            with store.writing() as session:
                assert differences(session) == []
                session.rollback()
            store.close()


def test_instances_that_start_together_make_one_store(postgres, tmp_path):
    with database(postgres) as url:
        stores = [Store(url, tmp_path / "files") for _ in range(3)]
        with ThreadPoolExecutor(len(stores)) as pool:
            list(pool.map(install, stores))
        assert is_current(stores[0])
        for store in stores:
            store.close()


def test_an_upgrade_killed_in_the_midst_loses_nothing(postgres, tmp_path):
    """From the release before, with records: what was there is there, and the next try brings it further."""
    with database(postgres) as address:
        for url in (f"sqlite:///{tmp_path / 'firebreak.db'}", address):
            dead = FORK.Process(target=migrate_and_die, args=(url, tmp_path / "files", 3, MIGRATED))
            dead.start()
            dead.join()
            assert dead.exitcode == -signal.SIGKILL
            store = Store(url, tmp_path / "files")
            assert revision_of(store) == MIGRATED
            install(store)
            assert is_current(store)
            with store.reading() as session:
                assert session.scalar(text("SELECT name FROM team")) == "East"
            store.close()


def test_half_an_audit_row_is_never_left(store, monkeypatch):
    """The database breaks off at the last moment: neither the record nor its audit row is there."""
    company = found(store)
    with store.reading() as session:
        before = session.scalar(select(func.count(Audit.id)))

    def broken(connection) -> None:
        raise OperationalError("COMMIT", {}, sqlite3.OperationalError("gone"))

    event.listen(store.engine, "commit", broken)
    with pytest.raises((Unavailable, OperationalError)):
        open_customer(store, company.rep, NEW)
    event.remove(store.engine, "commit", broken)
    with store.reading() as session:
        assert session.scalar(select(func.count(Audit.id))) == before
    assert names(store) == []
    open_customer(store, company.rep, NEW)
    assert names(store) == ["Ganjiang Tools"]


def test_the_command_line_says_what_the_database_says(tmp_path: Path, monkeypatch, capsys):
    from data.__main__ import main

    (tmp_path / "broken.db").write_bytes(b"this is no database, whatever its name says" * 100)
    store = Store(f"sqlite:///{tmp_path / 'broken.db'}", tmp_path)
    monkeypatch.setattr("data.cli.maintain.this_store", lambda: store)
    assert main(["rebuild"]) == 2
    assert "file is not a database" in capsys.readouterr().err
