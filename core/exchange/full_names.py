"""People whose first and last names stand in two columns: read as one column of full names."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

from core.exchange.cells import fold, text_of
from core.exchange.kinds import KINDS, Kind
from core.exchange.mapping import FileMapping, recognise
from core.exchange.tables import Cell, Knows, Row, Table

C = TypeVar("C")

_HAN = re.compile(r"[\u4e00-\u9fff·]+")

_FIRST = ("firstname", "givenname", "forename")
_LAST = ("lastname", "surname", "familyname")
_PAIRS = tuple((first, last, "Full name", " ") for first in _FIRST for last in _LAST)
_WAYS = (*_PAIRS, ("姓", "名", "姓名", ""))  # two headers as a name is said, that of both, what is between


def with_full_names(kind: Kind, table: Table) -> Table:
    """The table with one column in place of two, where people are read and no column has their whole names.

    >>> from core.exchange.kinds import CONTACTS
    >>> rows = (Row(2, ("Holm", "Haihe", "Ingrid", 5)), Row(3, (None, "Haihe")))
    >>> whole = with_full_names(CONTACTS, Table(("Last name", "Company", "First name", "Age"), rows))
    >>> whole.headers, [row.cells for row in whole.rows]
    (('Full name', 'Company', 'Age'), [('Ingrid Holm', 'Haihe', 5), (None, 'Haihe')])

    A Chinese name is written as one is, whatever its headers are:

    >>> with_full_names(CONTACTS, Table(("First name", "Last name"), (Row(2, ("磊", "王")),))).rows[0].cells
    ('王磊',)
    """
    name = kind.column("name")
    if name is None or "full name" not in name.words or _have_whole(kind, table.headers):
        return table
    places = {fold(header): n for n, header in reversed(list(enumerate(table.headers)))}
    for first, last, called, between in _WAYS:
        if first in places and last in places:
            parts = (places[first], places[last])
            rows = tuple(Row(r.line, _named(r.cells, parts, between)) for r in table.rows)
            whole = dict.fromkeys((table.headers[n] for n in parts), called)
            return replace(table, headers=_in_one(table.headers, parts, called), rows=rows, whole=whole)
    return table


def knows_needed(kind: Kind) -> Knows:
    """Counts what a kind needs that is certain among the headers, a name in two columns too.

    >>> from core.exchange.kinds import ACTIONS, CONTACTS
    >>> [knows_needed(ACTIONS)(headers) for headers in (["Deal no", "Owner", "Status"], ["Deal", "Type"])]
    [1, 2]
    >>> knows_needed(CONTACTS)(["First name", "Last name", "Company"])
    2
    """

    def needed(headers: Sequence[str]) -> int:
        found = recognise(kind, with_full_names(kind, Table(tuple(headers), ())).headers)
        return sum(any(name in found for name in group) for group in kind.needed)

    return needed


def other_kind(kind: Kind, headers: Sequence[str]) -> str | None:
    """The kind that a table has all of whose needs, where it lacks at least half of what it is read for.

    >>> from core.exchange.kinds import CUSTOMERS, INTERACTIONS
    >>> other_kind(CUSTOMERS, ["Login", "Full name", "Job"]), other_kind(CUSTOMERS, ["Name", "Login"])
    ('users', None)
    >>> other_kind(INTERACTIONS, ["Account", "Deal", "Type", "Date"])  # who began is said of every row
    """
    if 2 * knows_needed(kind)(headers) > len(kind.needed):
        return None
    fitting = [k for k in KINDS.values() if knows_needed(k)(headers) == len(k.needed)]
    likely = max(fitting, key=lambda k: len(recognise(k, headers)), default=None)
    return likely.name if likely else None


def by_whole_names(mapping: FileMapping, table: Table) -> FileMapping:
    """The mapping, where it names one of two columns for people's names, by the one that stands for both.

    >>> from core.exchange.kinds import CONTACTS
    >>> table = with_full_names(CONTACTS, Table(("First name", "Last name"), ()))
    >>> by_whole_names(FileMapping({"name": "Last name"}), table).columns
    {'name': 'Full name'}
    """
    named = mapping.columns.get("name", "")
    if named not in table.whole:
        return mapping
    return replace(mapping, columns={**mapping.columns, "name": table.whole[named]})


def _have_whole(kind: Kind, headers: tuple[str, ...]) -> bool:
    """Whether a column has whole names for certain; one headed User may have what they sign in with."""
    place, login = recognise(kind, headers).get("name"), kind.column("username")
    return place is not None and not (login and fold(headers[place]) in map(fold, login.words))


def _named(cells: tuple[Cell, ...], parts: tuple[int, int], between: str) -> tuple[Cell, ...]:
    said = [part for n in parts if n < len(cells) and (part := text_of(cells[n]))]
    if between and all(map(_HAN.fullmatch, said)):  # of first and last name: the family's goes first
        said, between = said[::-1], ""
    return _in_one(cells, parts, between.join(said) or None)


def _in_one(cells: tuple[C, ...], parts: tuple[int, int], whole: C) -> tuple[C, ...]:
    """The cells with one in place of the former of two, and without the latter."""
    place, gone = sorted(parts)
    return (*cells[:place], whole, *cells[place + 1 : gone], *cells[gone + 1 :])
