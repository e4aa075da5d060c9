"""Tables as files bring them: headers and rows of cells, and reading them from delimited text."""

import csv
import io
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as attribute
from datetime import date, datetime, time
from decimal import Decimal

from core.messages import Invalid, Problem

Cell = str | int | float | Decimal | bool | datetime | date | time | None

MAX_ROWS = 200_000
MAX_COLUMNS = 500
_SEPARATORS = ",;\t|"
HEADER_SEARCH = 10  # rows among which the header lies; above it may stand a title
# A cell in quotes, whichever the separator is; the last may be cut off.
_QUOTED = re.compile(r'(?:^|(?<=[,;\t|\r\n]))"(?:[^"]|"")*+(?:"(?=[,;\t|\r\n]|\Z)|\Z)')
_CONTROLS = re.compile(r"[\x01-\x08\x0b\x0c\x0e-\x1f]")
_CLEARLY = 2  # known headers that a lower line has more of, before it is taken for the header
# What a spreadsheet takes for a formula, full-width forms included.
_FORMULA = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its line as a spreadsheet numbers it (for an event log, its ordinal), and its cells."""

    line: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A file's content.

    Attributes:
        how: how it was read, for the person to check: encoding and separator, or the sheet.
        sheets: the sheets of its workbook that a person can choose from.
        mended: they are rows that were rejected, come back.
        whole: header of one column that is read in place of two, by the headers of those two.
    """

    headers: tuple[str, ...]
    rows: tuple[Row, ...]
    how: str = ""
    sheets: tuple[str, ...] = ()
    mended: bool = False
    whole: Mapping[str, str] = attribute(default_factory=dict)


Knows = Callable[[Sequence[str]], int]
"""How many of some headers are known words for a field."""


def _nothing(_: Sequence[str]) -> int:
    return 0


def unreadable(code: str, **params: object) -> Invalid:
    """The file as a whole cannot be used."""
    return Invalid([Problem("file", code, params)])


def guard(text: str) -> str:
    """Text that no spreadsheet runs as a formula; `unguard` gives the original back.

    >>> guard("=1+1"), guard("'=1"), guard("a=b")
    ("'=1+1", "''=1", 'a=b')
    """
    return "'" + text if _FORMULA.match(text) else text


def unguard(text: str) -> str:
    """The text that `guard` protected; any other text as it is.

    >>> unguard("'=1+1"), unguard("'tis")
    ('=1+1', "'tis")
    """
    return text[1:] if text[:1] == "'" and _FORMULA.match(text) else text


def read_text(content: bytes, encoding: str | None = None, knows: Knows = _nothing) -> Table:
    """A table from delimited text, whatever its encoding and separator.

    Args:
        knows: as of `tabulate`.

    Raises:
        Invalid: it is not text, not a table, or larger than allowed.
    """
    text, used = decode(content, encoding)
    if _CONTROLS.search(text[:100_000]):
        raise unreadable("not_a_table")
    separator = _separator(text)
    lines = _parse(text, separator)
    if "'" in text:
        lines = [[unguard(c) for c in cells] for cells in lines]
    shown = {",": "", "\t": " (tab)"}.get(separator, f" ({separator})")
    return tabulate(lines, f"{used.upper()}{shown}", knows)


def decode(content: bytes, encoding: str | None = None) -> tuple[str, str]:
    """The text of bytes and the name of the encoding found; NUL characters are dropped.

    >>> decode("客户".encode("gb18030")), decode("客户".encode("utf-16"))
    (('客户', 'gb18030'), ('客户', 'utf-16'))
    """
    for name in [encoding] if encoding else _encodings(content):
        try:
            return content.decode(name).removeprefix("\ufeff").replace("\0", ""), name.removesuffix("-sig")
        except (UnicodeDecodeError, LookupError):
            continue
    raise unreadable("unknown_encoding")


def _encodings(content: bytes) -> tuple[str, ...]:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return ("utf-16",)
    head = content[:2000]
    if len(head) > 3 and head[1::2].count(0) > len(head) * 0.3:
        return ("utf-16-le",)
    if len(head) > 3 and head[::2].count(0) > len(head) * 0.3:
        return ("utf-16-be",)
    return ("utf-8-sig", "gb18030", "cp1252")


def _separator(text: str) -> str:
    """The separator that splits the first lines into the most, and the most even, columns.

    What stands in quotes says nothing: a text of many lines can hold more of another separator.

    >>> _separator('name,note\\nA,"x; y\\nx; y\\nx; y"\\n')
    ','
    """
    head = _QUOTED.sub("quoted", text[:20_000])

    def score(separator: str) -> tuple[int, int]:
        widths = [len(cells) for cells in _parse(head, separator, partial=True)[:20] if any(cells)]
        common = max(set(widths), key=widths.count, default=1)
        return (widths.count(common) if common > 1 else 0, common)

    return max(_SEPARATORS, key=score)


def _parse(text: str, separator: str, *, partial: bool = False) -> list[list[str]]:
    for strict in (True, False):
        try:
            found = []
            for cells in csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=strict):
                found.append(cells)
                if len(found) > MAX_ROWS + HEADER_SEARCH:
                    raise unreadable("too_many_rows", limit=MAX_ROWS)
            return found
        except csv.Error as error:
            if "unexpected end of data" in str(error) and not partial:
                raise unreadable("open_quote", line=len(found) + 1) from error
            if not strict and not partial:
                raise unreadable("not_a_table") from error
    return found


def tabulate(lines: Sequence[Sequence[Cell]], how: str, knows: Knows = _nothing) -> Table:
    """A table from raw lines: finds the header, drops blank lines, keeps the line numbers.

    Args:
        knows: how many of a line's cells are words for the fields that the table is read for.

    Raises:
        Invalid: nothing is in it, or it is larger than allowed.
    """
    head = head_of(lines, knows)
    width = max(n for n, cell in enumerate(lines[head], 1) if not blank(cell))
    if width > MAX_COLUMNS:
        raise unreadable("not_a_table")
    headers = tuple(header(cell) for cell in lines[head][:width])
    rows = tuple(
        Row(number, tuple(cells))
        for number, cells in enumerate(lines[head + 1 :], head + 2)
        if not all(map(blank, cells))
    )
    if len(rows) > MAX_ROWS:
        raise unreadable("too_many_rows", limit=MAX_ROWS)
    return Table(headers, rows, how)


def head_of(lines: Sequence[Sequence[Cell]], knows: Knows = _nothing) -> int:
    """Where the header lies: the first line with at least two filled cells (a title above it has one); in
    a table of one column, the first filled line. A line below it that has clearly more known headers is
    the header: above it stand groups of columns, or who made the table.

    >>> head_of([["Q4"], ["by", "Wang"], ["name", "city", "owner"]], lambda cells: cells.count("name") * 3)
    2

    Raises:
        Invalid: nothing is in it.
    """
    filled = [n for n, cells in enumerate(lines[:HEADER_SEARCH]) if _width(cells)]
    if not filled:
        raise unreadable("no_rows")
    first = next((n for n in filled if _width(lines[n]) > 1), filled[0])
    known = {n: known_headers(lines[n], knows) for n in filled if n >= first}
    best = max(known, key=known.__getitem__)
    return best if known[best] >= known[first] + _CLEARLY else first


def known_headers(cells: Sequence[Cell], knows: Knows) -> int:
    """How many known headers stand in a line; none in one that is not all words."""
    if any(not isinstance(cell, str) for cell in cells if not blank(cell)):
        return 0
    return knows([header(cell) for cell in cells[:MAX_COLUMNS]])


def header(cell: Cell) -> str:
    """A header's text: trimmed, line breaks as spaces."""
    return " ".join(str(cell).split()) if cell is not None else ""


def blank(cell: Cell) -> bool:
    """Whether nothing is in a cell."""
    return cell is None or (isinstance(cell, str) and not cell.strip())


def _width(cells: Sequence[Cell]) -> int:
    return sum(not blank(c) for c in cells)
