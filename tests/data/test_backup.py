"""A company in one file, back again, and in another database: the same to the last row, or nothing."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from core.access import OPERATOR
from core.messages import Invalid
from core.people import PersonInput
from data.backup.archive import restore, verify, write
from data.backup.moving import move
from data.backup.tables import one_moment, shapes, sums
from data.commands.people import create_person, create_team
from data.engine import Store
from data.files import keep, read_file
from data.migrate import altering, build, is_current
from data.schema import Customer, Person
from tests.company import found
from tests.conftest import Hands, database

SOUND = b"RIFF" + bytes(range(256)) * 40


@pytest.fixture
def company(store: Store) -> Store:
    """A company with a file, on either database."""
    people = found(store)
    keep(store, people.rep.person_id, SOUND, "audio/wav")
    with store.writing() as session:
        customer = session.get_one(Customer, people.customer)
        customer.name = '云启 "quoted", \\ and \n a line'
    return store


@pytest.fixture
def empty(tmp_path: Path, clock: Hands) -> Store:
    return Store(f"sqlite:///{tmp_path / 'other.db'}", tmp_path / "other", clock=clock)


@pytest.fixture
def postgres_empty(postgres: str, tmp_path: Path, clock: Hands) -> Iterator[Store]:
    with database(postgres) as url:
        yield Store(url, tmp_path / "files", clock=clock)


def told(store: Store) -> dict[str, tuple[int, str]]:
    with one_moment(store) as connection:
        return sums(connection, shapes())


def problems(of: pytest.ExceptionInfo[Invalid]) -> list[str]:
    return [problem.code for problem in of.value.problems]


def test_what_is_brought_back_is_the_same(company: Store, empty: Store, tmp_path: Path) -> None:
    made = write(company, tmp_path / "copy.zip")
    assert made.rows == sum(rows for rows, _ in told(company).values()) > 10
    assert (tmp_path / "copy.zip").stat().st_mode & 0o077 == 0
    assert verify(tmp_path / "copy.zip").sums.keys() == told(company).keys()
    restore(tmp_path / "copy.zip", empty)
    assert told(empty) == told(company)
    assert read_file(empty, made.files[0]) == (SOUND, "audio/wav")
    assert is_current(empty)


def test_a_company_moves_to_postgresql_and_goes_on(sqlite_store: Store, postgres_empty: Store) -> None:
    found(sqlite_store)
    move(sqlite_store, postgres_empty)
    assert told(postgres_empty) == told(sqlite_store)
    team = create_team(postgres_empty, OPERATOR, "North")
    create_person(
        postgres_empty, OPERATOR, PersonInput("new", "New", "rep", team), password="a long password"
    )
    with postgres_empty.reading() as session:
        ids = session.scalars(select(Person.id).order_by(Person.id)).all()
    assert len(ids) == len(set(ids)) == told(sqlite_store)["person"][0] + 1
    postgres_empty.close()


def test_nothing_is_written_over(sqlite_store: Store, tmp_path: Path) -> None:
    write(sqlite_store, tmp_path / "copy.zip")
    before = told(sqlite_store)
    same = Store(sqlite_store.url, sqlite_store.files)
    for attempt in (lambda: restore(tmp_path / "copy.zip", same), lambda: move(sqlite_store, same)):
        with pytest.raises(Invalid) as refused:
            attempt()
        assert problems(refused) == ["store_not_empty"]
    assert told(sqlite_store) == before


def test_a_damaged_copy_is_told_and_leaves_nothing(sqlite_store: Store, empty: Store, tmp_path: Path) -> None:
    found(sqlite_store)
    write(sqlite_store, tmp_path / "copy.zip")
    for damage, code in (
        (_cut, "not_a_backup"),
        (_flip, "not_a_backup"),
        (_change_a_name, "backup_damaged"),
        (_from_the_future, "backup_of_later_release"),
    ):
        damage(tmp_path / "copy.zip", tmp_path / "bad.zip")
        with pytest.raises(Invalid) as refused:
            restore(tmp_path / "bad.zip", empty)
        assert problems(refused) == [code], damage
    restore(tmp_path / "copy.zip", empty)


def _cut(good: Path, bad: Path) -> None:
    bad.write_bytes(good.read_bytes()[:-2000])


def _flip(good: Path, bad: Path) -> None:
    with zipfile.ZipFile(good) as archive:
        part = archive.getinfo("tables/person.jsonl")
    content = bytearray(good.read_bytes())
    content[part.header_offset + len(part.filename) + 60] ^= 0xFF
    bad.write_bytes(bytes(content))


def _change_a_name(good: Path, bad: Path) -> None:
    _rewritten(good, bad, "tables/person.jsonl", lambda text: text.replace("Mate", "Mete"))


def _from_the_future(good: Path, bad: Path) -> None:
    _rewritten(good, bad, "manifest.json", lambda text: json.dumps(json.loads(text) | {"revision": "9999"}))


def _rewritten(good: Path, bad: Path, name: str, change) -> None:
    with zipfile.ZipFile(good) as old, zipfile.ZipFile(bad, "w") as new:
        for part in old.namelist():
            content = old.read(part)
            new.writestr(part, change(content.decode()) if part == name else content)


def test_a_row_that_points_to_nothing_is_not_brought_back(
    sqlite_store: Store, empty: Store, postgres_empty: Store, tmp_path: Path
) -> None:
    found(sqlite_store)
    with sqlite_store.engine.connect() as connection:
        raw = connection.connection.driver_connection
        assert raw is not None
        raw.execute("PRAGMA foreign_keys=OFF")
        raw.execute("DELETE FROM team")
        raw.execute("COMMIT") if raw.in_transaction else None
    for target in (empty, postgres_empty):
        with pytest.raises((AssertionError, IntegrityError)):  # SQLite looks for itself, PostgreSQL refuses
            move(sqlite_store, target)
        with pytest.raises(Invalid):
            write(target, tmp_path / "of_nothing.zip")
    postgres_empty.close()


def test_a_copy_of_an_earlier_release_is_brought_to_this_one(
    empty: Store, tmp_path: Path, clock: Hands
) -> None:
    old = Store(f"sqlite:///{tmp_path / 'old.db'}", tmp_path / "old", clock=clock)
    with altering(old) as connection:
        build(connection, "0002")
        connection.exec_driver_sql(
            "INSERT INTO team (name, kind, timezone) VALUES ('North', 'sales', 'Asia/Shanghai')"
        )
    copy = _copied_as_it_is(old, tmp_path / "old.zip")
    restore(copy, empty)
    assert is_current(empty)
    assert told(empty)["team"][0] == 1


def _copied_as_it_is(old: Store, path: Path) -> Path:
    """What the earlier release's own `backup` wrote: its tables, as they were then."""
    from sqlalchemy import MetaData

    from data.backup import archive
    from data.backup.shape import shape_of

    reflected = MetaData()
    reflected.reflect(old.engine)
    then = [shape_of(t) for t in reflected.sorted_tables if t.name != "alembic_version"]
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(archive, "shapes", lambda: then)
        patched.setattr(archive, "is_current", lambda _: True)
        patched.setattr(archive, "_KEPT", "SELECT sha256 FROM stored_file")
        write(old, path)
    return path


def test_a_half_written_copy_has_no_name(sqlite_store: Store, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        write(sqlite_store, tmp_path / "no" / "folder" / "copy.zip")
    assert not list(tmp_path.glob("*.part"))
