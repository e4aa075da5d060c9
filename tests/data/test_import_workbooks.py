"""Workbooks as sales offices keep them: titles, groups of columns, cover sheets, totals, units."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal

import pytest
from openpyxl import Workbook
from sqlalchemy import select

from core.messages import Invalid
from data.commands.currencies import publish_currency
from data.exchange.reading import read_table
from data.schema import Customer, Opportunity
from tests.company import found
from tests.importing import import_text, shown

HEAD = ["商机编号", "商机名称", "客户名称", "负责人", "金额（万元）", "开始日期", "预计成交日期"]
TITLE, GROUPS = ["四季度商机跟进表"], ["基本信息", None, None, None, "金额与时间"]
MADE = ["制表人：王敏", "制表日期：2026-03-01"]
ROW = ["1", "MES 一期", "Haihe Pumps", "rep", 120, 46023, 46387]


def book(**sheets: list[list[object]]) -> bytes:
    """A workbook of sheets by name; a name that begins with `hidden` is hidden."""
    made = Workbook()
    made.remove(made.active)
    for name, lines in sheets.items():
        sheet = made.create_sheet(name)
        sheet.sheet_state = "hidden" if name.startswith("hidden") else "visible"
        for line in lines:
            sheet.append(line)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


# fmt: off
HEADERS = {
    "at once":             ([HEAD, ROW], 1),
    "below a title":       ([TITLE, HEAD, ROW], 2),
    "below who made it":   ([TITLE, MADE, [], HEAD, ROW], 4),
    "below groups":        ([TITLE, GROUPS, HEAD, ROW], 3),
    "of one known word":   ([["编号x", "b"], ["商机", "b"]], 1),
}
SHEETS = {
    "the only one":        ({"one": [HEAD, ROW]}, "one", ["one"]),
    "not the cover":       ({"cover": [["请勿修改"]], "two": [HEAD, ROW]}, "two", ["cover", "two"]),
    "the first of alikes": ({"one": [HEAD, ROW], "two": [HEAD, ROW]}, "one", ["one", "two"]),
    "not an empty one":    ({"one": [], "two": [HEAD, ROW]}, "two", ["two"]),
    "not a hidden one":    ({"hidden": [HEAD, ROW], "two": [["name"], ["A"]]}, "two", ["hidden", "two"]),
    "a hidden one alone":  ({"empty": [], "hidden": [HEAD, ROW]}, "hidden", ["hidden"]),
}
# fmt: on


@pytest.mark.parametrize("where", HEADERS)
def test_where_the_header_lies(where):
    lines, line = HEADERS[where]
    table = read_table("a.xlsx", book(one=lines), "opportunities")
    assert table.headers == tuple(lines[line - 1])
    assert [row.line for row in table.rows] == [line + 1]


@pytest.mark.parametrize("which", SHEETS)
def test_which_sheet_is_read(which):
    sheets, chosen, offered = SHEETS[which]
    table = read_table("a.xlsx", book(**sheets), "opportunities")
    assert (table.how, list(table.sheets)) == (chosen, offered)
    assert read_table("a.xlsx", book(**sheets), "opportunities", sheet=offered[-1]).how == offered[-1]


@pytest.mark.parametrize(
    ("kind", "chosen"), [("actions", "Visits"), ("opportunities", "Deals"), ("contacts", "People")]
)
def test_a_sheet_that_has_what_a_kind_needs_goes_before_one_with_more_known_headers(kind, chosen):
    deals = ["Deal No.", "Deal name", "Account", "Amount", "Currency", "Status", "Owner", "Notes"]
    sheets = {
        "Accounts": [["Account ID", "Account", "Phone", "E-mail", "Notes"]],
        "People": [["First name", "Last name", "Company", "Phone"]],
        "Deals": [deals],
        "Visits": [["Date", "Type", "Deal"]],
    }
    assert read_table("a.xlsx", book(**sheets), kind).how == chosen


NO_WORKBOOKS = {
    "an old one or one with a password": ("a.xlsx", b"\xd0\xcf\x11\xe0" + bytes(99), "old_workbook"),
    "an old one by its name": ("a.xls", b"<html>", "old_workbook"),
    "a damaged one": ("a.xlsx", b"PK\x03\x04 not a workbook", "broken_workbook"),
}


@pytest.mark.parametrize("what", NO_WORKBOOKS)
def test_what_is_no_workbook_says_how_to_make_one(what):
    name, content, code = NO_WORKBOOKS[what]
    with pytest.raises(Invalid) as refused:
        read_table(name, content, "customers")
    assert [p.code for p in refused.value.problems] == [code]


def test_units_totals_and_days_without_their_format(sqlite_store):
    found(sqlite_store)
    lines = [
        TITLE, GROUPS, HEAD, ROW,
        ["2", "WMS", "Haihe Pumps", "rep", "８５万", "2026.1.2", 20261231],
        ["3", "too large", "Haihe Pumps", "rep", 10**14, 46023, None],
        ["4", "no day", "Haihe Pumps", "rep", None, 7, None],
        [None, "合计：", None, None, 205],
    ]  # fmt: skip
    content = book(one=lines)
    assert shown(import_text(sqlite_store, "opportunities", content, "a.xlsx")) == (
        2, 0, 0, [(6, "amount", "number_too_large"), (7, "opened_at", "unread_date"), (8, "", "totals_row")],
    )  # fmt: skip
    with sqlite_store.reading() as session:
        rows = session.scalars(
            select(Opportunity).where(Opportunity.ref.in_(["1", "2"])).order_by(Opportunity.ref)
        )
        kept = [(r.amount, r.close_on) for r in rows]
    assert kept == [(Decimal(1_200_000), date(2026, 12, 31)), (Decimal(850_000), date(2026, 12, 31))]


@pytest.mark.parametrize("front", ["Line,What is wrong", "行号,问题"])
def test_a_row_of_sums_among_mended_rejects_is_no_customer(sqlite_store, front):
    found(sqlite_store)
    text = f"{front},ref,name,industry,region\n11,a sum,合计,5\n12,no name,C5,West Gauges,,\n"
    assert shown(import_text(sqlite_store, "customers", text)) == (1, 0, 0, [(2, "", "totals_row")])


@pytest.mark.parametrize(
    "word",
    [
        "Subtotal Q4",
        "Sub-total:",
        "Wei Chen Total",
        "Total for East",
        "Total Q4",
        "四季度小计",
        "华东区合计：",
    ],
)
def test_a_sum_of_some_rows_is_no_opportunity(sqlite_store, word):
    found(sqlite_store)
    text = f"ref,name,customer,owner,amount,product\n1,Line,Haihe Pumps,rep,500,MES\n{word},,,,500,\n"
    assert shown(import_text(sqlite_store, "opportunities", text)) == (1, 0, 0, [(3, "", "totals_row")])


def test_a_company_whose_name_says_total_is_no_sum(sqlite_store):
    found(sqlite_store)
    text = "name,industry,region,owner\nAir Total,energy,,\nTotal Q4 Ltd,,,\nTotal Energies,,,rep\n"
    assert shown(import_text(sqlite_store, "customers", text)) == (3, 0, 0, [])


def test_spaces_that_nobody_sees_make_no_second_customer(sqlite_store):
    found(sqlite_store)
    text = "name,industry\n\u200bHai\u2060he Pumps\u3000,chemicals\n甲\ufeff公司,food\n"
    assert shown(import_text(sqlite_store, "customers", text)) == (1, 1, 0, [])
    with sqlite_store.reading() as session:
        assert session.scalar(select(Customer.name).where(Customer.industry == "food")) == "甲公司"


SINGAPORE = {  # in a company of Singapore dollars: what is kept, or what is wrong
    "S$120,000": "SGD", "$5": "SGD", "US$5": "USD", "A$5": "AUD", "JPY ¥5": "JPY", "5": "SGD",
    "¥5": (2, "currency", "yuan_or_yen"),
}  # fmt: skip


@pytest.mark.parametrize("said", SINGAPORE)
def test_a_sign_of_several_currencies_means_the_companys_own_where_it_is_one_of_them(sqlite_store, said):
    found(sqlite_store)
    with sqlite_store.writing() as session:
        publish_currency(session, "SGD", sqlite_store.clock(), None)
    result = shown(import_text(sqlite_store, "opportunities", f'name,amount\nSigns,"{said}"\n'))
    with sqlite_store.reading() as session:
        kept = session.scalar(select(Opportunity.currency).where(Opportunity.name == "Signs"))
    assert (kept or result[3][0]) == SINGAPORE[said]


# fmt: off
MONEY = {  # header and cell: what is kept
    ("Amount", "€7,000"):            (7_000, "EUR"),
    ("Amount", "1,200 USD"):         (1_200, "USD"),
    ("Amount", "NOK 450,000"):       (450_000, "NOK"),
    ("Amount (EUR)", "5000"):        (5_000, "EUR"),
    ("Value (kEUR)", "88"):          (88_000, "EUR"),
    ("Value (k)", "85"):             (85_000, "CNY"),
    ("Amount (£'000)", "85"):        (85_000, "GBP"),
    ("Value (kEUR)", "£9"):          (9_000, "GBP"),  # the header's thousands, the cell's own currency
    ("Value (kEUR)", "€125,000"):    "unit_or_not",  # or 125 million
    ("金额（万元）", "1,250,000元"): (1_250_000, "CNY"),
    ("金额（万美元）", "20"):        (200_000, "USD"),
    ("金额（万元）", "20 万美元"):   (200_000, "USD"),
    ("Amount", "¥120万"):            (1_200_000, "CNY"),  # the company's own
    ("Amount, Currency", "€7,HKD"):  (7, "HKD"),  # a column of its own has the last word
}
# fmt: on


@pytest.mark.parametrize(("said", "kept"), [(said, kept) for said, kept in MONEY.items()])
def test_the_currency_that_an_amount_names(sqlite_store, said, kept):
    found(sqlite_store)
    header, cell = said
    heads, cells = (
        (header.split(", "), cell.split(",")) if "Currency" in header else ([header], [f'"{cell}"'])
    )
    told = f"name,{','.join(heads)}\nCurrencies,{','.join(cells)}\n"
    refused = [(2, "amount", kept)] if isinstance(kept, str) else []
    assert shown(import_text(sqlite_store, "opportunities", told)) == (1 - len(refused), 0, 0, refused)
    with sqlite_store.reading() as session:
        query = select(Opportunity.amount, Opportunity.currency).where(Opportunity.name == "Currencies")
        assert session.execute(query).one_or_none() == (None if refused else kept)
