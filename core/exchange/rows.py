"""From rows to records: values in their types, repeats within the file, and why a row is refused."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.exchange.kinds import Column, Holds, Kind
from core.exchange.mapping import ANY, FileMapping
from core.exchange.tables import Cell, Row, Table, blank
from core.exchange.values import Wrong, parse, text_of
from core.messages import Problem


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
    """What a table's rows say."""

    records: tuple[Record, ...]
    rejected: tuple[Rejection, ...]
    repeats: int = 0


def read_rows(kind: Kind, table: Table, places: Mapping[str, int], mapping: FileMapping) -> Reading:
    """Every row of a table as a record or a rejection.

    Args:
        places: column index of each field, from `mapping.match`.
    """
    reader = _Reader(kind, places, mapping, len(table.headers))
    records, rejected = [], []
    for row in table.rows:
        read = reader.record(row)
        if isinstance(read, Record):
            records.append(read)
        else:
            rejected.append(read)
    return Reading(tuple(records), tuple(rejected))


class _Reader:
    """Reads rows of one table; remembers how it read a cell, since files repeat themselves."""

    def __init__(self, kind: Kind, places: Mapping[str, int], mapping: FileMapping, width: int) -> None:
        self.mapping, self.width = mapping, width
        columns = [c for c in kind.columns if c.name in places or c.name in mapping.defaults]
        self.columns = [(c, places.get(c.name), mapping.values.get(c.name, {})) for c in columns]
        self._known: dict[tuple[str, type, Cell], Any] = {}

    def record(self, row: Row) -> Record | Rejection:
        if any(not blank(c) for c in row.cells[self.width :]):
            return Rejection(row.line, (Problem("", "too_many_cells", {"limit": self.width}),))
        values: dict[str, Any] = {}
        problems = []
        for column, place, words in self.columns:
            cell = self._cell(column, row, place, words)
            if blank(cell):
                continue
            try:
                values[column.name] = self._value(column, cell)
            except Wrong as wrong:
                problems.append(Problem(column.name, wrong.code, wrong.params))
        return Rejection(row.line, tuple(problems)) if problems else Record(row.line, values)

    def _cell(self, column: Column, row: Row, place: int | None, words: Mapping[str, str]) -> Cell:
        cell = row.cells[place] if place is not None and place < len(row.cells) else None
        if words and not blank(cell):
            text = text_of(cell)
            cell = words.get(text, words.get(ANY, cell))
        return self.mapping.defaults.get(column.name) if blank(cell) else cell

    def _value(self, column: Column, cell: Cell) -> Any:
        if column.holds is Holds.TEXT or column.holds is Holds.PEOPLE:
            return parse(column, cell, self.mapping.formats)
        key = (column.name, type(cell), cell)
        if key not in self._known:
            self._known[key] = parse(column, cell, self.mapping.formats)
        return self._known[key]


def key_of(kind: Kind, record: Record) -> tuple[Hashable, ...] | None:
    """What names the record: the first group of key columns that it fills in any part.

    >>> from core.exchange.kinds import CUSTOMERS
    >>> key_of(CUSTOMERS, Record(2, {"name": "Haihe"}))
    ('name', 'Haihe')
    """
    for group in kind.keys:
        if any(record.get(f) is not None for f in group):
            return (*group, *(record.get(f) for f in group))
    return None


def without_repeats(kind: Kind, records: Iterable[Record]) -> Reading:
    """Drop rows equal to an earlier one; reject rows with an earlier row's key and other values."""
    first: dict[tuple[Hashable, ...], Record] = {}
    kept: list[Record] = []
    rejected: list[Rejection] = []
    repeats = 0
    for record in records:
        key = key_of(kind, record)
        earlier = first.setdefault(key, record) if key else record
        if earlier is record:
            kept.append(record)
        elif earlier.values == record.values:
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
