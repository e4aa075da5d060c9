"""Alerts in the store: raised once, from facts of both databases, and handled within reach."""

from __future__ import annotations

from dataclasses import fields
from datetime import date, timedelta
from decimal import Decimal
from inspect import signature

import pytest
from sqlalchemy import select

from core.access import OPERATOR
from core.customers import InteractionInput
from core.messages import Invalid, NotFound
from core.process.actions import ActionInput
from core.process.alerts.facts import OpportunityFacts
from core.process.evidence import NextStep
from core.signals import SignalInput
from core.terms import ActionStatus
from data.commands.actions import cancel_action, record_action
from data.commands.alert_handling import assign_alert, resolve_alert, snooze_alert
from data.commands.exchange import undo_import
from data.commands.interactions import record_interaction
from data.commands.opportunities import open_opportunity
from data.commands.signals import Reported, record_signal, report_signals, withdraw_signal
from data.jobs.registry import Run
from data.jobs.sweep_alerts import sweep_alerts
from data.queries.alert_facts import alert_facts
from data.queries.alerts import AlertFilters, Show, alert_hands, alert_list, one_alert
from data.queries.inbox import inbox
from data.queries.today import Kind, today
from data.schema import Action, Alert, Opportunity
from tests.company import found
from tests.importing import import_text

WANG = [{"name": "Wang", "role": "user"}]
FIELDS = {
    "appointment": {"purpose": "Get to know", "attendees": WANG, "place": "Hall 3"},
    "needs_diagnosis": {
        "pain": "Slow",
        "current_process": "Paper",
        "budget": "500k",
        "decision_chain": "CEO",
    },
    "solution_demo": {"shown": "All", "watchers": WANG, "reaction": "interested"},
    "quote_confirmation": {
        "quote": {"amount": Decimal(1000), "currency": "CNY"},
        "valid_until": date(2026, 12, 31),
        "terms": "30 days",
        "changes": "Less",
    },
}


class Desk:
    """Records actions of the rep one after another, each five minutes before the clock."""

    def __init__(self, store, clock) -> None:
        self.store, self.clock, self.people, self.last = store, clock, found(store), None

    def record(self, type_: str, **fields) -> int:
        end = self.clock.at - timedelta(minutes=5)
        self.last = record_action(
            self.store,
            self.people.rep,
            self.people.opportunity,
            ActionInput(
                type_,
                ActionStatus.COMPLETED,
                started_at=end - timedelta(minutes=40),
                ended_at=end,
                summary="What was said and agreed.",
                follows=self.last,
                next_step=NextStep("solution_demo", self.clock.at + timedelta(days=2), ""),
                fields=FIELDS[type_] | fields,
            ),
        )
        return self.last

    def sweep(self) -> None:
        sweep_alerts(self.store, Run(self.clock.at))

    def standing(self, who=None, **filters):
        with self.store.reading() as session:
            items = alert_list(session, who or self.people.manager, AlertFilters(**filters), self.clock.at)
        return {item.rule: item for item in items.items}

    def facts(self):
        with self.store.reading() as session:
            (facts,) = alert_facts(session, self.clock.at, [self.people.opportunity])
        return facts


@pytest.fixture
def desk(store, clock) -> Desk:
    return Desk(store, clock)


def test_the_facts_are_those_of_the_records(desk, clock):
    first = desk.record("appointment")
    clock.move(days=1)
    demo = desk.record("solution_demo", watchers=[{"name": "Li", "role": "user"}])
    facts = desk.facts()
    assert (facts.stage, facts.run_length, facts.run_started_by, facts.own) == (
        "solution_demo",
        1,
        demo,
        True,
    )
    assert (facts.skipped, facts.met, facts.actions) == (("needs_diagnosis",), 2, 2)
    assert facts.last_answer_at == clock.at - timedelta(minutes=5)
    assert facts.next_step_at == clock.at + timedelta(days=2)
    assert first != demo
    clock.move(days=1)
    quotes = [desk.record("quote_confirmation")]
    clock.move(days=1)
    quotes.append(desk.record("quote_confirmation"))
    facts = desk.facts()
    assert [q.action_id for q in facts.quotes] == quotes
    assert facts.last_quote.action_id == quotes[1]
    mail = InteractionInput("mail", "inbound", clock.at - timedelta(minutes=1))
    record_interaction(desk.store, desk.people.rep, desk.people.customer, mail)
    assert desk.facts().quotes == ()
    assert desk.facts().last_answer_at == clock.at - timedelta(minutes=1)


def test_the_store_says_every_fact(desk, monkeypatch):
    """A fact that no statement fills keeps its default, and the rule that asks for it never speaks."""
    desk.record("appointment")
    said = {}

    def made(*values, **named):
        said.update(signature(OpportunityFacts).bind(*values, **named).arguments)
        return OpportunityFacts(*values, **named)

    monkeypatch.setattr("data.queries.alert_facts.OpportunityFacts", made)
    desk.facts()
    assert {field.name for field in fields(OpportunityFacts)} == set(said)


def test_what_was_opened_and_never_touched_has_no_next_step(desk, clock):
    store, people = desk.store, desk.people
    fresh = open_opportunity(store, people.rep, people.customer, "Second line")
    clock.move(hours=23)
    desk.sweep()
    with store.reading() as session:
        mine = select(Alert.rule, Alert.cleared_at).where(Alert.opportunity_id == fresh)
        assert session.execute(mine).all() == []
    clock.move(hours=1)
    desk.sweep()
    desk.sweep()
    with store.reading() as session:
        assert session.execute(mine).all() == [("next_step_missing", None)]
    assert desk.standing()["next_step_missing"].params == {"days": 1}
    planned = ActionInput("appointment", ActionStatus.PLANNED, started_at=clock.at + timedelta(days=1))
    record_action(store, people.rep, fresh, planned)
    with store.reading() as session:
        assert [row.cleared_at is None for row in session.execute(mine)] == [False]
    clock.move(days=2)
    desk.sweep()
    with store.reading() as session:
        assert [row.rule for row in session.execute(mine.where(Alert.cleared_at.is_(None)))] == [
            "next_step_overdue"
        ]


def test_an_answer_ends_the_silence_and_a_mail_of_ours_does_not(desk, clock):
    desk.record("appointment")
    clock.move(days=15)
    desk.sweep()
    assert "customer_silent" in desk.standing()
    ours = InteractionInput("mail", "outbound", clock.at)
    record_interaction(desk.store, desk.people.rep, desk.people.customer, ours)
    assert "customer_silent" in desk.standing()
    theirs = InteractionInput("mail", "inbound", clock.at)
    record_interaction(desk.store, desk.people.rep, desk.people.customer, theirs)
    assert "customer_silent" not in desk.standing()


# fmt: off
HEARD = [
    ("interactions", "customer,kind,direction,happened_at\nHaihe Pumps,mail,inbound,{at}\n",      True),
    ("interactions", "customer,kind,direction,happened_at\nHaihe Pumps,mail,outbound,{at}\n",     False),
    ("signals",      "customer,kind,happened_at\nHaihe Pumps,document_download,{at}\n",           True),
    ("signals",      "opportunity,kind,happened_at\nHaihe line,document_download,{at}\n",         True),
]
# fmt: on


@pytest.mark.parametrize(("kind", "file", "ends"), HEARD)
def test_a_file_ends_the_silence_at_once_and_its_undoing_brings_it_back(desk, clock, kind, file, ends):
    with desk.store.writing() as session:
        session.get_one(Opportunity, desk.people.opportunity).name = "Haihe line"
    desk.record("appointment")
    clock.move(days=15)
    desk.sweep()
    assert "customer_silent" in desk.standing()
    batch = import_text(desk.store, kind, file.format(at=clock.at.isoformat()))
    assert batch.accepted == 1
    assert ("customer_silent" in desk.standing()) is not ends
    undo_import(desk.store, OPERATOR, batch.batch_id)
    assert "customer_silent" in desk.standing()


def test_whatever_the_customer_takes_part_in_ends_the_silence_at_once(desk, clock):
    """The touches that the forecast takes as two-way; a download is no answer to a quote."""
    store, people = desk.store, desk.people
    desk.record("quote_confirmation")
    clock.move(hours=2)
    desk.record("quote_confirmation")
    clock.move(days=15)
    desk.sweep()
    assert {"customer_silent", "quote_unanswered"} <= desk.standing().keys()
    short = InteractionInput("call", "outbound", clock.at, duration_seconds=60)
    record_interaction(store, people.rep, people.customer, short)
    assert "customer_silent" in desk.standing()
    seen = record_signal(store, people.rep, people.customer, SignalInput("document_download", clock.at))
    assert "customer_silent" not in desk.standing()
    assert "quote_unanswered" in desk.standing()
    withdraw_signal(store, people.rep, seen)
    assert "customer_silent" in desk.standing()
    met = Reported(people.customer, SignalInput("video_meeting", clock.at, value=20.0))
    report_signals(store, people.rep, [met])
    assert not {"customer_silent", "quote_unanswered"} & desk.standing().keys()
    clock.move(days=15)
    desk.sweep()
    assert "customer_silent" in desk.standing()
    long = InteractionInput("call", "outbound", clock.at, duration_seconds=180)
    record_interaction(store, people.rep, people.customer, long)
    assert "customer_silent" not in desk.standing()


def test_two_unanswered_quotes_and_a_skipped_stage_stand_at_once(desk, clock):
    desk.record("appointment")
    for _ in range(2):
        clock.move(days=1)
        desk.record("quote_confirmation")
    assert {"quote_unanswered", "stage_skipped"} <= desk.standing().keys()
    assert desk.standing()["quote_unanswered"].params["quotes"] == 2


def test_a_step_back_ends_no_stay_and_heals_no_skip(desk, clock):
    desk.record("appointment")
    clock.move(days=1)
    demo = desk.record("solution_demo", watchers=[{"name": "Li", "role": "user"}])
    clock.move(days=30)
    desk.sweep()
    before = desk.standing()
    assert {"stalled", "stage_skipped"} <= before.keys()
    desk.record("appointment")  # one more visit, and no further
    clock.move(hours=1)
    desk.sweep()
    after = desk.standing()
    assert [after[rule].id for rule in ("stalled", "stage_skipped")] == [
        before[rule].id for rule in ("stalled", "stage_skipped")
    ]
    assert after["stalled"].params["stage"] == "solution_demo"
    assert desk.facts().reached.by == demo


def test_an_overdue_step_and_a_missing_one(desk, clock):
    desk.record("appointment")
    clock.move(days=3.5)
    desk.sweep()
    assert "next_step_overdue" in desk.standing()
    with desk.store.reading() as session:
        step = session.scalars(select(Action.id).where(Action.status == "planned")).one()
    cancel_action(desk.store, desk.people.rep, step, "They moved it")
    assert "next_step_overdue" not in desk.standing()
    assert "next_step_missing" in desk.standing()


def test_an_amber_alert_is_shown_and_not_pushed(desk, clock):
    desk.record("appointment")
    clock.move(days=30)
    desk.sweep()
    assert "stalled" in desk.standing()
    with desk.store.reading() as session:
        assert inbox(session, desk.people.manager).total == 0


def test_sweeping_again_changes_nothing(desk, clock):
    desk.record("appointment")
    clock.move(days=30)
    for _ in range(3):
        desk.sweep()
        clock.move(hours=1)
    with desk.store.reading() as session:
        rows = session.scalars(select(Alert.rule).order_by(Alert.rule)).all()
    assert len(rows) == len(set(rows))


def test_a_standing_alert_counts_on(desk, clock):
    desk.record("appointment")
    clock.move(days=30)
    desk.sweep()
    first = desk.standing()["customer_silent"]
    clock.move(days=5)
    desk.sweep()
    later = desk.standing()["customer_silent"]
    assert (first.id, first.params["days"], later.params["days"]) == (later.id, 30, 35)


def test_what_is_in_ones_hands_is_a_to_do(desk, clock):
    desk.record("appointment")
    clock.move(days=30)
    desk.sweep()
    people, alert = desk.people, desk.standing()["stalled"]
    due = clock.at + timedelta(days=1)
    assign_alert(desk.store, people.manager, alert.id, people.rep.person_id, due)
    with desk.store.reading() as session:
        groups = {g.kind: g.todos for g in today(session, people.rep, clock.at)}
        assert Kind.ASSIGNED not in {g.kind for g in today(session, people.mate, clock.at)}
    (todo,) = groups[Kind.ASSIGNED]
    assert (todo.id, todo.at, todo.words) == (alert.id, due, "stalled")


def test_a_sweep_in_portions_is_the_same_sweep(desk, clock, monkeypatch):
    monkeypatch.setattr("data.jobs.sweep_alerts.PORTION", 1)
    desk.record("appointment")
    clock.move(days=30)
    said = []
    sweep_alerts(desk.store, Run(clock.at, say=said.append))
    assert said == ["1 / 2", "2 / 2"]  # the stranger's opportunity has not begun
    assert {"stalled", "customer_silent", "next_step_overdue"} <= desk.standing().keys()


def test_assigned_told_and_in_ones_hands(desk, clock):
    desk.record("appointment")
    clock.move(days=30)
    desk.sweep()
    people, alert = desk.people, desk.standing()["stalled"]
    assign_alert(desk.store, people.manager, alert.id, people.rep.person_id, clock.at + timedelta(days=1))
    mine = desk.standing(people.rep, show=Show.MINE)
    assert (mine["stalled"].hands.who, mine["stalled"].may_handle) == ("Rep", True)
    assert not desk.standing(people.rep)["customer_silent"].may_handle
    with desk.store.reading() as session:
        (told,) = inbox(session, people.rep).messages
    assert (told.kind, told.page, told.query) == ("alert_assigned", "alerts", {"alert": alert.id})
    assert told.params["by"] == "Manager"


def test_a_mate_who_helps_is_led_to_no_customer_that_is_not_theirs(desk, clock):
    desk.record("appointment")
    clock.move(days=30)
    desk.sweep()
    people, alert = desk.people, desk.standing()["stalled"]
    assert alert.customer_id == people.customer
    assign_alert(desk.store, people.manager, alert.id, people.mate.person_id)
    helped = desk.standing(people.mate, show=Show.MINE)["stalled"]
    assert (helped.customer, helped.customer_id, helped.mine) == ("Haihe Pumps", None, True)
    resolve_alert(desk.store, people.mate, alert.id, "Called them for Rep")
    assert "stalled" not in desk.standing()


def test_put_off_it_comes_back_and_settled_it_does_not(desk, clock):
    desk.record("appointment")
    clock.move(days=30)
    desk.sweep()
    manager, alert = desk.people.manager, desk.standing()["stalled"]
    snooze_alert(desk.store, manager, alert.id, clock.at + timedelta(days=2))
    assert "stalled" not in desk.standing()
    assert "stalled" in desk.standing(show=Show.SNOOZED)
    clock.move(days=2)
    desk.sweep()
    assert "stalled" in desk.standing()
    resolve_alert(desk.store, manager, alert.id, "Budget comes in April")
    desk.sweep()
    assert "stalled" not in desk.standing()
    assert desk.standing(show=Show.RESOLVED)["stalled"].note == "Budget comes in April"
    desk.record("appointment")  # the same stay goes on: the same cause
    clock.move(days=30)
    desk.sweep()
    assert "stalled" not in desk.standing()
    desk.record("needs_diagnosis")  # another stay
    clock.move(days=30)
    desk.sweep()
    assert "stalled" in desk.standing()


def test_what_is_not_among_the_choices_narrows_nothing(desk, clock):
    desk.record("appointment")
    clock.move(days=30)
    desk.sweep()
    all_, rep = desk.standing().keys(), desk.people.rep.person_id
    assert desk.standing(rule="no such rule", rep=999).keys() == all_
    assert desk.standing(rule="stalled", rep=rep).keys() == {"stalled"}
    resolve_alert(desk.store, desk.people.manager, desk.standing()["stalled"].id, "Budget comes in April")
    assert desk.standing(rule="stalled").keys() == all_ - {"stalled"}  # the last one of the rule chosen


def test_settled_ones_are_listed_latest_first(desk, clock):
    desk.record("appointment")
    clock.move(days=30)
    desk.sweep()
    one, other, *_ = desk.standing()
    for rule in (one, other):
        resolve_alert(desk.store, desk.people.manager, desk.standing()[rule].id, "Asked")
        clock.move(hours=1)
    assert list(desk.standing(show=Show.RESOLVED)) == [other, one]


def test_only_who_leads_the_owner_may_handle(desk, clock):
    desk.record("appointment")
    clock.move(days=30)
    desk.sweep()
    people, alert = desk.people, desk.standing()["stalled"]
    for who in (people.rep, people.mate, people.stranger):
        with pytest.raises(NotFound):
            resolve_alert(desk.store, who, alert.id, "Not mine to settle")
    for who, sees in (
        (people.rep, True), (people.mate, False), (people.stranger, False), (people.director, True),
    ):  # fmt: skip
        assert bool(desk.standing(who)) == sees, who.name
        with desk.store.reading() as session:
            assert (one_alert(session, who, alert.id, desk.clock.at) is not None) == sees
    with pytest.raises(Invalid):
        assign_alert(desk.store, people.manager, alert.id, people.stranger.person_id)
    with pytest.raises(Invalid):
        snooze_alert(desk.store, people.manager, alert.id, clock.at)
    with pytest.raises(Invalid):
        resolve_alert(desk.store, people.director, alert.id, "  ")
    with desk.store.reading() as session:
        hands = [name for _, name in alert_hands(session, people.manager)]
    assert hands == ["Manager", "Mate", "Rep"]
