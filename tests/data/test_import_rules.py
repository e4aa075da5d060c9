"""What an import refuses and why, row by row, while the good rows go in."""

from decimal import Decimal
from random import Random
from string import ascii_letters

import pytest
from sqlalchemy import func, select

from core.access import OPERATOR
from core.customers import CustomerInput
from core.exchange.kinds import KINDS
from core.exchange.mapping import FileMapping, recognise
from core.exchange.rows import Rejection
from core.exchange.tables import Row, Table
from core.exchange.values import MAX_KEY
from core.messages import Conflict, Invalid, NotAllowed, NotFound, Problem
from core.people import PersonInput
from data.commands.actions import record_action
from data.commands.customers import edit_customer
from data.commands.exchange import import_table, undo_import
from data.commands.people import activate_person, create_person
from data.commands.projections import differences, rebuild
from data.exchange.reading import read_table
from data.exchange.report import reasons, rejected_file
from data.queries.api_tokens import all_tokens
from data.schema import (
    Action,
    Audit,
    Customer,
    ImportBatch,
    Interaction,
    Opportunity,
    Person,
    Setting,
    StageEvent,
    Team,
)
from data.text import translate
from tests.api import token_of
from tests.company import found
from tests.data.test_record_action import done
from tests.importing import contents, count, import_text, shown


def founded(store):
    """The test company with its projections."""
    people = found(store)
    with store.writing() as session:
        rebuild(session)
    return people


OPPORTUNITIES = """ref,name,owner,customer,outcome,amount,opened_at,closed_at,stage
1,Good,rep,Haihe Pumps,won,"1,200.50",2026-01-01,2026-02-01,needs_diagnosis
2,Nobody's,nemo,,,,2026-01-01,,
3,Less than nothing,rep,,,-5,2026-01-01,,
4,When,rep,,,,2026-13-01,,
1,Good again,rep,,,,2026-01-01,,
1,Good,rep,Haihe Pumps,won,1200.50,2026-01-01,2026-02-01,needs_diagnosis
6,Lost when,rep,,lost,,2026-01-01,,
7,Before it began,rep,,lost,,2026-01-01,2025-12-31,
8,Tomorrow,rep,,,,2026-03-05,,
9,Strange stage,rep,,,,2026-01-01,,Haggling
10,Strange customer,rep,Nobody Ltd,,,,,
11,Open and closed,rep,,open,,2026-01-01,2026-02-01,
12,Much,rep,,,many,2026-01-01,,
"""


def test_opportunities(store):
    founded(store)
    result = import_text(store, "opportunities", OPPORTUNITIES)
    assert shown(result) == (
        1,
        0,
        1,
        [
            (3, "owner", "unknown_owner"),
            (4, "amount", "negative_amount"),
            (5, "opened_at", "unread_date"),
            (6, "ref", "duplicate_id"),
            (8, "closed_at", "required"),
            (9, "closed_at", "closed_before_opened"),
            (10, "opened_at", "instant_in_future"),
            (11, "stage", "unknown_stage"),
            (12, "customer", "unknown_customer"),
            (13, "closed_at", "closed_but_open"),
            (14, "amount", "unread_number"),
        ],
    )
    assert result.rejected[3].problems[0].params == {"value": "1", "line": 2}
    with store.reading() as session:
        row = session.scalars(select(Opportunity).where(Opportunity.ref == "1")).one()
    assert (row.amount, row.outcome) == (Decimal("1200.5"), "won")
    assert row.opened_at.isoformat() == "2025-12-31T16:00:00+00:00"  # midnight in Shanghai


def test_all_problems_of_a_row_are_told(sqlite_store):
    result = import_text(sqlite_store, "opportunities", "ref,owner,amount,opened_at\n1,nemo,x,y\n")
    assert [(p.field, p.code) for p in result.rejected[0].problems] == [
        ("amount", "unread_number"),
        ("opened_at", "unread_date"),
        ("owner", "unknown_owner"),
    ]


def test_a_later_file_moves_what_an_earlier_one_brought(store, clock):
    header = "ref,name,stage,outcome,opened_at,closed_at,amount\n"
    mapping = '[pipeline]\nname = "Other CRM"'
    import_text(
        store,
        "opportunities",
        header + "1,One,New,open,2026-01-05,,10\n2,Two,New,open,2026-01-05,,\n",
        mapping=mapping,
    )
    clock.move(days=7)
    second = header + "1,One,Offer,open,2026-01-05,,12\n2,Two,New,open,2026-01-05,,\n"
    assert shown(import_text(store, "opportunities", second, mapping=mapping)) == (0, 1, 1, [])
    assert shown(import_text(store, "opportunities", second, mapping=mapping)) == (0, 0, 2, [])
    with store.reading() as session:
        events = session.scalars(select(StageEvent).order_by(StageEvent.id)).all()
    assert [e.happened_at for e in events][-1] == store.clock()
    assert len(events) == 3


def test_customers_contacts_and_interactions(store):
    founded(store)
    customers = (
        "Customer,Sector,Segment,Owner,标签\nNew,装备制造,小型,Rep,budget_approved;own tag\n"
        ",x,,,\nHaihe Pumps,chemicals,,,\nBad,,gigantic,,\n"
    )
    assert shown(import_text(store, "customers", customers)) == (
        1, 1, 0, [(3, "name", "required"), (5, "segment", "unknown_choice")],
    )  # fmt: skip
    contacts = "客户,姓名,决策角色,邮箱\nNew,Wu,采购,w@x.cn\nNew,Wu,采购,w@x.cn\nNemo,Li,,\nNew,Li,,nomail\n"
    assert shown(import_text(store, "contacts", contacts)) == (
        1, 0, 1, [(4, "customer", "unknown_customer"), (5, "email", "bad_email")],
    )  # fmt: skip
    touches = (
        "customer,kind,direction,happened_at,contact,duration_seconds\n"
        "New,电话,客户发起,2026-03-01 10:00,Wu,90\n"
        "New,call,inbound,2026-03-05,,\nNew,call,inbound,2026-03-01,,-1\n"
        "New,call,inbound,2026-03-01,Nemo,\n"
    )
    assert shown(import_text(store, "interactions", touches)) == (
        1, 0, 0,
        [(3, "happened_at", "instant_in_future"), (4, "duration_seconds", "negative_number"),
         (5, "contact", "unknown_contact")],
    )  # fmt: skip
    with store.writing() as session:
        new = session.scalars(select(Customer).where(Customer.name == "New")).one()
        assert (new.industry, new.segment) == ("manufacturing", "small")
        assert differences(session) == []


def test_how_long_it_took_is_read_in_minutes_and_hours(store):
    founded(store)
    head = "customer,kind,direction,happened_at"
    row = "Haihe Pumps,call,inbound,2026-03-0"
    for n, (header, cell) in enumerate((("Minutes", "90"), ("时长（小时）", "1.5"), ("Duration", "90 分钟"))):
        file = f"{head},{header}\n{row}1 1{n}:00,{cell}\n{row}1 2{n}:00,soon\n{row}2,\n"
        assert shown(import_text(store, "interactions", file))[3] == [
            (3, "duration_seconds", "unread_number")
        ]
    with store.reading() as session:
        took = session.scalars(select(Interaction.duration_seconds).order_by(Interaction.happened_at)).all()
    assert [seconds for seconds in took if seconds is not None] == [5400, 5400, 5400]


def test_a_contact_written_in_another_way_is_the_same(store):
    founded(store)
    header = "customer,name,title,phone,email\n"
    rows = (
        "Haihe Pumps,Wang,Buyer,13800138000,Wang@Example.com\n"
        "Haihe Pumps,Wang,,138-0013-8000,wang@example.com\n"
        "Haihe Pumps,Wang,,13900139000,\n"
        "Haihe Pumps,Wang,Chief,138 0013 8000,\n"
    )
    assert shown(import_text(store, "contacts", header + rows)) == (3, 0, 1, [])
    known = "Haihe Pumps,Wang,,139 0013 9000,\n"
    assert shown(import_text(store, "contacts", header + known)) == (0, 1, 0, [])


def test_a_customer_without_reference_gets_the_first_one_of_its_name_and_the_next_is_another(sqlite_store):
    founded(sqlite_store)
    rows = "reference,name\nK1,Haihe Pumps\nK2,Haihe Pumps\n"
    assert shown(import_text(sqlite_store, "customers", rows)) == (1, 1, 0, [])
    with sqlite_store.reading() as session:
        named = select(Customer.ref).where(Customer.name == "Haihe Pumps").order_by(Customer.id)
        assert session.scalars(named).all() == ["K1", "K2"]


def test_users_their_teams_and_managers(store):
    rows = (
        "name,role,team,manager,username\nAnna Snelling,,East,Dustin B,\n王磊,销售,East,,\n"
        "No Team,rep,,,\nBoss,director,,,x y\n"
    )
    result = import_text(store, "users", rows)
    assert shown(result) == (2, 0, 0, [(4, "team", "required"), (5, "username", "bad_username")])
    with store.reading() as session:
        people = session.execute(
            select(Person.username, Person.role, Team.name, Person.password_hash).join(Team)
        )
        assert {tuple(p) for p in people} == {
            ("anna.snelling", "rep", "East", None),
            ("王磊", "rep", "East", None),
            ("dustin.b", "manager", "East", None),
        }


def test_a_customer_written_otherwise_is_named_as_it_is_on_file(sqlite_store):
    founded(sqlite_store)
    rows = "customer,name\nHaihe,Wu\nhaihe pumps,Li\nNowhere Ltd,Xu\n"
    told = [r.problems[0] for r in import_text(sqlite_store, "contacts", rows).rejected]
    assert [(p.code, p.params.get("near")) for p in told] == [
        ("unknown_customer_near", "Haihe Pumps"),
        ("unknown_customer_near", "Haihe Pumps"),
        ("unknown_customer", None),
    ]


def test_what_a_leaver_owns_is_told(sqlite_store):
    founded(sqlite_store)
    import_text(sqlite_store, "users", "username,name,role,team,active\nrep,Rep,rep,East,no\n")
    rows = "name,owner\nWuxi Semicon,rep\nHangzhou Cloud,mate\n"
    assert import_text(sqlite_store, "customers", rows).owner_out == (2,)
    rows = (
        "ref,name,owner,outcome,opened,closed\n1,A,rep,open,2026-01-05,\n2,B,rep,lost,2026-01-05,2026-02-02\n"
    )
    result = import_text(sqlite_store, "opportunities", rows)
    assert (shown(result), result.owner_out) == ((2, 0, 0, []), (2,))


def test_an_expected_close_before_the_opening_comes_in_and_is_told(sqlite_store):
    founded(sqlite_store)
    rows = (
        "ref,name,outcome,opened,expected close,closed\n"
        "1,A,open,2026-01-05,2026-01-04,\n"
        "2,B,open,2026-01-05,2026-01-05,\n"
        "3,C,lost,2026-01-05,2026-01-02,2026-01-20\n"
        "4,D,open,,2026-01-02,\n"
    )
    result = import_text(sqlite_store, "opportunities", rows)
    assert (shown(result), result.closes_early) == ((4, 0, 0, []), (2, 4))


def test_people_of_whom_no_role_is_said_are_told(sqlite_store):
    founded(sqlite_store)
    rows = "name,role,team\nIda Berg,,East\nMaria Stone,,\nOle Dahl,delivery,\n"
    result = import_text(sqlite_store, "users", rows)
    assert (shown(result), result.role_unsaid) == ((2, 0, 0, [(3, "team", "team_or_role")]), (2,))
    again = import_text(sqlite_store, "users", rows)
    assert (again.duplicates, again.role_unsaid) == (2, ())


def test_the_teams_of_a_users_file_go_by_the_companys_clock(sqlite_store):
    found(sqlite_store)
    with sqlite_store.writing() as session:
        session.merge(Setting(key="timezone", value="Europe/London"))
    import_text(sqlite_store, "users", "name,role,team\nAmy Grant,rep,North\n")
    with sqlite_store.reading() as session:
        assert session.scalar(select(Team.timezone).where(Team.name == "North")) == "Europe/London"


def test_the_last_administrator_stays(sqlite_store):
    founded(sqlite_store)
    result = import_text(sqlite_store, "users", "username,name,role,team\nadmin,Admin,rep,East\n")
    assert shown(result)[3] == [(2, "role", "last_admin")]


ACTIONS = """ref,opportunity,type,started_at,ended_at,summary,follows,next_type,next_at,purpose,attendees,place
a1,Haihe Pumps 2026,appointment,2026-03-02 09:00,2026-03-02 10:00,They want it by May.,,solution_demo,2026-03-09 10:00,talk,Wu (buyer),site
a2,Haihe Pumps 2026,预约拜访,2026-03-02 10:10,2026-03-02 11:00,They want it by May.,a1,solution_demo,2026-03-09 10:00,talk,Wu (采购),site
a3,Haihe Pumps 2026,appointment,2026-03-03 09:00,2026-03-03 10:00,short,,,,,,
a4,Haihe Pumps 2026,appointment,2026-03-03 22:00,2026-03-04 13:00,They want it by May.,a1,solution_demo,2026-03-09 10:00,talk,Wu (buyer),site
a5,Haihe Pumps 2026,appointment,2026-03-03 14:00,2026-03-03 15:00,They want it by May.,latest,solution_demo,2026-03-09 10:00,talk,Wu (buyer),site
a6,Nemo,appointment,2026-03-03 14:00,2026-03-03 15:00,,,,,,,
a7,Taihu Bearings 2026,appointment,2026-03-04 09:00,,,,,,,,
"""  # noqa: E501 - a table


def test_a_plan_in_the_past_and_a_past_call_without_an_end_are_told_apart(sqlite_store):
    founded(sqlite_store)
    row = "Haihe Pumps 2026,appointment,2026-03-04"
    text = f"opportunity,type,start,status\n{row} 08:00,\n{row} 09:00,planned\n"
    result = import_text(sqlite_store, "actions", text)
    assert shown(result)[3] == [(2, "ended_at", "past_without_end"), (3, "started_at", "not_in_future")]


def test_actions_obey_the_rules_of_the_form(store):
    people = founded(store)
    result = import_text(store, "actions", ACTIONS)
    assert [(r.line, {(p.field, p.code) for p in r.problems}) for r in result.rejected] == [
        (3, {("started_at", "too_soon_after_previous")}),
        (4, {("purpose", "required"), ("attendees", "required"), ("place", "required"),
             ("summary", "summary_too_short"), ("follows", "link_required"),
             ("next_at", "next_step_required")}),
        (5, {("ended_at", "in_future"), ("ended_at", "too_long_action")}),
        (7, {("opportunity", "unknown_opportunity")}),
        (8, {("ended_at", "past_without_end")}),
    ]  # fmt: skip
    assert (result.accepted, result.duplicates) == (2, 0)
    with store.writing() as session:
        assert differences(session) == []
        plans = session.execute(
            select(Action.status, Action.planned_for).where(Action.planned_for.is_not(None))
        )
        assert sorted(status for status, _ in plans) == ["cancelled", "planned"]
    again = import_text(store, "actions", ACTIONS)
    assert (again.accepted, again.updated, again.duplicates) == (0, 0, 2)
    assert record_action(
        store,
        people.rep,
        people.opportunity,
        done(store, "solution_demo", hours_ago=1, follows=_first(store)),
    )


def test_an_action_at_the_time_of_another_says_with_which_customer_that_is(sqlite_store):
    founded(sqlite_store)
    import_text(sqlite_store, "actions", "".join(ACTIONS.splitlines(keepends=True)[:2]))
    again = ACTIONS.splitlines(keepends=True)[1].replace("a1,", "b1,").replace("09:00", "09:30")
    (refused,) = import_text(sqlite_store, "actions", ACTIONS.splitlines(keepends=True)[0] + again).rejected
    (with_whom,) = [p.params["customer"] for p in refused.problems if p.code == "two_meetings_with"]
    assert with_whom == "Haihe Pumps"


def _first(store) -> int:
    with store.reading() as session:
        return session.scalars(select(Action.id).where(Action.ref == "a1")).one()


def test_an_import_that_others_built_on_stays(store):
    founded(store)
    batch = import_text(store, "customers", "name\nNew\nNewer\n").batch_id
    import_text(store, "contacts", "customer,name\nNew,Wu\n")
    with pytest.raises(Conflict) as refused:
        undo_import(store, OPERATOR, batch)
    assert refused.value.params["n"] == 1
    undo_import(store, OPERATOR)  # the latest: the contact
    undo_import(store, OPERATOR, batch)
    assert count(store, Customer) == 2
    with pytest.raises(Conflict):
        undo_import(store, OPERATOR, batch)
    with pytest.raises(NotFound):
        undo_import(store, OPERATOR, 999)


def test_with_no_import_left_undo_says_so(sqlite_store):
    people = founded(sqlite_store)
    with pytest.raises(Conflict) as refused:
        undo_import(sqlite_store, people.admin)
    assert refused.value.code == "no_import_to_undo"


def test_undo_gives_back_what_was_updated(store):
    people = founded(store)
    before = contents(store)
    rows = "name,industry,owner,tags,grade\nHaihe Pumps,food,mate,budget_approved,A\n"
    assert shown(import_text(store, "customers", rows)) == (0, 1, 0, [])
    assert contents(store) != before
    undo_import(store, OPERATOR)
    assert contents(store) == before
    import_text(store, "customers", rows)
    with store.reading() as session:
        version = session.get_one(Customer, people.customer).version
    edit_customer(store, people.mate, people.customer, CustomerInput("Haihe Pumps"), version)
    with pytest.raises(Conflict):
        undo_import(store, OPERATOR)


def test_a_crash_writes_nothing(store, monkeypatch):
    before = contents(store)
    monkeypatch.setattr("data.exchange.writing.refresh", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        import_text(store, "customers", "name\nNew\n")
    assert contents(store) == before
    assert (count(store, ImportBatch), count(store, Audit)) == (0, 0)


def test_only_administrators_import(sqlite_store):
    people = founded(sqlite_store)
    table = read_table("c.csv", b"name\nNew\n", "customers")
    for who in (people.rep, people.manager, people.director, people.product):
        with pytest.raises(NotAllowed):
            import_table(sqlite_store, who, "customers", "c.csv", table, FileMapping())
        with pytest.raises(NotAllowed):
            undo_import(sqlite_store, who)
    assert import_table(sqlite_store, people.admin, "customers", "c.csv", table, FileMapping()).accepted == 1


def test_a_file_without_its_columns_is_refused_whole(sqlite_store):
    with pytest.raises(Invalid) as refused:
        import_text(sqlite_store, "stage_changes", "opportunity,when\n1,2\n")
    assert [(p.field, p.code) for p in refused.value.problems] == [
        ("stage", "missing_column"),
        ("at", "missing_column"),
    ]


def test_a_rejected_row_comes_back_without_the_empty_cells_of_its_sheet():
    row = Row(3, ("Haihe", None, "nemo", "", *[None] * 400))
    refused = Rejection(3, (Problem("owner", "unknown_owner", {"value": "nemo"}),))
    content = rejected_file(Table(("name", "size", "owner"), (row,)), [refused], "en", ("line", "why"))
    lines = content.decode("utf-8-sig").splitlines()
    assert lines[0] == "line,why,name,size,owner"
    assert lines[1].endswith(",Haihe,,nemo")


def test_a_rejected_rows_reasons_name_their_columns():
    refused = Rejection(
        3, (Problem("amount", "not_number"), Problem("close_on", "bad_date"), Problem("", "required"))
    )
    names = {"amount": "金额", "close_on": "预计成交日期"}
    content = rejected_file(
        Table(("金额",), (Row(3, ("待定",)),)), [refused], "zh", ("行号", "问题"), name=names.__getitem__
    )
    what = [translate("zh", f"problems.{code}") for code in ("not_number", "bad_date", "required")]
    said = f"金额：{what[0]} 预计成交日期：{what[1]} {what[2]}"
    assert content.decode("utf-8-sig").splitlines()[1] == f"3,{said},待定"


def test_a_user_name_in_capitals_is_the_same_person(sqlite_store):
    founded(sqlite_store)
    both = "username,name,role,team\nREP,Rep Again,rep,East\nNewcomer,New,rep,East\nnewcomer,New,rep,East\n"
    import_text(sqlite_store, "users", both)
    assert count(sqlite_store, Person, func.lower(Person.username) == "rep") == 1
    assert count(sqlite_store, Person, func.lower(Person.username) == "newcomer") == 1


def test_a_user_name_of_somebody_else_is_refused_and_the_others_go_in(store):
    """Whoever has it: stored, or in a row before."""
    founded(store)
    import_text(store, "users", "ref,username,name,role,team\nr1,rep,Rep,rep,East\nm1,mate,Mate,rep,East\n")
    renamed = """ref,username,name,role,team
r1,Mate,Rep,rep,East
m1,liu.mei,Mate,rep,East
n1,Liu.Mei,New,rep,East
,,Liu Mei,rep,East
"""
    assert shown(import_text(store, "users", renamed)) == (
        1, 1, 0, [(2, "username", "taken"), (4, "username", "taken")]
    )  # fmt: skip
    assert count(store, Person, Person.username.in_(("rep", "liu.mei", "liu.mei2"))) == 3


def test_of_all_administrators_together_one_stays(sqlite_store):
    people = founded(sqlite_store)
    create_person(sqlite_store, people.admin, PersonInput("second", "Second", "admin"))
    all_of_them = "username,name,role\nadmin,Admin,director\nsecond,Second,director\n"
    assert shown(import_text(sqlite_store, "users", all_of_them))[3] == [(3, "role", "last_admin")]
    assert count(sqlite_store, Person, Person.role == "admin") == 1


def test_whoever_is_shut_out_by_a_file_keeps_no_token(sqlite_store):
    people = founded(sqlite_store)
    token_of(sqlite_store, people.rep)
    import_text(sqlite_store, "users", "username,name,role,team,active\nrep,Rep,rep,East,no\n")
    activate_person(sqlite_store, people.admin, people.rep.person_id, True)
    with sqlite_store.reading() as session:
        assert all_tokens(session, OPERATOR, sqlite_store.clock()) == ()


def test_a_heading_that_would_run_as_a_formula_does_not(sqlite_store):
    table = read_table("c.csv", b"=1+1,name\nx,\n", "customers")
    wrong = [Rejection(2, (Problem("name", "required"),))]
    assert "'=1+1" in rejected_file(table, wrong, "en", ("line", "reason")).decode("utf-8-sig")


LONG = "".join(Random(1).choices(ascii_letters, k=9_000))
TOO_LONG = [
    ("users", f"username,name,role,team\nnew.one,{LONG},rep,East\n", "name"),
    ("users", f"username,name,role,team\nnew.one,New,rep,{LONG}\n", "team"),
    ("users", f"username,name,role,email\nnew.one,New,admin,{LONG}@x.cn\n", "email"),
    ("customers", f"ref,name\n{LONG},New\n", "ref"),
    ("customers", f"name,tags\nNew,{LONG}\n", "tags"),
    ("opportunities", f"name,pipeline\nNew,{LONG}\n", "pipeline"),
    ("stage_changes", f"opportunity,stage,at,pipeline\n{LONG},Asked,2026-01-01,Other\n", "opportunity"),
    ("stage_changes", f"opportunity,stage,at,pipeline\nX,{LONG},2026-01-01,Other\n", "stage"),
]


@pytest.mark.parametrize(("kind", "text", "field"), TOO_LONG)
def test_a_text_that_no_index_takes_is_refused_in_its_row(sqlite_store, kind, text, field):
    founded(sqlite_store)
    assert shown(import_text(sqlite_store, kind, text))[3] == [(2, field, "too_long")]


@pytest.mark.parametrize(
    ("kind", "file"),
    [
        ("interactions", "customer,kind,direction,happened_at,recorded_at\nHaihe Pumps,mail,inbound,{at}\n"),
        ("promises", "customer,words,promised_on,made_at,recorded_at\nHaihe Pumps,Then,2026-05-01,{at}\n"),
        ("signals", "customer,kind,happened_at,recorded_at\nHaihe Pumps,news,{at}\n"),
        ("demands", "customer,urgency,words,opened_at,recorded_at\nHaihe Pumps,P1,x,{at}\n"),
    ],
)
def test_nothing_was_recorded_in_the_future(sqlite_store, kind, file):
    founded(sqlite_store)
    text = file.format(at="2026-03-01T00:00:00Z,2026-03-05T00:00:00Z")
    assert shown(import_text(sqlite_store, kind, text))[3] == [(2, "recorded_at", "instant_in_future")]


def test_what_a_file_closes_or_assigns_takes_its_planned_steps_along(store, clock):
    people = founded(store)
    with store.writing() as session:
        session.get_one(Opportunity, people.opportunity).ref = "o-1"
    record_action(store, people.rep, people.opportunity, done(store, "appointment", hours_ago=2))

    def steps():
        with store.reading() as session:
            query = select(Action.status, Action.owner_id, Action.cancel_reason).where(
                Action.planned_for > clock.at
            )
            return session.execute(query).all()

    rep, mate = people.rep.person_id, people.mate.person_id
    assert steps() == [("planned", rep, None)]
    import_text(store, "opportunities", "ref,owner\no-1,mate\n")
    assert steps() == [("planned", mate, None)]
    closing = import_text(store, "opportunities", "ref,outcome,closed_at\no-1,lost,2026-03-04T04:00:00Z\n")
    assert shown(closing) == (0, 1, 0, [])
    assert steps() == [("cancelled", mate, "closed")]
    with store.writing() as session:
        assert differences(session) == []
    undo_import(store, OPERATOR, closing.batch_id)
    assert steps() == [("planned", mate, None)]


def test_the_longest_key_that_is_taken_fits_an_index(store):
    founded(store)
    key = "".join(Random(1).sample([chr(0x4E00 + n) for n in range(20_000)], MAX_KEY))
    assert import_text(store, "customers", f"ref,name\n{key},New\n").accepted == 1


def test_a_row_that_leaves_columns_empty_adds_nothing(store):
    """A list of opportunities names a customer again for a second one, its other columns merged or empty."""
    founded(store)
    text = "name,industry,region,owner\nMinjiang,manufacturing,Fujian,rep\nMinjiang,,,rep\nMinjiang,,,mate\n"
    assert shown(import_text(store, "customers", text)) == (1, 0, 1, [(4, "name", "duplicate_id")])


def test_an_owner_is_known_whatever_the_capital_letters(sqlite_store):
    people = founded(sqlite_store)
    person = PersonInput("rb", "Rita Berg", "rep", people.rep.team_id)
    rita = create_person(sqlite_store, people.admin, person)
    file = "name,Account exec\nNew,rita berg\nOther,RITA BERG\n"
    assert shown(import_text(sqlite_store, "customers", file)) == (2, 0, 0, [])
    assert count(sqlite_store, Customer, Customer.owner_id == rita) == 2


def test_a_stage_and_an_outcome_that_say_the_same_close_what_they_name(store):
    founded(store)
    text = (
        "name,owner,stage,outcome,opened_at,closed_at\n"
        "Pumps,rep,赢单,赢单,2026-01-01,2026-02-01\n"
        "Pipes,rep,Closed Lost,Lost,2026-01-01,2026-02-01\n"
        "Taps,rep,Closed Won,Lost,2026-01-01,2026-02-01\n"
    )
    done = import_text(store, "opportunities", text)
    assert shown(done) == (2, 0, 0, [(4, "stage", "stage_against_outcome")])
    said = {language: reasons(done.rejected[0], language) for language in ("en", "zh")}
    assert all("“Closed Won”" in sentence for sentence in said.values())
    assert "“Lost”" in said["en"]
    assert "“输单”" in said["zh"]
    assert count(store, Opportunity, Opportunity.name == "Pumps", Opportunity.outcome == "won") == 1
    assert count(store, Opportunity, Opportunity.name == "Pipes", Opportunity.outcome == "lost") == 1


def test_a_stage_that_says_closed_alone_leaves_it_to_the_outcome(store):
    founded(store)
    text = (
        "name,owner,stage,outcome,opened_at,closed_at\n"
        "Pumps,rep,Closed,Won,2026-01-01,2026-02-01\n"
        "Pipes,rep,已关闭,输单,2026-01-01,2026-02-01\n"
        "Taps,rep,Closed,Open,2026-01-01,\n"
        "Hoses,rep,Closed,,2026-01-01,\n"
    )
    done = import_text(store, "opportunities", text)
    assert shown(done) == (
        2,
        0,
        0,
        [(4, "stage", "stage_against_outcome"), (5, "stage", "unknown_stage")],
    )
    assert count(store, Opportunity, Opportunity.name == "Pumps", Opportunity.outcome == "won") == 1
    assert count(store, Opportunity, Opportunity.name == "Pipes", Opportunity.outcome == "lost") == 1


HEADERS = [
    ("customers", "Account No.,Account,Account exec,Class", ("ref", "name", "owner", "grade")),
    ("customers", "客户编码,单位名称,跟进人,级别,片区", ("ref", "name", "owner", "grade", "region")),
    (
        "opportunities",
        "商机名称,单位名称,进展,立项日期,跟进人",
        ("name", "customer", "stage", "opened_at", "owner"),
    ),
    ("customers", "Client ID,Client,Customer since", ("ref", "name", "created_at")),
    ("customers", "客户编号,客户名称,销售负责人,建档日期", ("ref", "name", "owner", "created_at")),
    ("customers", "客户全称,录入时间", ("name", "created_at")),
    ("customers", "Account,Entered on", ("name", "created_at")),
    ("contacts", "Client,Contact person", ("customer", "name")),
    ("contacts", "Account Name,Contact,Work email,Phone no.", ("customer", "name", "email", "phone")),
    ("customers", "客户全称,所在地区", ("name", "region")),
    ("customers", "客户名称,客户规模（人）,客户经理", ("name", "segment", "owner")),
    ("users", "姓名,企业邮箱", ("name", "email")),
    ("users", "Full name,Work email", ("name", "email")),
    ("customers", "Account Name,Country / Region,Tier", ("name", "region", "grade")),
    ("opportunities", "客户全称,预算金额（万元）,实际签约日期", ("customer", "amount", "closed_at")),
    ("opportunities", "Create Date,Actual close", ("opened_at", "closed_at")),
    ("opportunities", "Opp no,Deal,Exp. close,Closed on", ("ref", "name", "close_on", "closed_at")),
    ("opportunities", "Deal,Account No.,Account exec", ("name", "customer", "owner")),
    ("actions", "Deal,Type,Date,Done by", ("opportunity", "type", "started_at", "owner")),
    ("actions", "商机,动作,日期,执行人", ("opportunity", "type", "started_at", "owner")),
    ("opportunities", "Deal,Account,Account No.", ("name", "customer")),  # the name is the first to be taken
]


@pytest.mark.parametrize(("kind", "headers", "fields"), HEADERS)
def test_headers_of_other_systems_are_known(kind, headers, fields):
    names = headers.split(",")
    assert recognise(KINDS[kind], names) == {field: n for n, field in enumerate(fields)}


def test_a_row_that_cannot_be_read_says_at_once_what_else_is_wrong_with_it(sqlite_store):
    founded(sqlite_store)
    text = "name,owner,created_at\n,nemo,2026-02-30\nHaihe,rep,soon\n"
    refused = import_text(sqlite_store, "customers", text).rejected
    assert [(r.line, [(p.field, p.code) for p in r.problems]) for r in refused] == [
        (2, [("created_at", "unread_date"), ("owner", "unknown_owner"), ("name", "required")]),
        (3, [("created_at", "unread_date")]),
    ]
