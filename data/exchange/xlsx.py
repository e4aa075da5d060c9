"""Workbooks: reading their cells with their types, and writing text that never runs as a formula."""

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal

from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils.cell import get_column_letter, range_boundaries

from core.exchange.tables import (
    HEADER_SEARCH,
    MAX_COLUMNS,
    MAX_ROWS,
    Cell,
    Knows,
    Table,
    blank,
    head_of,
    known_headers,
    tabulate,
    unreadable,
)

_MERGED = re.compile(rb'<mergeCell [^>]*ref="([A-Z]+\d+:[A-Z]+\d+)"')
# What a spoilt archive or part raises, in openpyxl and below it; an entry with a password is a RuntimeError.
_BROKEN = (
    LookupError, ValueError, TypeError, AttributeError, ArithmeticError, OSError, EOFError, RuntimeError,
    SyntaxError, zipfile.BadZipFile, zlib.error, struct.error,
)  # fmt: skip
_MAX_MERGED = 100_000  # cells that merged ranges may cover together


def read_xlsx(content: bytes, sheet: str | None = None, knows: Knows = len, needed: Knows = len) -> Table:
    """The named sheet, or the one whose header has most of what is needed, then the most known words; the
    first of several alike.

    What the workbook hides is read only when it is named, or nothing else is there.

    Args:
        knows: how many of a line's cells are words for the fields that the table is read for.
        needed: how much of what the table must have they name.

    Formulas give the values that were last computed; merged cells give their value to all they cover.

    Raises:
        Invalid: it is no workbook, or has no such sheet, or nothing in it.
    """
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        if sheet is not None and sheet not in book.sheetnames:
            raise unreadable("no_such_sheet", value=sheet)
        filled = _filled(book, knows, needed)
        chosen = sheet or max(filled, key=filled.__getitem__, default=None)
        if chosen not in filled:
            raise unreadable("no_rows")
        lines = _lines(book[chosen])
        _unmerge(lines, content, _part(book, chosen))
        return replace(tabulate(lines, chosen, knows), sheets=tuple(filled))
    except _BROKEN as error:
        raise unreadable("broken_workbook") from error


def _filled(  # type: ignore[no-untyped-def]  # no types
    book, knows: Knows, needed: Knows
) -> dict[str, tuple[bool, int, int]]:
    """By name of a sheet that holds anything: whether people see it, its needed and its known headers."""
    found = {}
    for name in book.sheetnames:
        lines = _lines(book[name], HEADER_SEARCH)
        if any(not blank(c) for cells in lines for c in cells):
            seen = book[name].sheet_state == "visible"
            head = lines[head_of(lines, knows)]
            found[name] = (seen, known_headers(head, needed), known_headers(head, knows))
    return found


def _lines(sheet, most: int | None = None) -> list[list[Cell]]:  # type: ignore[no-untyped-def]  # openpyxl has no types
    lines: list[list[Cell]] = []
    if not hasattr(sheet, "iter_rows"):  # a chart sheet
        return lines
    sheet.reset_dimensions()  # the size that a file claims is often wrong
    for cells in sheet.iter_rows(values_only=True, max_col=MAX_COLUMNS, max_row=most):
        lines.append(list(cells))
        if len(lines) > MAX_ROWS + 100:
            raise unreadable("too_many_rows", limit=MAX_ROWS)
    return lines


def _part(book, name: str) -> str:  # type: ignore[no-untyped-def]  # as above
    return str(getattr(book[name], "_worksheet_path", ""))


def _unmerge(lines: list[list[Cell]], content: bytes, part: str) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        ranges = _MERGED.findall(archive.read(part)) if part in archive.namelist() else []
    covered = 0
    for found in ranges:
        left, top, right, bottom = range_boundaries(found.decode())
        covered += (right - left + 1) * (bottom - top + 1)
        if top > len(lines) or covered > _MAX_MERGED or top == bottom:
            continue  # a range within one line is a title or a wide cell: its value is said once
        value = lines[top - 1][left - 1] if left <= len(lines[top - 1]) else None
        for cells in lines[top - 1 : bottom]:
            cells.extend([None] * (right - len(cells)))
            cells[left - 1 : right] = [value] + [None] * (right - left)


@dataclass(frozen=True, slots=True)
class Leaf:
    """One sheet of a workbook.

    Attributes:
        formats: how numbers of a column show, by its place, e.g. `{2: "0%"}`.
        widths: of columns by their place, in characters; 18 where it says nothing.
    """

    title: str
    headers: Sequence[str]
    rows: Iterable[Sequence[Cell]]
    formats: Mapping[int, str] = field(default_factory=dict)
    widths: Mapping[int, int] = field(default_factory=dict)


def write_xlsx(title: str, headers: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """A workbook of one sheet; see `write_book`."""
    return write_book([Leaf(title, headers, rows)])


def write_book(leaves: Iterable[Leaf]) -> bytes:
    """A workbook. Text is written as text whatever it looks like; numbers and dates
    keep their type; instants are text, in ISO with their zone, because a sheet knows no zones.
    A time of day without a zone stays one: its sheet says whose it is."""
    book = Workbook(write_only=True)
    for leaf in leaves:
        sheet = book.create_sheet(leaf.title[:31])
        sheet.freeze_panes = "A2"
        for number, _ in enumerate(leaf.headers):
            sheet.column_dimensions[_letter(number)].width = leaf.widths.get(number, 18)
        sheet.append([_cell(sheet, h, bold=True) for h in leaf.headers])
        for row in leaf.rows:
            sheet.append([_cell(sheet, c, shown=leaf.formats.get(n)) for n, c in enumerate(row)])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _letter(number: int) -> str:
    return str(get_column_letter(number + 1))


def _cell(  # type: ignore[no-untyped-def]  # as above
    sheet, value: Cell, *, bold: bool = False, shown: str | None = None
):
    if isinstance(value, datetime) and value.tzinfo:
        value = value.isoformat()
    if isinstance(value, str):
        value = ILLEGAL_CHARACTERS_RE.sub("", value)
    if isinstance(value, Decimal):
        short = int(value) if value == int(value) else float(value)
        value = short if Decimal(str(short)) == value else str(value)
    if value is None:
        return None
    cell = WriteOnlyCell(sheet, value)
    if isinstance(value, str):
        cell.data_type = "s"  # else a leading = would make it a formula
    if bold:
        cell.font = Font(bold=True)
    if shown:
        cell.number_format = shown
    return cell
