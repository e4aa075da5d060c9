"""Tickets of another system as demands: what is refused, pauses, updates, undo, and the clocks on them."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from core.access import OPERATOR
from core.messages import Conflict
from data.__main__ import main
from data.calendars import china
from data.commands.demand_questions import pass_on
from data.commands.demands import pause_demand
from data.commands.exchange import undo_import
from data.queries.demands import Show, demand_list
from data.schema import Demand, DemandPause
from tests.company import found
from tests.importing import contents, count, export, import_path, import_text, shown
from tests.shared_data import EXAMPLES, shared

LOG = "helpdesk/helpdesk.xes.gz"
HEADERS = "Ticket,Customer,Priority,Subject,Opened,First response,Closed,Pauses\n"
TICKETS = HEADERS + (
    "T1,Haihe Pumps,P1,Too slow,2026-02-26 09:00,2026-02-27 11:00,2026-03-02 10:00,"
    "2026/02/26 10:00/2026/02/26 14:00 (sample data)\n"
    "T2,Haihe Pumps,P0 · at once,Down,2026-02-28 23:00,2026-03-01 00:30,,\n"
    "T3,Taihu Bearings,P2,Later,2026-03-03 09:00,,,2026-03-03T15:00+08:00~\n"
    "T4,Haihe Pumps,P1,Closed at once,2026-03-02 09:00,,2026-03-02 12:00,\n"
)


@pytest.fixture
def company(store):
    return found(store)


def listed(store, who=OPERATOR, show=Show.ANSWERED):
    with store.reading() as session:
        return {row.words: row for row in demand_list(session, who, show, store.clock()).items}


def test_tickets_come_with_their_clocks(store, company):
    assert shown(import_text(store, "demands", TICKETS)) == (4, 0, 0, [])
    rows = listed(store)
    slow = rows["Too slow"]
    # Thursday 9-10 and 14-18, then Friday 9-11: an hour at lunch stands still for nobody
    assert (slow.clock.used_hours, slow.clock.paused_hours, slow.clock.breached) == (7.0, 2.5, False)
    assert (rows["Down"].clock.used_hours, rows["Down"].clock.breached) == (1.5, False)
    assert rows["Closed at once"].answered_at == datetime(2026, 3, 2, 4, tzinfo=UTC)
    (later,) = listed(store, show=Show.PAUSED).values()
    assert later.paused_since == datetime(2026, 3, 3, 7, tzinfo=UTC)
    assert (later.pain, later.metric, later.before) == ("", "", None)
    assert set(listed(store, company.stranger, Show.OPEN)) == {"Later"}


def test_what_is_wrong_with_a_row_is_said(store, company):
    rows = HEADERS + (
        "T1,Nobody Ltd,P1,x,2026-03-01,,,\n"
        "T2,Haihe Pumps,P9,x,2026-03-01,,,\n"
        "T3,Haihe Pumps,P1,x,2026-03-02,2026-03-01,2026-03-01,\n"
        "T4,Haihe Pumps,P1,x,2026-04-01,,,\n"
        "T5,Haihe Pumps,P1,x,2026-03-01,,,2026-03-02/2026-03-01\n"
        "T6,Haihe Pumps,P1,x,2026-03-01,,,from noon to one\n"
        "T7,Haihe Pumps,P1,x,2026-03-01,,,2026-03-02/; 2026-03-03/\n"
        "T8,Haihe Pumps,,x,2026-03-01,,,\n"
        "T9,Haihe Pumps,P1,x,,,,\n"
    )
    assert shown(import_text(store, "demands", rows)) == (0, 0, 0, [
        (2, "customer", "unknown_customer"),
        (3, "urgency", "unknown_choice"),
        (4, "answered_at", "answered_before_opened"),
        (5, "opened_at", "instant_in_future"),
        (6, "pauses", "ends_before_start"),
        (7, "pauses", "unread_date"),
        (8, "pauses", "two_running_pauses"),
        (9, "urgency", "required"),
        (10, "opened_at", "required"),
    ])  # fmt: skip
    effect = "ref,customer,urgency,opened_at,words,metric,before,after,unit\n"
    effect += "T,Haihe Pumps,P1,2026-03-01,x,Time,5,5,min\n"
    assert shown(import_text(store, "demands", effect))[3] == [(2, "after", "changes_nothing")]


def test_a_ticket_that_was_declined_says_why_when_and_what_the_customer_heard(store, company):
    rows = "客户,工单号,优先级,描述,创建时间,答复时间,不予安排的原因,怎样答复客户\n"
    rows += "Haihe Pumps,T1,P1,慢,2026-03-02,2026-03-03,投入大于效果,改用导出\n"
    rows += "Haihe Pumps,T2,P1,停,2026-03-02,,已有此功能,在班次页\n"
    rows += "Haihe Pumps,T3,P1,错,2026-03-02,2026-03-03,,见邮件\n"
    rows += "Haihe Pumps,T4,P1,乱,2026-03-02,2026-03-03,没心情,见邮件\n"
    assert shown(import_text(store, "demands", rows)) == (1, 0, 0, [
        (3, "answered_at", "required"),
        (4, "declined_for", "required"),
        (5, "declined_for", "unknown_choice"),
    ])  # fmt: skip
    (row,) = listed(store, show=Show.DECLINED).values()
    assert (row.words, row.declined_for, row.reply) == ("慢", "effort", "改用导出")


def test_the_same_file_again_is_known_and_a_later_one_goes_on(store, company):
    import_text(store, "demands", TICKETS)
    assert shown(import_text(store, "demands", TICKETS)) == (0, 0, 4, [])
    later = TICKETS.replace("2026-03-03T15:00+08:00~", "2026-03-03T15:00+08:00~2026-03-04T09:00+08:00")
    batch = import_text(store, "demands", later)
    assert shown(batch) == (0, 1, 3, [])
    with store.reading() as session:
        ends = session.scalars(select(DemandPause.ended_at).order_by(DemandPause.id)).all()
    assert None not in ends
    undo_import(store, OPERATOR, batch.batch_id)
    assert [row.words for row in listed(store, show=Show.PAUSED).values()] == ["Later"]


def test_undone_the_store_is_as_it_was_unless_product_went_on(store, company):
    before = contents(store)
    undo_import(store, OPERATOR, import_text(store, "demands", TICKETS).batch_id)
    assert contents(store) == before
    batch = import_text(store, "demands", TICKETS.replace("~\n", "~2026-03-03T16:00+08:00\n")).batch_id
    with store.reading() as session:
        waiting = session.scalars(select(Demand.id).where(Demand.ref == "T3")).one()
    pause_demand(store, company.product, waiting, "asked again")
    with pytest.raises(Conflict):
        undo_import(store, OPERATOR, batch)


def test_pauses_come_back_from_an_export_whatever_their_reason(store, company):
    import_text(store, "demands", TICKETS)
    with store.reading() as session:
        waiting = session.scalars(select(Demand.id).where(Demand.ref == "T3")).one()
    with store.writing() as session:
        session.query(DemandPause).filter_by(demand_id=waiting).one().reason = "a) data; b) | more"
    assert shown(import_text(store, "demands", export(store, "demands"))) == (0, 0, 4, [])


def test_what_a_customer_answered_in_a_pause_comes_back_from_an_export(store, company):
    import_text(store, "demands", TICKETS)
    with store.reading() as session:
        waiting = session.scalars(select(Demand.id).where(Demand.ref == "T3")).one()
    pass_on(store, company.stranger, waiting, "Line 3; only at night")
    out = export(store, "demands")
    assert shown(import_text(store, "demands", out)) == (0, 0, 4, [])
    with store.writing() as session:
        pause = session.query(DemandPause).filter_by(demand_id=waiting).one()
        asked, pause.answer = pause.reason, None
    assert shown(import_text(store, "demands", out)) == (0, 1, 3, [])
    with store.reading() as session:
        pause = session.query(DemandPause).filter_by(demand_id=waiting).one()
        assert (pause.reason, pause.answer) == (asked, "Line 3; only at night")


def test_the_command_line_says_what_the_plain_reference_counts(sqlite_store, monkeypatch, capsys):
    """Every working minute counted one by one, for tickets of the public help desk."""
    customers = "name\nHelp desk\n"
    import_text(sqlite_store, "customers", customers)
    result = import_path(sqlite_store, "demands", shared(LOG), EXAMPLES / "helpdesk-demands.toml")
    assert (result.accepted, result.updated, result.duplicates, len(result.rejected)) == (4580, 0, 0, 0)
    monkeypatch.setattr("data.cli.promises.this_store", lambda: sqlite_store)
    assert main(["sla", "--json"]) == 3
    rows = {row["demand"]: row for row in json.loads(capsys.readouterr().out)}
    assert len(rows) == count(sqlite_store, Demand) == 4580
    with sqlite_store.reading() as session:
        paused = {d for (d,) in session.query(DemandPause.demand_id)}
        chosen = [
            d for d in session.query(Demand).order_by(Demand.id) if d.id % 900 == 0 or d.id in [*paused][:4]
        ]
        for demand in chosen:
            pauses = session.query(DemandPause).filter_by(demand_id=demand.id).all()
            spans = [(p.started_at, p.ended_at) for p in pauses]
            used, stood = by_the_minute(demand.opened_at, demand.answered_at, spans)
            row = rows[demand.ref]
            assert row["business_hours_used"] == pytest.approx(used, abs=0.02), demand.ref
            assert row["paused_hours"] == pytest.approx(stood, abs=0.02), demand.ref
            assert row["breached"] == (used > 24), demand.ref


def by_the_minute(opened, answered, pauses) -> tuple[float, float]:
    """(hours used, hours paused): which minutes between count, one by one; no clock's code is used."""
    calendar, minute, zone = china(), timedelta(minutes=1), ZoneInfo("Asia/Shanghai")
    used = stood = 0
    at = opened
    while at < answered:
        local = at.astimezone(zone)
        day = local.date()
        works = day in calendar.work_days or (day.weekday() < 5 and day not in calendar.days_off)
        half = local.hour * 60 + local.minute
        if works and (540 <= half < 720 or 810 <= half < 1080):
            if any(a <= at < (b or answered) for a, b in pauses):
                stood += 1
            else:
                used += 1
        at += minute
    return used / 60, stood / 60


PROMISES = (
    "Customer,Promise,Promised date,Promised at,Ticket,Feature,Planned date,Deliverable\n"
    "Haihe Pumps,By May,2026-05-01,2026-03-02 10:00,T1,Dashboard,2026-05-10,screen\n"
    "Haihe Pumps,In June,2026-06-01,2026-03-02 10:00,,Dashboard,,\n"
    "Taihu Bearings,Some day,2026-04-01,,,,,\n"
)


def test_promises_and_plans_come_too_and_are_checked(store, company, monkeypatch, capsys):
    import_text(store, "demands", TICKETS)
    assert shown(import_text(store, "promises", PROMISES)) == (3, 0, 0, [])
    monkeypatch.setattr("data.cli.promises.this_store", lambda: store)
    assert main(["check-promises", "--as-of", "2026-03-04", "--json"]) == 3
    told = {r["promised_on"]: (r["light"], r["gap_days"]) for r in json.loads(capsys.readouterr().out)}
    assert told == {"2026-05-01": ("red", 9), "2026-06-01": ("green", -22), "2026-04-01": ("red", None)}
    assert shown(import_text(store, "promises", PROMISES)) == (0, 0, 3, [])
    assert main(["check-promises", "--as-of", "2026-03-01", "--json"]) == 0  # nothing was known then
    later = export(store, "promises").replace(b"2026-05-01", b"2026-05-20")
    before = contents(store)
    moved = import_text(store, "promises", later)
    assert shown(moved) == (0, 1, 2, [])
    undo_import(store, OPERATOR, moved.batch_id)
    assert contents(store) == before


def test_what_is_wrong_with_a_promise_is_said(store, company):
    rows = PROMISES.splitlines()[0] + (
        "\nNobody Ltd,x,2026-05-01,,,,,\nHaihe Pumps,x,,,,,,\nHaihe Pumps,x,2026-05-01,2027-01-01,,,,\n"
        "Haihe Pumps,y,2026-05-01,,T9,,,\nHaihe Pumps,x,2026-05-02,,,,2026-05-02,\n"
    )
    assert shown(import_text(store, "promises", rows)) == (0, 0, 0, [
        (2, "customer", "unknown_customer"),
        (3, "promised_on", "required"),
        (4, "made_at", "in_future"),
        (5, "demand", "unknown_demand"),
        (6, "feature", "required"),
    ])  # fmt: skip
