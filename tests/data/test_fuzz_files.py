"""Broken files of every kind that is imported: each is read, or said to be unreadable; never a traceback.

Good files are made of every kind's own headers, as CSV and XLSX, and spoilt at seeded places: cut, flipped,
filled with what no table holds. What can be read is tried as an import. A sample in the suite, thousands with
`--full-bench`.
"""

from __future__ import annotations

import gzip
import io
import random
import zipfile
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest
from openpyxl import Workbook, load_workbook

from core.access import OPERATOR
from core.exchange.kinds import KINDS
from core.exchange.mapping import FileMapping
from core.exchange.tables import Table
from core.messages import AppError, Invalid
from data.commands.exchange import import_table
from data.engine import Store
from data.exchange.reading import read_table
from tests.company import found
from tests.nasty import TEXTS

SAMPLE, FULL = 2, 60  # spoilt files of each kind and form
CELLS = (
    *TEXTS, "2026-13-45", "1,5", "1e5", "-0", "2026-03-04 25:61", "三月", "1/0", "TRUE", "#REF!", "0x41",
    "Wang Lei (decision_maker); ;;", "2026-03-04/2026-01-01", "((((", "￥1,000", "1.000,00", "a" * 32_768,
)  # fmt: skip


def test_spoilt_tables_are_imported_or_refused(sqlite_store, request):
    found(sqlite_store)
    full = request.config.getoption("--full-bench")
    broken = list(_tried(sqlite_store, _spoilt(FULL if full else SAMPLE)))
    assert not broken, f"{len(broken)}\n" + "\n".join(broken[:60])


def _spoilt(each: int) -> Iterator[tuple[str, str, bytes]]:
    chance = random.Random(7)
    for kind in KINDS:
        for _ in range(each):
            rows = _rows(kind, chance)
            for name, written in (("a.csv", _csv(rows, chance)), ("a.xlsx", _xlsx(rows))):
                yield kind, name, written
                yield kind, name, chance.choice(SPOIL)(written, chance)


def _tried(store: Store, files: Iterator[tuple[str, str, bytes]]) -> Iterator[str]:
    for kind, name, content in files:
        try:
            table = read_table(name, content, kind)
            with store.batch():
                import_table(store, OPERATOR, kind, name, table, FileMapping())
                raise _TakenBack
        except (AppError, _TakenBack):
            continue
        except Exception as error:
            yield f"{kind} {name} {type(error).__name__} {str(error)[:200]}"


class _TakenBack(Exception):
    """Ends a transaction whose outcome was only wanted to be known."""


def _rows(kind: str, chance: random.Random) -> list[list[str]]:
    """A header of the kind's own fields, and lines in which anything may stand."""
    header = [column.name for column in KINDS[kind].columns]
    chance.shuffle(header)
    return [header, *([chance.choice(CELLS) for _ in header] for _ in range(chance.randint(0, 4)))]


def _csv(rows: list[list[str]], chance: random.Random) -> bytes:
    separator, end = chance.choice(",;\t|"), chance.choice(("\n", "\r\n", "\r"))
    text = end.join(separator.join(f'"{c}"' if chance.random() < 0.5 else c for c in row) for row in rows)
    return text.encode(chance.choice(("utf-8", "utf-8-sig", "utf-16", "gb18030", "latin-1")), "replace")


def _xlsx(rows: list[list[str]]) -> bytes:
    book = Workbook()
    for number, row in enumerate(rows, 1):
        for place, cell in enumerate(row, 1):
            book.active.cell(number, place).value = "".join(c for c in cell if c.isprintable())[:32_767]
    if len(rows) > 2:
        book.active.merge_cells("A2:B3")
    return _saved(book)


def _saved(book: Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _cut(content: bytes, chance: random.Random) -> bytes:
    return content[: chance.randrange(len(content) + 1)]


def _flipped(content: bytes, chance: random.Random) -> bytes:
    spoilt = bytearray(content)
    for _ in range(chance.randint(1, 30)):
        spoilt[chance.randrange(len(spoilt))] = chance.randrange(256)
    return bytes(spoilt)


def _filled(content: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(content) + 1)
    return (
        content[:at] + chance.choice((b"\x00" * 50, b'"' * 7, b"\xff\xfe", b"\n" * 300, b",")) + content[at:]
    )


def _inside(content: bytes, chance: random.Random) -> bytes:
    """A workbook whose archive is whole and one of whose parts is not."""
    if not content.startswith(b"PK"):
        return _flipped(content, chance)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    chosen = chance.choice(sorted(parts))
    parts[chosen] = chance.choice((_cut, _flipped))(parts[chosen], chance)
    return _zipped(parts)


def _zipped(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return out.getvalue()


SPOIL: tuple[Callable[[bytes, random.Random], bytes], ...] = (_cut, _flipped, _filled, _inside)
BOMB = b"""<?xml version="1.0"?><!DOCTYPE w [<!ENTITY a "aaaaaaaaaaaaaaaa">
%s]><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1">
<c r="A1" t="inlineStr"><is><t>&z9;</t></is></c></row></sheetData></worksheet>""" % b"".join(
    b'<!ENTITY z%d "%s">' % (n, (b"&z%d;" % (n - 1) if n else b"&a;") * 30) for n in range(10)
)
OUTSIDE = BOMB.replace(b"<!ENTITY a", b'<!ENTITY z9x SYSTEM "file:///etc/passwd"><!ENTITY a').replace(
    b"&z9;", b"&z9x;"
)


def _book_with(sheet: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(_xlsx([["name"], ["A"]]))) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    return _zipped(parts | {"xl/worksheets/sheet1.xml": sheet})


def _encrypted(content: bytes) -> bytes:
    """The flag of encryption set on every entry."""
    return content.replace(b"PK\x03\x04\x14\x00\x00", b"PK\x03\x04\x14\x00\x01").replace(
        b"PK\x01\x02\x14\x03\x14\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x01"
    )


_LOG = gzip.compress(random.Random(2).randbytes(999))
_LATER = (b"PK\x01\x02\x14\x03\x14", b"PK\x01\x02\x14\x03\x99")
TRICKS = {
    "entities that unfold": ("a.xlsx", _book_with(BOMB)),
    "an entity from the disk": ("a.xlsx", _book_with(OUTSIDE)),
    "an encrypted workbook": ("a.xlsx", _encrypted(_xlsx([["name"], ["A"]]))),
    "no sheet": ("a.xlsx", _zipped({"[Content_Types].xml": b"<Types/>"})),
    "a log of entities": ("a.xes", BOMB),
    "a packed log with a wrong byte": ("a.xes.gz", _LOG[:40] + b"\xff\x00\xff" + _LOG[43:]),
    "a workbook of a later ZIP": ("a.xlsx", _xlsx([["name"]]).replace(*_LATER)),
    "a packed log cut off": ("a.xes.gz", gzip.compress(b"<log>" * 999)[:-9]),
    "a line of a megabyte": ("a.csv", b"name\n" + b"x" * 2**20 + b"\n"),
    "a name of a megabyte": ("a.csv", b"x" * 2**20 + b"\nA\n"),
    "a thousand columns": ("a.csv", b"," * 100_000 + b"\n" + b"1," * 100_000),
    "an open quote": ("a.csv", b'name\n"A\n' + b"B\n" * 50_000),
}


@pytest.mark.parametrize("trick", TRICKS)
def test_tricks_are_read_as_nothing_or_refused(sqlite_store, trick):
    found(sqlite_store)
    name, content = TRICKS[trick]
    read: list[Table] = []
    with suppress(Invalid):
        read.append(read_table(name, content, "customers"))
    assert "root:" not in repr(read)
    assert len(repr(read)) < 3 * 2**20
    assert not list(_tried(sqlite_store, iter([("customers", name, content)])))


def test_formulas_and_cells_across_lines_are_read_as_their_values(sqlite_store):
    book = load_workbook(io.BytesIO(_xlsx([["name", "industry"], ["A", "food"], ["B", "food"]])))
    book.active["C1"], book.active["C2"] = "note", '=HYPERLINK("http://x",1+1)'
    table = read_table("a.xlsx", _saved(book), "customers")
    assert "HYPERLINK" not in repr(table)  # what was never computed is empty
