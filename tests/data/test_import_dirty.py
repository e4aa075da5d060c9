"""Files as they come: encodings, separators, line ends, what is no table at all, and very long ones."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from core.exchange.tables import read_text
from core.messages import Invalid
from data.exchange.reading import MAX_MB, read_table
from data.schema import Customer
from tests.company import found
from tests.importing import count, import_text, shown

CUSTOMERS = "客户名称,行业,负责人\n甲公司,制造业,rep\n“乙”公司,制造业,nobody\n=1+1,制造业,rep\n"

# fmt: off
AS_WRITTEN = {
    "utf-8":            CUSTOMERS.encode(),
    "utf-8 with a BOM": CUSTOMERS.encode("utf-8-sig"),
    "GB18030":          CUSTOMERS.encode("gb18030"),
    "utf-16":           CUSTOMERS.encode("utf-16"),
    "semicolons":       CUSTOMERS.replace(",", ";").encode(),
    "tabs":             CUSTOMERS.replace(",", "\t").encode(),
    "Windows lines":    CUSTOMERS.replace("\n", "\r\n").encode(),
    "old Mac lines":    CUSTOMERS.replace("\n", "\r").encode(),
    "no last line end": CUSTOMERS.rstrip().encode(),
    "empty lines":      CUSTOMERS.encode() + b"\n,,\n\n",
}
# fmt: on


@pytest.mark.parametrize("how", AS_WRITTEN)
def test_a_file_means_the_same_however_it_was_written(sqlite_store, how):
    found(sqlite_store)
    result = import_text(sqlite_store, "customers", AS_WRITTEN[how])
    assert shown(result) == (2, 0, 0, [(3, "owner", "unknown_owner")])
    with sqlite_store.reading() as session:
        names = set(session.scalars(select(Customer.name).where(Customer.industry.is_not(None))))
    assert names == {"甲公司", "=1+1"}  # formula-like text is text


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("other", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_what_stands_in_quotes_does_not_say_what_separates(separator, other, end):
    text = end.join([f"a{other} b", 'said ""no"";', f"c{other} d", f"e{other} f"] * 3)
    rows = (("ref", "name", "note"), ("1", "甲", f'"{text}"'), ("2", "乙", f'"{text}"'))
    found = read_text(end.join(separator.join(row) for row in rows).encode())
    assert found.headers == ("ref", "name", "note")
    assert [row.cells for row in found.rows] == [
        (ref, name, text.replace('""', '"')) for ref, name in (("1", "甲"), ("2", "乙"))
    ]


def test_what_separates_is_seen_though_a_quoted_text_goes_on_beyond_the_first_lines():
    text = "x; y\n" * 8_000
    found = read_text(f'name,note\nA,"{text}"\nB,"{text}"\n'.encode())
    assert [row.cells for row in found.rows] == [("A", text), ("B", text)]


def test_what_no_database_can_keep_is_left_out(store):
    found(store)
    assert shown(import_text(store, "customers", b"name,industry\nA\x00B,food\n")) == (1, 0, 0, [])
    with store.reading() as session:
        assert session.scalar(select(Customer.name).where(Customer.industry == "food")) == "AB"


NO_TABLES = {
    "nothing": ("a.csv", b""),
    "a picture": ("a.csv", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 9),
    "a broken workbook": ("a.xlsx", b"PK\x03\x04 not a workbook"),
    "a workbook that is text": ("a.xlsx", b"name\nA\n"),
    "another type": ("a.pdf", b"%PDF-1.7"),
    "too large": ("a.csv", b"x" * (MAX_MB * 2**20 + 1)),
}


@pytest.mark.parametrize("what", NO_TABLES)
def test_what_is_no_table_is_said(what):
    with pytest.raises(Invalid) as refused:
        read_table(*NO_TABLES[what], "customers")
    assert [p.field for p in refused.value.problems] == ["file"]


def test_a_hundred_thousand_rows(sqlite_store):
    rows = "".join(f"r{n},Company {n},food,mid\n" for n in range(100_000))
    text = f"ref,name,industry,segment\n{rows}bad,,food,huge\n"
    assert shown(import_text(sqlite_store, "customers", text))[:3] == (100_000, 0, 0)
    assert count(sqlite_store, Customer) == 100_000
    assert shown(import_text(sqlite_store, "customers", text))[:3] == (0, 0, 100_000)
