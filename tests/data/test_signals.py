"""Signals in the store: who may tell one, what is refused, and what factors make of the rows."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest
from sqlalchemy import select

from core.access import OPERATOR
from core.forecast.factors import FACTOR_NAMES, factor_values
from core.messages import Conflict, Invalid, NotFound
from core.signals import SignalInput, check_signal
from core.terms import SIGNAL_KINDS
from data.commands.exchange import undo_import
from data.commands.signals import record_signal, withdraw_signal
from data.queries.forecast_history import days, forecast_history
from data.queries.forecast_signals import COUNTED
from data.schema import Action, Audit, Customer, Interaction, Opportunity, Pipeline, Signal
from tests.company import found
from tests.conftest import NOON
from tests.importing import contents, count, import_text, shown


def ago(number: float):
    """So many days before noon of the tests' day."""
    return NOON - timedelta(days=number)


def told(kind: str, number: float = 1, **more) -> SignalInput:
    return SignalInput(kind, ago(number), **more)


@pytest.mark.parametrize(
    ("signal", "field", "code"),
    [
        (told("ticket", value=4.5), None, None),
        (told("competitor_contact"), None, None),
        (told("category_added"), None, None),
        (told("rumour"), "kind", "unknown_choice"),
        (told("ticket"), "value", "required"),
        (told("ticket", value=-1), "value", "out_of_range"),
        (told("complaint_satisfaction", value=6), "value", "out_of_range"),
        (told("trial_activity", value=float("nan")), "value", "out_of_range"),
        (told("news", value=3), "value", "no_value_here"),
        (told("news", note="x" * 4001), "note", "too_long"),
        (told("news", source="x" * 101), "source", "too_long"),
        (told("news", -1), "happened_at", "instant_in_future"),
        (SignalInput("news", None), "happened_at", "required"),
    ],
)
def test_what_is_wrong_with_a_signal(signal, field, code):
    assert [(p.field, p.code) for p in check_signal(signal, NOON)] == ([(field, code)] if field else [])


def test_a_signal_is_recorded_once_with_both_times(store, clock):
    people = found(store)
    signal = told("competitor_contact", 3, note="They came twice")
    first = record_signal.once(store, people.rep, "k1", people.customer, signal)
    clock.move(hours=1)
    assert record_signal.once(store, people.rep, "k1", people.customer, signal) == first
    with store.reading() as session:
        row = session.scalars(select(Signal)).one()
        assert (row.happened_at, row.recorded_at, row.note) == (ago(3), NOON, "They came twice")
        assert session.scalars(select(Audit.command).where(Audit.entity == "signal")).all() == [
            "signal.record"
        ]


def test_only_within_reach_and_of_the_same_customer(store):
    people = found(store)
    with pytest.raises(NotFound):
        record_signal(store, people.stranger, people.customer, told("news"))
    with pytest.raises(Invalid):
        record_signal(
            store, people.rep, people.customer, told("news", opportunity_id=people.strange_opportunity)
        )
    mine = record_signal(store, people.manager, people.customer, told("news"))
    with pytest.raises(NotFound):
        withdraw_signal(store, people.stranger, mine)
    with pytest.raises(NotFound):
        withdraw_signal(store, people.rep, 4711)
    withdraw_signal(store, people.rep, mine)
    with pytest.raises(Conflict):
        withdraw_signal(store, people.rep, mine)
    assert count(store, Signal) == 1


def fresh(store, people, **values) -> int:
    """Another opportunity of the same customer."""
    with store.writing() as session:
        pipeline = session.scalars(select(Pipeline.id).where(Pipeline.key == "firebreak")).one()
        row = Opportunity(
            pipeline_id=pipeline, name="Second", customer_id=people.customer, currency="CNY",
            owner_id=people.rep.person_id, recorded_at=ago(90), **values,
        )  # fmt: skip
        session.add(row)
        session.flush()
        return row.id


def write(store, *rows) -> None:
    with store.writing() as session:
        session.add_all(rows)


def values(store, name: str, at: float = 0.0, only=None) -> dict[int, float]:
    """What a factor says of each opportunity, so many days ago."""
    with store.reading() as session:
        history = forecast_history(session, "firebreak", only)
    said = factor_values(history, days(ago(at)), np.arange(len(history.ids)))
    return dict(zip(history.ids.tolist(), said[:, FACTOR_NAMES.index(name)].tolist(), strict=True))


def touch(people, number: float, kind="mail", direction="inbound", late: float = 0, **more) -> Interaction:
    said = {"happened_at": ago(number), "recorded_at": ago(number - late)} | more
    return Interaction(customer_id=people.customer, kind=kind, direction=direction, **said)


def action(people, number: float, type_: str, fields=None, late: float = 0, **more) -> Action:
    return Action(
        type=type_, status="completed", customer_id=people.customer, opportunity_id=people.opportunity,
        owner_id=people.rep.person_id, started_at=ago(number) - timedelta(minutes=40), ended_at=ago(number),
        recorded_at=ago(number - late), fields=fields or {}, **more,
    )  # fmt: skip


BOSS = {"attendees": [{"name": "Wu", "role": "decision_maker"}], "purpose": "x", "place": "x"}
BUYER = {"watchers": [{"name": "Li", "role": "buyer"}]}

# (factor, rows, what it says of the opportunity, of the customer's other one)
ROWS = [
    ("touches_14d", lambda p: [touch(p, 3)], 1, 1),  # about the customer: about both
    ("touches_14d", lambda p: [touch(p, 3, opportunity_id=p.opportunity)], 1, np.nan),
    ("touches_14d", lambda p: [touch(p, 3, direction="outbound")], 0, 0),
    ("touches_14d", lambda p: [touch(p, 3, "call", "outbound", duration_seconds=180)], 1, 1),
    ("touches_14d", lambda p: [touch(p, 3, "call", "outbound", duration_seconds=179)], 0, 0),
    ("touches_14d", lambda p: [action(p, 3, "needs_diagnosis")], 1, np.nan),
    ("days_since_answer", lambda p: [touch(p, 20), action(p, 9, "solution_demo")], 9, 20),
    ("questions_30d", lambda p: [touch(p, 3, questions=2), touch(p, 4, questions=0)], 2, 2),
    ("talk_minutes_30d", lambda p: [touch(p, 3, "call", duration_seconds=120), action(p, 9, "quote")], 40, 0),
    ("decision_maker", lambda p: [action(p, 9, "appointment", BOSS)], 1, np.nan),
    ("decision_maker", lambda p: [action(p, 9, "solution_demo", BUYER)], 0, np.nan),
    ("decision_maker", lambda p: [action(p, 9, "needs_diagnosis")], np.nan, np.nan),
    ("open_objections", lambda p: [action(p, 9, "objection_handling", {"resolution": "open"})], 1, np.nan),
    ("quote_changes_30d", lambda p: [action(p, n, "quote_confirmation") for n in (9, 5)], 1, np.nan),
    ("video_meetings_7d", lambda p: [touch(p, 3, "video_meeting", opportunity_id=p.opportunity)], 1, 0),
]  # fmt: skip


@pytest.mark.parametrize(("name", "rows", "own", "other"), ROWS)
def test_rows_of_the_store_become_factors(sqlite_store, name, rows, own, other):
    people = found(sqlite_store)
    second = fresh(sqlite_store, people)
    write(sqlite_store, *rows(people))
    said = values(sqlite_store, name)
    assert [said[people.opportunity], said[second]] == pytest.approx([own, other], nan_ok=True)


def test_all_kinds_of_rows_on_both_databases(store):
    people = found(store)
    second = fresh(store, people)
    write(
        store,
        touch(people, 3, late=2),
        touch(people, 30, "document_view", opportunity_id=people.opportunity),
        action(people, 9, "appointment", BOSS, late=4),
        action(people, 8, "objection_handling", {"resolution": "open"}, voided_at=ago(2)),
    )
    for signal in (
        told("competitor_contact", 2),
        told("ticket", 5, value=6.0),
        told("document_download", 1, opportunity_id=second),
        told("drawing_confirmation", 4),
        told("category_added", 4, value=2),
        told("event", 4),
    ):
        record_signal(store, people.rep, people.customer, signal, known_at=signal.happened_at)
    mine, others = people.opportunity, people.strange_opportunity
    assert values(store, "touches_14d")[mine] == 2
    assert values(store, "touches_14d", at=1.5)[mine] == 1  # the mail was entered a day ago
    assert (
        values(store, "touches_14d", at=6)[mine] == 1
    )  # and the visit after four days... it is not seen yet
    assert values(store, "open_objections")[mine] == 0
    assert values(store, "open_objections", at=2.1)[mine] == 1  # it stood until it was undone
    assert [values(store, "competitor_30d")[i] for i in (mine, second, others)] == [1, 1, 0]
    assert [values(store, "downloads_7d")[i] for i in (mine, second)] == [0, 1]
    assert values(store, "ticket_hours_90d")[mine] == 6
    assert values(store, "categories_added_365d")[mine] == 2
    assert values(store, "industry_signal_30d")[mine] == 1
    assert values(store, "touches_14d", only=[second]) == {second: 2}


def test_a_withdrawn_signal_counts_until_then(store, clock):
    people = found(store)
    signal = record_signal(store, people.rep, people.customer, told("competitor_contact", 2))
    clock.move(days=1)
    withdraw_signal(store, people.rep, signal)
    assert values(store, "competitor_30d", at=-0.5)[people.opportunity] == 1
    assert np.isnan(values(store, "competitor_30d", at=-1.1)[people.opportunity])
    assert np.isnan(values(store, "competitor_30d", at=0.1)[people.opportunity])  # not entered yet


def test_stage_benchmarks_and_industries_come_along(sqlite_store):
    people = found(sqlite_store)
    with sqlite_store.writing() as session:
        session.get_one(Customer, people.customer).industry = "food"
    with sqlite_store.reading() as session:
        history = forecast_history(session, "firebreak")
    assert history.benchmarks.tolist() == [3.0, 2.1, 3.5, 3.0, 7.0]
    assert [history.industries[c] if c >= 0 else None for c in history.industry] == ["food", None]


FILE = """Client,Deal,Signal,Value,Date,Source,Notes
Haihe Pumps,,Competitor contact,,2026-03-01,newspaper,seen at the fair
,O-1,服务工单,4.5,2026-03-01 10:00,desk,
Haihe Pumps,,ticket,,2026-03-01,,no hours
Haihe Pumps,,rumour,,2026-03-01,,
Nobody Ltd,,news,,2026-03-01,,
Haihe Pumps,O-9,news,,2026-03-01,,
,,news,,2026-03-01,,
Haihe Pumps,,news,,2027-03-01,,
"""


def test_a_file_of_signals_row_by_row_and_back(store):
    people = found(store)
    with store.writing() as session:
        session.get_one(Opportunity, people.opportunity).ref = "O-1"
        session.get_one(Opportunity, people.strange_opportunity).ref = "O-9"
    before = contents(store)
    result = import_text(store, "signals", FILE)
    assert shown(result) == (
        2, 0, 0,
        [
            (4, "value", "required"),
            (5, "kind", "unknown_choice"),
            (6, "customer", "unknown_customer"),
            (7, "opportunity", "other_customer"),
            (8, "customer", "required"),
            (9, "happened_at", "instant_in_future"),
        ],
    )  # fmt: skip
    with store.reading() as session:
        rows = session.scalars(select(Signal).order_by(Signal.id)).all()
        assert [(r.kind, r.value, r.customer_id, r.opportunity_id) for r in rows] == [
            ("competitor_contact", None, people.customer, None),
            ("ticket", 4.5, people.customer, people.opportunity),
        ]
        assert rows[0].recorded_at == rows[0].happened_at  # history is known when it happened
    assert shown(import_text(store, "signals", "\n".join(FILE.splitlines()[:3]))) == (0, 0, 2, [])
    undo_import(store, OPERATOR, result.batch_id)
    assert contents(store) == before


def test_every_kind_has_its_meaning():
    assert set(COUNTED) | {"news", "event"} == set(SIGNAL_KINDS)


def test_a_few_statements_however_many_rows(sqlite_store):
    people = found(sqlite_store)
    write(
        sqlite_store,
        *(touch(people, n) for n in range(1, 40)),
        *(action(people, n, "quote") for n in range(1, 40)),
    )
    statements: list[str] = []
    with sqlite_store.reading() as session:
        connection = session.connection().connection.driver_connection
        connection.set_trace_callback(statements.append)
        history = forecast_history(session, "firebreak")
        connection.set_trace_callback(None)
    assert len(history.signals.of) > 100
    assert len([s for s in statements if s.startswith("SELECT")]) <= 14
