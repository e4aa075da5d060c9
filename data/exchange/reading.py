"""Files to tables: CSV, XLSX and XES, refused before they are expanded when they are too large."""

import gzip
import io
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import PurePath

from core.exchange.full_names import knows_needed, with_full_names
from core.exchange.kinds import KINDS
from core.exchange.mapping import knows
from core.exchange.tables import Table, read_text, unreadable
from data.exchange.collecting import uncollected
from data.exchange.xes import read_xes
from data.exchange.xlsx import read_xlsx
from data.text import LANGUAGES, translate

MAX_MB = 64
MAX_EXPANDED_MB = 512
SUFFIXES = (".csv", ".tsv", ".txt", ".xlsx", ".xes", ".xes.gz")
# First bytes of what is often renamed to .csv: ZIP and XLSX, gzip, old Excel, PDF, PNG, JPEG.
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"  # also of a workbook with a password
_FOREIGN = (b"PK\x03\x04", b"\x1f\x8b", _OLD_EXCEL, b"%PDF", b"\x89PNG", b"\xff\xd8\xff")


@uncollected()
def read_table(
    filename: str, content: bytes, kind: str, *, sheet: str | None = None, encoding: str | None = None
) -> Table:
    """The table in a file; of rejected rows that come back without the columns that said what was wrong.

    Args:
        kind: the kind that it is read for; by its words header and sheet are found, and an event log
            has a row per case or per event.
        sheet: of a workbook; by default the one whose header fits the kind best.

    Raises:
        Invalid: it is too large, of a wrong type, or unreadable.
    """
    name = filename.lower()
    suffix = ".xes.gz" if name.endswith(".xes.gz") else PurePath(name).suffix
    if suffix == ".xls":
        raise unreadable("old_workbook")
    if suffix not in SUFFIXES:
        raise unreadable("wrong_file_type", value=suffix or filename)
    if len(content) > MAX_MB * 2**20:
        raise unreadable("file_too_large", limit=MAX_MB)
    if not content:
        raise unreadable("empty_file")
    table = _mended(_READERS.get(suffix, _delimited)(content, kind, sheet, encoding))
    return with_full_names(KINDS[kind], table)


def _mended(table: Table) -> Table:
    """As it was before it was rejected: without line and reason in front."""
    fronts = [(translate(to, "exchange.line"), translate(to, "exchange.reason")) for to in LANGUAGES]
    if table.headers[:2] not in fronts:
        return table
    rows = tuple(replace(row, cells=row.cells[2:]) for row in table.rows)
    return replace(table, headers=table.headers[2:], rows=rows, mended=True)


def _delimited(content: bytes, kind: str, sheet: str | None, encoding: str | None) -> Table:
    del sheet
    if content.startswith(_FOREIGN):
        raise unreadable("not_a_table")
    return read_text(content, encoding, knows(KINDS[kind]))


_NO_ZIP = (
    zipfile.BadZipFile,
    ValueError,
    OSError,
    NotImplementedError,  # how zipfile says that a later version of ZIP is needed
)


def _workbook(content: bytes, kind: str, sheet: str | None, encoding: str | None) -> Table:
    del encoding
    if content.startswith(_OLD_EXCEL):
        raise unreadable("old_workbook")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            expanded = sum(entry.file_size for entry in archive.infolist())
    except _NO_ZIP as error:
        raise unreadable("broken_workbook") from error
    if expanded > MAX_EXPANDED_MB * 2**20:
        raise unreadable("file_too_large", limit=MAX_EXPANDED_MB)
    return read_xlsx(content, sheet, knows(KINDS[kind]), knows_needed(KINDS[kind]))


def _log(content: bytes, kind: str, sheet: str | None, encoding: str | None) -> Table:
    del sheet, encoding
    return read_xes(content, kind)


def _packed_log(content: bytes, kind: str, sheet: str | None, encoding: str | None) -> Table:
    try:
        with gzip.open(io.BytesIO(content)) as file:
            plain = file.read(MAX_EXPANDED_MB * 2**20 + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise unreadable("wrong_file_type", value=".xes.gz") from error
    if len(plain) > MAX_EXPANDED_MB * 2**20:
        raise unreadable("file_too_large", limit=MAX_EXPANDED_MB)
    return _log(plain, kind, sheet, encoding)


_READERS: dict[str, Callable[[bytes, str, str | None, str | None], Table]] = {
    ".xlsx": _workbook,
    ".xes": _log,
    ".xes.gz": _packed_log,
}
