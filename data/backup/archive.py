"""The copy as one file: a ZIP of `tables/<name>.jsonl`, `files/<sha256>` and, last, `manifest.json`."""

import hashlib
import json
import os
import shutil
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from core.messages import Invalid, Problem
from data.backup.shape import Shape, Sum
from data.backup.tables import fill, lines, one_moment, require_empty, shapes
from data.engine import Store
from data.files import file_path
from data.migrate import is_current, is_known, revision_of, upgrade

FORMAT = 1
_KEPT = "SELECT sha256 FROM stored_file WHERE erased_at IS NULL ORDER BY sha256"
_CHUNK = 2**20
_BROKEN = (zipfile.BadZipFile, KeyError, ValueError, TypeError, EOFError, zlib.error)


@dataclass(frozen=True, slots=True)
class Copy:
    """What a copy holds.

    Attributes:
        revision: of the schema.
        made_at: the store's clock, ISO 8601.
        tables: shapes, with rows and digest by name in `sums`.
        files: SHA-256 of every file that rows tell of and that was there.
        missing: those that were not there.
    """

    revision: str
    made_at: str
    tables: tuple[Shape, ...]
    sums: dict[str, tuple[int, str]]
    files: tuple[str, ...]
    missing: tuple[str, ...]

    @property
    def rows(self) -> int:
        """Rows of all tables."""
        return sum(rows for rows, _ in self.sums.values())


def write(store: Store, path: Path) -> Copy:
    """Copy the whole store as it is now into a file, while others go on working.

    The file has its name only once it is whole, and only its owner may read it: it holds everything.

    Raises:
        Invalid: the store has another release's schema.
    """
    if not is_current(store):
        raise Invalid([Problem("store", "store_of_other_release")])
    half = path.with_name(path.name + ".part")
    try:
        with open(half, "wb", opener=_mine) as file:
            with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=3) as archive:
                made = _write(store, archive)
            file.flush()
            os.fsync(file.fileno())
        half.replace(path)
    finally:
        half.unlink(missing_ok=True)
    return made


def _mine(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _write(store: Store, archive: zipfile.ZipFile) -> Copy:
    tables, found = tuple(shapes()), {}
    made_at = store.clock().isoformat()
    with one_moment(store) as connection:
        for shape in tables:
            found[shape.name] = _write_table(archive, shape, lines(connection, shape))
        known = connection.exec_driver_sql(_KEPT).scalars().all()
    there = [sha256 for sha256 in known if file_path(store, sha256).exists()]
    for sha256 in there:
        archive.write(file_path(store, sha256), f"files/{sha256}", zipfile.ZIP_STORED)
    made = Copy(
        revision_of(store) or "", made_at, tables, found, tuple(there), tuple(sorted(set(known) - set(there)))
    )
    archive.writestr("manifest.json", json.dumps({"format": FORMAT} | asdict(made), ensure_ascii=False))
    return made


def _write_table(archive: zipfile.ZipFile, shape: Shape, rows: Iterator[str]) -> tuple[int, str]:
    found = Sum()
    with archive.open(f"tables/{shape.name}.jsonl", "w", force_zip64=True) as out:
        for row in rows:
            found.add(row)
            out.write(row.encode() + b"\n")
    return found.told()


def verify(path: Path) -> Copy:
    """Read a copy from end to end and hold every table and file against its manifest.

    Raises:
        Invalid: it is no copy, or damaged.
    """
    with _opened(path) as (archive, made):
        for shape in made.tables:
            found = Sum()
            for row in _rows(archive, shape):
                found.add(row)
            if found.told() != tuple(made.sums[shape.name]):
                raise Invalid([Problem("file", "backup_damaged", {"part": f"tables/{shape.name}"})])
        for sha256 in made.files:
            if _digest(archive, sha256) != sha256:
                raise Invalid([Problem("file", "backup_damaged", {"part": f"files/{sha256}"})])
    return made


def restore(path: Path, store: Store) -> Copy:
    """Bring a copy back into an empty database and the folder of files; all of it or nothing.

    Of an earlier release it is brought back as it was, and then to this release.

    Raises:
        Invalid: no copy, damaged, of a later release, or the store is not empty.
    """
    made = verify(path)
    if not is_known(made.revision):
        raise Invalid([Problem("file", "backup_of_later_release", {"revision": made.revision})])
    require_empty(store)
    with _opened(path) as (archive, _):
        for sha256 in made.files:
            _bring_file(archive, sha256, file_path(store, sha256))
        fill(store, made.revision, ((shape, _rows(archive, shape)) for shape in made.tables))
    upgrade(store)
    return made


@contextmanager
def _opened(path: Path) -> Iterator[tuple[zipfile.ZipFile, Copy]]:
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive, _manifest(archive)
    except _BROKEN as error:
        raise Invalid(
            [Problem("file", "not_a_backup", {"why": str(error) or type(error).__name__})]
        ) from error


def _manifest(archive: zipfile.ZipFile) -> Copy:
    read = json.loads(archive.read("manifest.json"))
    if read.pop("format") != FORMAT:
        raise ValueError("format")
    tables = tuple(Shape(t["name"], t["columns"], tuple(t["key"])) for t in read.pop("tables"))
    return Copy(tables=tables, **read | {"files": tuple(read["files"]), "missing": tuple(read["missing"])})


def _rows(archive: zipfile.ZipFile, shape: Shape) -> Iterator[str]:
    with archive.open(f"tables/{shape.name}.jsonl") as rows:
        for row in rows:
            yield row.decode().removesuffix("\n")


def _digest(archive: zipfile.ZipFile, sha256: str) -> str:
    found = hashlib.sha256()
    with archive.open(f"files/{sha256}") as content:
        while part := content.read(_CHUNK):
            found.update(part)
    return found.hexdigest()


def _bring_file(archive: zipfile.ZipFile, sha256: str, to: Path) -> None:
    to.parent.mkdir(parents=True, exist_ok=True)
    half = to.with_suffix(".part")
    with archive.open(f"files/{sha256}") as content, half.open("wb") as out:
        shutil.copyfileobj(content, out, _CHUNK)
        out.flush()
        os.fsync(out.fileno())
    half.replace(to)
