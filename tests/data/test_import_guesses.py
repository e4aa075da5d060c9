"""Which columns of a file are known, which are guessed, and which are left to the person (P1)."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from core.exchange.kinds import KINDS
from core.exchange.mapping import FileMapping, recognise
from core.exchange.tables import Row, Table
from data.exchange.importing import with_words
from data.exchange.reading import read_table
from data.exchange.suggest import nearest, suggest_columns, unknown_words
from data.schema import Contact, Customer, Opportunity
from tests.company import found
from tests.importing import import_text, shown

# fmt: off
KNOWN = [
    ("customers",     "Client ID",      "ref"),
    ("customers",     "Customer since", "created_at"),
    ("customers",     "建档日期",        "created_at"),
    ("customers",     "ABC",            "grade"),
    ("customers",     "Account owner",  "owner"),
    ("customers",     "销售负责人",      "owner"),
    ("contacts",      "Contact person", "name"),
    ("contacts",      "Client ID",      "customer"),
    ("opportunities", "Opp. no.",       "ref"),
    ("opportunities", "Exp. close",     "close_on"),
    ("opportunities", "Closed on",      "closed_at"),
    ("opportunities", "Created on",     "opened_at"),
    ("opportunities", "销售负责人",      "owner"),
    ("users",         "职务",            "role"),
    ("users",         "所属团队",        "team"),
    ("customers",     "Cust. no.",      "ref"),
    ("actions",       "Date",           "started_at"),
    ("actions",       "跟进时间",        "started_at"),
    ("actions",       "User",           "owner"),
    ("actions",       "跟进内容",        "summary"),
    ("interactions",  "Activity type",  "kind"),
    ("interactions",  "跟进方式",        "kind"),
    ("interactions",  "跟进时间",        "happened_at"),
    ("interactions",  "跟进内容",        "subject"),
    ("interactions",  "Subject / notes", "subject"),
    ("actions",       "What happened",  "summary"),
    ("interactions",  "What happened",  "subject"),
    ("interactions",  "Minutes",        "duration_seconds"),
    ("interactions",  "Duration (min)", "duration_seconds"),
    ("interactions",  "时长（分钟）",     "duration_seconds"),
    ("interactions",  "时长（分）",       "duration_seconds"),
    ("interactions",  "Duration (h)",   "duration_seconds"),
    ("contacts",      "岗位",            "title"),
    ("opportunities", "项目编号",        "ref"),
    ("opportunities", "项目阶段",        "stage"),
    ("opportunities", "项目金额",        "amount"),
    ("opportunities", "Opened on",      "opened_at"),
    ("opportunities", "预计签单",        "close_on"),
    ("opportunities", "负责销售",        "owner"),
    ("customers",     "客户负责人",      "owner"),
    ("contacts",      "所属公司",        "customer"),
    ("contacts",      "电子邮件",        "email"),
    ("users",         "Dept.",          "team"),
    ("users",         "Job",            "role"),
    ("users",         "岗位名称",        "role"),
]
GUESSED = [
    ("customers",     "Custmer name",     "name"),
    ("customers",     "Sectr",            "industry"),
    ("customers",     "AccountOwnr",      "owner"),
    ("contacts",      "手机号码",          "phone"),
    ("opportunities", "预计成交日",        "close_on"),
    ("opportunities", "Amuont（万元）",    "amount"),
]
LEFT = [
    ("customers",     "Customer type"),
    ("customers",     "Customer mood"),
    ("customers",     "CustomerType"),
    ("contacts",      "Contact owner"),
    ("contacts",      "Customer since"),
    ("opportunities", "Created by"),
    ("opportunities", "Opportunity type"),
    ("opportunities", "Close reason"),
    ("opportunities", "签约日期"),
    ("opportunities", "产品线"),
]
CELLS = [
    ("customers",     "Refrence",    (date(2024, 3, 1), "2024-03-02"),       None),
    ("customers",     "Refrence",    ("3/4/2024", "2 March 2024"),           None),
    ("customers",     "Refrence",    ("K-1", "20240301", 45000),             "ref"),
    ("opportunities", "Opend at",    ("soon", "later"),                      None),
    ("opportunities", "Opend at",    ("3/4/2024", "soon", "2024-03-02"),     "opened_at"),
    ("opportunities", "Amuont",      ("many", "12"),                         "amount"),
    ("opportunities", "Amuont",      ("many", "few", "12"),                  None),
    ("opportunities", "Amuont",      (None, ""),                             "amount"),
    ("actions",       "Minutes",     (90, "60", None),                       None),
    ("actions",       "Minutes",     ("Met the CTO", "2 of 3 agreed", "Ok"), "summary"),
]
# fmt: on


def file(header, *cells):
    return Table((header,), tuple(Row(n, (cell,)) for n, cell in enumerate(cells, 2)))


def guessed(kind, table):
    return suggest_columns(KINDS[kind], table, with_words(FileMapping()).formats)


@pytest.mark.parametrize(("kind", "header", "field"), KNOWN)
def test_what_is_known(kind, header, field):
    assert recognise(KINDS[kind], [header]) == {field: 0}
    assert guessed(kind, file(header)) == {}


@pytest.mark.parametrize(("kind", "header", "field"), GUESSED)
def test_a_slip_in_spelling_is_guessed(kind, header, field):
    assert recognise(KINDS[kind], [header]) == {}
    assert guessed(kind, file(header)) == {field: header}


@pytest.mark.parametrize(("kind", "header"), LEFT)
def test_one_word_in_common_is_no_guess(kind, header):
    assert recognise(KINDS[kind], [header]) == {}
    assert guessed(kind, file(header)) == {}


@pytest.mark.parametrize(("kind", "header", "cells", "field"), CELLS)
def test_cells_that_hold_something_else_are_no_guess(kind, header, cells, field):
    assert guessed(kind, file(header, *cells)) == ({field: header} if field else {})


TOLD_BY_CELLS = [  # an opportunities file's headers, its rows, what of it is guessed
    ("Status",        ("Solution demo", "Quote confirmation", "Won"),  {"stage": "Status"}),
    ("项目状态",       ("需求调研", "方案演示", "丢单"),                  {"stage": "项目状态"}),
    ("项目状态",       ("报价中", "已丢单", "搁置"),                     {"stage": "项目状态"}),
    ("Status",        ("Won", "Qualified", "Demo", "New", "On hold", "Stalled"), {"stage": "Status"}),
    ("Status",        ("won", "Lost", "in progress"),                  {"outcome": "Status"}),
    ("项目状态",       ("赢单", "跟进中", "跟进中", "报价"),               {"outcome": "项目状态"}),
    ("Status",        ("Suspect", "Commit", "Verbal", "Won"),          {"stage": "Status"}),
    ("项目状态",       ("立项中", "试用中", "试用中", "走流程", "赢单"),     {"stage": "项目状态"}),
    ("Status",        ("Parked", "Parked", "Won"),                     {"outcome": "Status"}),
    ("Status",        ("Parked", "Asleep", "Lukewarm", "in progress"), {"outcome": "Status"}),
    ("Status",        tuple(f"Wrote {n} mails" for n in range(21)),    {}),
    ("Status",        ("10", "50", "2026-03-02"),                      {}),
    ("Status,Stage",  ("Suspect,Demo", "Commit,Demo"),                 {}),
    ("Status,Pipeline", ("Suspect,Ours", "Commit,Ours"),               {}),  # there nobody is asked
    ("Status",        ("", None),                                      {}),
    ("阶段,Status",    ("预约,Solution demo",),                         {}),
    ("Status,项目状态", ("won,won",),                                    {}),
    ("签约/关闭日期",   ("2026-03-02", "2026/3/9"),                      {"closed_at": "签约/关闭日期"}),
    ("成交/结束日期",   ("2026年6月18日", None),                         {"closed_at": "成交/结束日期"}),
    ("签约日期",       ("待定", "未签", "2026-03-02"),                    {}),
    ("预计签单,签约日期", ("2026-03-01,2026-03-02",),                    {"closed_at": "签约日期"}),
    ("成交日期,签约日期", ("2026-03-02,2026-03-02", ",2026-04-01"),       {"close_on": "签约日期"}),
    ("成交日期,签约日期", ("2026-03-02,2026-03-01", "2026-03-05,"),       {}),
    ("签约日期,关闭日期", ("2026-03-01,2026-03-02",),                    {}),
    ("Stage,Expected close", ("Demo,2026-03-02", "Won,2026-03-01"),    {"closed_at": "Expected close"}),
    ("结果,预计签约日期", ("进行中,2026-03-02", "丢单,2026-03-01"),        {"closed_at": "预计签约日期"}),
    ("Status,Expected close", ("Demo,2026-03-02", "Won,2026-03-01"),
                       {"stage": "Status", "closed_at": "Expected close"}),
    ("Stage,Expected close", ("Demo,2026-03-02", "New,2026-03-01"),    {}),
    ("Stage,Expected close,Closed", ("Won,2026-03-02,2026-03-01",),    {}),
]  # fmt: skip


@pytest.mark.parametrize(("headers", "rows", "found"), TOLD_BY_CELLS)
def test_a_state_or_an_end_is_guessed_by_its_cells(headers, rows, found):
    cells = (Row(n, tuple((said or "").split(","))) for n, said in enumerate(rows, 2))
    assert guessed("opportunities", Table(tuple(headers.split(",")), tuple(cells))) == found


@pytest.mark.parametrize("header", ["员工人数", "No. of employees"])
def test_employees_are_guessed_as_sizes_and_never_taken_for_them_unasked(header):
    assert guessed("customers", file(header, "80", "1,200人", "50-200")) == {"segment": header}
    assert guessed("customers", file(header, "many", "few")) == {}
    assert recognise(KINDS["customers"], [header]) == {}  # a file without anybody to ask comes in without


def test_two_customers_of_one_day_come_in_and_a_won_row_keeps_its_closing(sqlite_store):
    found(sqlite_store)
    text = "Client ID,Client name,Customer since,ABC\nK-1,North,2024-03-01,A\nK-2,South,2024-03-01,B\n"
    assert shown(import_text(sqlite_store, "customers", text)) == (2, 0, 0, [])
    text = "Opp no,Deal name,Client ID,Exp. close,Closed on,Result\nO-1,Line,K-1,2026-02-01,2026-01-20,won\n"
    assert shown(import_text(sqlite_store, "opportunities", text)) == (1, 0, 0, [])
    with sqlite_store.reading() as session:
        row = session.scalars(select(Opportunity).where(Opportunity.ref == "O-1")).one()
        customer = session.get_one(Customer, row.customer_id)
    assert (row.outcome, row.close_on, row.closed_at.date()) == ("won", date(2026, 2, 1), date(2026, 1, 19))
    assert (customer.ref, customer.name, customer.grade) == ("K-1", "North", "A")


OUTCOMES = {"won": "Won", "lost": "Lost"}
ROLES = {"rep": "销售", "manager": "主管", "director": "总监"}
LABELS = {
    "en": OUTCOMES | {"rep": "Sales rep"},
    "zh": {
        "won": "赢单",
        "lost": "输单",
        "needs_diagnosis": "需求诊断",
        "quote_confirmation": "报价确认",
        "appointment": "预约拜访",
    }
    | ROLES,
}
MEANT = [
    ("en", "丢单", "lost"),
    ("zh", "丢单", "lost"),
    ("zh", "Win", "won"),
    ("zh", "已签约", "won"),
    ("zh", "签单中", None),  # not yet
    ("zh", "需求调研", "needs_diagnosis"),
    ("zh", "Proposal sent", "quote_confirmation"),
    ("en", "需求调研", None),  # no choice here
    ("zh", "搁置", None),
    ("zh", "方案报价", "quote_confirmation"),
    ("zh", "初步接洽", "appointment"),
    ("zh", "销售总监", "director"),  # not 销售, with which it begins
    ("zh", "大区经理", "manager"),
    ("zh", "销售经理", None),  # a rep here, a team's head there
    ("zh", "高级销售经理", None),
    ("en", "AE", "rep"),
    ("zh", "大客户经理", "rep"),
    ("zh", "VP Sales", "director"),
]


@pytest.mark.parametrize(("language", "word", "meant"), MEANT)
def test_what_other_systems_call_an_end_a_stage_or_a_role_is_guessed(language, word, meant):
    assert nearest(word, LABELS[language]) == meant


def test_what_only_a_row_of_sums_says_is_not_asked_for():
    rows = (Row(2, ("Haihe", "Gold", "East", 5)), Row(3, ("Total", "1 gold", None, None)))
    table = Table(("Customer", "Grade", "Region", "Staff"), rows)
    found = unknown_words(KINDS["customers"], table, {"name": 0, "grade": 1}, FileMapping())
    assert found == {"grade": ["Gold"]}


NAMES = [  # kind, a file's header and row: the person's name, None where it is nobody's
    ("contacts",      "Company,First Name,Last Name",         "Haihe,Ingrid,Holm",         "Ingrid Holm"),
    ("contacts",      "Last name,Company,Given name,E-mail",  "Holm,Haihe,,i@holm.example", "Holm"),
    ("users",         "姓,名,团队",                            "欧阳,静,华东",               "欧阳静"),
    ("users",         "User,First name,Last name",            "iholm,Ingrid,Holm",         "Ingrid Holm"),
    ("users",         "User,Team",                            "Ingrid Holm,North",         "Ingrid Holm"),
    ("contacts",      "Name,First name,Last name",            "Dr. Holm,Ingrid,Holm",      "Dr. Holm"),
    ("opportunities", "Opp no.,First name,Last name",         "O-1,Ingrid,Holm",           None),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "header", "row", "name"), NAMES)
def test_a_persons_name_in_two_columns_is_read_as_one(kind, header, row, name):
    table = read_table("people.csv", f"{header}\n{row}\n".encode(), kind)
    place = recognise(KINDS[kind], table.headers).get("name")
    assert (None if place is None else table.rows[0].cells[place]) == name


def test_a_column_user_has_what_they_sign_in_with_where_their_names_stand_elsewhere():
    table = read_table("people.csv", b"User,First name,Last name\niholm,Ingrid,Holm\n", "users")
    assert recognise(KINDS["users"], table.headers) == {"username": 0, "name": 1}


@pytest.mark.parametrize("named", ["First name", "Last name", "Full name"])
def test_a_mapping_names_the_whole_name_or_either_part(sqlite_store, named):
    found(sqlite_store)
    rows = "Company,First name,Last name\nHaihe Pumps,Ingrid,Holm\n"
    import_text(sqlite_store, "contacts", rows, mapping=f'columns.name = "{named}"')
    with sqlite_store.reading() as session:
        assert session.scalar(select(Contact.name).where(Contact.name.contains("Holm"))) == "Ingrid Holm"
