"""From a file's rows to records: what each cell says, what is wrong with a row, and in which order (P1)."""

import pytest

from core.exchange.amounts import amount_of
from core.exchange.cells import Formats, Wrong
from core.exchange.kinds import CUSTOMERS, Column, Holds, Kind
from core.exchange.mapping import FileMapping
from core.exchange.rows import key_of, read_rows
from core.exchange.tables import Row, Table
from core.exchange.units import has_unit

KIND = Kind(
    "things",
    (
        Column("name"),
        Column("amount", Holds.AMOUNT),
        Column("size", Holds.CHOICE, choices=("small", "large")),
        Column("on", Holds.DATE),
    ),
    needed=(("name",),),
)
PLACES = {"name": 0, "amount": 1, "size": 2, "on": 3}


def read(*rows, mapping=None, kind=KIND, places=PLACES):
    """Records by line, and (line, field, code) of all problems."""
    table = Table(("a", "b", "c", "d"), tuple(Row(n, cells) for n, cells in enumerate(rows, 2)))
    found = read_rows(kind, table, places, mapping or FileMapping())
    said = {r.line: {k: str(v) for k, v in r.values.items()} for r in found.records}
    return said, [(r.line, p.field, p.code) for r in found.rejected for p in r.problems]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ((" Haihe ", "1,200", "Large", "2026-03-04"),
         {"name": "Haihe", "amount": "1200.0000", "size": "large", "on": "2026-03-04"}),
        (("Haihe", "", None, "  "), {"name": "Haihe"}),
        (("Haihe",), {"name": "Haihe"}),  # shorter than the head
        (("Haihe", 3.0, "small", None, "", None), {"name": "Haihe", "amount": "3.0000", "size": "small"}),
        ((1001.0, 1), {"name": "1001", "amount": "1.0000"}),
        ((True,), {"name": "true"}),
    ],
)  # fmt: skip
def test_a_row_says_what_its_cells_hold(row, said):
    assert read(row) == ({2: said}, [])


def test_everything_that_is_wrong_with_a_row_is_told_in_the_order_of_the_columns():
    rows = [("A", "many", "huge", "2026-13-01"), ("B", "4", "small"), ("C", "5", "huge")]
    assert read(*rows) == (
        {3: {"name": "B", "amount": "4.0000", "size": "small"}},
        [(2, "amount", "unread_number"), (2, "size", "unknown_choice"), (2, "on", "unread_date"),
         (4, "size", "unknown_choice")],
    )  # fmt: skip


@pytest.mark.parametrize("cell", ["60m", "60 T", "k", "9.000,00", "12,34"])
def test_what_is_not_read_as_a_number_is_quoted(cell):
    with pytest.raises(Wrong) as wrong:
        amount_of(cell, Formats())
    assert (wrong.value.code, wrong.value.params) == ("unread_number", {"value": cell})


UNITS = {
    "60k": 60_000, "60 K": 60_000, "$5k": 5_000, "60 k€": 60_000, "60 KRW": 60, "60千": 60_000, "6万": 60_000,
    "3百万": 3_000_000, "2千万元": 20_000_000, "1.2m": 1_200_000, "1,200.5M": 1_200_500_000,
    "(5mn)": -5_000_000, "1bn": 1_000_000_000,
}  # fmt: skip


@pytest.mark.parametrize(("cell", "number"), UNITS.items())
def test_an_amount_says_its_unit(cell, number):
    assert amount_of(cell, Formats(), money=True) == number
    assert has_unit(cell) == (number != 60)


def test_of_a_row_with_too_many_cells_nothing_else_is_told():
    assert read(("A", "many", "", "", "more")) == ({}, [(2, "", "too_many_cells")])


def test_cells_of_other_types_are_read_apart_though_they_are_equal():
    assert read(("A", 1), ("B", True), ("C", 1.0)) == (
        {2: {"name": "A", "amount": "1.0000"}, 4: {"name": "C", "amount": "1.0000"}},
        [(3, "amount", "unread_number")],
    )


def test_words_are_read_in_place_of_the_files_and_defaults_where_it_says_nothing():
    mapping = FileMapping(
        values={"size": {"S": "small", "*": "large", "none": ""}},
        defaults={"size": "small", "on": "2026-01-02"},
    )
    rows = [("A", "", "S"), ("B", "", "whatever"), ("C", "", ""), ("D", "", "none", "2026-05-06")]
    places = {"name": 0, "size": 2, "on": 3}
    assert [(v["size"], v["on"]) for v in read(*rows, mapping=mapping, places=places)[0].values()] == [
        ("small", "2026-01-02"), ("large", "2026-01-02"), ("small", "2026-01-02"), ("small", "2026-05-06"),
    ]  # fmt: skip


def test_a_default_that_is_wrong_refuses_every_row_that_needs_it():
    mapping = FileMapping(defaults={"size": "vast"})
    assert read(("A",), ("B", "", "small"), mapping=mapping) == (
        {3: {"name": "B", "size": "small"}},
        [(2, "size", "unknown_choice")],
    )


def test_the_first_key_that_a_row_fills_in_any_part_names_it():
    table = Table(("ref", "name"), (Row(2, ("7", "Haihe")), Row(3, ("", "Haihe")), Row(4, ("", ""))))
    records = read_rows(CUSTOMERS, table, {"ref": 0, "name": 1}, FileMapping()).records
    assert [key_of(CUSTOMERS, r) for r in records] == [("ref", "7"), ("name", "Haihe"), None]
