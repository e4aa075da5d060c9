"""From rows to records: values in their types, repeats within the file, and why a row is refused."""

import re
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.exchange.amounts import in_units
from core.exchange.cells import Wrong, fold, text_of
from core.exchange.kinds import Column, Holds, Kind
from core.exchange.lengths import LENGTH, length_of, seconds_each
from core.exchange.mapping import ANY, FileMapping
from core.exchange.tables import Cell, Table, blank
from core.exchange.units import currency_in, times_of, yuan_or_yen
from core.exchange.values import parse
from core.messages import Problem

_TOTALS = {"合计", "总计", "小计", "累计", "共计", "total", "totals", "grandtotal", "subtotal", "sum"}
_COUNTED = re.compile(r"[\d,]+[家个人条项行]?$")  # what some write beside the word
_NUMBER = re.compile(r"[^\w\s]?\s*[\d.,]+\s*[%万亿千百元kKmM]*")
_OF_WHAT = re.compile(  # what is summed up: named behind the word, or before it, as spreadsheets do
    r"sub-?totals?\b.+|(?:grand )?totals?\b(?: (?:for|of)\b.*|[ :]*(?:[qh][1-4]|(?:fy|cy)? ?\d{2,4})\b.*)"
    r"|.+ (?:sub-?|grand )?totals?|.+(?:合计|总计|小计|累计|共计)",
)


@dataclass(frozen=True, slots=True)
class Record:
    """A row that could be read: only fields that it fills are in `values`."""

    line: int
    values: Mapping[str, Any]

    def get(self, field: str, default: Any = None) -> Any:
        """The value of a field; `default` when the row says nothing about it."""
        return self.values.get(field, default)


@dataclass(frozen=True, slots=True)
class Rejection:
    """A row that is not imported, with everything that is wrong with it."""

    line: int
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """What a table's rows say.

    Attributes:
        half: what could be read of those rejected rows that stand for a record.
    """

    records: tuple[Record, ...]
    rejected: tuple[Rejection, ...]
    repeats: int = 0
    half: tuple[Record, ...] = ()


def read_rows(kind: Kind, table: Table, places: Mapping[str, int], mapping: FileMapping) -> Reading:
    """Every row of a table as a record or a rejection.

    Args:
        places: column index of each field, from `mapping.match`.
    """
    columns = [c for c in kind.columns if c.name in places or c.name in mapping.defaults]
    names = [c.name for c in columns]
    said = [_said(c, table, places.get(c.name), mapping) for c in columns]
    wrong = _wrong(table, said)
    currency = _currency(kind, table, places, mapping.formats.currency)
    records, rejected, half = [], [], []
    for n, (row, values) in enumerate(zip(table.rows, zip(*said, strict=True), strict=True)):
        filled = {name: v for name, v in zip(names, values, strict=True) if v is not None}
        if n in wrong:
            rejected.append(Rejection(row.line, tuple(wrong[n])))
            if all(p.field for p in wrong[n]):
                half.append(Record(row.line, {k: v for k, v in filled.items() if not isinstance(v, Problem)}))
        else:
            told = currency(row.cells) if "amount" in filled and "currency" not in filled else {}
            if isinstance(told, Problem):
                rejected.append(Rejection(row.line, (told,)))
            else:
                records.append(Record(row.line, filled | told))
    return Reading(tuple(records), tuple(rejected), half=tuple(half))


def _currency(
    kind: Kind, table: Table, places: Mapping[str, int], own: str
) -> Callable[[Sequence[Cell]], dict[str, str] | Problem]:
    """What tells a row's currency by its amount, else by the header above, or why nobody can tell."""
    place = places.get("amount")
    if place is None or not any(column.name == "currency" for column in kind.columns):
        return lambda _: {}
    above = currency_in(table.headers[place], own)

    def told(cells: Sequence[Cell]) -> dict[str, str] | Problem:
        cell = cells[place] if place < len(cells) else None
        if found := currency_in(cell, own) or above:
            return {"currency": found}
        return Problem("currency", "yuan_or_yen") if yuan_or_yen(cell, own) else {}

    return told


def _said(column: Column, table: Table, place: int | None, mapping: FileMapping) -> list[Any]:
    """What one column says, row by row: None where it is blank, a problem where it holds something else."""
    header = "" if place is None else table.headers[place]
    times = times_of(header) if column.holds is Holds.AMOUNT else 1
    each = seconds_each(header) if column.name == LENGTH else None
    words, default = mapping.values.get(column.name, {}), mapping.defaults.get(column.name)

    def read(cell: Cell) -> Any:
        if words and not blank(cell):
            cell = words.get(text_of(cell), words.get(ANY, cell))
        if blank(cell) and blank(cell := default):
            return None
        try:
            if each:
                return length_of(column, cell, mapping.formats, each)
            value = parse(column, cell, mapping.formats)
            return value if times == 1 else in_units(value, times, cell)
        except Wrong as wrong:
            return Problem(column.name, wrong.code, wrong.params)

    cells = [None if place is None or place >= len(r.cells) else r.cells[place] for r in table.rows]
    if column.holds in (Holds.TEXT, Holds.PEOPLE):  # seldom the same again; and people are in lists
        return list(map(read, cells))
    known = _Known(read)
    return [known[key] for key in zip(map(type, cells), cells, strict=True)]


class _Known(dict[tuple[type, Cell], Any]):
    """How the cells of a column were read, by type and cell: files repeat themselves."""

    def __init__(self, read: Callable[[Cell], Any]) -> None:
        super().__init__()
        self.read = read

    def __missing__(self, key: tuple[type, Cell]) -> Any:
        self[key] = said = self.read(key[1])
        return said


def _wrong(table: Table, said: Sequence[Sequence[Any]]) -> dict[int, list[Problem]]:
    """By a row's place in the table, all that is wrong with it."""
    found: dict[int, list[Problem]] = defaultdict(list)
    for column in said:
        for n, value in enumerate(column):
            if isinstance(value, Problem):
                found[n].append(value)
    width = len(table.headers)
    for n, row in enumerate(table.rows):
        if len(row.cells) > width and not all(map(blank, row.cells[width:])):
            found[n] = [Problem("", "too_many_cells", {"limit": width})]
        elif is_total(row.cells, width):
            found[n] = [Problem("", "totals_row", {"value": text_of(_first(row.cells))})]
    return found


def is_total(cells: Sequence[Cell], width: int) -> bool:
    """Whether a row sums up those above it: it begins with such a word, and half of it or more is empty.

    >>> is_total(("合计：", None, None, 500), 4), is_total(("Total", "energy", "Paris", 500), 4)
    (True, False)
    >>> is_total(("Total: 5", None), 2), is_total(("共计 9人", None), 2), is_total(("Total 24 Ltd", None), 2)
    (True, True, False)

    What it sums up may stand beside the word, where nothing but numbers follows:

    >>> is_total(("Subtotal Q4", None, 500, None), 4), is_total(("华东区小计", None, 500, None), 4)
    (True, True)
    >>> is_total(("Wei Chen Total", None, 500, None), 4), is_total(("Air Total", None, "gas", None), 4)
    (True, False)
    """
    filled = [cell for cell in cells if not blank(cell)]
    if not filled or 2 * len(filled) > width:
        return False
    if _COUNTED.sub("", fold(text_of(filled[0]))) in _TOTALS:
        return True
    numbers = len(filled) > 1 and all(map(_is_number, filled[1:]))
    return numbers and bool(_OF_WHAT.fullmatch(text_of(filled[0]).casefold().rstrip(" :：")))


def _is_number(cell: Cell) -> bool:
    return not isinstance(cell, str) or bool(_NUMBER.fullmatch(cell.strip()))


def _first(cells: Sequence[Cell]) -> Cell:
    return next((cell for cell in cells if not blank(cell)), None)


def key_of(kind: Kind, record: Record) -> tuple[Hashable, ...] | None:
    """What names the record: the first group of key columns that it fills in any part.

    >>> from core.exchange.kinds import CUSTOMERS
    >>> key_of(CUSTOMERS, Record(2, {"name": "Haihe"}))
    ('name', 'Haihe')
    """
    for group in kind.keys:
        said = tuple(map(record.values.get, group))
        if said.count(None) < len(said):
            return (*group, *said)
    return None


def without_repeats(kind: Kind, records: Iterable[Record]) -> Reading:
    """Drop rows that add nothing to an earlier one; reject those with its key and other values."""
    first: dict[tuple[Hashable, ...], Record] = {}
    kept: list[Record] = []
    rejected: list[Rejection] = []
    repeats = 0
    for record in records:
        key = key_of(kind, record)
        earlier = first.setdefault(key, record) if key else record
        if earlier is record:
            kept.append(record)
        elif record.values.items() <= earlier.values.items():  # it adds nothing
            repeats += 1
        else:
            name = " / ".join(str(part) for part in key[len(key) // 2 :] if part is not None) if key else ""
            params = {"value": name, "line": earlier.line}
            rejected.append(
                Rejection(record.line, (Problem(str(key[0]) if key else "", "duplicate_id", params),))
            )
    return Reading(tuple(kept), tuple(rejected), repeats)


def numbered(records: Sequence[Record], key: Sequence[str]) -> list[tuple[Record, int]]:
    """Each record with how many records before it fill `key` alike: an event log may hold the same
    event twice, and both happened."""
    seen: dict[tuple[Hashable, ...], int] = {}
    found = []
    for record in records:
        name = tuple(record.get(k) for k in key)
        seen[name] = seen.get(name, -1) + 1
        found.append((record, seen[name]))
    return found
